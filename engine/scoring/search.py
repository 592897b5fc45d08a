"""Fitting: a fixed list of configurations, early stopping on an inner hold-out, refit on all.

Needs the training extra (scikit-learn); serving never imports it. One thread and fixed seeds, so
that the same rows give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xgboost as xgb
from sklearn.model_selection import train_test_split

from engine.scoring.features import FEATURES

Rows = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int8]

SEED = 42
ETA = 0.05
_HOLD_OUT = 0.25
_ROUNDS = 800
_PATIENCE = 40


@dataclass(frozen=True, slots=True)
class Configuration:
    """One point of the search, drawn once at random and then fixed."""

    max_depth: int
    min_child_weight: int
    subsample: float
    colsample_bytree: float
    reg_lambda: float


CONFIGURATIONS: tuple[Configuration, ...] = (
    Configuration(4, 20, 0.8, 0.5, 5.0),
    Configuration(5, 20, 0.8, 0.4, 5.0),
    Configuration(3, 10, 0.7, 0.6, 1.0),
    Configuration(4, 10, 0.7, 0.4, 5.0),
    Configuration(5, 50, 0.6, 0.3, 10.0),
    Configuration(6, 50, 0.8, 0.3, 5.0),
    Configuration(4, 50, 0.9, 0.7, 1.0),
    Configuration(3, 20, 0.9, 0.4, 10.0),
    Configuration(5, 30, 0.5, 0.3, 20.0),
    Configuration(4, 30, 0.6, 0.5, 20.0),
    Configuration(2, 10, 0.8, 0.6, 1.0),
    Configuration(6, 100, 0.7, 0.5, 10.0),
)


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted booster, the configuration that won on the hold-out, and its number of trees."""

    booster: xgb.Booster
    configuration: Configuration
    trees: int


def matrix(rows: Rows, labels: Labels | None = None) -> xgb.DMatrix:
    """Rows with the features' names, on one thread."""
    names = [feature.name for feature in FEATURES]
    return xgb.DMatrix(rows, label=labels, feature_names=names, nthread=1)


def fit(rows: Rows, labels: Labels) -> Fit:
    """The configuration with the least log-loss on an inner hold-out of 25 %, refitted on all."""
    inner, outer = train_test_split(
        np.arange(len(labels)), test_size=_HOLD_OUT, stratify=labels, random_state=SEED
    )
    train, hold_out = matrix(rows[inner], labels[inner]), matrix(rows[outer], labels[outer])
    tried = [(*_tried(c, train, hold_out), i) for i, c in enumerate(CONFIGURATIONS)]
    _, trees, best = min(tried, key=lambda result: (result[0], result[2]))
    chosen = CONFIGURATIONS[best]
    booster = xgb.train(_parameters(chosen), matrix(rows, labels), trees)
    return Fit(booster, chosen, trees)


def margins(booster: xgb.Booster, rows: Rows) -> list[float]:
    """Uncalibrated log-odds of default, one for each row."""
    return [float(m) for m in booster.predict(matrix(rows), output_margin=True)]


def _tried(
    configuration: Configuration, train: xgb.DMatrix, hold_out: xgb.DMatrix
) -> tuple[float, int]:
    """Least log-loss on the hold-out and the number of trees that gave it."""
    booster = xgb.train(
        _parameters(configuration),
        train,
        _ROUNDS,
        evals=[(hold_out, "hold_out")],
        early_stopping_rounds=_PATIENCE,
        verbose_eval=False,
    )
    return booster.best_score, booster.best_iteration + 1


def _parameters(configuration: Configuration) -> dict[str, object]:
    return {
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "eta": ETA,
        "max_depth": configuration.max_depth,
        "min_child_weight": configuration.min_child_weight,
        "subsample": configuration.subsample,
        "colsample_bytree": configuration.colsample_bytree,
        "reg_lambda": configuration.reg_lambda,
        "monotone_constraints": "(" + ",".join(str(f.sign) for f in FEATURES) + ")",
        "nthread": 1,
        "seed": SEED,
    }
