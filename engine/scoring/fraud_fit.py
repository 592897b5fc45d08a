"""Fitting the fraud scorecard: one fixed configuration, one thread, the same rows the same bytes.

Small trees with signs on nearly every column: rings of kinds that nobody has seen are found by
what all kinds have in common, not by what the rings at hand happened to share.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from engine.scoring.fraud_features import FRAUD_COLUMNS

CONFIGURATION: dict[str, int | float] = {
    "max_depth": 3,
    "eta": 0.1,
    "min_child_weight": 5,
    "subsample": 0.8,
    "colsample_bytree": 0.5,
    "reg_lambda": 3.0,
}
TREES = 60
SEED = 42

Rows = npt.NDArray[np.float32]
Labels = npt.NDArray[np.bool_]


def fit(rows: Rows, labels: Labels) -> xgb.Booster:
    """The booster over ``FRAUD_COLUMNS``."""
    signs = ",".join(str(column.sign) for column in FRAUD_COLUMNS)
    names = [column.name for column in FRAUD_COLUMNS]
    return _trained(rows, labels, names, {"monotone_constraints": f"({signs})"})


def fit_plain(rows: Rows, labels: Labels) -> xgb.Booster:
    """The same over any columns, for comparison: without signs, and down to single frauds."""
    names = [f"c{n}" for n in range(rows.shape[1])]
    return _trained(rows, labels, names, {"min_child_weight": "0"})


def margins(booster: xgb.Booster, rows: Rows) -> list[float]:
    """Uncalibrated log-odds of fraud, one for each row."""
    data = xgb.DMatrix(rows, feature_names=booster.feature_names, nthread=1)
    return [float(margin) for margin in booster.predict(data, output_margin=True)]


def _trained(rows: Rows, labels: Labels, names: Sequence[str], more: dict[str, str]) -> xgb.Booster:
    data = xgb.DMatrix(rows, label=labels, feature_names=list(names), nthread=1)
    parameters = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "nthread": 1,
        "seed": SEED,
        **CONFIGURATION,
        **more,
    }
    return xgb.train(parameters, data, TREES)
