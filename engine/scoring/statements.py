"""The rows of many people at once: ``engine.scoring.features.vector`` over arrays, to the bit.

A decision asks for one row, where arrays cost more than they bring; a review of accounts asks for a
million. Every formula stands here once more, under the name of its feature; range and order are
those of ``FEATURES``. The same operations in the same order, and sums rounded once, give the same
bits; ``tests/property/test_portfolio_rating.py`` holds one against the other. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.scoring.features import FEATURES, MONTHS
from engine.scoring.sums import Floats, sums

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Statements:
    """Six statements of many people: arrays of shape (months, people), the latest month first.

    ``delays``: months past due, 0 where not late. Amounts are minor units below 10**15, which
    floats hold exactly; limits are above 0.
    """

    delays: Ints
    paid_in_full: Bools
    not_used: Bools
    balances: Ints
    limits: Ints
    payments: Ints

    @cached_property
    def utilisation(self) -> Floats:
        """Balance over limit."""
        return np.clip(self.balances / self.limits, -1.0, 3.0)

    @cached_property
    def owed(self) -> Ints:
        """Balances without what the bank owes."""
        return np.maximum(self.balances, 0)

    @cached_property
    def payment_to_limit(self) -> Floats:
        """Payment over limit."""
        return np.clip(self.payments / self.limits, 0.0, 1.0)

    @cached_property
    def paid_share(self) -> Floats:
        """Part of the statement before that was paid, of all months but the oldest."""
        return _share(self.payments[:-1], self.balances[1:])

    @cached_property
    def spend(self) -> Floats:
        """New charges as a share of the limit, of all months but the oldest."""
        charged = self.balances[:-1] - self.balances[1:] + self.payments[:-1]
        return np.clip(charged / self.limits[:-1], 0.0, 2.0)


def vectors(people: Statements) -> Floats:
    """The row of each, in the order of ``FEATURES``; shape (people, features)."""
    rows = np.empty((len(FEATURES), people.delays.shape[1]))
    for place, (of, low, high) in enumerate(_COLUMNS):
        rows[place] = np.clip(of(people), low, high)
    return rows.T


def _share(paid: Ints, owed: Ints) -> Floats:
    share = np.minimum(paid / np.maximum(owed, 1), 2.0)
    return np.where(owed > 0, share, 1.0)


def _mean(values: Numbers) -> Floats:
    return sums(values.astype(np.float64)) / len(values)


def _spread(values: Floats) -> Floats:
    apart = values - _mean(values)
    return np.sqrt(sums(apart * apart) / len(values))


def _median(values: Floats) -> Floats:
    ordered = np.sort(values, axis=0)
    found: Floats = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return found


def _months_since(people: Statements, least: int) -> Ints:
    late = people.delays >= least
    return np.where(late.any(axis=0), late.argmax(axis=0), MONTHS)


def _count(where: Bools) -> Ints:
    found: Ints = where.sum(axis=0)
    return found


def _growth(people: Statements) -> Floats:
    largest = np.abs(people.balances).max(axis=0)
    # Where the largest is 0, so is what is divided.
    found: Floats = (people.balances[0] - people.balances[-1]) / np.maximum(largest, 1)
    return found


def _variation(values: Ints) -> Floats:
    largest = np.abs(values).max(axis=0)
    ratios = values / np.maximum(largest, 1)
    sizes = _mean(np.abs(ratios))
    return np.where(largest > 0, _spread(ratios) / np.where(largest > 0, sizes, 1.0), 0.0)


def _latest_share(people: Statements) -> Floats:
    found: Floats = people.payments[0] / np.maximum(people.payments.sum(axis=0), 1)
    return found


def _paid_of_owed(people: Statements, months: int) -> Floats:
    return _share(people.payments[:months].sum(axis=0), people.owed[:months].sum(axis=0))


def _usage(people: Statements, month: int) -> Ints:
    return np.where(people.not_used[month], 2, people.paid_in_full[month].astype(np.int64))


_OF: Mapping[str, Callable[[Statements], Numbers]] = {
    "delay_1": lambda p: p.delays[0],
    "delay_2": lambda p: p.delays[1],
    "delay_worst_6m": lambda p: p.delays.max(axis=0),
    "delay_worst_3m": lambda p: p.delays[:3].max(axis=0),
    "delay_sum_6m": lambda p: p.delays.sum(axis=0),
    "delay_count_6m": lambda p: _count(p.delays >= 1),
    "long_delay_count_6m": lambda p: _count(p.delays > 1),
    "months_since_delay": lambda p: _months_since(p, 1),
    "months_since_long_delay": lambda p: _months_since(p, 2),
    "utilisation_1": lambda p: p.utilisation[0],
    "utilisation_mean_6m": lambda p: _mean(p.utilisation),
    "utilisation_max_6m": lambda p: p.utilisation.max(axis=0),
    "utilisation_change_6m": lambda p: p.utilisation[0] - p.utilisation[-1],
    "utilisation_spread_6m": lambda p: _spread(p.utilisation),
    "paid_share_1": lambda p: p.paid_share[0],
    "paid_share_2": lambda p: p.paid_share[1],
    "paid_share_3": lambda p: p.paid_share[2],
    "paid_share_4": lambda p: p.paid_share[3],
    "paid_share_5": lambda p: p.paid_share[4],
    "paid_share_mean_5m": lambda p: _mean(p.paid_share),
    "paid_share_mean_3m": lambda p: _mean(p.paid_share[:3]),
    "paid_share_least_5m": lambda p: p.paid_share.min(axis=0),
    "paid_share_total_5m": lambda p: _share(p.payments[:5].sum(axis=0), p.owed[1:].sum(axis=0)),
    "payment_to_balance_1": lambda p: _paid_of_owed(p, 1),
    "payment_to_balance_3m": lambda p: _paid_of_owed(p, 3),
    "payment_to_balance_6m": lambda p: _paid_of_owed(p, MONTHS),
    "payment_to_limit_1": lambda p: p.payment_to_limit[0],
    "payment_to_limit_mean_3m": lambda p: _mean(p.payment_to_limit[:3]),
    "payment_to_limit_mean_6m": lambda p: _mean(p.payment_to_limit),
    "payment_to_limit_median_6m": lambda p: _median(p.payment_to_limit),
    "payment_to_limit_max_6m": lambda p: p.payment_to_limit.max(axis=0),
    "payment_to_limit_min_6m": lambda p: p.payment_to_limit.min(axis=0),
    "no_payment_count_6m": lambda p: _count(p.payments == 0),
    "no_payment_count_3m": lambda p: _count(p.payments[:3] == 0),
    "full_payment_count_5m": lambda p: _count(p.paid_share >= 1),
    "paid_in_full_count_6m": lambda p: _count(p.paid_in_full),
    "payment_variation_6m": lambda p: _variation(p.payments),
    "payment_latest_share": _latest_share,
    "balance_growth_6m": _growth,
    "balance_variation_6m": lambda p: _variation(p.balances),
    "spend_to_limit_1": lambda p: p.spend[0],
    "spend_to_limit_mean_5m": lambda p: _mean(p.spend),
    "spend_to_limit_max_5m": lambda p: p.spend.max(axis=0),
    "spend_to_limit_min_5m": lambda p: p.spend.min(axis=0),
    "nothing_owed_count_6m": lambda p: _count(p.owed == 0),
    "no_use_count_6m": lambda p: _count(p.not_used),
    "usage_1": lambda p: _usage(p, 0),
    "usage_2": lambda p: _usage(p, 1),
}
_COLUMNS = tuple((_OF[feature.name], feature.low, feature.high) for feature in FEATURES)
