"""Random decision tables as an analyst would write them, with what their cells mean beside them.

A table is drawn as plain values, written as YAML, and read by the policy language; the plain
values are what ``tables_brute_force`` decides from.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace
from typing import Any

from engine.rules.diagnostics import Diagnostics
from engine.rules.environment import shared_environment
from engine.rules.model import Bundle, Ruleset
from engine.rules.source import Source
from engine.rules.tables.compile import compile_table
from engine.rules.tables.draft import TableDraft, read_table
from engine.rules.yaml_source import compose
from tests.property.rules_random import REASONS, make_bundle
from touchstone.v1 import facts_pb2

DOMAINS: dict[str, tuple[Any, ...]] = {
    "bool": (True, False),
    "int": (-3, 0, 1, 2, 3, 5, 2**63 - 1),
    "double": (-0.5, 0.0, 0.25, 0.4, 0.5, 1.0, 1e16),
    "string": ("", "a", "b", "new customer", "CN", "学生", 'q"\\,', "unknown", "7", "2026-01-31"),
    "date": ("2025-12-31", "2026-01-31", "2026-02-01", "2026-12-31"),
}
#: Columns over the vocabulary: CEL text, type, and the paths read. Some can fail.
COLUMNS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("applicant.age", "int", ("applicant.age",)),
    ("bureau.score", "int", ("bureau.score",)),
    ("bureau.card_count", "int", ("bureau.card_count",)),
    ("bureau.score + 1", "int", ("bureau.score",)),
    ("bureau.score % bureau.card_count", "int", ("bureau.score", "bureau.card_count")),
    ("score.pd", "double", ("score.pd",)),
    ("score.pd * bureau.utilisation", "double", ("score.pd", "bureau.utilisation")),
    ("bureau.utilisation", "double", ("bureau.utilisation",)),
    ("application.product", "string", ("application.product",)),
    ("applicant.occupation", "string", ("applicant.occupation",)),
    ("session.country", "date", ("session.country",)),
    ("applicant.is_student", "bool", ("applicant.is_student",)),
    ("session.emulator", "bool", ("session.emulator",)),
    ("session.rooted || applicant.is_student", "bool", ("session.rooted", "applicant.is_student")),
)
SINGLE = frozenset({"bureau.score", "bureau.card_count", "score.pd", "bureau.utilisation"}) | {
    *("applicant.occupation", "session.country", "session.emulator"),
}
_FIELDS = {
    "applicant.age": "int",
    "bureau.score": "int",
    "bureau.card_count": "int",
    "score.pd": "double",
    "bureau.utilisation": "double",
    "application.product": "string",
    "applicant.occupation": "string",
    "session.country": "date",
    "applicant.is_student": "bool",
    "session.emulator": "bool",
    "session.rooted": "bool",
}
_ALWAYS_KNOWN = frozenset({"applicant.age", "application.product", "applicant.is_student"})


@dataclass(frozen=True, slots=True)
class CellSpec:
    """What a cell means: any of the items, or none; ``()`` takes anything.

    An item is ``("is", v)``, ``("<", v)`` and so on, ``("range", low, high, closed, closed)``,
    ``("known",)`` or ``("unknown",)``.
    """

    items: tuple[tuple[Any, ...], ...] = ()
    negated: bool = False


@dataclass(slots=True)
class RowSpec:
    """A row: its cells, its effects as ``then`` takes them, and what follows if it is undecided."""

    cells: list[CellSpec]
    then: dict[str, Any]
    on_unknown: str
    on_error: str
    window: tuple[str, str] = ("", "")


@dataclass(slots=True)
class TableSpec:
    """A table as drawn. ``aggregates`` is empty for the defaults."""

    name: str
    hit: str
    priority: int
    columns: list[tuple[str, str, tuple[str, ...]]]
    rows: list[RowSpec]
    otherwise: dict[str, Any] | None
    on_unknown: str
    on_error: str
    aggregates: dict[str, str] = field(default_factory=dict)


def random_facts(rng: random.Random) -> facts_pb2.Facts:
    """Facts over the fields of ``COLUMNS``, from the domains of the cells."""
    facts = facts_pb2.Facts()
    facts.application.date = rng.choice(DOMAINS["date"])
    supplied = rng.choice((0.3, 0.7, 0.9, 1.0))
    for path, kind in _FIELDS.items():
        parent, name = path.split(".")
        message = getattr(facts, parent)
        if path in _ALWAYS_KNOWN:
            setattr(message, name, rng.choice(DOMAINS[kind]))
        elif rng.random() < supplied:
            getattr(message, name).value = rng.choice(DOMAINS[kind])
    return facts


def random_tables(rng: random.Random) -> list[TableSpec]:
    """One to three tables; a later one may read the signals that an earlier one sets."""
    tables: list[TableSpec] = []
    for number in range(rng.randrange(1, 4)):
        signals = tuple(f"signals.s{n}" for n, table in enumerate(tables) if _sets_signal(table))
        tables.append(_table(rng, number, signals))
    return tables


def _sets_signal(table: TableSpec) -> bool:
    return any("signal" in then for then in (*(r.then for r in table.rows), table.otherwise or {}))


def _table(rng: random.Random, number: int, signals: tuple[str, ...]) -> TableSpec:
    columns = rng.sample(COLUMNS, rng.randrange(1, 5))
    columns += [(s, "bool", (s,)) for s in signals if rng.random() < 0.5]
    hit = rng.choice(("first", "unique", "collect"))
    aggregates = {}
    if hit == "collect" and rng.random() < 0.7:
        aggregates = {
            "adjust_points": rng.choice(("sum", "min", "max")),
            "cap_line_minor": rng.choice(("sum", "min", "max")),
        }
    all_points = aggregates.get("adjust_points", "sum") != "sum"
    return TableSpec(
        name=f"t{number}",
        hit=hit,
        priority=rng.choice((5, 100)),
        columns=columns,
        rows=[_row(rng, columns, number, all_points=all_points) for _ in range(_count(rng))],
        otherwise=_then(rng, number, points=False) if rng.random() < 0.5 else None,
        on_unknown=rng.choice(("refer", "ignore")),
        on_error=rng.choice(("refer", "ignore", "decline")),
        aggregates=aggregates,
    )


def _count(rng: random.Random) -> int:
    return rng.choice((1, 2, 3, 5, 8))


def _row(
    rng: random.Random,
    columns: list[tuple[str, str, tuple[str, ...]]],
    number: int,
    *,
    all_points: bool,
) -> RowSpec:
    fallbacks = ("", "", "refer", "ignore", "decline")
    return RowSpec(
        cells=[random_cell(rng, kind, path) for path, kind, _ in columns],
        then=_then(rng, number, points=all_points),
        on_unknown=rng.choice(fallbacks),
        on_error=rng.choice(fallbacks),
        window=rng.choice((("", ""), ("", ""), ("2026-01-31", ""), ("2026-01-01", "2026-02-01"))),
    )


def _then(rng: random.Random, number: int, *, points: bool) -> dict[str, Any]:
    then: dict[str, Any] = {}
    outcome = rng.choice(("", "", "approve", "refer", "decline"))
    if outcome:
        then["outcome"] = outcome
    if outcome in {"refer", "decline"}:
        then["reason"] = rng.choice(REASONS)
    if rng.random() < 0.4:
        then["signal"] = f"s{number}"
    if rng.random() < 0.2:
        then["require"] = rng.sample(("id_document", "payslip", "photo"), rng.randrange(1, 3))
    if rng.random() < 0.4:
        then["cap_line_minor"] = rng.choice((0, 100, 500, 900))
    if points or rng.random() < 0.5:
        then["adjust_points"] = rng.choice((-10, -5, 0, 3, 7))
    return then


def random_cell(rng: random.Random, kind: str, path: str) -> CellSpec:
    """A cell that a column of this kind accepts."""
    if rng.random() < 0.3:
        return CellSpec()
    count = rng.choice((1, 1, 1, 2, 3))
    items = tuple(_item(rng, kind, path) for _ in range(count))
    return CellSpec(items, negated=rng.random() < 0.2)


def _item(rng: random.Random, kind: str, path: str) -> tuple[Any, ...]:
    presence = path in SINGLE or path.startswith("signals.")
    if presence and rng.random() < 0.15:
        return (rng.choice(("known", "unknown")),)
    values = DOMAINS[kind]
    if kind in {"bool", "string"} or rng.random() < 0.4:
        return ("is", rng.choice(values))
    if rng.random() < 0.5:
        return (rng.choice(("<", "<=", ">", ">=", "!=")), rng.choice(values))
    low, high = sorted(rng.sample(values, 2))
    closed = (True, True) if kind == "int" else (rng.random() < 0.5, rng.random() < 0.5)
    return ("range", low, high, *closed)


def write_cell(cell: CellSpec, rng: random.Random) -> str:
    """The text of a cell, with blanks where blanks are allowed."""
    if not cell.items:
        return rng.choice(("", "-", " - "))
    text = rng.choice((",", ", ", " , ")).join(_write_item(item, rng) for item in cell.items)
    return f"not {text}" if cell.negated else text


def _write_item(item: tuple[Any, ...], rng: random.Random) -> str:
    match item:
        case ("is", value):
            return rng.choice(("", "== ", "==")) + _write_value(value)
        case ("range", low, high, low_closed, high_closed):
            dots = rng.choice(("..", " .. "))
            inner = f"{_write_value(low)}{dots}{_write_value(high)}"
            return f"{'[' if low_closed else '('}{inner}{']' if high_closed else ')'}"
        case (word,):
            return str(word)
        case (sign, value):
            return f"{sign}{rng.choice(('', ' '))}{_write_value(value)}"
    raise ValueError(item)


def _write_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        bare = value in {"a", "b", "CN", "学生", "new customer"} or value.startswith("20")
        return value if bare else json.dumps(value, ensure_ascii=False)
    return repr(value)


def write_table(spec: TableSpec, rng: random.Random) -> str:
    """The table's file. JSON texts are YAML texts in double quotes."""
    lines = [
        f"table: {spec.name}",
        f"hit: {spec.hit}",
        f"priority: {spec.priority}",
        f"on_unknown: {_fallback(spec.on_unknown)}",
        f"on_error: {_fallback(spec.on_error)}",
        f"columns: {json.dumps([text for text, _, _ in spec.columns])}",
    ]
    if spec.aggregates:
        lines.append(f"aggregates: {json.dumps(spec.aggregates)}")
    lines.append("rows:")
    for row in spec.rows:
        cells = [write_cell(cell, rng) for cell in row.cells]
        parts = [f"when: {json.dumps(cells, ensure_ascii=False)}", f"then: {json.dumps(row.then)}"]
        for key, value in (("on_unknown", row.on_unknown), ("on_error", row.on_error)):
            parts.extend([f"{key}: {_fallback(value)}"] if value else [])
        days = zip(("from", "until"), row.window, strict=True)
        parts.extend(f"{key}: {day}" for key, day in days if day)
        lines.append(f"  - {{{', '.join(parts)}}}")
    if spec.otherwise is not None:
        lines.append(f"otherwise: {json.dumps(spec.otherwise)}")
    return "\n".join(lines) + "\n"


def _fallback(word: str) -> str:
    return "{outcome: decline, reason: REASON_0}" if word == "decline" else word


def read_tables(texts: dict[str, str]) -> dict[str, Ruleset]:
    """The rulesets of the tables' files; ``PolicyError`` if one is refused."""
    found = Diagnostics()
    drafts: list[TableDraft] = []
    for name, text in texts.items():
        source = Source(f"{name}.yaml", text)
        found.add_source(source)
        node = compose(source, found)
        if node is not None:
            drafts.append(read_table(source, node, name, found))
    signals = frozenset().union(*(draft.signals for draft in drafts))
    environment = shared_environment(tuple(sorted(signals)))
    rulesets = {draft.name: compile_table(draft, environment, {}, found) for draft in drafts}
    found.refuse_if_errors()
    return rulesets


def bundle_of(rulesets: dict[str, Ruleset]) -> Bundle:
    """A bundle of one stage with these rulesets, in this order."""
    made = make_bundle(())
    stage = replace(made.strategy.stages[0], rulesets=tuple(rulesets))
    return replace(made, strategy=replace(made.strategy, stages=(stage,)), rulesets=rulesets)
