"""A loaded card: trees, calibrator and scale, whatever they were made for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from pathlib import Path
from typing import Self

import numpy as np
import xgboost as xgb

from engine.errors import PolicyError
from engine.outcome import Contribution, ReasonFamily, ScoreResult, ShadowScore
from engine.scoring.booster import load_booster
from engine.scoring.columns import Column, Gate, Row
from engine.scoring.manifest import Artefact, Manifest, read_artefact
from engine.scoring.points import Calibrator, Scale, probability, whole_parts
from engine.scoring.trees import Trees

#: How far the contributions may be from the margin that they explain.
ADDITIVITY = 1e-4
_PROBE_TOLERANCE = 1e-5
#: More reasons than this tell an applicant nothing.
MOST = 4

Lost = Callable[[Sequence[float], Sequence[float]], Sequence[tuple[str, int]]]
"""From values and lost points of the columns to the families that lost points, worst first."""


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """A loaded card; immutable, and safe to share between threads and to use after a fork.

    Every prediction runs on the calling thread (``nthread`` 1); set ``OMP_NUM_THREADS=1`` too, so
    that no pool of idle threads is started.
    """

    name: str
    digest: str
    columns: Sequence[Column]
    """What the card is computed from, in the order of the model."""
    calibrator: Calibrator
    scale: Scale
    reference: tuple[float, ...]
    trees: Trees
    gate: Gate
    places: Mapping[str, list[int]]
    """The columns of each family."""
    typical: Row | None = None
    """The reference applicant, against whom reasons are tried out."""

    @property
    def booster(self) -> xgb.Booster:
        """The trees as XGBoost has them."""
        return self.trees.booster

    @classmethod
    def read(cls, directory: Path, columns: Sequence[Column]) -> Self:
        """Read ``manifest.json`` and ``model.ubj`` of a card over these columns.

        Raises ``PolicyError`` if a file is missing, changed, not UBJSON, made for other features
        or another XGBoost, or if it no longer scores its own probes as it did in training.
        """
        return cls.of(read_artefact(directory, columns), columns)

    @classmethod
    def of(cls, artefact: Artefact, columns: Sequence[Column]) -> Self:
        """A card of a checked artefact."""
        manifest = artefact.manifest
        gate = _gate(manifest, columns)
        probes = [
            _checked_row(manifest, f"probe {i}", gate, p.row, p.missing)
            for i, p in enumerate(manifest.probes)
        ]
        typical = _typical(manifest, gate)
        card = cls(
            name=manifest.scorecard,
            digest=artefact.digest,
            columns=columns,
            calibrator=Calibrator(
                slope=manifest.calibrator.slope, intercept=manifest.calibrator.intercept
            ),
            scale=Scale(
                base=manifest.scale.base,
                base_odds=manifest.scale.base_odds,
                pdo=manifest.scale.pdo,
            ),
            reference=tuple(feature.reference for feature in manifest.features),
            trees=Trees(load_booster(artefact), _trial(manifest, gate, probes)),
            gate=gate,
            places=_places(columns),
            typical=typical,
        )
        for i, (row, probe) in enumerate(zip(probes, manifest.probes, strict=True)):
            margin = card.margin(row)
            if abs(margin - probe.margin) > _PROBE_TOLERANCE:
                raise PolicyError(
                    f"{card.name}: probe {i} scores {margin:.6f}, in training {probe.margin:.6f}"
                )
        return card

    def assess(
        self, values: Sequence[float], lost: Lost, missing: Collection[int] = ()
    ) -> Assessed:
        """Score a row of values in the columns' ranges; ``missing``: places without one.

        Raises ``ValueError`` as ``Gate.row``.
        """
        row = self.gate.row(values, missing)
        margin = self.trees.margin(row)
        log_odds = self.calibrator.log_odds(margin)
        score = ScoreResult(
            scorecard=self.name,
            model_digest=self.digest,
            points=round(self.scale.offset - self.scale.factor * log_odds),
            pd=probability(log_odds),
            base_points=None,
            contributions=(),
            families=(),
        )
        return Assessed(self, tuple(values), row, margin, score, lost)

    def margin(self, row: Row) -> float:
        """Uncalibrated log-odds of default of one checked row, shape (1, features)."""
        return self.trees.margin(row)

    def shadow(self, values: Sequence[float]) -> ShadowScore:
        """What the card says of a row, without contributions and reasons: a prediction."""
        log_odds = self.calibrator.log_odds(self.margin(self.gate.row(values)))
        return ShadowScore(
            scorecard=self.name,
            model_digest=self.digest,
            points=round(self.scale.offset - self.scale.factor * log_odds),
            pd=probability(log_odds),
        )

    def contributions(self, row: Row, margin: float) -> tuple[tuple[float, ...], float]:
        """What each feature adds to the margin (SHAP values), and the part of nobody.

        Raises ``ArithmeticError`` if they do not add to the margin: an explanation that does not
        explain the score must not be shown.
        """
        values = self.trees.contributions(row)
        if not abs(fsum(values) - margin) < ADDITIVITY:
            raise ArithmeticError("the contributions do not add to the margin")
        return tuple(values[:-1]), values[-1]

    def explain(self, assessed: Assessed) -> ScoreResult:
        """The score of a row with its parts and families: the same whenever it is asked."""
        parts, bias = self.contributions(assessed.row, assessed.margin)
        per_margin = -self.scale.factor * self.calibrator.slope
        base = self.scale.offset - self.scale.factor * self.calibrator.log_odds(bias)
        whole = whole_parts(assessed.score.points, [base, *(per_margin * part for part in parts)])
        losses = [
            per_margin * (mean - part) for mean, part in zip(self.reference, parts, strict=True)
        ]
        return replace(
            assessed.score,
            base_points=whole[0],
            contributions=tuple(
                Contribution(feature=feature.name, family=str(feature.family), points=part)
                for feature, part in zip(self.columns, whole[1:], strict=True)
                if part != 0
            ),
            families=tuple(
                ReasonFamily(family=family, points_lost=points_lost)
                for family, points_lost in self._held(assessed, losses)
            ),
        )

    def supposed(self, assessed: Assessed) -> tuple[ReasonFamily, ...]:
        """The families of a score that is supposed of the row's person instead of its own."""
        return assessed.explained().families

    def columns_of(self, family: str, values: Sequence[float]) -> Sequence[int]:
        """The places of the columns for which a family that is told of a row stands."""
        del values  # of every row the same, unless a card knows better
        return self.places[family]

    def _held(self, assessed: Assessed, losses: Sequence[float]) -> Sequence[tuple[str, int]]:
        """The families that lost points and hold when they are tried out, at most four.

        Trees share credit between columns that occur together, so that a family may be said to
        have lost points although the applicant would have no more with the values of the reference
        applicant. Each family is replaced by those in turn, in one prediction; it is named only if
        that makes the applicant less risky.
        """
        named = assessed.lost(assessed.values, losses)
        if self.typical is None or not named:
            return named[:MOST]
        rows = np.repeat(assessed.row, len(named), axis=0)
        for place, (family, _) in enumerate(named):
            columns = list(self.columns_of(family, assessed.values))
            rows[place, columns] = self.typical[0, columns]
        without = self.trees.margins(rows)
        kept = [one for one, other in zip(named, without, strict=True) if other < assessed.margin]
        return kept[:MOST]


