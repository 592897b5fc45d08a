"""A file of reported outcomes: read and checked whole, each line with an id of its content."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from pathlib import Path

from google.protobuf.timestamp_pb2 import Timestamp
from google.type import date_pb2, money_pb2

from engine.api.outcome_reading import told_of
from engine.errors import InvalidApplication
from engine.load import FileError, Problem, open_source
from engine.load.cells import UnusableCell, text_of
from engine.load.files import Line
from touchstone.v1 import outcome_pb2 as pb
from touchstone.v1 import types_pb2

MOST_BYTES = 256 * 1_048_576
MOST_LINES = 200_000
_MOST_TOLD = 20
_ID_DIGITS = 32
_INT32 = 2**31
_NANOS = 1_000_000_000
_MOST_UNITS = 10**15

_NEEDED: Mapping[str, frozenset[str]] = {
    "performance": frozenset(
        {"decision_id", "performance", "observed_on", "months_on_book", "days_past_due"}
    ),
    "review": frozenset({"decision_id", "outcome", "happened_at", "reviewer"}),
}
_OPTIONAL: Mapping[str, frozenset[str]] = {
    "performance": frozenset({"happened_at", "balance", "loss", "currency"}),
    "review": frozenset({"line", "reason", "currency"}),
}
_OUTCOMES = {"approve": types_pb2.OUTCOME_APPROVE, "decline": types_pb2.OUTCOME_DECLINE}
_PERFORMANCES = {
    name.removeprefix("PERFORMANCE_").lower(): number
    for name, number in pb.Performance.items()
    if number
}


class ReportFileError(ValueError):
    """The file cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report and the line, or row, that it stands on."""

    number: int
    request: pb.ReportOutcomeRequest


def read_reports(path: Path, currency: str) -> list[ReportLine]:
    """The reports of the file, in the order in which they happened.

    ``currency``: of amounts without one. Raises ``ReportFileError`` with every line that is
    wrong, up to 20. The same line always makes the same request, in whatever file it stands.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ReportFileError(f"{path}: larger than {MOST_BYTES} bytes; split it")
        source = open_source(path)
        reader = _Reader(source.name, source.columns, currency)
        found = list(reader.read(source.lines(lambda _: None)))
    except (OSError, FileError) as error:
        raise ReportFileError(str(error)) from None
    if reader.problems:
        raise ReportFileError("\n".join(map(str, reader.problems)))
    # The report that is recorded last counts, so what happened last is sent last.
    return sorted(found, key=lambda line: line.request.happened_at.ToNanoseconds())


class _Reader:
    """Reads the lines of one file; ``problems``: the first of what is wrong."""

    def __init__(self, name: str, columns: tuple[str, ...], currency: str) -> None:
        self.problems: list[Problem] = []
        self._name, self._currency = name, currency
        self._columns = tuple(column.strip() for column in columns)
        self._is_review = _kind_of(name, self._columns) == "review"
        self._now_us = time.time_ns() // 1000
        self._today = datetime.now(UTC).date()

    def read(self, lines: Iterator[Line]) -> Iterator[ReportLine]:
        """The good lines; ends once there are as many problems as are told."""
        for count, line in enumerate(lines, start=1):
            if count > MOST_LINES:
                raise ReportFileError(f"{self._name}: more than {MOST_LINES} lines; split it")
            if line.fault:
                self._note(line, "", line.fault)
            elif (request := self._request(line)) is not None:
                yield ReportLine(line.number, request)
            if len(self.problems) >= _MOST_TOLD:
                return

    def _request(self, line: Line) -> pb.ReportOutcomeRequest | None:
        """The report; ``None`` after noting what is wrong with it."""
        before = len(self.problems)
        cells = dict(zip_longest(self._columns, line.cells))
        request = pb.ReportOutcomeRequest()
        fill = _review if self._is_review else _performance
        for column, step in fill(request, cells, self._currency):
            try:
                step()
            except UnusableCell as error:
                self._note(line, column, str(error))
        if len(self.problems) > before:
            return None
        raw = request.SerializeToString(deterministic=True)
        request.request_id = hashlib.sha256(raw).hexdigest()[:_ID_DIGITS]
        try:
            told_of(request, self._now_us, self._today)
        except InvalidApplication as error:
            for violation in error.violations:
                self._note(line, violation.field.rpartition(".")[2], violation.description)
            return None
        return request

    def _note(self, line: Line, column: str, text: str) -> None:
        shown = column if column in self._columns else ""
        if len(self.problems) < _MOST_TOLD:
            self.problems.append(Problem(self._name, line.number, shown, text))


