"""Lines that share another's as formulas: what hinders them, their range, what the parent leaves.

What is said here of an application is said by ``engine.sharing`` and ``engine.lines.sharing``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import z3

from engine.lines import Product
from engine.proof.logic import Term
from engine.proof.world import World
from engine.sharing import DECLINING, ParentState

_STATE, _LINE = "parent.state", "parent.line_minor"
_OTHERS, _HELD = "parent.supplementary_minor", "parent.held_minor"
_DAYS = "application.temporary_days"
_ASKED = "application.expected_limit_minor"


class Sharing:
    """What kind of line it is under one product in one world, and what follows from that.

    ``is_part``: a supplementary card's part of a line. ``free``: nothing hinders a line;
    ``declined``: what hinders it declines. ``least_steps``: the least line there can be.
    """

    def __init__(self, world: World, product: Product) -> None:
        self._world, self._product, self._logic = world, product, world.logic
        logic = self._logic
        self.is_part = world.term("application.supplementary")
        self._raised = world.term("application.temporary")
        self._line = world.term(_LINE)
        self._above = logic.integer(f"steps above the parent of {product.name}{world.name}")
        offered = logic.any(
            (
                logic.all((self.is_part, product.supplementary is not None)),
                logic.all((self._raised, product.temporary is not None)),
            )
        )
        state, texts = world.term(_STATE), world.texts
        found = logic.all((offered, world.known(_STATE)))
        in_force = state == texts.code(ParentState.IN_FORCE)
        past = logic.all((self._raised, world.known(_DAYS), world.term(_DAYS) < 0))
        bad = logic.any(state == texts.code(name) for name in DECLINING)
        own = logic.no(logic.any((self.is_part, self._raised)))
        self.free = logic.any((own, logic.all((found, in_force, logic.no(past)))))
        late = logic.all((in_force, past))
        self.declined = logic.all((logic.no(own), found, logic.any((bad, late))))
        self.least_steps = self._least()

    def _least(self) -> Term:
        """Steps of ``line_range``."""
        logic, product = self._logic, self._product
        step, context = product.step_minor, logic.context
        plain = z3.IntVal(product.minimum_minor // step, context)
        part = plain
        if product.supplementary is not None:
            part = z3.IntVal(product.supplementary.minimum_minor // step, context)
        above = z3.If(self._above > plain, self._above, plain)
        raised = logic.choose(logic.formula(self._raised), above, plain)
        return logic.choose(logic.formula(self.is_part), part, raised)

    def definition(self) -> Iterator[Term]:
        """What makes the variable the least number of steps above the parent's line."""
        step = self._product.step_minor
        yield self._above * step > self._line
        yield (self._above - 1) * step <= self._line

    @property
    def own_lines(self) -> Term:
        """Lines held here that are deducted: not the line that is raised."""
        own, held = self._world.term("lines.own_minor"), self._world.term(_HELD)
        logic = self._logic
        zero = z3.IntVal(0, logic.context)
        others = z3.If(own > held, own - held, zero)
        return logic.choose(logic.formula(self._raised), others, own)

    def rooms(self, amount: Term) -> Iterator[Term]:
        """Whether the parent's line, and the greatest part of one, leave room for an amount.

        The amount is a multiple of the step: to round what was asked for down changes nothing.
        """
        logic, line = self._logic, self._line
        hoped = logic.all((self._world.known(_ASKED), self._world.term(_ASKED) < amount))
        least = amount <= self.least_steps * self._product.step_minor
        yield logic.implies(
            logic.any((self.is_part, self._raised)), logic.any((logic.no(hoped), least))
        )
        part, raised = self._product.supplementary, self._product.temporary
        if part is not None:
            left = logic.any((amount <= 0, amount <= line - self._world.term(_OTHERS)))
            share = _at_most(amount, part.share, line)
            yield logic.implies(
                self.is_part, logic.all((amount <= part.maximum_minor, share, left))
            )
        if raised is not None:
            more = amount - line
            share = _at_most(more, raised.share, line)
            yield logic.implies(self._raised, logic.all((more <= raised.maximum_minor, share)))


def _at_most(amount: Term, share: Fraction, line: Term) -> Term:
    """Whether it is at most that share, exact: rounding down changes nothing for integers."""
    return amount * share.denominator <= line * share.numerator
