"""Which features explain a change of the mean score between two samples of applicants.

A card's contributions add to its points, so the differences of their means add to the difference
of the mean points. They are computed from the stored bureau summaries, whatever the records hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from engine.intervals import Z
from engine.monitor.cards import WatchedCard
from engine.monitor.stability import Bins, Stability, stability
from engine.monitor.statistics import two_sided
from engine.scoring.card import Card

Values = Sequence[tuple[float, ...]]
"""Rows of a card's columns, one of each applicant."""
_NAMED = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A feature, or a family of them: the change of its mean contribution, in points.

    ``p_value``: after Bonferroni's correction. ``csi``: of B against A, of a feature with bins.
    """

    name: str
    family: str
    points: float
    error: float
    p_value: float
    csi: Stability | None = None

    @property
    def named(self) -> bool:
        """Whether it is more than chance."""
        return self.p_value < _NAMED

    def surely(self, sign: float) -> float:
        """Its size less 1.96 standard errors; negative if it goes against the change."""
        return sign * self.points - Z * self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureEffects:
    """``change``: of the mean points, to which the effects of all features add.

    ``n_before``, ``n_after``: rows in the samples. ``card``: with which contributions were made.
    """

    card: str
    digest: str
    n_before: int
    n_after: int
    change: float
    features: tuple[Effect, ...]
    families: tuple[Effect, ...]

    def sides(self, effects: Sequence[Effect]) -> tuple[list[Effect], list[Effect]]:
        """Those that are more than chance: with the change and against it, the surest first."""
        sign = 1.0 if self.change >= 0 else -1.0
        sure = [effect for effect in effects if effect.named]
        ahead, behind = (
            sorted((e for e in sure if way * e.points > 0), key=lambda e: -e.surely(way))
            for way in (sign, -sign)
        )
        return ahead, behind


def feature_effects(
    card: Card, watched: WatchedCard, before: Values, after: Values
) -> FeatureEffects | None:
    """Ranked: what goes with the change first, the surest first. ``None`` without rows."""
    if not before or not after:
        return None
    first, second = (np.array(rows, dtype=np.float32) for rows in (before, after))
    parts = points_of(card, first), points_of(card, second)
    moved = parts[1].mean(axis=0) - parts[0].mean(axis=0)
    change = float(moved.sum())
    sign = 1.0 if change >= 0 else -1.0
    names = [column.name for column in card.columns]
    families = [str(column.family) for column in card.columns]
    bins = {item.name: item for item in watched.features}
    features = [
        _effect(
            (parts[0][:, i], parts[1][:, i]),
            name,
            families[i],
            len(names),
            _csi(bins.get(name), first[:, i], second[:, i]),
        )
        for i, name in enumerate(names)
    ]
    grouped = dict.fromkeys(families)
    wholes = [
        _effect(_columns(parts, families, family), family, family, len(grouped))
        for family in grouped
    ]
    return FeatureEffects(
        card=card.name,
        digest=card.digest,
        n_before=len(before),
        n_after=len(after),
        change=change,
        features=tuple(sorted(features, key=lambda e: (-e.surely(sign), e.name))),
        families=tuple(sorted(wholes, key=lambda e: (-e.surely(sign), e.name))),
    )


def points_of(card: Card, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Points that each feature adds, a row for each applicant; not rounded."""
    data = xgb.DMatrix(rows, nthread=1)
    shares = card.booster.predict(data, pred_contribs=True, validate_features=False)
    scale: float = -card.scale.factor * card.calibrator.slope
    points: npt.NDArray[np.float64] = scale * shares[:, :-1].astype(np.float64)
    return points


_Pair = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


def _columns(parts: _Pair, families: list[str], family: str) -> _Pair:
    places = [i for i, name in enumerate(families) if name == family]
    return parts[0][:, places].sum(axis=1), parts[1][:, places].sum(axis=1)


def _effect(
    parts: _Pair, name: str, family: str, tried: int, csi: Stability | None = None
) -> Effect:
    points = float(parts[1].mean() - parts[0].mean())
    error = sqrt(sum(float(part.var()) / len(part) for part in parts))
    p_value = min(two_sided(points / error) * tried, 1.0) if error else 1.0
    return Effect(name=name, family=family, points=points, error=error, p_value=p_value, csi=csi)


def _csi(
    bins: Bins | None, before: npt.NDArray[np.float32], after: npt.NDArray[np.float32]
) -> Stability | None:
    """Of B against A, over the bins frozen in training."""
    if bins is None:
        return None
    counts = [
        np.bincount([bins.place(v) for v in rows.tolist()], minlength=len(bins.shares)).tolist()
        for rows in (before, after)
    ]
    shares = tuple(count / len(before) for count in counts[0])
    base = Bins(bins.name, bins.cuts, bins.levels, shares)
    return stability(base, counts[1], len(before))
