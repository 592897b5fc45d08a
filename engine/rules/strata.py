"""Orders the rules of a stage so that a signal is settled before anyone reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    waits = _waits(rules)
    done: set[int] = set()
    left, strata = list(rules), []
    while left:
        ready = [rule for rule in left if all(id(item) in done for item in waits[id(rule)])]
        if not ready:
            raise SignalCycle(_cycle(left[0], waits, done))
        strata.append(tuple(ready))
        done.update(id(rule) for rule in ready)
        left = [rule for rule in left if id(rule) not in done]
    return tuple(strata)


def _waits(rules: Sequence[Rule]) -> Mapping[int, Sequence[Rule]]:
    """For each rule, those that set a signal it reads."""
    setters: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.then.signal:
            setters.setdefault(rule.then.signal, []).append(rule)
    return {
        id(rule): [setter for name in signals_read(rule) for setter in setters.get(name, ())]
        for rule in rules
    }


def _cycle(rule: Rule, waits: Mapping[int, Sequence[Rule]], done: set[int]) -> tuple[Rule, ...]:
    """Every rule that is left waits for one that is left: follow them until one returns."""
    seen: list[Rule] = []
    while not any(item is rule for item in seen):
        seen.append(rule)
        rule = next(item for item in waits[id(rule)] if id(item) not in done)
    start = next(number for number, item in enumerate(seen) if item is rule)
    return (*seen[start:], rule)
