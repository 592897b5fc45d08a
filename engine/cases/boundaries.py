"""Boundaries that no case stood on: for ``x >= 5``, a case with 5 and one with 4.

A slip of one is the commonest fault of a rule, and only a case on the boundary notices it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from operator import eq

from engine.cases.known import rules_of
from engine.cases.record_rules import Seen
from engine.cases.trace import read, text_of
from engine.rules import Bundle, Rule
from engine.rules.ast import Call, Expr, Literal, Read, walk
from engine.rules.days import TODAY, is_day
from engine.rules.unparse import unparse

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A side of a comparison that no case tried. ``try_with``: the value that would."""

    rule_id: str
    path: str
    line: int
    comparison: str
    try_with: str


@dataclass(frozen=True, slots=True)
class _Side:
    """``tries`` says whether a value stands on this side of the boundary, close to it."""

    comparison: str
    field: str
    try_with: str
    tries: Callable[[object], bool]


def untried(bundle: Bundle, runs: Sequence[Sequence[Seen]]) -> tuple[Boundary, ...]:
    """The sides that no case tried, in the order of the rules."""
    stage_of = {name: stage.name for stage in bundle.strategy.stages for name in stage.rulesets}
    seen_in: dict[str, list[Seen]] = {}
    for run in runs:
        for item in run:
            seen_in.setdefault(item.stage, []).append(item)
    return tuple(
        Boundary(
            rule_id=rule.id,
            path=rule.path,
            line=rule.span.line,
            comparison=side.comparison,
            try_with=f"{'on' if side.field == TODAY else side.field}: {side.try_with}",
        )
        for rule in rules_of(bundle)
        for side in _sides(rule)
        if not any(
            side.tries(read(side.field, item.facts))
            for item in seen_in.get(stage_of[rule.ruleset], ())
        )
    )


def _sides(rule: Rule) -> Iterator[_Side]:
    told: set[tuple[str, str]] = set()
    for node in walk(rule.when.tree):
        for side in _of_node(node):
            if (side.field, side.try_with) not in told:
                told.add((side.field, side.try_with))
                yield side


def _of_node(node: Expr) -> Iterator[_Side]:
    """Both sides of a comparison of a field with a number."""
    if not isinstance(node, Call) or node.name not in _MIRRORED:
        return
    left, right = node.operands
    operator = node.name
    if isinstance(left, Literal) and isinstance(right, Read):
        left, right, operator = right, left, _MIRRORED[operator]
    if not (isinstance(left, Read) and isinstance(right, Literal)):
        return
    text, limit = unparse(node, strict=False), right.value
    if left.path == TODAY and isinstance(limit, str) and is_day(limit):
        yield from _days(text, operator, limit)
    if isinstance(limit, bool) or not isinstance(limit, (int, float)):
        return
    if left.type == "int":
        other = limit + (1 if operator in {">", "<="} else -1)
        yield _Side(text, left.path, text_of(limit), lambda value: value == limit)
        yield _Side(text, left.path, text_of(other), lambda value: value == other)
    elif left.type == "double":
        yield _Side(text, left.path, text_of(limit), lambda value: value == limit)
        yield _beyond(text, left.path, operator, limit)


def _days(text: str, operator: str, limit: str) -> Iterator[_Side]:
    """The first or last day on which something holds, and the day beside it."""
    step = timedelta(days=1 if operator in {">", "<="} else -1)
    for day in (limit, (date.fromisoformat(limit) + step).isoformat()):
        yield _Side(text, TODAY, day, partial(eq, day))


def _beyond(text: str, path: str, operator: str, limit: float) -> _Side:
    """Beside a boundary of a double any value will do, within a tenth of it."""
    near = abs(limit) / 10 or 0.1
    if operator in {">", "<="}:
        return _Side(
            text,
            path,
            f"a little above {limit}",
            lambda value: isinstance(value, float) and limit < value <= limit + near,
        )
    return _Side(
        text,
        path,
        f"a little below {limit}",
        lambda value: isinstance(value, float) and limit - near <= value < limit,
    )
