"""Formulas of z3 that fold constants, and values that may be unknown or fail.

A ``Term`` is a formula of z3 or a plain Python constant. Folding here keeps what is always known
free of the machinery of the unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import z3

Term = Any


class Logic:
    """Builds formulas in a context of its own: proofs do not share state, nor threads."""

    def __init__(self) -> None:
        self.context = z3.Context()

    def boolean(self, name: str) -> Term:
        """A free truth value."""
        return z3.Bool(name, self.context)

    def integer(self, name: str) -> Term:
        """A free integer."""
        return z3.Int(name, self.context)

    def real(self, name: str) -> Term:
        """A free real."""
        return z3.Real(name, self.context)

    def all(self, terms: Iterable[Term]) -> Term:
        """Conjunction."""
        return self._junction(terms, absorbing=False)

    def any(self, terms: Iterable[Term]) -> Term:
        """Disjunction."""
        return self._junction(terms, absorbing=True)

    def _junction(self, terms: Iterable[Term], *, absorbing: bool) -> Term:
        kept: list[Term] = []
        for term in terms:
            if isinstance(term, bool):
                if term is absorbing:
                    return absorbing
            else:
                kept.append(term)
        if not kept:
            return not absorbing
        if len(kept) == 1:
            return kept[0]
        return z3.Or(*kept) if absorbing else z3.And(*kept)

    def no(self, term: Term) -> Term:
        """Negation."""
        return not term if isinstance(term, bool) else z3.Not(term)

    def implies(self, premise: Term, then: Term) -> Term:
        """Implication."""
        return self.any((self.no(premise), then))

    def iff(self, left: Term, right: Term) -> Term:
        """Equivalence."""
        if isinstance(left, bool):
            return right if left else self.no(right)
        if isinstance(right, bool):
            return left if right else self.no(left)
        return left == right

    def choose(self, condition: Term, yes: Term, no: Term) -> Term:
        """``yes`` or ``no`` by the condition; both of one sort."""
        if isinstance(condition, bool):
            return yes if condition else no
        return z3.If(condition, yes, no)

    def formula(self, term: Term) -> Term:
        """What a solver takes: constants as formulas."""
        return z3.BoolVal(term, self.context) if isinstance(term, bool) else term


@dataclass(frozen=True, slots=True)
class Truth:
    """A three-valued truth that may also fail: exactly one holds, failure if none of the three."""

    true: Term
    false: Term
    unknown: Term = False
    can_fail: bool = False

    def failed(self, logic: Logic) -> Term:
        """Whether the condition has no value."""
        if not self.can_fail:
            return False
        return logic.no(logic.any((self.true, self.false, self.unknown)))


@dataclass(frozen=True, slots=True)
class Number:
    """An integer, a real, or a string by its code. ``term`` means something only if it is good.

    ``nan``: whether arithmetic on doubles may have made it no number.
    """

    term: Term
    unknown: Term = False
    failed: Term = False
    nan: Term = False


Value = Truth | Number


def constant(value: bool) -> Truth:  # noqa: FBT001 - it is the value
    """A truth that is always known."""
    return Truth(true=value, false=not value)


def when_good(logic: Logic, unknown: Term, failed: Term, term: Term) -> Truth:
    """The truth of ``term`` where nothing is unknown or failed; unknown outweighs failure."""
    good = logic.no(logic.any((unknown, failed)))
    true, false = logic.all((good, term)), logic.all((good, logic.no(term)))
    return Truth(true, false, unknown, can_fail=failed is not False)


def join(logic: Logic, parts: Iterable[Truth], *, decisive: bool) -> Truth:
    """Kleene's or (decisive true) and and (decisive false)."""
    parts = tuple(parts)
    trues, falses = [part.true for part in parts], [part.false for part in parts]
    if decisive:
        true, false = logic.any(trues), logic.all(falses)
    else:
        true, false = logic.all(trues), logic.any(falses)
    decided = true if decisive else false
    unknown = logic.all((logic.no(decided), logic.any(part.unknown for part in parts)))
    return Truth(true, false, unknown, any(part.can_fail for part in parts))


def negate(value: Truth) -> Truth:
    """Kleene's not."""
    return Truth(value.false, value.true, value.unknown, value.can_fail)


def pick(logic: Logic, condition: Truth, yes: Truth, no: Truth) -> Truth:
    """``condition ? yes : no``; only the chosen branch counts."""

    def of(chosen: Term, other: Term) -> Term:
        return logic.any((logic.all((condition.true, chosen)), logic.all((condition.false, other))))

    unknown = logic.any((condition.unknown, of(yes.unknown, no.unknown)))
    can_fail = condition.can_fail or yes.can_fail or no.can_fail
    return Truth(of(yes.true, no.true), of(yes.false, no.false), unknown, can_fail)