def _kind_of(name: str, columns: tuple[str, ...]) -> str:
    kind = "review" if "outcome" in columns else "performance"
    needed, known = _NEEDED[kind], _NEEDED[kind] | _OPTIONAL[kind]
    if not needed <= set(columns) <= known or len(set(columns)) < len(columns):
        told = "; ".join(
            f"of {one}: {', '.join(sorted(_NEEDED[one]))} and, if you like, "
            f"{', '.join(sorted(_OPTIONAL[one]))}"
            for one in _NEEDED
        )
        raise ReportFileError(f"{name}:1: the columns must be, each once, {told}")
    return kind


_Step = tuple[str, Callable[[], object]]


def _review(
    request: pb.ReportOutcomeRequest, cells: Mapping[str, object], currency: str
) -> list[_Step]:
    """How each column fills the report."""
    review = request.review
    review.SetInParent()
    return [
        ("decision_id", lambda: _set(request, "decision_id", text_of(cells["decision_id"]))),
        ("happened_at", lambda: request.happened_at.CopyFrom(_moment(cells["happened_at"]))),
        ("outcome", lambda: _set(review, "outcome", _one_of(_OUTCOMES, cells["outcome"]))),
        ("reviewer", lambda: _set(review, "reviewer", text_of(cells["reviewer"]))),
        ("reason", lambda: _set(review, "reason", text_of(cells.get("reason")))),
        ("line", lambda: _amount(review.line, cells.get("line"), cells, currency)),
    ]


def _performance(
    request: pb.ReportOutcomeRequest, cells: Mapping[str, object], currency: str
) -> list[_Step]:
    """How each column fills the report. It happened when the day began, unless a time is given."""
    found = request.performance
    happened = cells.get("happened_at")
    moment = cells["observed_on"] if _is_empty(happened) else happened
    column = "observed_on" if _is_empty(happened) else "happened_at"
    return [
        ("decision_id", lambda: _set(request, "decision_id", text_of(cells["decision_id"]))),
        (
            "performance",
            lambda: _set(found, "performance", _one_of(_PERFORMANCES, cells["performance"])),
        ),
        ("observed_on", lambda: found.observed_on.CopyFrom(_day(cells["observed_on"]))),
        (column, lambda: request.happened_at.CopyFrom(_moment(moment))),
        *(
            (name, lambda name=name: _set(found, name, _count(cells[name])))
            for name in ("months_on_book", "days_past_due")
        ),
        ("balance", lambda: _amount(found.balance, cells.get("balance"), cells, currency)),
        ("loss", lambda: _amount(found.loss, cells.get("loss"), cells, currency)),
    ]


def _set(message: object, name: str, value: object) -> None:
    setattr(message, name, value)


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _one_of(names: Mapping[str, int], cell: object) -> int:
    number = names.get(text_of(cell))
    if number is None:
        raise UnusableCell(f"must be one of: {', '.join(names)}")
    return number


def _count(cell: object) -> int:
    value = _decimal(cell)
    if value != value.to_integral_value() or not 0 <= value < _INT32:
        raise UnusableCell("must be a whole number, 0 or more")
    return int(value)


def _amount(
    money: money_pb2.Money, cell: object, cells: Mapping[str, object], currency: str
) -> None:
    """Fill in an amount in major units; an empty cell leaves it unset."""
    if _is_empty(cell):
        return
    value = _decimal(cell)
    if abs(value) >= _MOST_UNITS or value * _NANOS != (value * _NANOS).to_integral_value():
        raise UnusableCell("must be an amount such as 30000 or 30000.50")
    units = int(value)
    code = text_of(cells.get("currency")) or currency
    if not code:
        raise UnusableCell("has no currency: add a column currency, or give --currency")
    money.CopyFrom(
        money_pb2.Money(currency_code=code, units=units, nanos=int((value - units) * _NANOS))
    )


def _decimal(cell: object) -> Decimal:
    """Exact, also of a Parquet double: the number that its shortest text names."""
    text = repr(cell) if isinstance(cell, float) else ""
    text = text or (str(cell) if isinstance(cell, Decimal) else text_of(cell))
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise UnusableCell("must be a number") from None
    if not value.is_finite() or abs(value.adjusted()) > len(str(_MOST_UNITS)):
        raise UnusableCell("must be a number")
    return value


def _day(cell: object) -> date_pb2.Date:
    day = _date(cell)
    return date_pb2.Date(year=day.year, month=day.month, day=day.day)


def _date(cell: object) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(text_of(cell))
    except ValueError:
        raise UnusableCell("must be a day such as 2026-01-31") from None


def _moment(cell: object) -> Timestamp:
    """A day, which is its first moment, or a time; UTC if it names no zone."""
    if isinstance(cell, date) and not isinstance(cell, datetime):
        cell = datetime(cell.year, cell.month, cell.day, tzinfo=UTC)
    try:
        moment = cell if isinstance(cell, datetime) else datetime.fromisoformat(text_of(cell))
        at = Timestamp()
        at.FromDatetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise UnusableCell("must be a time such as 2026-01-31T09:30:00+08:00, or a day") from None
    return at
