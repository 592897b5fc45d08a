"""Orders the rules of a stage so that a signal is settled before anyone reads it.

The rows of a decision table are settled together, so they wait, and are waited for, as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.rules.model import Rule
from engine.rules.vocabulary import SIGNALS

_Unit = int | str


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
    done: set[_Unit] = set()
    left, strata = list(rules), []
    while left:
        ready = {unit for unit, others in waits.items() if done.issuperset(others)} - done
        if not ready:
            raise SignalCycle(_cycle(left[0], waits, done))
        strata.append(tuple(rule for rule in left if _unit(rule) in ready))
        done.update(ready)
        left = [rule for rule in left if _unit(rule) not in done]
    return tuple(strata)


def _unit(rule: Rule) -> _Unit:
    """What is settled as one: a table by its name, any other rule alone."""
    return id(rule) if rule.row is None else rule.ruleset


def _waits(rules: Sequence[Rule]) -> Mapping[_Unit, Mapping[_Unit, Rule]]:
    """For each unit, those that set a signal it reads, each with a rule that does."""
    setters: dict[str, dict[_Unit, Rule]] = {}
    for rule in rules:
        if rule.then.signal:
            setters.setdefault(rule.then.signal, {}).setdefault(_unit(rule), rule)
    waits: dict[_Unit, dict[_Unit, Rule]] = {_unit(rule): {} for rule in rules}
    for rule in rules:
        for name in signals_read(rule):
            for unit, setter in setters.get(name, {}).items():
                waits[_unit(rule)].setdefault(unit, setter)
    return waits


def _cycle(
    rule: Rule, waits: Mapping[_Unit, Mapping[_Unit, Rule]], done: set[_Unit]
) -> tuple[Rule, ...]:
    """Every rule that is left waits for one that is left: follow them until one returns."""
    seen: dict[_Unit, Rule] = {}
    while _unit(rule) not in seen:
        seen[_unit(rule)] = rule
        rule = next(item for unit, item in waits[_unit(rule)].items() if unit not in done)
    start = list(seen).index(_unit(rule))
    return (*list(seen.values())[start:], rule)
