"""What each column adds to the margins of many rows (SHAP values), tree by tree.

XGBoost walks all paths of all trees for every row. But what one tree adds depends only on how the
row stands to that tree's few splits: it is asked of XGBoost once for each such pattern, and kept.
The parts are added in the order of the trees as 32-bit floats, as XGBoost adds them, so that the
sum is the same to the bit; ``tests/property/test_portfolio_rating.py`` holds one against the other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from engine.scoring.columns import Row

#: Splits of a tree whose patterns are numbered; deeper trees are asked anew for every row.
MOST_SPLITS = 16
_NEW = -1


@dataclass(slots=True, eq=False)
class _Tree:
    """One tree. ``known``: the place of each pattern in ``parts``, of shape (patterns, columns)."""

    booster: xgb.Booster
    split_columns: npt.NDArray[np.int64]
    splits: Row
    columns: npt.NDArray[np.int64]
    known: npt.NDArray[np.int32]
    parts: Row

    def of(self, rows: Row) -> Row:
        """What the tree adds to each row, in ``columns``."""
        bits = rows[:, self.split_columns] < self.splits
        patterns = bits @ (1 << np.arange(len(self.splits)))
        new = self.known[patterns] == _NEW
        if new.any():
            found, first = np.unique(patterns[new], return_index=True)
            parts = _asked(self.booster, rows[new][first])[:, self.columns]
            self.known[found] = np.arange(len(found)) + len(self.parts)
            self.parts = np.concatenate([self.parts, parts])
        return self.parts[self.known[patterns]]


class Shares:
    """The shares of one booster. Keeps what it learns: not to be used by two threads at once."""

    def __init__(self, booster: xgb.Booster) -> None:
        self._booster = booster

    @cached_property
    def _trees(self) -> list[_Tree]:
        return _trees(self._booster)

    def of(self, rows: Row) -> Row:
        """Of each row, shape (rows, columns + 1); the last is nobody's part."""
        whole = ~np.isnan(rows).any(axis=1)
        if not self._trees or not whole.any():
            return _asked(self._booster, rows)
        found = np.zeros((len(rows), rows.shape[1] + 1), dtype=np.float32)
        # A missing value takes a way of its own through each split.
        if not whole.all():
            found[~whole] = _asked(self._booster, rows[~whole])
        found[whole] = self._added(rows[whole])
        return found

    def _added(self, rows: Row) -> Row:
        found = np.zeros((rows.shape[1] + 1, len(rows)), dtype=np.float32)
        for tree in self._trees:
            found[tree.columns] += tree.of(rows).T
        # The part of nobody is the same for everybody.
        found[-1] = _asked(self._booster, rows[:1])[0, -1]
        return found.T


def _asked(booster: xgb.Booster, rows: Row) -> Row:
    data = xgb.DMatrix(rows, nthread=1)
    found: Row = booster.predict(data, pred_contribs=True, validate_features=False)
    return found


def _trees(booster: xgb.Booster) -> list[_Tree]:
    """The trees one by one; none if they are not plain trees over numbers, or are too deep."""
    model: dict[str, Any] = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]
    if model["name"] != "gbtree":
        return []
    given = model["model"]["trees"]
    if len(given) != booster.num_boosted_rounds():
        return []
    found = []
    for place, tree in enumerate(given):
        inner = np.array(tree["left_children"]) >= 0
        columns = np.array(tree["split_indices"], dtype=np.int64)[inner]
        if inner.sum() > MOST_SPLITS or np.array(tree["split_type"])[inner].any():
            return []
        used = np.unique(columns)
        found.append(
            _Tree(
                booster=booster[place : place + 1],
                split_columns=columns,
                splits=np.array(tree["split_conditions"], dtype=np.float32)[inner],
                columns=used,
                known=np.full(1 << len(columns), _NEW, dtype=np.int32),
                parts=np.zeros((0, len(used)), dtype=np.float32),
            )
        )
    return found
