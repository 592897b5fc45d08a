"""What the scorecard sees of a bureau summary: one ordered row of ratios and counts.

Training and serving call the same ``vector``, so they cannot drift apart. Every amount enters as
a ratio to another amount of the same person, so the row does not depend on the currency, and
neither sex, marital status, age, education nor the size of a limit enters.

Month 1 is the most recent statement. A payment made in month ``i`` pays the balance stated in
month ``i + 1``. Sums go through ``math.fsum``: built-in ``sum`` rounds differently in Python
3.11 and 3.12, and a score must be the same in both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import fsum, sqrt

from engine.model import Bureau, BureauMonth, RepaymentStatus

#: Statement months that a score needs; older ones are not looked at.
MONTHS = 6
_WORST_DELAY = 8


class Family(StrEnum):
    """Families of features, in the fixed order in which ties between reasons are resolved."""

    DELINQUENCY = "delinquency"
    UTILISATION = "utilisation"
    PAYMENT = "payment"
    BALANCE = "balance"
    HISTORY = "history"


class Unavailability(StrEnum):
    """Why there is no score. What follows (a referral, say) is the policy's business."""

    THIN_FILE = "thin_file"
    LIMIT_UNKNOWN = "limit_unknown"
    INCONSISTENT = "inconsistent"


@dataclass(frozen=True, slots=True)
class ScoreUnavailable:
    """No score can be given. Unknown values are never guessed, and never NaN."""

    reason: Unavailability


@dataclass(frozen=True, slots=True)
class History:
    """Six months, checked and unpacked; index 0 is the most recent."""

    delays: tuple[int, ...]
    statuses: tuple[RepaymentStatus, ...]
    utilisation: tuple[float, ...]
    balances: tuple[int, ...]
    owed: tuple[int, ...]
    payments: tuple[int, ...]
    payment_to_limit: tuple[float, ...]
    paid_share: tuple[float, ...]
    spend: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """One column: its name, reason family, the sign of its effect on risk, range and formula.

    ``sign`` +1: a higher value never lowers the PD; -1: never raises it; 0: not constrained.
    """

    name: str
    family: Family
    sign: int
    low: float
    high: float
    of: Callable[[History], float]


def vector(bureau: Bureau) -> tuple[float, ...] | ScoreUnavailable:
    """The row of a bureau summary, in the order of ``FEATURES``, or why there is none."""
    problem = _problem(bureau.months[:MONTHS])
    if problem is not None:
        return ScoreUnavailable(problem)
    history = _history(bureau.months[:MONTHS])
    return tuple([_clip(of(history), low, high) for of, low, high in _COLUMNS])


def _problem(months: tuple[BureauMonth, ...]) -> Unavailability | None:
    if not all(map(_consistent, months)):
        return Unavailability.INCONSISTENT
    if len(months) < MONTHS:
        return Unavailability.THIN_FILE
    if 0 in [month.limit_minor for month in months]:
        return Unavailability.LIMIT_UNKNOWN
    return None


def _consistent(month: BureauMonth) -> bool:
    """Integers only (a float could be NaN), and a delay exactly where the status says one."""
    delay, limit, payment = month.months_past_due, month.limit_minor, month.payment_minor
    if not type(delay) is type(limit) is type(payment) is type(month.balance_minor) is int:
        return False
    late = month.status is RepaymentStatus.PAST_DUE
    return limit >= 0 and payment >= 0 and delay >= 0 and late == (delay > 0)


def _history(months: tuple[BureauMonth, ...]) -> History:
    pairs = tuple(pairwise(months))
    return History(
        delays=tuple([m.months_past_due for m in months]),
        statuses=tuple([m.status for m in months]),
        utilisation=tuple([_clip(m.balance_minor / m.limit_minor, -1.0, 3.0) for m in months]),
        balances=tuple([m.balance_minor for m in months]),
        owed=tuple([max(m.balance_minor, 0) for m in months]),
        payments=tuple([m.payment_minor for m in months]),
        payment_to_limit=tuple([_clip(m.payment_minor / m.limit_minor, 0.0, 1.0) for m in months]),
        paid_share=tuple([_share(new.payment_minor, old.balance_minor) for new, old in pairs]),
        spend=tuple([_spend(new, old) for new, old in pairs]),
    )


