"""Which segments explain a change between two windows: what each adds beyond all the others.

The exact split (``engine.monitor.decompose``) says where a change arose; where all of a bank fell
by five points, it names every value in proportion to its size. A cause is what the rest does not
share:

- **rate**: ``w * ((m_B - m_A) of the value - (m_B - m_A) of the rest)``: how much smaller the
  change would have been, had the value moved like the rest;
- **mix**: ``(w_B - w_A) * (mean of the value - mean of the rest)``: had its share stayed.

Each with a standard error. Causes are ranked by the effect that is certain: its size less 1.96
standard errors. Those are named whose p-value, times the number of candidates (Bonferroni), is
small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from math import inf, sqrt

from engine.intervals import Z
from engine.monitor.cells import Cell, Metric, Moments
from engine.monitor.decompose import NOTHING, SMALL, minus, moments_of, plus
from engine.monitor.observation import DIMENSIONS
from engine.monitor.population import OTHER, Population
from engine.monitor.statistics import two_sided

#: Values with fewer observations in both windows together are pooled.
LEAST_VALUE = 50
_NAMED = 0.05
#: By how much surer the cross of two dimensions must be than either of them alone.
_SURER = 1.1
_NESTED = 0.7
_WHERE = (*DIMENSIONS, "degradation")


class Kind(StrEnum):
    """How a segment moved the whole: its own rate, or its share."""

    RATE = "rate"
    MIX = "mix"


Key = tuple[tuple[str, str], ...]
"""Dimensions with their values: one, or two that are crossed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A segment's own part in a change. ``rest``: means of all others before and after.

    ``p_value``: after Bonferroni's correction. ``surely``: the size of the effect less 1.96
    standard errors, with the sign of the whole change, so that what goes against it is negative.
    ``tried``: the candidates of the correction.
    """

    key: Key
    kind: Kind
    effect: float
    error: float
    n_before: int
    n_after: int
    share_before: float
    share_after: float
    mean_before: float
    mean_after: float
    rest_before: float
    rest_after: float
    tried: int
    p_value: float
    surely: float

    @property
    def z(self) -> float:
        """Effect over its standard error."""
        return self.effect / self.error if self.error else 0.0

    @property
    def sure(self) -> bool:
        """Whether it is more than chance."""
        return self.p_value < _NAMED

    @property
    def named(self) -> bool:
        """Whether it is more than chance, and goes with the change."""
        return self.sure and self.surely > 0


def change_of(metric: Metric, before: Population, after: Population) -> tuple[Moments, Moments]:
    """The metric over both windows."""
    return before.whole().moments(metric), after.whole().moments(metric)


def segment_causes(
    metric: Metric, before: Population, after: Population, *, least: int = LEAST_VALUE
) -> tuple[Cause, ...]:
    """Ranked, the surest and largest first. Empty if a window has nothing of the metric."""
    whole = change_of(metric, before, after)
    if not whole[0].n or not whole[1].n:
        return ()
    sign = 1.0 if whole[1].mean >= whole[0].mean else -1.0
    values = {name: (before.by(name), after.by(name)) for name in _WHERE}
    singles = [
        cause
        for name, windows in values.items()
        for cause in _causes((name,), metric, *windows, whole, least)
    ]
    # A dimension with a single value cuts nothing.
    cutting = [name for name in DIMENSIONS if len({*values[name][0], *values[name][1]}) > 1]
    crossed = [
        cause
        for pair in combinations(cutting, 2)
        for cause in _causes(pair, metric, *_crossed(pair, before, after), whole, least)
    ]
    tried = len(singles) + len(crossed)
    singles = [judged(replace(cause, tried=tried), sign) for cause in singles]
    crossed = [judged(replace(cause, tried=tried), sign) for cause in crossed]
    return tuple(_ranked(singles, crossed))


def _ranked(singles: list[Cause], crossed: list[Cause]) -> list[Cause]:
    """A cross only where it is surer than either side of it, and then before them."""
    alone = {(cause.key[0], cause.kind): cause for cause in singles}
    places = {(cause.key, cause.kind): cause.surely for cause in singles}
    kept = list(singles)
    for cause in sorted(crossed, key=lambda cause: -cause.surely):
        sides = [alone[side, cause.kind] for side in cause.key if (side, cause.kind) in alone]
        if not cause.sure or any(abs(cause.z) <= _SURER * abs(side.z) for side in sides):
            continue
        above = [s.surely for s in sides if cause.named and s.surely * _NESTED <= cause.surely]
        places[cause.key, cause.kind] = max([cause.surely, *(place + 1e-12 for place in above)])
        kept.append(cause)
    kept.sort(key=lambda c: (-places[c.key, c.kind], len(c.key) == 1, _order(c.key), c.kind))
    return kept


def _order(key: Key) -> tuple[tuple[int, str], ...]:
    return tuple((_WHERE.index(name), value) for name, value in key)


def judged(cause: Cause, sign: float) -> Cause:
    """With p-value and certainty of its effect; ``sign``: of the whole change."""
    p_value = min(two_sided(cause.z) * cause.tried, 1.0) if cause.error else 1.0
    surely = sign * cause.effect - Z * cause.error if cause.error else -inf
    return replace(cause, p_value=p_value, surely=surely)


_BETWEEN = "\x00"


def _crossed(
    pair: tuple[str, str], before: Population, after: Population
) -> tuple[dict[str, Cell], dict[str, Cell]]:
    """The cells of two dimensions in both windows, under one name each."""
    first, second = before.by_pair(*pair), after.by_pair(*pair)
    return (
        {_BETWEEN.join(values): cell for values, cell in first.items()},
        {_BETWEEN.join(values): cell for values, cell in second.items()},
    )


def _causes(
    names: tuple[str, ...],
    metric: Metric,
    before: Mapping[str, Cell],
    after: Mapping[str, Cell],
    whole: tuple[Moments, Moments],
    least: int,
) -> Iterator[Cause]:
    first, second = moments_of(metric, before, after, least)
    for value in sorted({*first, *second}):
        values = value.split(_BETWEEN)
        if value == SMALL or OTHER in values:
            continue
        key = tuple(zip(names, values, strict=True))
        a, b = first.get(value, NOTHING), second.get(value, NOTHING)
        rest = minus(whole[0], a), minus(whole[1], b)
        if rest[0].n and rest[1].n:
            yield _of(key, Kind.MIX, (a, b), rest, whole)
            if a.n and b.n:
                yield _of(key, Kind.RATE, (a, b), rest, whole)


def _of(
    key: Key,
    kind: Kind,
    own: tuple[Moments, Moments],
    rest: tuple[Moments, Moments],
    whole: tuple[Moments, Moments],
) -> Cause:
    a, b = own
    share_a, share_b = a.n / whole[0].n, b.n / whole[1].n
    if kind is Kind.RATE:
        moved = float(b.mean - a.mean) - float(rest[1].mean - rest[0].mean)
        weight = (share_a + share_b) / 2
        effect = weight * moved
        error = weight * sqrt(sum(_error(part) for part in (a, b, *rest)))
    else:
        together, others = plus(a, b), plus(*rest)
        apart = float(together.mean - others.mean)
        moved = share_b - share_a
        effect = moved * apart
        chance = (
            share_a * (1 - share_a) / whole[0].n + share_b * (1 - share_b) / whole[1].n
        ) or 1 / min(whole[0].n, whole[1].n) ** 2
        error = sqrt(apart**2 * chance + moved**2 * (_error(together) + _error(others)))
    return Cause(
        key=key,
        kind=kind,
        effect=effect,
        error=error,
        n_before=a.n,
        n_after=b.n,
        share_before=share_a,
        share_after=share_b,
        mean_before=float(a.mean),
        mean_after=float(b.mean),
        rest_before=float(rest[0].mean),
        rest_after=float(rest[1].mean),
        tried=1,
        p_value=1.0,
        surely=0.0,
    )


def _error(part: Moments) -> float:
    """Variance of the mean. Never 0: ten approvals of ten do not make a certainty."""
    if not part.n:
        return 0.0
    least = 1 / (4 * part.n**2) if part.square == part.total else 0.0
    return max(part.variance / part.n, least)
