"""Where the applications of a simulation come from, in parts that any process can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol, cast

import apsw
from google.protobuf import json_format

from engine.api.converters import Converter
from engine.cases.standard import alone
from engine.codec import decode
from engine.errors import InvalidApplication, PolicyError
from engine.ledger.schema import open_reader
from engine.ledger.sqlite import FILE_NAME
from engine.model import Admission, History, SourceStatus
from engine.outcome import Decision, Gathered
from engine.privacy import Keyring, Sealer, Tokeniser
from engine.record import DecisionRecord
from touchstone.v1 import decision_pb2

PART = 500
MAX_LINE = 1 << 20
_SOURCES = ("graph", "history")
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


class Source(Protocol):
    """Applications in parts. It is sent to the processes, so it holds no connection."""

    def parts(self) -> Sequence[tuple[int, int]]:
        """The parts in order, each of at most ``PART`` items."""
        ...

    def read(self, part: tuple[int, int]) -> Iterator[Item | Gone]:
        """The items of a part, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which stored decisions. Days are those of UTC, the first inclusive, the last exclusive.

    ``limit``: the latest so many; 0: all.
    """

    since: date | None = None
    until: date | None = None
    product: str = ""
    channel: str = ""
    limit: int = 0

    def terms(self) -> tuple[str, list[int | str]]:
        """The condition on a row, and its values."""
        given: list[tuple[str, int | str | None]] = [
            ("at_us >= ?", None if self.since is None else _micros(self.since)),
            ("at_us < ?", None if self.until is None else _micros(self.until)),
            ("product = ?", self.product or None),
            ("channel = ?", self.channel or None),
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

    def parts(self) -> Sequence[tuple[int, int]]:
        """First and last sequence of each part."""
        where, values = self.filters.terms()
        with _connection(self.data_dir) as connection:
            newest = "SELECT sequence FROM records WHERE " + where  # noqa: S608 - our own terms
            if self.filters.limit:
                newest += " ORDER BY sequence DESC LIMIT ?"
                values.append(self.filters.limit)
            numbers = sorted(int(str(row[0])) for row in connection.execute(newest, values))
        starts = range(0, len(numbers), PART)
        return [(numbers[n], numbers[min(n + PART, len(numbers)) - 1]) for n in starts]

    def read(self, part: tuple[int, int]) -> Iterator[Item | Gone]:
        """Open each record; what was erased cannot be told any more."""
        sealer = Sealer(Keyring.open(self.keys, ledger_exists=True).master_key)
        where, values = self.filters.terms()
        query = (
            "SELECT decision_id, r.subject, body, r.key_id, wrapped FROM records r"  # noqa: S608
            f" JOIN subject_keys USING (key_id) WHERE {where} AND sequence BETWEEN ? AND ?"
            " ORDER BY sequence"
        )
        with _connection(self.data_dir) as connection:
            rows = connection.execute(query, (*values, *part)).fetchall()
        for row in rows:
            decision_id, subject, body, key_id, wrapped = cast("_Row", row)
            if wrapped is None:
                yield Gone("erased", decision_id, "erased at the person's request")
                continue
            key = sealer.key(key_id, subject, wrapped)
            record = decode(sealer.open(key, f"body:{decision_id}", body), DecisionRecord)
            yield Item(record.admission, record.gathered, record.decision)


def _connection(data_dir: Path) -> apsw.Connection:
    path = data_dir / FILE_NAME
    if not path.exists():
        raise PolicyError(f"{data_dir} holds no ledger")
    return open_reader(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applications:
    """A file of applications, a DecideRequest in JSON on each line, as of one day.

    Nothing was gathered for them: the sources count as down, or with ``assume_clean`` as having
    answered that there is nobody else and no earlier application.
    """

    file: Path
    day: date
    assume_clean: bool

    def parts(self) -> Sequence[tuple[int, int]]:
        """First and last line of each part, from 0."""
        with self.file.open("rb") as lines:
            count = sum(1 for _ in lines)
        return [(start, min(start + PART, count) - 1) for start in range(0, count, PART)]

    def read(self, part: tuple[int, int]) -> Iterator[Item | Gone]:
        """Convert as the service does, with a key for tokens that nothing else shares."""
        converter = Converter(Tokeniser(bytes(32)), lambda: self.day)
        moment = datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)
        with self.file.open("rb") as lines:
            for number, raw in enumerate(lines):
                if part[0] <= number <= part[1] and raw.strip():
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
        except (ValueError, json_format.ParseError):
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
            history=History(applications=(), cut=False) if self.assume_clean else None,
        )
