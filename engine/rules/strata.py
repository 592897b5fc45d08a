"""Orders the rules of a stage so that a signal is settled before anyone reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.rules.model import Rule
from engine.rules.vocabulary import SIGNALS


class SignalCycle(Exception):
    """Rules that wait for one another; ``rules`` in the order of waiting."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        super().__init__(" -> ".join(rule.id for rule in rules))


def signals_read(rule: Rule) -> tuple[str, ...]:
    """Signals whose value the rule's condition takes or asks about, in the order written."""
    prefix = f"{SIGNALS}."
    paths = (item.removeprefix(prefix) for item in rule.when.mentions if item.startswith(prefix))
    return tuple(paths)


def stratify(rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], ...]:
    """Strata in the order of evaluation, each in the order given; ``SignalCycle`` if none."""
    setters: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.then.signal:
            setters.setdefault(rule.then.signal, []).append(rule)
    levels: dict[int, int] = {}
    for rule in rules:
        _level(rule, setters, levels, [])
    top = max(levels.values(), default=-1)
    return tuple(
        tuple(rule for rule in rules if levels[id(rule)] == level) for level in range(top + 1)
    )


def _level(
    rule: Rule, setters: Mapping[str, Iterable[Rule]], levels: dict[int, int], above: list[Rule]
) -> int:
    if id(rule) in levels:
        return levels[id(rule)]
    if any(item is rule for item in above):
        start = next(n for n, item in enumerate(above) if item is rule)
        raise SignalCycle((*above[start:], rule))
    waited = [setter for name in signals_read(rule) for setter in setters.get(name, ())]
    below = [_level(setter, setters, levels, [*above, rule]) for setter in waited]
    levels[id(rule)] = 1 + max(below, default=-1)
    return levels[id(rule)]
