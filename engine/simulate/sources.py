"""Where the applications of a simulation come from, in parts that any process can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import apsw
from google.protobuf import json_format

from engine.api.converters import Converter
from engine.cases.standard import alone
from engine.codec import decode
from engine.errors import InvalidApplication, PolicyError
from engine.ledger.schema import open_reader
from engine.ledger.sqlite import FILE_NAME
from engine.model import Admission, History, SourceStatus
from engine.monitor.observation import DIMENSIONS
from engine.outcome import Decision, Gathered
from engine.privacy import Keyring, KeyringError, Sealer, Tokeniser
from engine.record import DecisionRecord
from touchstone.v1 import decision_pb2

PART = 500
MAX_LINE = 1 << 20
_SOURCES = ("graph", "history")
_NOT_REPLACED = (
    "decision_id NOT IN (SELECT supplements FROM records WHERE supplements <> '' AND at_us < ?)"
)
_NEVER = (1 << 63) - 1
_DAY_US = 86_400_000_000
_Row = tuple[str, str, bytes, int, bytes | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One application with what was gathered for it. ``decided``: as it was, if it was."""

    admission: Admission
    gathered: Gathered
    decided: Decision | None


@dataclass(frozen=True, slots=True)
class Gone:
    """An item that cannot be read. ``kind`` as in ``Tally.leave``."""

    kind: str
    name: str
    why: str


Part = tuple[int, ...]
"""What a source needs to find a part again."""


class Source(Protocol):
    """Applications in parts. It is sent to the processes, so it holds no connection."""

    @property
    def note(self) -> str:
        """What is assumed of them, for whoever reads the report; may be empty."""
        ...

    @property
    def policies(self) -> Path | None:
        """Where the policies that decided them are kept by digest."""
        ...

    def parts(self) -> Sequence[Part]:
        """The parts in order, each of at most ``PART`` items. Raises what makes it unreadable."""
        ...

    def read(self, part: Part) -> Iterator[Item | Gone]:
        """The items of a part, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which stored decisions. Days are those of UTC, the first inclusive, the last exclusive.

    ``limit``: the latest so many; 0: all. ``only``: dimension and value, such as a branch.
    ``last``: of a chain of decisions only the last one made before ``until``.
    """

    since: date | None = None
    until: date | None = None
    product: str = ""
    channel: str = ""
    limit: int = 0
    only: tuple[tuple[str, str], ...] = ()
    last: bool = False

    def __post_init__(self) -> None:
        """Refuse a dimension that there is not."""
        for name, _ in self.only:
            if name not in DIMENSIONS:
                raise ValueError(f"there is no dimension {name}; there are {', '.join(DIMENSIONS)}")

    def terms(self) -> tuple[str, list[int | str]]:
        """The condition on a row, and its values."""
        until = None if self.until is None else _micros(self.until)
        given: list[tuple[str, int | str | None]] = [
            ("at_us >= ?", None if self.since is None else _micros(self.since)),
            ("at_us < ?", until),
            ("product = ?", self.product or None),
            ("channel = ?", self.channel or None),
            *((f"{name} = ?", value) for name, value in self.only),
            (_NOT_REPLACED, (until or _NEVER) if self.last else None),
        ]
        set_ones = [(term, value) for term, value in given if value is not None]
        where = " AND ".join(["kind = 'decision'", *(term for term, _ in set_ones)])
        return where, [value for _, value in set_ones]


def _micros(day: date) -> int:
    return (day - date(1970, 1, 1)).days * _DAY_US


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecisions:
    """The decisions of a ledger, also of one whose server runs: it is read without its lock."""

    data_dir: Path
    keys: Path
    filters: Filters

    @property
    def note(self) -> str:
        """They are as they were."""
        return ""

    @property
    def policies(self) -> Path:
        """The server's own."""
        return self.data_dir / "policies"

    def parts(self) -> Sequence[Part]:
        """First and last sequence of each part."""
        numbers = self.numbers()
        starts = range(0, len(numbers), PART)
        return [(numbers[n], numbers[min(n + PART, len(numbers)) - 1]) for n in starts]

    def numbers(self) -> list[int]:
        """The sequences of the decisions, in order. Raises ``KeyringError``, ``PolicyError``."""
        where, values = self.filters.terms()
        keyring = Keyring.open(self.keys, ledger_exists=True)
        with ledger_connection(self.data_dir) as connection:
            _require_keys(connection, keyring)
            newest = "SELECT sequence FROM records WHERE " + where  # noqa: S608 - our own terms
            if self.filters.limit:
                newest += " ORDER BY sequence DESC LIMIT ?"
                values.append(self.filters.limit)
            rows = connection.execute(newest, values).fetchall()
        return sorted(int(str(row[0])) for row in rows)

    def read(self, part: Part) -> Iterator[Item | Gone]:
        """Open each record; what was erased cannot be told any more."""
        where, values = self.filters.terms()
        yield from self._read(f"{where} AND sequence BETWEEN ? AND ?", (*values, *part))

    def read_some(self, numbers: Sequence[int]) -> Iterator[Item | Gone]:
        """The decisions with these sequences, at most ``PART``, as ``read``."""
        marks = ", ".join("?" * len(numbers))
        yield from self._read(f"kind = 'decision' AND sequence IN ({marks})", tuple(numbers))

    def _read(self, where: str, values: Sequence[int | str]) -> Iterator[Item | Gone]:
        sealer = Sealer(Keyring.open(self.keys, ledger_exists=True).master_key)
        query = (
            "SELECT decision_id, r.subject, body, r.key_id, wrapped FROM records r"  # noqa: S608
            f" JOIN subject_keys USING (key_id) WHERE {where} ORDER BY sequence"
        )
        with ledger_connection(self.data_dir) as connection:
            rows = connection.execute(query, tuple(values)).fetchall()
        for row in rows:
            decision_id, subject, body, key_id, wrapped = cast("_Row", row)
            if wrapped is None:
                yield Gone("erased", decision_id, "erased at the person's request")
                continue
            try:
                key = sealer.key(key_id, subject, wrapped)
                record = decode(sealer.open(key, f"body:{decision_id}", body), DecisionRecord)
            except ValueError:
                yield Gone("failed", decision_id, "the record was altered, or another version's")
                continue
            yield Item(record.admission, record.gathered, record.decision)


