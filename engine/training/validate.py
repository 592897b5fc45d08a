"""What the fitting procedure is worth on people it has not seen: folds, or later periods.

Needs the training extra (scikit-learn); serving never imports it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

import numpy as np
import numpy.typing as npt
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve
from sklearn.model_selection import StratifiedKFold

from engine.scoring.calibrate import NotCalibrated, platt
from engine.scoring.manifest import CrossValidation
from engine.scoring.points import probability
from engine.training.encode import design, encoded
from engine.training.figures import part_of
from engine.training.sample import Sample
from engine.training.search import Fit, Progress, fit, margins

_DIGITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Margins of rows that the model had not seen: ``rows`` are their places in the sample.

    ``fold``: which model scored each. ``pds``: calibrated on rows of other folds, or earlier ones.
    """

    rows: npt.NDArray[np.int64]
    margins: tuple[float, ...]
    fold: tuple[int, ...]
    pds: tuple[float, ...]


def fit_on(sample: Sample, rows: npt.NDArray[np.int64], progress: Progress) -> Fit:
    """A model of some rows of the sample."""
    labels = sample.labels[rows]
    weights = part_of(sample.weights, rows)
    found, _ = design(sample.prepared.take(rows), labels, weights, sample.spec.split.seed)
    return fit(sample.shape, found, labels, weights, progress)


def score_by(
    sample: Sample, fitted: Fit, train: npt.NDArray[np.int64], test: npt.NDArray[np.int64]
) -> list[float]:
    """Margins of the test rows; levels of categories are those of the training rows."""
    weights = part_of(sample.weights, train)
    _, levels = design(
        sample.prepared.take(train), sample.labels[train], weights, sample.spec.split.seed
    )
    return margins(sample.shape, fitted.booster, encoded(sample.prepared.take(test), levels))


def folds_of(sample: Sample) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Training and test rows of each fold: stratified, shuffled, by the seed of the spec."""
    split = sample.spec.split
    splitter = StratifiedKFold(split.folds, shuffle=True, random_state=split.seed)
    return iter(splitter.split(np.zeros(len(sample.labels)), sample.labels))


def out_of_fold(sample: Sample, progress: Progress = lambda: None) -> Scored:
    """Margins for every row, each by the model of the other folds.

    Raises ``NotCalibrated`` if none of the models has a split: their margins would still differ,
    by the bad rates of the folds.
    """
    found, fold = [0.0] * len(sample.labels), [0] * len(sample.labels)
    splits = False
    for number, (train, test) in enumerate(folds_of(sample)):
        fitted = fit_on(sample, train, progress)
        splits = splits or fitted.splits
        for i, margin in zip(test.tolist(), score_by(sample, fitted, train, test), strict=True):
            found[i], fold[i] = margin, number
    if not splits:
        raise NotCalibrated("no tree has a split")
    pds = calibrated_across(found, fold, sample.labels.tolist(), masses_of(sample))
    return Scored(np.arange(len(found)), tuple(found), tuple(fold), tuple(pds))


def masses_of(sample: Sample) -> list[float] | None:
    """How many rows each row stands for."""
    return None if sample.weights is None else sample.weights.tolist()


def masses_scored(sample: Sample, scored: Scored) -> npt.NDArray[np.float64] | None:
    """The same of the rows that were scored."""
    return part_of(sample.weights, scored.rows)


def calibrated_across(
    found: Sequence[float],
    fold: Sequence[int],
    bad: Sequence[int],
    masses: Sequence[float] | None = None,
) -> list[float]:
    """PDs of each fold by a calibrator that was fitted on the other folds."""
    pds = [0.0] * len(found)
    for number in sorted(set(fold)):
        outside = [i for i, f in enumerate(fold) if f != number]
        calibrator = platt(
            [found[i] for i in outside],
            [bad[i] for i in outside],
            None if masses is None else [masses[i] for i in outside],
        )
        for i, f in enumerate(fold):
            if f == number:
                pds[i] = probability(calibrator.log_odds(found[i]))
    return pds


def measures_of(
    truth: Sequence[int], pds: Sequence[float], masses: Sequence[float] | None = None
) -> tuple[float, float, float]:
    """AUC, KS and Brier score. ``masses``: how many rows each stands for."""
    labels, values = np.array(truth), np.array(pds)
    false_alarms, hits, _ = roc_curve(labels, values, sample_weight=masses)
    return (
        float(roc_auc_score(labels, values, sample_weight=masses)),
        float(np.max(hits - false_alarms)),
        float(brier_score_loss(labels, values, sample_weight=masses)),
    )


def measure(
    scored: Scored, bad: Sequence[int], protocol: str, masses: Sequence[float] | None = None
) -> CrossValidation:
    """AUC, KS and Brier score of each fold, rounded to four digits."""
    columns: list[list[float]] = [[], [], []]
    for number in sorted(set(scored.fold)):
        inside = [i for i, fold in enumerate(scored.fold) if fold == number]
        found = measures_of(
            [bad[i] for i in inside],
            [scored.pds[i] for i in inside],
            None if masses is None else [masses[i] for i in inside],
        )
        for column, value in zip(columns, found, strict=True):
            column.append(value)
    auc, ks, brier = columns
    return CrossValidation(
        protocol=protocol,
        auc=_rounded(auc),
        ks=_rounded(ks),
        brier=_rounded(brier),
        auc_mean=round(fmean(auc), _DIGITS),
        auc_sd=round(pstdev(auc), _DIGITS),
        ks_mean=round(fmean(ks), _DIGITS),
        ks_sd=round(pstdev(ks), _DIGITS),
        brier_mean=round(fmean(brier), _DIGITS),
        brier_sd=round(pstdev(brier), _DIGITS),
    )


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, _DIGITS) for value in values]
