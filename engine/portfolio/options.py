"""The lines that an account may get, each with its yearly value and what it uses of each budget.

Options stand from the lowest line to the highest: freeze, the cuts (deepest first), keep, the
raises. No use falls from an option to the next, so the first allowed one uses least of everything.
All is whole minor units: value rounded down, uses rounded up. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.lines import Product
from engine.portfolio.ceilings import Ceilings
from engine.portfolio.exact import (
    Bools,
    Ints,
    ceil_times,
    down_to,
    floor_times,
    one,
    product,
    up_to,
)
from engine.portfolio.policy import Action, BudgetName, ReviewPolicy
from engine.portfolio.rate import PPM
from engine.portfolio.verdicts import Values


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """By account and option. ``possible``: there is such a line, whether or not rules allow it."""

    lines: Ints
    possible: Bools
    values: Ints
    uses: Mapping[BudgetName, Ints]


def options(
    policy: ReviewPolicy,
    card: Product,
    columns: Mapping[str, Values],
    pd_ppm: Ints,
    limits: Ceilings,
) -> Options:
    """Of accounts of one product."""
    line = columns["line_minor"].data
    owed = np.maximum(columns["balance_minor"].data, 0)
    lines, possible = _lines(policy, card, line, owed, limits)
    frozen = np.array([action is Action.FREEZE for action in policy.actions])
    drawn = _drawn(policy, line, owed, lines)
    at_default = _at_default(policy, lines, drawn, frozen)
    exposure = np.where(frozen, drawn, np.maximum(lines, drawn))
    pd = np.broadcast_to(pd_ppm[:, None], lines.shape)
    loss = ceil_times(card.loss_given_default / PPM, at_default, pd)
    capital = ceil_times(policy.value.capital_share, at_default)
    adverse = np.array([action.adverse for action in policy.actions])
    values = floor_times(drawn, policy.value.margin) - loss
    values -= ceil_times(policy.value.capital_cost, capital)
    values -= adverse * policy.value.adverse_cost_minor
    uses = {
        BudgetName.EXPECTED_LOSS: loss,
        BudgetName.EXPOSURE: exposure,
        BudgetName.CAPITAL: capital,
    }
    return Options(lines, possible, values, uses)


def _lines(
    policy: ReviewPolicy, card: Product, line: Ints, owed: Ints, limits: Ceilings
) -> tuple[Ints, Bools]:
    """New lines, and where they are lines: a step that comes to no other line is no option."""
    step = card.step_minor
    everybody = np.ones(len(line), dtype=np.bool_)
    made: list[tuple[Ints, Bools]] = [(line, everybody)]
    floor = np.maximum(card.minimum_minor, up_to(owed, step))
    before = np.full(len(line), -1, dtype=np.int64)
    for share in reversed(policy.cuts):
        cut = np.maximum(down_to(line - floor_times(line, share), step), floor)
        made.append((cut, (cut < line) & (cut > before) & (cut <= card.maximum_minor)))
        before = np.maximum(before, cut)
    made.append((line, everybody))
    before = line
    highest = np.where(limits.known, limits.highest, 0)
    for share in policy.raises:
        more = np.minimum(down_to(line + floor_times(line, share), step), highest)
        made.append((more, (more > before) & (more >= card.minimum_minor)))
        before = np.maximum(before, more)
    lines = np.stack([lines for lines, _ in made], axis=1)
    possible = np.stack([possible for _, possible in made], axis=1)
    return np.where(possible, lines, line[:, None]), possible


def _drawn(policy: ReviewPolicy, line: Ints, owed: Ints, lines: Ints) -> Ints:
    """What is drawn in the coming year: what is owed, growing with the line as it is used today."""
    more = np.maximum(lines - line[:, None], 0)
    response = policy.value.raise_response
    top = product(owed[:, None], more, one(response.numerator))
    grown = top // (np.maximum(line, 1)[:, None] * response.denominator)
    drawn: Ints = owed[:, None] + grown.astype(np.int64)
    return np.minimum(drawn, np.maximum(lines, owed[:, None]))


def _at_default(
    policy: ReviewPolicy, lines: Ints, drawn: Ints, frozen: npt.NDArray[np.bool_]
) -> Ints:
    """Exposure at default: the drawn part and the share of the rest that is drawn before it."""
    undrawn = np.where(frozen, 0, np.maximum(lines - drawn, 0))
    return drawn + ceil_times(policy.value.credit_conversion, undrawn)
