"""What a card is compared with: XGBoost as it comes, and the classical WOE scorecard.

The classical one: each feature is binned by a small decision tree (at least 5 % of the rows in a
bin, as optbinning's default), the bins become weights of evidence, and an L2 logistic regression
adds them. Missing values are a bin; categories are encoded as for the card.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt
import xgboost as xgb
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from engine.training.encode import Labels, Rows, Weights
from engine.training.figures import part_of

_BINS = 12
_LEAST_SHARE = 0.05
_HALF = 0.5
_STEPS = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Binned:
    """Cuts of one feature, and the weight of evidence of each bin; the last is of what is missing.

    ``bad``, ``good``: rows in each bin, or their masses. Weight of evidence: ln of (share of the
    bad / share of the good), so that more is riskier.
    """

    cuts: npt.NDArray[np.float64]
    woe: npt.NDArray[np.float64]
    bad: npt.NDArray[np.float64]
    good: npt.NDArray[np.float64]

    def of(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Weights of evidence of values."""
        return np.asarray(self.woe[places(values, self.cuts)])

    @property
    def information_value(self) -> float:
        """Sum of (share of the bad - share of the good) * WOE."""
        bad, good = self.bad / max(self.bad.sum(), 1), self.good / max(self.good.sum(), 1)
        return float(np.sum((bad - good) * self.woe))


def places(values: npt.NDArray[np.float32], cuts: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The bin of each value: ``<=`` a cut, above the last, and one more for what is missing."""
    found = np.searchsorted(cuts, values, side="left")
    return np.where(np.isnan(values), len(cuts) + 1, found)


def binned(
    values: npt.NDArray[np.float32],
    labels: Labels,
    masses: Weights | None = None,
    most: int = _BINS,
) -> Binned:
    """Bins of one feature that tell good from bad. ``masses``: how many rows each stands for."""
    known = ~np.isnan(values)
    cuts = np.zeros(0, dtype=np.float64)
    if known.any():
        tree = DecisionTreeClassifier(
            max_leaf_nodes=most, min_samples_leaf=_LEAST_SHARE, random_state=0, criterion="entropy"
        )
        mass = part_of(masses, known)
        tree.fit(values[known].reshape(-1, 1).astype(np.float64), labels[known], mass)
        inner = tree.tree_.feature >= 0
        cuts = np.unique(tree.tree_.threshold[inner])
    where = places(values, cuts)
    bad, good, woe = counted(where, labels, len(cuts) + 2, masses)
    return Binned(cuts, woe, bad, good)


def counted(
    where: npt.NDArray[np.int64], labels: Labels, count: int, masses: Weights | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Bad rows, good rows and weight of evidence of each bin; ``where``: the bin of each row.

    ``masses`` are taken as shares of all rows: half a row more or less is half a row.
    """
    mass = np.ones(len(labels)) if masses is None else masses * (len(labels) / masses.sum())
    bad = np.bincount(where, weights=mass * labels, minlength=count).astype(np.float64)
    good = np.bincount(where, weights=mass * (1 - labels), minlength=count).astype(np.float64)
    prior = log(max(bad.sum(), 1) / max(good.sum(), 1))
    woe = np.log((bad + _HALF) / (good + _HALF)) - prior
    woe[bad + good == 0] = 0.0
    return bad, good, woe


def classical(train: Rows, labels: Labels, weights: Weights | None, test: Rows) -> list[float]:
    """Margins of the test rows by the classical scorecard of the training rows."""
    bins = [binned(column, labels, weights) for column in train.T]
    inside = np.column_stack([b.of(column) for b, column in zip(bins, train.T, strict=True)])
    outside = np.column_stack([b.of(column) for b, column in zip(bins, test.T, strict=True)])
    model = LogisticRegression(max_iter=_STEPS, random_state=0)
    model.fit(inside, labels, sample_weight=weights)
    return [float(m) for m in model.decision_function(outside)]


def untuned(train: Rows, labels: Labels, weights: Weights | None, test: Rows) -> list[float]:
    """Margins of the test rows by XGBoost with its own defaults: a hundred trees of depth six."""
    data = xgb.DMatrix(train, label=labels, weight=weights, nthread=1)
    booster = xgb.train(
        {"objective": "binary:logistic", "nthread": 1, "seed": 42, "tree_method": "hist"}, data, 100
    )
    found = booster.predict(xgb.DMatrix(test, nthread=1), output_margin=True)
    return [float(m) for m in found]
