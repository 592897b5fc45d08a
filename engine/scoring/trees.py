"""The trees of a card: margins, and what each feature adds to one."""

from __future__ import annotations

import numpy as np
import xgboost as xgb

from engine.scoring.columns import Row
from engine.scoring.native import MOST_ROWS, Native, known


class Trees:
    """A booster and the fastest way to ask it. Safe to share between threads.

    XGBoost itself is the system of record whichever way is taken: ``native`` calls the same
    library past the Python wrapper. It is taken only if it answers as the wrapper does, bit for
    bit, on the ``trial`` rows, shape (rows, features).
    """

    def __init__(self, booster: xgb.Booster, trial: Row) -> None:
        self.booster = booster
        self._native = _native(booster, trial)

    @property
    def native(self) -> bool:
        """Whether the wrapper is passed by."""
        return self._native is not None

    def margin(self, row: Row) -> float:
        """Of one row, shape (1, features)."""
        return self.margins(row)[0]

    def margins(self, rows: Row) -> list[float]:
        """Of each row, shape (rows, features)."""
        if self._native is None or len(rows) > MOST_ROWS:
            return wrapped_margins(self.booster, rows)
        return self._native.margins(rows)

    def contributions(self, row: Row) -> list[float]:
        """What each feature adds to the margin of one row (SHAP values); last, nobody's part."""
        if self._native is None:
            return wrapped_contributions(self.booster, row)
        return self._native.contributions(row)


def wrapped_margins(booster: xgb.Booster, rows: Row) -> list[float]:
    """By XGBoost's own Python methods."""
    found: list[float] = booster.inplace_predict(rows, predict_type="margin").tolist()
    return found


def wrapped_contributions(booster: xgb.Booster, row: Row) -> list[float]:
    """By XGBoost's own Python methods."""
    # Names were held against the booster's when the card was loaded: not again for each row.
    data = xgb.DMatrix(row, nthread=1)
    found: list[float] = booster.predict(data, pred_contribs=True, validate_features=False)[
        0
    ].tolist()
    return found


def _native(booster: xgb.Booster, trial: Row) -> Native | None:
    """``None`` if this XGBoost is not as expected: slower, and never another number."""
    if not known():
        return None
    try:
        native = Native(booster)
        return native if _agree(native, booster, trial) else None
    except (AttributeError, ArithmeticError, ValueError, xgb.core.XGBoostError):
        return None


def _agree(native: Native, booster: xgb.Booster, trial: Row) -> bool:
    """Alone, together, and in their parts."""
    rows = np.array_split(trial, range(MOST_ROWS, len(trial), MOST_ROWS))
    together = [margin for some in rows for margin in native.margins(some)]
    alone = [native.margins(trial[[n]])[0] for n in range(len(trial))]
    parts = [native.contributions(trial[[n]]) for n in range(len(trial))]
    return together == alone == wrapped_margins(booster, trial) and parts == [
        wrapped_contributions(booster, trial[[n]]) for n in range(len(trial))
    ]
