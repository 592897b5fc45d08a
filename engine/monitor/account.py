"""Causes and what works against them, fitted together so that they add to the whole change.

Each cause of ``engine.monitor.causes`` is measured alone against all others, so two of them may
tell the same thing twice: where one channel falls, every other channel moved "against" it. Here
causes are taken one by one, the surest first, and a further one only if it is still sure beside
those already taken. With ``after`` 1 in window B and ``S`` 1 within a segment, least squares of

    value = a + b after + sum over segments of (c S + d S after)

give means that are those of both windows, so that with shares ``w`` of a segment

    change = b + sum of [rate: d (w_A + w_B) / 2] + sum of [mix: (c + d / 2) (w_B - w_A)]

The policy's part, known of a sample of B decided again, is taken out of ``b`` and ``d`` in the same
way. What is not more than chance stays in the rest, ``b`` above all: what moved everybody alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.intervals import Z
from engine.monitor.causes import Cause, Key, Kind, judged
from engine.monitor.cells import Metric, Moments
from engine.monitor.decompose import NOTHING
from engine.monitor.observation import Segment
from engine.monitor.policies import PolicyEffect
from engine.monitor.population import Population

_Floats = npt.NDArray[np.float64]
_Marks = npt.NDArray[np.int64]

#: Causes of one account: the fit has a cell for each combination of them.
_MOST = 8
#: Of how many candidates, the surest, one is tried beside those that were taken.
_TRIED = 60
#: Candidates less than this apart are equally sure: the two sides of one change are.
_TIE = 1.05
#: Of the p-value of what goes against the change. Far stricter than for a cause, or chance would be
#: named more often than it is with causes alone.
_AGAINST = 0.001
#: Segments that say the same leave the fit without an answer.
_SAME = 1e10
#: The policy is the better word for what a segment explains as well: its rules look at segments.
_FIRST = 0.7


@dataclass(frozen=True, slots=True)
class Account:
    """``parts``: causes that go with the change, the surest first, and then those against it.

    Each with its effect beside all the others (means and shares are the segment's own). ``rest``:
    the change less all effects, in the metric's unit.
    """

    parts: tuple[Cause | PolicyEffect, ...]
    rest: float


class _Fit(NamedTuple):
    """Of one segment: effect and standard error of each kind."""

    rate: tuple[float, float]
    mix: tuple[float, float]

    def of(self, kind: Kind) -> tuple[float, float]:
        return self.rate if kind is Kind.RATE else self.mix


def account_of(
    metric: Metric,
    windows: tuple[Population, Population],
    causes: Iterable[Cause],
    policy: PolicyEffect | None = None,
) -> Account:
    """The causes that are more than chance beside each other, and the rest.

    ``causes``: candidates, as ``segment_causes`` gives them. A ``policy`` that is no more than
    chance is not part of it.
    """
    counted = Counted(metric, windows, policy if policy is not None and policy.named else None)
    change = counted.change
    sign = 1.0 if change >= 0 else -1.0
    sure = sorted((c for c in causes if c.sure), key=lambda cause: -abs(cause.z))
    parts: list[Cause | PolicyEffect] = list(_taken(counted, sure[:_TRIED], sign))
    if counted.policy is not None:
        parts.append(counted.policy)
    ranked = [
        part
        for way in (sign, -sign)
        for part in sorted(parts, key=lambda part: _place(part, way))
        if way * part.effect > 0
    ]
    return Account(tuple(ranked), change - sum(part.effect for part in ranked))


def _place(part: Cause | PolicyEffect, sign: float) -> float:
    """The surest first; the policy before a segment unless that is clearly larger."""
    surely = sign * part.effect - Z * part.error
    return -surely / (_FIRST if isinstance(part, PolicyEffect) else 1.0)


def _taken(counted: Counted, candidates: Sequence[Cause], sign: float) -> list[Cause]:
    taken: list[Cause] = []
    for _ in range(_MOST):
        beside = [
            found[-1]
            for cause in candidates
            if not any((cause.key, cause.kind) == (one.key, one.kind) for one in taken)
            and (found := _together(counted, [*taken, cause], sign))
        ]
        sure = [cause for cause in beside if _enough(cause)]
        if not sure:
            break
        taken.append(_surest(sure))
        # A cause that another one explains is none.
        while len(known := _together(counted, taken, sign)) > len(
            kept := [cause for cause in known if _enough(cause)]
        ):
            taken = kept
    return _together(counted, taken, sign)


def _enough(cause: Cause) -> bool:
    return cause.named or cause.p_value < _AGAINST


def _surest(causes: Sequence[Cause]) -> Cause:
    """Of those equally sure, the one whose others moved least: it says why, they say why not."""
    least = max(abs(cause.z) for cause in causes) / _TIE
    best = (cause for cause in causes if abs(cause.z) >= least)
    return min(best, key=lambda cause: abs(cause.rest_after - cause.rest_before))


def _together(counted: Counted, causes: Sequence[Cause], sign: float) -> list[Cause]:
    """With their effects beside each other; empty if the segments say the same."""
    if not causes:
        return []
    fits = counted.fit(tuple(dict.fromkeys(cause.key for cause in causes)))
    found = []
    for cause in causes if fits else ():
        effect, error = fits[cause.key].of(cause.kind)
        found.append(judged(replace(cause, effect=effect, error=error), sign))
    return found


class Counted:
    """Both windows by distinct segment, ready for sums over any set of causes."""

    def __init__(
        self,
        metric: Metric,
        windows: tuple[Population, Population],
        policy: PolicyEffect | None = None,
    ) -> None:
        self.policy = policy
        cells = [
            {segment: cell.moments(metric) for segment, cell in window.cells.items()}
            for window in windows
        ]
        differences = {} if policy is None else policy.differences
        self._segments = sorted({*cells[0], *cells[1], *differences})
        self._sums = [_columns(self._segments, of) for of in (*cells, differences)]
        self._marks: dict[Key, _Marks] = {}
        wholes = [window.whole().moments(metric) for window in windows]
        self.change = float(wholes[1].mean - wholes[0].mean)

    def _mark(self, key: Key) -> _Marks:
        """1 for every segment in which the cause lies."""
        if key not in self._marks:
            places = [(Segment._fields.index(name), value) for name, value in key]
            self._marks[key] = np.array(
                [all(s[place] == value for place, value in places) for s in self._segments],
                dtype=np.int64,
            )
        return self._marks[key]

    def fit(self, keys: tuple[Key, ...]) -> Mapping[Key, _Fit]:
        """Of the segments beside each other; empty if one of them says what others say, or if a
        window has nothing of the metric.
        """
        code: _Marks = np.zeros(len(self._segments), dtype=np.int64)
        for i, key in enumerate(keys):
            code |= self._mark(key) << i
        size = 1 << len(keys)
        before, after, again = (_by_code(code, size, sums) for sums in self._sums)
        if not before[0].any() or not after[0].any():
            return {}
        bits: _Marks = (np.arange(size)[:, None] >> np.arange(len(keys))) & 1
        shares = [bits.T @ window[0] / window[0].sum() for window in (before, after)]
        both = [bool(one and other) for one, other in zip(*shares, strict=True)]
        moving = bits[:, both]
        rows = [
            np.hstack([np.ones((size, 1)), np.full((size, 1), later), bits, later * moving])
            for later in (0, 1)
        ]
        solved = _least_squares(np.vstack(rows), np.hstack([before, after]))
        if solved is None:
            return {}
        values, spread = solved
        taken = self._policy_part(bits, again)
        found, place = {}, 2 + len(keys)
        sizes = float(before[0].sum()), float(after[0].sum())
        for i, key in enumerate(keys):
            to_apart = np.zeros(len(values))
            to_apart[2 + i] = 1.0
            to_moved = np.zeros(len(values))
            if both[i]:
                to_moved[place] = 1.0
                to_apart[place] = 0.5
                place += 1
            less, unsure = taken[i] if both[i] else (0.0, 0.0)
            found[key] = _fit(
                (float(to_moved @ values) - less, _of(spread, to_moved) + unsure),
                (float(to_apart @ values) - less / 2, _of(spread, to_apart) + unsure / 4),
                (float(shares[0][i]), float(shares[1][i])),
                sizes,
            )
        return found

    def _policy_part(self, bits: _Marks, again: _Floats) -> list[tuple[float, float]]:
        """By segment: what the policy did in it beyond what it did to all; and its variance."""
        found = [(0.0, 0.0)] * bits.shape[1]
        inside = bits.T @ again[0]
        known = [i for i, n in enumerate(inside) if 0 < n < again[0].sum()]
        if not known:
            return found
        solved = _least_squares(np.hstack([np.ones((len(bits), 1)), bits[:, known]]), again)
        if solved is not None:
            values, spread = solved
            for place, i in enumerate(known, start=1):
                found[i] = float(values[place]), float(spread[place, place])
        return found


def _fit(
    moved: tuple[float, float],
    apart: tuple[float, float],
    shares: tuple[float, float],
    sizes: tuple[float, float],
) -> _Fit:
    """``moved``: of the segment's mean beyond that of others, ``apart``: of it from theirs."""
    weight, shift = (shares[0] + shares[1]) / 2, shares[1] - shares[0]
    chance = sum(w * (1 - w) / n for w, n in zip(shares, sizes, strict=True))
    chance = chance or 1 / min(sizes) ** 2
    return _Fit(
        (weight * moved[0], weight * sqrt(moved[1])),
        (shift * apart[0], sqrt(apart[0] ** 2 * chance + shift**2 * apart[1])),
    )


def _by_code(code: _Marks, size: int, sums: _Floats) -> _Floats:
    """The sums of all segments with the same code, a column for each code."""
    rows = [np.bincount(code, weights=row, minlength=size) for row in sums]
    return np.array(rows, dtype=np.float64)


def _columns(segments: Sequence[Segment], of: Mapping[Segment, Moments]) -> _Floats:
    """Count, sum and sum of squares, a column for each segment."""
    found = [[float(part) for part in of.get(segment, NOTHING)] for segment in segments]
    return np.array(found, dtype=np.float64).reshape(-1, 3).T


def _least_squares(rows: _Floats, sums: _Floats) -> tuple[_Floats, _Floats] | None:
    """Coefficients and their covariance, which does not suppose that all vary alike (White's).

    ``rows``: the design of each cell; ``sums``: count, sum and sum of squares of each.
    """
    full = sums[0] > 0
    design, (count, total, square) = rows[full], sums[:, full]
    weighted = design.T @ (design * count[:, None])
    scale = count.sum()
    if np.linalg.cond(weighted / scale) > _SAME:
        return None
    inverse = np.linalg.inv(weighted / scale) / scale
    means = total / count
    # Never 0, as for a single cause: ten approvals of ten do not make a certainty.
    least = np.where(square == total, 1 / (4 * count), 0.0)
    variance = np.maximum(square / count - means**2, least)
    middle = design.T @ (design * (count * variance)[:, None])
    return inverse @ (design.T @ total), inverse @ middle @ inverse


def _of(spread: _Floats, weights: _Floats) -> float:
    return float(weights @ spread @ weights)