def _spend(new: BureauMonth, old: BureauMonth) -> float:
    """New charges of a month as a share of the limit: what the balances and payment leave."""
    charged = new.balance_minor - old.balance_minor + new.payment_minor
    return _clip(charged / new.limit_minor, 0.0, 2.0)


def _share(paid: int, owed: int) -> float:
    """Part of a balance that was paid, at most 2; 1 where nothing was owed."""
    return min(paid / owed, 2.0) if owed > 0 else 1.0


def _clip(value: float, low: float, high: float) -> float:
    if value < low:
        return float(low)
    if value > high:
        return float(high)
    return float(value)


def _mean(values: tuple[float, ...]) -> float:
    return fsum(values) / len(values)


def _spread(values: tuple[float, ...]) -> float:
    """Standard deviation of the population."""
    mean = _mean(values)
    # Not ``** 2``: the powers of C libraries differ in the last digit, a product does not.
    apart = [v - mean for v in values]
    return sqrt(fsum([v * v for v in apart]) / len(values))


def _median(values: tuple[float, ...]) -> float:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _months_since(history: History, least: int) -> int:
    """Months since a delay of at least ``least`` months; 6: none."""
    for months, delay in enumerate(history.delays):
        if delay >= least:
            return months
    return MONTHS


def _months_late(history: History, least: int) -> int:
    return len([delay for delay in history.delays if delay >= least])


def _full_payments(history: History) -> int:
    return len([share for share in history.paid_share if share >= 1])


def _growth(history: History) -> float:
    largest = max(map(abs, history.balances))
    return (history.balances[0] - history.balances[-1]) / largest if largest else 0.0


def _variation(values: tuple[int, ...]) -> float:
    """Spread over the mean size; 0 where all are 0. Ratios first: exact in every currency."""
    largest = max(map(abs, values))
    if not largest:
        return 0.0
    ratios = tuple([value / largest for value in values])
    return _spread(ratios) / _mean(tuple(map(abs, ratios)))


def _usage(status: RepaymentStatus) -> int:
    """0 carries a balance (late or not), 1 paid in full, 2 not used."""
    if status is RepaymentStatus.PAID_IN_FULL:
        return 1
    return 2 if status is RepaymentStatus.NO_USE else 0


def _months_in(history: History, status: RepaymentStatus) -> int:
    return history.statuses.count(status)


def _latest_share(history: History) -> float:
    paid = sum(history.payments)
    return history.payments[0] / paid if paid else 0.0


_D, _U, _P, _B, _H = Family

