"""Cross-validation: what the fitting procedure is worth on people it has not seen.

Needs the training extra (scikit-learn); serving never imports it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import fmean, pstdev

import numpy as np
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve
from sklearn.model_selection import StratifiedKFold

from engine.scoring.calibrate import platt
from engine.scoring.manifest import CrossValidation
from engine.scoring.points import probability
from engine.scoring.search import SEED, Labels, Rows, fit, margins

FOLDS = 5
_DIGITS = 4
_PROTOCOL = (
    "5-fold stratified, shuffled, seed 42; per fold 12 fixed configurations, early stopping on an "
    "inner 25 % hold-out, refit; calibrated on the out-of-fold margins of the other folds"
)


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """``margins[i]`` comes from a model that was not trained on row ``i``, of fold ``fold[i]``."""

    margins: tuple[float, ...]
    fold: tuple[int, ...]


def out_of_fold(rows: Rows, labels: Labels) -> OutOfFold:
    """Margins for every row, each by the model of the other folds."""
    found, fold = [0.0] * len(labels), [0] * len(labels)
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for number, (train, test) in enumerate(splitter.split(rows, labels)):
        booster = fit(rows[train], labels[train]).booster
        for i, margin in zip(test.tolist(), margins(booster, rows[test]), strict=True):
            found[i], fold[i] = margin, number
    return OutOfFold(tuple(found), tuple(fold))


def measure(scored: OutOfFold, labels: Labels) -> CrossValidation:
    """AUC, KS and Brier score of each fold, rounded to four digits."""
    folds = list(_each_fold(scored, [int(y) for y in labels]))
    auc, ks, brier = (tuple(column) for column in zip(*folds, strict=True))
    return CrossValidation(
        protocol=_PROTOCOL,
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


def calibration(scored: OutOfFold, labels: Labels) -> list[tuple[float, float]]:
    """Mean PD and bad rate in each tenth of the rows by PD, calibrated on the rows themselves."""
    bad = [int(y) for y in labels]
    calibrator = platt(scored.margins, bad)
    ranked = sorted(
        zip((probability(calibrator.log_odds(m)) for m in scored.margins), bad, strict=True)
    )
    tenth = len(ranked) / 10
    groups = [ranked[round(i * tenth) : round((i + 1) * tenth)] for i in range(10)]
    return [
        (fsum(pd for pd, _ in group) / len(group), sum(y for _, y in group) / len(group))
        for group in groups
    ]


def _each_fold(scored: OutOfFold, bad: Sequence[int]) -> Iterator[tuple[float, float, float]]:
    for number in range(FOLDS):
        inside = [i for i, fold in enumerate(scored.fold) if fold == number]
        outside = [i for i, fold in enumerate(scored.fold) if fold != number]
        calibrator = platt([scored.margins[i] for i in outside], [bad[i] for i in outside])
        truth = np.array([bad[i] for i in inside])
        pds = np.array([probability(calibrator.log_odds(scored.margins[i])) for i in inside])
        false_alarms, hits, _ = roc_curve(truth, pds)
        yield (
            float(roc_auc_score(truth, pds)),
            float(np.max(hits - false_alarms)),
            float(brier_score_loss(truth, pds)),
        )


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, _DIGITS) for value in values]
