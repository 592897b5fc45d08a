"""The line of one product as formulas, exact: the number of steps, over every cap.

All amounts that caps are compared with are multiples of the step, and a cap that is rounded down
reaches an integer exactly if it does unrounded; so nothing is rounded here but the line itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import z3

from engine.lines.evidence import highest_strength
from engine.lines.product import Band, Product
from engine.proof.logic import Logic, Term
from engine.proof.sharing import Sharing
from engine.proof.world import CIRCLE_LINE, World

_PD = "score.pd"
#: Steps at which the expected-loss cap is told exactly; between them it is free.
_MOST_STEPS = 1_000

#: Whether a cap leaves room for so many steps.
Room = Callable[[Term], Term]


@dataclass(frozen=True, slots=True, eq=False)
class PolicyCap:
    """A cap that rules set: whether it applies, and its amount, minor units."""

    applies: Term
    amount: Term


class Line:
    """The line under one product in one world. ``steps``: 0 if the room is below the minimum."""

    def __init__(
        self,
        world: World,
        product: Product,
        caps: Sequence[PolicyCap],
        pd: Term,
        sharing: Sharing,
    ) -> None:
        self._world, self._product, self._caps, self._pd = world, product, caps, pd
        self._sharing = sharing
        self._logic: Logic = world.logic
        self._step = product.step_minor
        name = f"{product.name}{world.name}"
        self.steps = self._logic.integer(f"steps of {name}")
        self._loss_steps = self._logic.integer(f"expected loss steps of {name}")
        self._bands = [self._logic.boolean(f"band {band.name} of {name}") for band in product.bands]
        least = sharing.least_steps
        strength = (world.term("evidence.verified_income_minor"),)
        self._income = strength[0]
        self._assets = world.term("evidence.verified_assets_minor")
        #: Whether proofs could open a line: the minimum, with all strength that counts.
        self.reachable = self._fits(least, *highest_strength(product))
        self._least = least

    @property
    def amount(self) -> Term:
        """The line, minor units."""
        return self.steps * self._step

    def definition(self) -> Iterator[Term]:
        """What makes the variables the line."""
        yield from self._band_definition()
        yield from self._loss_definition()
        logic = self._logic
        opens = self._fits(self._least, self._income, self._assets)
        here = self._fits(self.steps, self._income, self._assets)
        further = self._fits(self.steps + 1, self._income, self._assets)
        yield logic.implies(opens, logic.all((here, logic.no(further))))
        yield logic.implies(logic.no(opens), self.steps == 0)
        yield self.steps >= 0
        yield self.steps <= self._product.maximum_minor // self._step

    def _band_definition(self) -> Iterator[Term]:
        below = Fraction(-1)
        for band, term in zip(self._product.bands, self._bands, strict=True):
            last = band is self._product.bands[-1]
            inside = [self._pd >= below] + ([] if last else [self._pd < band.pd_below])
            yield term == self._logic.all(inside)
            below = band.pd_below

    def _loss_definition(self) -> Iterator[Term]:
        """``_expected_loss``: so many steps that PD x LGD x use x line is within the budget."""
        yield self._loss_steps >= 0
        most = self._product.maximum_minor // self._step + 1
        stride = -(-most // _MOST_STEPS)
        for band, term in zip(self._product.bands, self._bands, strict=True):
            rate = self._product.loss_given_default * band.expected_use
            for steps in range(1, most + 1, stride):
                within = self._within_budget(band, rate, steps)
                yield self._logic.implies(term, (self._loss_steps >= steps) == within)

    def _within_budget(self, band: Band, rate: Fraction, steps: int) -> Term:
        if rate == 0:
            return self._logic.formula(True)  # noqa: FBT003 - the constant
        return self._pd <= band.loss_budget_minor / (rate * steps * self._step)

    def _fits(self, steps: Term, income: Term, assets: Term) -> Term:
        """Whether every cap leaves room for so many steps, of which there is at least one."""
        amount = steps * self._step
        own = self._logic.all(
            (
                *self._strength(amount, income, assets),
                self._debt_service(amount, income),
                self._loss_steps >= steps,
                self._exposure(amount),
                *self._group(amount),
            )
        )
        return self._logic.all(
            (
                self._logic.any((self._sharing.is_part, own)),
                *self._segment(amount),
                amount <= self._product.maximum_minor,
                *self._sharing.rooms(amount),
                *(self._logic.implies(cap.applies, cap.amount >= amount) for cap in self._caps),
            )
        )

    def _strength(self, amount: Term, income: Term, assets: Term) -> Iterator[Term]:
        for band, term in zip(self._product.bands, self._bands, strict=True):
            room = _times(band.income_multiple, income) + _times(band.asset_share, assets)
            yield self._logic.implies(term, _real(room, self._logic) >= _real(amount, self._logic))

    def _debt_service(self, amount: Term, income: Term) -> Term:
        """The part of income that may serve debt, less what is owed, carries the payment."""
        product = self._product
        owed = _times(Fraction(1), self._world.term("bureau.monthly_obligations_minor"))
        left = _times(product.debt_service_share, income) - owed
        payment = _times(product.minimum_payment, amount)
        return self._logic.any((amount <= 0, left >= payment))

    def _exposure(self, amount: Term) -> Term:
        held = self._sharing.own_lines + self._world.term("lines.elsewhere_minor")
        return self._logic.any((amount <= 0, self._product.total_exposure_minor - held >= amount))

    def _group(self, amount: Term) -> Iterator[Term]:
        together = self._product.group_exposure_minor
        if together is not None:
            room = together - self._world.term(CIRCLE_LINE)
            yield self._logic.any((amount <= 0, room >= amount))

    def _segment(self, amount: Term) -> Iterator[Term]:
        ceilings, world = self._product.ceilings, self._world
        age = world.term("applicant.age")
        if ceilings.unsecured_minor is not None:
            yield ceilings.unsecured_minor >= amount
        if ceilings.student_minor is not None:
            student = world.term("applicant.is_student")
            yield self._logic.implies(student, ceilings.student_minor >= amount)
        for item in ceilings.ages:
            within = self._logic.all((age >= item.from_age, age < item.below_age))
            yield self._logic.implies(within, item.ceiling_minor >= amount)
        segment = world.term("application.customer_segment")
        for name, ceiling in ceilings.segments.items():
            of_it = segment == world.texts.code(name)
            yield self._logic.implies(of_it, ceiling >= amount)


def _times(rate: Fraction, amount: Term) -> Term:
    """A rate of an amount, exact."""
    if isinstance(amount, int):
        return rate * amount
    return z3.ToReal(amount) * z3.RealVal(str(rate), amount.ctx)


def _real(amount: Term, logic: Logic) -> Term:
    if isinstance(amount, int | Fraction):
        return z3.RealVal(str(amount), logic.context)
    return z3.ToReal(amount) if z3.is_int(amount) else amount
