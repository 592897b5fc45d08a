"""A change of a mean between two windows, split over the values of a dimension, exactly.

With shares ``w`` and means ``m`` of the values in windows A and B, and ``M`` the mean of the two
overall means, a value's **mix** effect is ``(w_B - w_A) * ((m_A + m_B) / 2 - M)`` and its **rate**
effect ``(w_A + w_B) / 2 * (m_B - m_A)``. All effects add to the change: fractions, not floats.
Where every rate stays and only the mix moves (Simpson), all of it is mix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.monitor.cells import Cell, Metric, Moments

SMALL = "(small)"
"""Values with too few applications in both windows together, pooled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One value. Means are 0 where a window has none of it; then all of its effect is mix."""

    value: str
    before: Moments
    after: Moments
    share_before: Fraction
    share_after: Fraction
    mix: Fraction
    rate: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """``change`` is the sum of all parts' mix and rate, exactly."""

    dimension: str
    metric: Metric
    before: Moments
    after: Moments
    parts: tuple[Part, ...]

    @property
    def change(self) -> Fraction:
        """Mean of B less mean of A."""
        return self.after.mean - self.before.mean

    @property
    def mix(self) -> Fraction:
        """All mix effects."""
        return sum((part.mix for part in self.parts), Fraction(0))

    @property
    def rate(self) -> Fraction:
        """All rate effects."""
        return sum((part.rate for part in self.parts), Fraction(0))


def decompose(
    dimension: str,
    metric: Metric,
    before: Mapping[str, Cell],
    after: Mapping[str, Cell],
    *,
    least: int = 0,
) -> Decomposition | None:
    """``None`` if the metric does not exist in one of the windows.

    ``least``: values with fewer observations than that in both windows together are pooled.
    """
    first, second = moments_of(metric, before, after, least)
    whole = _sum(first), _sum(second)
    if not whole[0].n or not whole[1].n:
        return None
    middle = (whole[0].mean + whole[1].mean) / 2
    parts = [
        _part(value, first.get(value, NOTHING), second.get(value, NOTHING), whole, middle)
        for value in sorted({*first, *second})
    ]
    parts.sort(key=lambda part: (-abs(part.mix + part.rate), part.value))
    return Decomposition(
        dimension=dimension, metric=metric, before=whole[0], after=whole[1], parts=tuple(parts)
    )


NOTHING = Moments(0, Fraction(0), Fraction(0))


def moments_of(
    metric: Metric, before: Mapping[str, Cell], after: Mapping[str, Cell], least: int
) -> tuple[dict[str, Moments], dict[str, Moments]]:
    """The metric by value in both windows, small values pooled."""
    found: tuple[dict[str, Moments], dict[str, Moments]] = {}, {}
    for value in {*before, *after}:
        sums = [cells.get(value, Cell()).moments(metric) for cells in (before, after)]
        total = sums[0].n + sums[1].n
        name = value if total >= least else SMALL
        for window, part in zip(found, sums, strict=True):
            if part.n:
                window[name] = plus(window.get(name, NOTHING), part)
    return found


def _part(
    value: str, a: Moments, b: Moments, whole: tuple[Moments, Moments], middle: Fraction
) -> Part:
    share_a, share_b = Fraction(a.n, whole[0].n), Fraction(b.n, whole[1].n)
    mean_a = a.mean if a.n else b.mean
    mean_b = b.mean if b.n else a.mean
    return Part(
        value=value,
        before=a,
        after=b,
        share_before=share_a,
        share_after=share_b,
        mix=(share_b - share_a) * ((mean_a + mean_b) / 2 - middle),
        rate=(share_a + share_b) / 2 * (mean_b - mean_a),
    )


def plus(one: Moments, other: Moments) -> Moments:
    """Moments of both together."""
    return Moments(one.n + other.n, one.total + other.total, one.square + other.square)


def minus(one: Moments, other: Moments) -> Moments:
    """Moments of the rest."""
    return Moments(one.n - other.n, one.total - other.total, one.square - other.square)


def _sum(parts: Mapping[str, Moments]) -> Moments:
    total = NOTHING
    for part in parts.values():
        total = plus(total, part)
    return total
