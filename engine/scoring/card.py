"""A loaded card: trees, calibrator and scale, whatever they were made for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import fsum
from pathlib import Path
from typing import Self

import numpy as np
import xgboost as xgb

from engine.errors import PolicyError
from engine.outcome import Contribution, ReasonFamily, ScoreResult, ShadowScore
from engine.scoring.booster import load_booster
from engine.scoring.columns import Column, Row, row_of
from engine.scoring.manifest import Artefact, Manifest, read_artefact
from engine.scoring.points import Calibrator, Scale, probability, whole_parts

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
    booster: xgb.Booster
    typical: Row | None = None
    """The reference applicant, against whom reasons are tried out."""

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
            booster=load_booster(artefact),
            typical=_typical(manifest, columns),
        )
        for i, probe in enumerate(manifest.probes):
            try:
                margin = card.margin(row_of(probe.row, columns, probe.missing))
            except ValueError as error:
                raise PolicyError(f"{card.name}: probe {i}: {error}") from None
            if abs(margin - probe.margin) > _PROBE_TOLERANCE:
                raise PolicyError(
                    f"{card.name}: probe {i} scores {margin:.6f}, in training {probe.margin:.6f}"
                )
        return card

    def result(
        self, values: Sequence[float], lost: Lost, missing: Collection[int] = ()
    ) -> ScoreResult:
        """The score of a row of values in the columns' ranges; ``missing``: places without one."""
        row = row_of(values, self.columns, missing)
        margin = self.margin(row)
        parts, bias = self.contributions(row, margin)
        return self._result(values, margin, (parts, bias), self._true(row, margin, lost))

    def margin(self, row: Row) -> float:
        """Uncalibrated log-odds of default of one checked row, shape (1, features)."""
        return float(self.booster.inplace_predict(row, predict_type="margin")[0])

    def shadow(self, values: Sequence[float]) -> ShadowScore:
        """What the card says of a row, without contributions and reasons: a prediction."""
        log_odds = self.calibrator.log_odds(self.margin(row_of(values, self.columns)))
        return ShadowScore(
            scorecard=self.name,
            model_digest=self.digest,
            points=round(self.scale.offset - self.scale.factor * log_odds),
            pd=probability(log_odds),
        )

    def _true(self, row: Row, margin: float, lost: Lost) -> Lost:
        """The families of ``lost`` that hold when they are tried out, at most four.

        Trees share credit between columns that occur together, so that a family may be said to
        have lost points although the applicant would have no more with the values of the reference
        applicant. Each family is replaced by those in turn, in one prediction; it is named only if
        that makes the applicant less risky.
        """

        def tried(values: Sequence[float], losses: Sequence[float]) -> Sequence[tuple[str, int]]:
            named = lost(values, losses)
            if self.typical is None or not named:
                return named[:MOST]
            rows = np.repeat(row, len(named), axis=0)
            for place, (family, _) in enumerate(named):
                for column, of in enumerate(self.columns):
                    if of.family == family:
                        rows[place, column] = self.typical[0, column]
            without = self.booster.inplace_predict(rows, predict_type="margin").tolist()
            kept = [one for one, other in zip(named, without, strict=True) if other < margin]
            return kept[:MOST]

        return tried

    def contributions(self, row: Row, margin: float) -> tuple[tuple[float, ...], float]:
        """What each feature adds to the margin (SHAP values), and the part of nobody.

        Raises ``ArithmeticError`` if they do not add to the margin: an explanation that does not
        explain the score must not be shown.
        """
        # Names were held against the booster's when the card was loaded: not again for each row.
        data = xgb.DMatrix(row, nthread=1)
        values = self.booster.predict(data, pred_contribs=True, validate_features=False)[0].tolist()
        if abs(fsum(values) - margin) >= ADDITIVITY:
            raise ArithmeticError("the contributions do not add to the margin")
        return tuple(values[:-1]), values[-1]

    def _result(
        self,
        values: Sequence[float],
        margin: float,
        shares: tuple[Sequence[float], float],
        lost: Lost,
    ) -> ScoreResult:
        parts, bias = shares
        log_odds = self.calibrator.log_odds(margin)
        per_margin = -self.scale.factor * self.calibrator.slope
        base = self.scale.offset - self.scale.factor * self.calibrator.log_odds(bias)
        points = round(self.scale.offset - self.scale.factor * log_odds)
        whole = whole_parts(points, [base, *(per_margin * part for part in parts)])
        losses = [
            per_margin * (mean - part) for mean, part in zip(self.reference, parts, strict=True)
        ]
        return ScoreResult(
            scorecard=self.name,
            model_digest=self.digest,
            points=points,
            pd=probability(log_odds),
            base_points=whole[0],
            contributions=tuple(
                Contribution(feature=feature.name, family=str(feature.family), points=part)
                for feature, part in zip(self.columns, whole[1:], strict=True)
                if part != 0
            ),
            families=tuple(
                ReasonFamily(family=family, points_lost=points_lost)
                for family, points_lost in lost(values, losses)
            ),
        )


def _typical(manifest: Manifest, columns: Sequence[Column]) -> Row | None:
    """The reference applicant; ``None``: the card names reasons as its contributions have them."""
    entry = manifest.reference
    if not entry.typical:
        return None
    try:
        return row_of(entry.typical, columns, entry.missing)
    except ValueError as error:
        raise PolicyError(f"{manifest.scorecard}: reference.typical: {error}") from None
