"""The hit policy of a decision table as formulas: from what rows fit to what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from engine.proof.logic import Logic, Term, Truth
from engine.rules.model import Fallback, Rule
from engine.rules.tables.model import HitPolicy

#: Hit, unknown, error.
Come = tuple[Term, Term, Term]


def is_otherwise(rule: Rule) -> bool:
    """Whether it is the row for when no other settled the table."""
    return rule.row is not None and rule.row.otherwise


def settles(logic: Logic, rule: Rule, raw: Truth) -> Term:
    """Whether the row decides something: a hit, or what its fallback says."""
    decisive = [raw.true]
    if rule.on_unknown.fallback is not Fallback.IGNORE:
        decisive.append(raw.unknown)
    if rule.on_error.fallback is not Fallback.IGNORE:
        decisive.append(raw.failed(logic))
    return logic.any(decisive)


def resolve(logic: Logic, hit: HitPolicy, rows: Sequence[Rule], raw: Sequence[Truth]) -> list[Come]:
    """What each row comes to, in the order written, as ``engine.rules.tables.resolve`` says."""
    settling = [settles(logic, rule, truth) for rule, truth in zip(rows, raw, strict=True)]
    before = [False, *accumulate(settling, lambda done, more: logic.any((done, more)))]
    found: list[Come] = []
    others = _others(logic, rows, raw) if hit is HitPolicy.UNIQUE else [False] * len(rows)
    for number, (rule, truth) in enumerate(zip(rows, raw, strict=True)):
        passed = before[number] if hit is HitPolicy.FIRST or is_otherwise(rule) else False
        turn = logic.no(passed)
        clash = logic.all((truth.true, others[number]))
        error = logic.any((truth.failed(logic), clash))
        found.append(
            (
                logic.all((turn, truth.true, logic.no(others[number]))),
                logic.all((turn, truth.unknown)),
                logic.all((turn, error)),
            )
        )
    return found


def _others(logic: Logic, rows: Sequence[Rule], raw: Sequence[Truth]) -> list[Term]:
    """For each row, whether another one fits; ``otherwise`` is none."""

    def either(first: Term, second: Term) -> Term:
        return logic.any((first, second))

    fits = [False if is_otherwise(r) else t.true for r, t in zip(rows, raw, strict=True)]
    before = [False, *accumulate(fits, either)]
    after = [False, *accumulate(reversed(fits), either)]
    return [
        False if is_otherwise(rule) else either(before[n], after[len(fits) - 1 - n])
        for n, rule in enumerate(rows)
    ]