class Assessed:
    """A row that was scored. Its parts and families are computed once, when they are asked for."""

    __slots__ = ("_card", "_explained", "lost", "margin", "row", "score", "values")

    def __init__(
        self,
        card: Card,
        values: tuple[float, ...],
        row: Row,
        margin: float,
        score: ScoreResult,
        lost: Lost,
    ) -> None:
        self._card = card
        self.values, self.row, self.margin = values, row, margin
        self.score = score
        self.lost = lost
        self._explained: ScoreResult | None = None

    def with_lost(self, lost: Lost) -> Assessed:
        """The same row, with other families."""
        return Assessed(self._card, self.values, self.row, self.margin, self.score, lost)

    def supposed(self) -> tuple[ReasonFamily, ...]:
        """The families if another score is supposed; raises as ``explained``."""
        return self._card.supposed(self)

    def explained(self) -> ScoreResult:
        """The score with its parts. Raises ``ArithmeticError`` as ``Card.contributions``."""
        if self._explained is None:
            self._explained = self._card.explain(self)
        return self._explained


def _gate(manifest: Manifest, columns: Sequence[Column]) -> Gate:
    try:
        return Gate(columns)
    except ValueError as error:
        raise PolicyError(f"{manifest.scorecard}: {error}") from None


def _places(columns: Sequence[Column]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        places.setdefault(str(column.family), []).append(place)
    return places


def _trial(manifest: Manifest, gate: Gate, probes: Sequence[Row]) -> Row:
    """Rows on which two ways to ask the trees are compared: probes, both ends, nothing known."""
    lows = [column.low for column in manifest.features]
    highs = [column.high for column in manifest.features]
    ends = (gate.row(lows), gate.row(highs), gate.row(lows, range(len(lows))))
    return np.concatenate([*probes, *ends])


def _typical(manifest: Manifest, gate: Gate) -> Row | None:
    """The reference applicant; ``None``: the card names reasons as its contributions have them."""
    entry = manifest.reference
    if not entry.typical:
        return None
    return _checked_row(manifest, "reference.typical", gate, entry.typical, entry.missing)


def _checked_row(
    manifest: Manifest, what: str, gate: Gate, values: Sequence[float], missing: Collection[int]
) -> Row:
    try:
        return gate.row(values, missing)
    except ValueError as error:
        raise PolicyError(f"{manifest.scorecard}: {what}: {error}") from None
