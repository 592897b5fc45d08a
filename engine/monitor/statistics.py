"""Intervals and tests, each with the name by which the field knows it. All functions are pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from scipy.special import chdtrc

from engine.intervals import wilson_interval

#: Below it the chi-square distribution is a poor guide (Cochran).
LEAST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with Wilson's interval of 95 %; all ``None`` where nothing was counted."""

    hits: int
    n: int
    value: float | None
    low: float | None
    high: float | None


def wilson(hits: int, n: int) -> Rate:
    """The share ``hits / n`` with its interval."""
    if n <= 0:
        return Rate(hits, n, None, None, None)
    return Rate(hits, n, hits / n, *wilson_interval(hits, n))


def two_sided(z: float) -> float:
    """P-value of a standard normal statistic."""
    return erfc(abs(z) / sqrt(2))


def chi_square_tail(statistic: float, freedom: int) -> float:
    """Probability of a chi-square statistic at least so large; 1 without a degree of freedom."""
    return 1.0 if freedom < 1 else float(chdtrc(freedom, statistic))


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A test; ``freedom``: degrees of it, after bins too thin for the test were put together."""

    statistic: float
    freedom: int
    p_value: float


def homogeneity(first: Sequence[float], second: Sequence[float]) -> ChiSquare:
    """Whether two samples of counts over the same bins can be of one distribution.

    Pearson's two-sample test. Bins are put together with their neighbour until each has at least
    five expected in the smaller sample, so that it holds where counts are small.
    """
    pairs = _thick(first, second)
    n, m = sum(first), sum(second)
    if len(pairs) < 2 or not n or not m:  # noqa: PLR2004 - a test needs two bins
        return ChiSquare(0.0, 0, 1.0)
    statistic = sum(
        (a * sqrt(m / n) - b * sqrt(n / m)) ** 2 / (a + b) for a, b in pairs if a + b > 0
    )
    freedom = len(pairs) - 1
    return ChiSquare(statistic, freedom, chi_square_tail(statistic, freedom))


def _thick(first: Sequence[float], second: Sequence[float]) -> list[tuple[float, float]]:
    n, m = sum(first), sum(second)
    if not n + m:
        return []
    least = LEAST_EXPECTED * (n + m) / min(n, m) if min(n, m) else float("inf")
    found: list[tuple[float, float]] = []
    a = b = 0.0
    for one, other in zip(first, second, strict=True):
        a, b = a + one, b + other
        if a + b >= least:
            found.append((a, b))
            a = b = 0.0
    if (a or b) and found:
        last = found.pop()
        found.append((last[0] + a, last[1] + b))
    return found


@dataclass(frozen=True, slots=True)
class Discrimination:
    """How well points tell bad from good. ``se``: of the AUC (Hanley and McNeil)."""

    good: int
    bad: int
    auc: float
    se: float
    ks: float


def discrimination(good: Mapping[int, int], bad: Mapping[int, int]) -> Discrimination | None:
    """Of counts by points, more points being better; ties count half. ``None`` without both."""
    goods, bads = sum(good.values()), sum(bad.values())
    if goods <= 0 or bads <= 0:
        return None
    wins = 0.0
    seen_good = seen_bad = 0
    ks = 0.0
    for points in sorted({*good, *bad}):
        here_good, here_bad = good.get(points, 0), bad.get(points, 0)
        wins += here_good * (seen_bad + here_bad / 2)
        seen_good, seen_bad = seen_good + here_good, seen_bad + here_bad
        ks = max(ks, seen_bad / bads - seen_good / goods)
    auc = wins / (goods * bads)
    one, two = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    square = auc * (1 - auc) + (bads - 1) * (one - auc * auc) + (goods - 1) * (two - auc * auc)
    return Discrimination(goods, bads, auc, sqrt(max(square, 0.0) / (goods * bads)), ks)
