"""Decides drawn tables straight from their cells: no CEL, no trees, no rules of the engine.

Three values: true, false, ``None`` for unknown; ``FAILED`` where a column has no value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.property.tables_random import CellSpec, RowSpec, TableSpec
from touchstone.v1 import facts_pb2

FAILED = "failed"
_INT_MAX = 2**63 - 1
_SEVERITY = {"approve": 0, "refer": 1, "decline": 2}


@dataclass(slots=True)
class Expected:
    """What the stage must answer. ``trace``: row and result, in the order of the agenda."""

    trace: list[tuple[str, str]] = field(default_factory=list)
    outcome: str | None = None
    cap_line_minor: int | None = None
    adjust_points: int = 0
    documents: set[str] = field(default_factory=set)
    reasons: set[str] = field(default_factory=set)
    signals: dict[str, bool | None] = field(default_factory=dict)


def decide(tables: list[TableSpec], facts: facts_pb2.Facts) -> Expected:
    """The stage's answer; tables in an order in which signals are set before they are read."""
    expected = Expected()
    caps: list[int] = []
    traces: list[tuple[int, int, int, str, str]] = []
    for number, table in enumerate(tables):
        rows = _rows(table)
        results = _resolve(table, rows, [_row(table, row, facts, expected) for row in rows])
        hits = [row.then for row, result in zip(rows, results, strict=True) if result == "hit"]
        for place, (row, result) in enumerate(zip(rows, results, strict=True)):
            idle = place == len(table.rows) and row.then in ({}, {"adjust_points": 0})
            if result != "miss" and not idle:
                name = _id(table, place)
                traces.append((table.priority, number, place, name, result))
                _follow(expected, table, row, result)
        expected.signals[f"s{number}"] = _signal(rows, results)
        _collect(expected, table, hits, caps)
    expected.trace = [(name, result) for *_, name, result in sorted(traces)]
    expected.cap_line_minor = min(caps, default=None)
    return expected


def _rows(table: TableSpec) -> list[RowSpec]:
    extra = [] if table.otherwise is None else [RowSpec([], table.otherwise, "", "")]
    return [*table.rows, *extra]


def _id(table: TableSpec, place: int) -> str:
    word = "OTHERWISE" if place == len(table.rows) else str(place + 1)
    return f"{table.name.upper()}_{word}"


def _resolve(table: TableSpec, rows: list[RowSpec], raw: list[str]) -> list[str]:
    """Hit policy and ``otherwise``; only rows that say something settle the table."""
    count, results = len(table.rows), []
    settled = False
    for row, result in zip(rows[:count], raw[:count], strict=True):
        if settled and table.hit == "first":
            results.append("miss")
            continue
        results.append(result)
        ignored = result in {"unknown", "error"} and _fallback(table, row, result) == "ignore"
        settled = settled or (result != "miss" and not ignored)
    if table.hit == "unique" and results.count("hit") > 1:
        results = ["error" if result == "hit" else result for result in results]
    return [*results, *(["miss" if settled else "hit"] if len(rows) > count else [])]


def _fallback(table: TableSpec, row: RowSpec, result: str) -> str:
    if result == "unknown":
        return row.on_unknown or table.on_unknown
    return row.on_error or table.on_error


def _follow(expected: Expected, table: TableSpec, row: RowSpec, result: str) -> None:
    outcome, reason = row.then.get("outcome"), row.then.get("reason")
    if result == "hit":
        expected.documents.update(row.then.get("require", ()))
    else:
        fallback = _fallback(table, row, result)
        outcome = None if fallback == "ignore" else fallback
        built_in = "INFORMATION_MISSING" if result == "unknown" else "RULE_ERROR"
        reason = {"ignore": None, "refer": built_in, "decline": "REASON_0"}[fallback]
    if reason:
        expected.reasons.add(reason)
    graver = outcome and (expected.outcome is None or _SEVERITY[outcome] > _severity(expected))
    expected.outcome = outcome if graver else expected.outcome


def _severity(expected: Expected) -> int:
    return -1 if expected.outcome is None else _SEVERITY[expected.outcome]


def _signal(rows: list[RowSpec], results: list[str]) -> bool | None:
    setters = [r for row, r in zip(rows, results, strict=True) if row.then.get("signal")]
    if "hit" in setters:
        return True
    return None if {"unknown", "error"} & set(setters) else False


def _collect(
    expected: Expected, table: TableSpec, hits: list[dict[str, Any]], caps: list[int]
) -> None:
    functions: dict[str, Callable[[list[int]], int]] = {"sum": sum, "min": min, "max": max}
    points = [then.get("adjust_points", 0) for then in hits]
    if points:
        expected.adjust_points += functions[table.aggregates.get("adjust_points", "sum")](points)
    own = [then["cap_line_minor"] for then in hits if "cap_line_minor" in then]
    if own:
        caps.append(functions[table.aggregates.get("cap_line_minor", "min")](own))


def _row(table: TableSpec, row: RowSpec, facts: facts_pb2.Facts, expected: Expected) -> str:
    """Kleene's conjunction of the cells: unknown outweighs failure, false outweighs both."""
    begin, end = row.window
    day = facts.application.date
    if day < begin or (end and day > end):
        return "miss"
    cells = zip(table.columns, row.cells, strict=False)
    values = [_cell(cell, _value(column, facts, expected)) for column, cell in cells]
    if False in values:
        return "miss"
    if None in values:
        return "unknown"
    return "error" if FAILED in values else "hit"


def _cell(cell: CellSpec, value: Any) -> Any:
    if not cell.items:
        return True
    values = [_holds(item, value) for item in cell.items]
    found: Any = False
    if True in values:
        found = True
    elif None in values:
        found = None
    elif FAILED in values:
        found = FAILED
    return not found if cell.negated and isinstance(found, bool) else found


def _holds(item: tuple[Any, ...], value: Any) -> Any:
    if item in {("known",), ("unknown",)}:
        return (value is None) == (item == ("unknown",))
    if value is None or (isinstance(value, str) and value == FAILED):
        return value
    match item:
        case ("is", wanted):
            return value == wanted
        case ("range", low, high, low_closed, high_closed):
            above = value >= low if low_closed else value > low
            return above and (value <= high if high_closed else value < high)
        case (sign, bound):
            return _SIGNS[sign](value, bound)
    raise ValueError(item)


def _value(
    column: tuple[str, str, tuple[str, ...]], facts: facts_pb2.Facts, so_far: Expected
) -> Any:
    text, _, paths = column
    if text.startswith("signals."):
        return so_far.signals[text.removeprefix("signals.")]
    values = [_read(facts, path) for path in paths]
    if text == "session.rooted || applicant.is_student":
        return True if True in values else (None if None in values else False)
    if None in values:
        return None
    function = _FUNCTIONS.get(text)
    return values[0] if function is None else function(*values)


def _successor(value: int) -> Any:
    return value + 1 if value < _INT_MAX else FAILED


def _remainder(left: int, right: int) -> Any:
    if right == 0:
        return FAILED
    return abs(left) % abs(right) * (-1 if left < 0 else 1)


def _read(facts: facts_pb2.Facts, path: str) -> Any:
    parent, name = path.split(".")
    message = getattr(facts, parent)
    value = getattr(message, name)
    if not hasattr(value, "value"):
        return value
    return value.value if message.HasField(name) else None


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "!=": operator.ne,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "bureau.score + 1": _successor,
    "bureau.score % bureau.card_count": _remainder,
    "score.pd * bureau.utilisation": operator.mul,
}
