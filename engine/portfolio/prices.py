"""Shadow prices: what one more unit of each budget would be worth, and the bound that they prove.

For any prices, what all accounts are worth at them plus the price of the budgets bounds every
choice from above; the least such bound is that of the linear relaxation, as each account's own
choice has whole answers anyway. It is found by cutting planes: each evaluation gives a plane under
the bound, and a linear programme over the planes, of as many variables as budgets, the next prices.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
from scipy.optimize import linprog

from engine.portfolio.knapsack import Choice, Floats, Instance, chosen

MOST_ROUNDS = 300
_CLOSE = 1e-10
#: Errors of the floats in which an account's best option is looked for, of its value.
_ROUNDING = 2.0**-48


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """``bound``: whole, no choice is worth more. ``choice``: each account's best at the prices."""

    prices: Floats
    bound: int
    choice: Choice
    rounds: int


@dataclass(frozen=True, slots=True, eq=False)
class _Plane:
    """The bound at some prices, and how it falls and rises around them."""

    prices: Floats
    value: int
    slack: Floats
    choice: Choice

    @property
    def bound(self) -> float:
        return self.value + float((self.prices * self.slack).sum())


def shadow_prices(instance: Instance) -> Prices:
    """The prices of the least bound, within a ten-thousandth of a millionth of it."""
    count = len(instance.budgets)
    highest = _highest(instance)
    planes = [_plane(instance, np.zeros(count))]
    best = planes[0]
    if (best.slack >= 0).all():
        # No price but 0 could lower the bound: what it stands for is within the budgets.
        return Prices(best.prices, best.value, best.choice, 1)
    while len(planes) < MOST_ROUNDS:
        prices, low = _next(planes, highest)
        if best.bound - low <= _CLOSE * max(abs(best.bound), 1.0) or _asked(planes, prices):
            break
        planes.append(_plane(instance, prices))
        best = min(best, planes[-1], key=lambda plane: plane.bound)
    return Prices(best.prices, _proven(instance, best), best.choice, len(planes))


def _plane(instance: Instance, prices: Floats) -> _Plane:
    choice = np.concatenate([part.argmax(axis=1) for _, part in instance.reduced(prices)])
    slack = instance.budgets - instance.used(choice)
    return _Plane(prices, instance.value(choice), slack, choice)


def _highest(instance: Instance) -> Floats:
    """Beyond these prices nothing that uses a budget beyond the least is worth it."""
    floor = instance.floor
    gain = instance.values - chosen(instance.values, floor)[:, None]
    found = []
    for use in instance.uses:
        more = use - chosen(use, floor)[:, None]
        there = instance.allowed & (more > 0) & (gain > 0)
        ratios = gain[there] / more[there]
        found.append(float(ratios.max(initial=0.0)) + 1.0)
    return np.array(found)


def _next(planes: list[_Plane], highest: Floats) -> tuple[Floats, float]:
    """The least of the highest plane, within the box of prices that can matter."""
    count = len(highest)
    if not count:
        return np.zeros(0), planes[0].bound
    scale = max(1.0, *(float(np.abs(plane.slack * highest).max()) for plane in planes))
    # In shares of the box and of the largest slope: the programme sees numbers of one size.
    slopes = np.array([[*(plane.slack * highest / scale), -1.0] for plane in planes])
    offset = planes[0].value
    sides = np.array([-(plane.value - offset) / scale for plane in planes])
    bounds = [*([(0.0, 1.0)] * count), (None, None)]
    cost = np.array([*([0.0] * count), 1.0])
    found = linprog(cost, A_ub=slopes, b_ub=sides, bounds=bounds, method="highs-ds")
    if found.status != 0:
        return planes[-1].prices, -np.inf
    return np.clip(found.x[:count], 0.0, 1.0) * highest, float(found.x[count]) * scale + offset


def _asked(planes: list[_Plane], prices: Floats) -> bool:
    return any(np.array_equal(plane.prices, prices) for plane in planes)


def _proven(instance: Instance, plane: _Plane) -> int:
    """The bound in exact arithmetic, with room for what rounding may have hidden."""
    exact = Fraction(plane.value)
    size = Fraction(0)
    for price, slack, use in zip(
        plane.prices.tolist(), plane.slack.tolist(), instance.uses, strict=True
    ):
        exact += Fraction(price) * Fraction(slack)
        size += Fraction(price) * Fraction(float(use.max(axis=1).sum()))
    values = np.where(instance.allowed, np.abs(instance.values), 0.0)
    size += Fraction(float(values.max(axis=1).sum()))
    # A bound that is whole up to the rounding is that whole number: all values are whole.
    room = size * Fraction(_ROUNDING) if plane.prices.any() else Fraction(0)
    return ceil(exact + room)