# Counts and delays: months. Utilisation: balance over limit. See docs/scorecard.md for each.
FEATURES: tuple[Feature, ...] = (
    Feature("delay_1", _D, +1, 0, _WORST_DELAY, lambda h: h.delays[0]),
    Feature("delay_2", _D, +1, 0, _WORST_DELAY, lambda h: h.delays[1]),
    Feature("delay_worst_6m", _D, +1, 0, _WORST_DELAY, lambda h: max(h.delays)),
    Feature("delay_worst_3m", _D, +1, 0, _WORST_DELAY, lambda h: max(h.delays[:3])),
    Feature("delay_sum_6m", _D, +1, 0, 6 * _WORST_DELAY, lambda h: sum(h.delays)),
    Feature("delay_count_6m", _D, +1, 0, 6, lambda h: _months_late(h, 1)),
    Feature("long_delay_count_6m", _D, +1, 0, 6, lambda h: _months_late(h, 2)),
    Feature("months_since_delay", _D, -1, 0, 6, lambda h: _months_since(h, 1)),
    Feature("months_since_long_delay", _D, -1, 0, 6, lambda h: _months_since(h, 2)),
    Feature("utilisation_1", _U, +1, -1, 3, lambda h: h.utilisation[0]),
    Feature("utilisation_mean_6m", _U, +1, -1, 3, lambda h: _mean(h.utilisation)),
    Feature("utilisation_max_6m", _U, +1, -1, 3, lambda h: max(h.utilisation)),
    Feature("utilisation_change_6m", _U, +1, -4, 4, lambda h: h.utilisation[0] - h.utilisation[-1]),
    Feature("utilisation_spread_6m", _U, 0, 0, 2, lambda h: _spread(h.utilisation)),
    Feature("paid_share_1", _P, -1, 0, 2, lambda h: h.paid_share[0]),
    Feature("paid_share_2", _P, -1, 0, 2, lambda h: h.paid_share[1]),
    Feature("paid_share_3", _P, -1, 0, 2, lambda h: h.paid_share[2]),
    Feature("paid_share_4", _P, -1, 0, 2, lambda h: h.paid_share[3]),
    Feature("paid_share_5", _P, -1, 0, 2, lambda h: h.paid_share[4]),
    Feature("paid_share_mean_5m", _P, -1, 0, 2, lambda h: _mean(h.paid_share)),
    Feature("paid_share_mean_3m", _P, -1, 0, 2, lambda h: _mean(h.paid_share[:3])),
    Feature("paid_share_least_5m", _P, -1, 0, 2, lambda h: min(h.paid_share)),
    Feature(
        "paid_share_total_5m", _P, -1, 0, 2, lambda h: _share(sum(h.payments[:5]), sum(h.owed[1:]))
    ),
    Feature("payment_to_balance_1", _P, -1, 0, 2, lambda h: _share(h.payments[0], h.owed[0])),
    Feature(
        "payment_to_balance_3m",
        _P,
        -1,
        0,
        2,
        lambda h: _share(sum(h.payments[:3]), sum(h.owed[:3])),
    ),
    Feature("payment_to_balance_6m", _P, -1, 0, 2, lambda h: _share(sum(h.payments), sum(h.owed))),
    Feature("payment_to_limit_1", _P, -1, 0, 1, lambda h: h.payment_to_limit[0]),
    Feature("payment_to_limit_mean_3m", _P, -1, 0, 1, lambda h: _mean(h.payment_to_limit[:3])),
    Feature("payment_to_limit_mean_6m", _P, -1, 0, 1, lambda h: _mean(h.payment_to_limit)),
    Feature("payment_to_limit_median_6m", _P, -1, 0, 1, lambda h: _median(h.payment_to_limit)),
    Feature("payment_to_limit_max_6m", _P, -1, 0, 1, lambda h: max(h.payment_to_limit)),
    Feature("payment_to_limit_min_6m", _P, -1, 0, 1, lambda h: min(h.payment_to_limit)),
    Feature("no_payment_count_6m", _P, +1, 0, 6, lambda h: h.payments.count(0)),
    Feature("no_payment_count_3m", _P, +1, 0, 3, lambda h: h.payments[:3].count(0)),
    Feature("full_payment_count_5m", _P, -1, 0, 5, _full_payments),
    Feature(
        "paid_in_full_count_6m",
        _P,
        -1,
        0,
        6,
        lambda h: _months_in(h, RepaymentStatus.PAID_IN_FULL),
    ),
    Feature("payment_variation_6m", _P, 0, 0, 3, lambda h: _variation(h.payments)),
    Feature("payment_latest_share", _P, 0, 0, 1, _latest_share),
    Feature("balance_growth_6m", _B, 0, -2, 2, _growth),
    Feature("balance_variation_6m", _B, 0, 0, 3, lambda h: _variation(h.balances)),
    Feature("spend_to_limit_1", _B, 0, 0, 2, lambda h: h.spend[0]),
    Feature("spend_to_limit_mean_5m", _B, 0, 0, 2, lambda h: _mean(h.spend)),
    Feature("spend_to_limit_max_5m", _B, 0, 0, 2, lambda h: max(h.spend)),
    Feature("spend_to_limit_min_5m", _B, 0, 0, 2, lambda h: min(h.spend)),
    Feature("nothing_owed_count_6m", _H, 0, 0, 6, lambda h: h.owed.count(0)),
    Feature("no_use_count_6m", _H, 0, 0, 6, lambda h: _months_in(h, RepaymentStatus.NO_USE)),
    Feature("usage_1", _H, 0, 0, 2, lambda h: _usage(h.statuses[0])),
    Feature("usage_2", _H, 0, 0, 2, lambda h: _usage(h.statuses[1])),
)
_COLUMNS = tuple((feature.of, feature.low, feature.high) for feature in FEATURES)
