"""What others make of the same columns and the same rows: the cards that a card must beat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from engine.scoring.points import probability
from engine.training.baselines import classical, untuned
from engine.training.encode import Labels, Places, Rows, Weights, design, encoded
from engine.training.figures import part_of
from engine.training.optbinning import by_optbinning
from engine.training.sample import TEST, TRAIN, Sample
from engine.training.validate import folds_of, measures_of

CLASSICAL, OPTBINNING = "WOE logistic regression", "WOE logistic regression, optbinning"
UNTUNED = "XGBoost, untuned"
_DIGITS = 4

Fitted = Callable[[Rows, Labels, Weights | None, Rows], list[float]]
Folds = list[tuple[Places, list[float]]]
"""The test rows of each fold, and their margins."""


def compared(sample: Sample, optbinning: Path | None = None) -> list[dict[str, Any]]:
    """AUC, KS and Brier of each, means over the folds. ``optbinning``: an interpreter with it."""
    found = {CLASSICAL: margins_by(sample, classical)}
    if optbinning is not None:
        found[OPTBINNING] = margins_by_optbinning(sample, optbinning)
    found[UNTUNED] = margins_by(sample, untuned)
    return [{"card": name, **_measured(sample, folds)} for name, folds in found.items()]


def margins_by(sample: Sample, fitted: Fitted) -> Folds:
    """Each fold by another way of fitting."""
    found = []
    for train, test in pairs_of(sample):
        labels = sample.labels[train]
        weights = part_of(sample.weights, train)
        rows, levels = design(sample.prepared.take(train), labels, weights, sample.spec.split.seed)
        others = encoded(sample.prepared.take(test), levels)
        found.append((test, fitted(rows, labels, weights, others)))
    return found


def margins_by_optbinning(sample: Sample, python: Path) -> Folds:
    """Each fold by optbinning, with categories as they are."""
    pairs = list(pairs_of(sample))
    margins = by_optbinning(python, sample, pairs)
    return [(test, found) for (_, test), found in zip(pairs, margins, strict=True)]


def pairs_of(sample: Sample) -> Iterator[tuple[Places, Places]]:
    """Training and test rows: of each fold, or of the split by time."""
    if sample.spec.split.calibrate_from:
        return iter(
            [(np.flatnonzero(sample.period == TRAIN), np.flatnonzero(sample.period == TEST))]
        )
    return folds_of(sample)


def _measured(sample: Sample, folds: Folds) -> dict[str, float]:
    found = [
        measures_of(
            sample.labels[test].tolist(),
            [probability(m) for m in margins],
            None if sample.weights is None else sample.weights[test].tolist(),
        )
        for test, margins in folds
    ]
    return {
        key: round(fmean(fold[place] for fold in found), _DIGITS)
        for place, key in enumerate(("auc", "ks", "brier"))
    }