def _require_keys(connection: apsw.Connection, keyring: Keyring) -> None:
    """Raise ``KeyringError`` if the ledger was written with other keys."""
    rows = connection.execute("SELECT purpose, key_id FROM keys_in_use").fetchall()
    used = {str(row[0]): str(row[1]) for row in rows}
    for purpose, key_id in keyring.key_ids.items():
        if used.get(purpose, key_id) != key_id:
            raise KeyringError(f"the {purpose} key is not the one this ledger was written with")


def ledger_connection(data_dir: Path) -> apsw.Connection:
    """One that can only read. Raises ``PolicyError`` if there is no ledger."""
    path = data_dir / FILE_NAME
    if not path.exists():
        raise PolicyError(f"{data_dir} holds no ledger")
    return open_reader(path)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is too long only as much as shows it."""
    while raw := file.readline(MAX_LINE + 1):
        yield raw
        while len(raw) > MAX_LINE and not raw.endswith(b"\n"):
            raw = file.readline(MAX_LINE + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applications:
    """A file of applications, a DecideRequest in JSON on each line, as of one day.

    Nothing was gathered for them: the sources count as down, or with ``assume_clean`` as having
    answered that there is nobody else and no earlier application.
    """

    file: Path
    day: date
    assume_clean: bool

    @property
    def note(self) -> str:
        """What is assumed of the sources."""
        if self.assume_clean:
            return "Assumed of every application: nobody near it, and no earlier one."
        return "The sources were never asked about these applications: they count as down."

    @property
    def policies(self) -> None:
        """Nobody has decided them."""
        return

    def parts(self) -> Sequence[Part]:
        """Of each part the place of its first line in the file, that line's number, and lines."""
        found: list[Part] = []
        try:
            with self.file.open("rb") as lines:
                place, number = 0, 0
                while True:
                    count = sum(1 for _ in islice(_lines(lines), PART))
                    if not count:
                        return found
                    found.append((place, number, count))
                    place, number = lines.tell(), number + count
        except OSError as error:
            raise PolicyError(f"{self.file} cannot be read: {error.strerror}") from None

    def read(self, part: Part) -> Iterator[Item | Gone]:
        """Convert as the service does, with a key for tokens that nothing else shares."""
        place, first, count = part
        converter = Converter(Tokeniser(bytes(32)), lambda: self.day)
        moment = datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)
        with self.file.open("rb") as lines:
            lines.seek(place)
            for number, raw in enumerate(islice(_lines(lines), count), start=first):
                if raw.strip():
                    yield self._item(converter, number, raw, int(moment.timestamp()) * 1_000_000)

    def _item(self, converter: Converter, number: int, raw: bytes, at_us: int) -> Item | Gone:
        name = f"line {number + 1}"
        if len(raw) > MAX_LINE:
            return Gone("failed", name, f"is longer than {MAX_LINE} bytes")
        request = decision_pb2.DecideRequest()
        try:
            json_format.ParseDict(json.loads(raw), request)
            request.request_id = request.request_id or f"line-{number + 1}"
            application = converter.application(request)
        except InvalidApplication as refused:
            fields = ", ".join(violation.field for violation in refused.violations)
            return Gone("failed", name, f"invalid: {fields}")
        except (ValueError, TypeError, RecursionError, json_format.ParseError):
            return Gone("failed", name, "is no DecideRequest in JSON")
        admission = Admission(
            decision_id=name,
            caller="simulation",
            request_id=name,
            as_of_us=at_us + number,
            application=application,
        )
        return Item(admission, self._gathered(admission), None)

    def _gathered(self, admission: Admission) -> Gathered:
        status = SourceStatus.OK if self.assume_clean else SourceStatus.DOWN
        return Gathered(
            statuses=tuple((source, status) for source in _SOURCES),
            graph=alone(admission) if self.assume_clean else None,
            history=History(applications=(), cut=False, circle=()) if self.assume_clean else None,
        )
