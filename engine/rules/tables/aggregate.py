"""Points and caps of a stage's hits: those of one table become one before they are added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from engine.rules.tables.model import Aggregate, Aggregates, Table

if TYPE_CHECKING:
    from engine.rules.model import Rule

_FUNCTIONS: Mapping[Aggregate, Callable[[Iterable[int]], int]] = {
    Aggregate.SUM: sum,
    Aggregate.MIN: min,
    Aggregate.MAX: max,
}


def total_points(hits: Sequence[Rule], tables: Mapping[str, Table]) -> int:
    """The sum over rules and tables."""
    total = 0
    for aggregates, rules in _groups(hits, tables):
        function = _FUNCTIONS[aggregates.adjust_points]
        total += function([rule.then.adjust_points for rule in rules])
    return total


def total_cap(hits: Sequence[Rule], tables: Mapping[str, Table]) -> int | None:
    """The lowest over rules and tables, minor units; ``None`` if nothing is capped."""
    found: list[int] = []
    for aggregates, rules in _groups(hits, tables):
        caps = [r.then.cap_line_minor for r in rules if r.then.cap_line_minor is not None]
        if caps:
            found.append(_FUNCTIONS[aggregates.cap_line_minor](caps))
    return min(found, default=None)


def _groups(
    hits: Sequence[Rule], tables: Mapping[str, Table]
) -> Iterable[tuple[Aggregates, list[Rule]]]:
    """The hits by ruleset; sum and minimum do not care how plain rules are grouped."""
    groups: dict[str, list[Rule]] = {}
    for rule in hits:
        groups.setdefault(rule.ruleset, []).append(rule)
    for name, rules in groups.items():
        table = tables.get(name)
        yield (Aggregates() if table is None else table.aggregates), rules
