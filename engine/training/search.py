"""Fitting: a fixed list of configurations, early stopping on inner hold-outs, refit on all.

Trials grow one tree a round, which ranks configurations as well as several do; the refit grows
several and averages them, since the rows and columns that one tree happened to draw are noise.

Needs the training extra (scikit-learn); serving never imports it. One thread and fixed seeds, so
that the same rows give the same bytes. The budget is a number of trials, not of seconds: a slower
machine must not train another model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
import xgboost as xgb
from sklearn.model_selection import train_test_split

from engine.training.encode import Labels, Rows, Weights
from engine.training.figures import part_of
from engine.training.spec import Tuning

HOLD_OUT = 0.25
_OTHER_SEED = 1_000
#: The configurations were drawn for tables that say at least so much: some 100 bad rows.
_ENOUGH = 100.0

Progress = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Configuration:
    """One point of the search, drawn once at random and then fixed."""

    max_depth: int
    min_child_weight: float
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The columns: names, agreed signs, and groups within which they may interact."""

    names: tuple[str, ...]
    signs: tuple[int, ...]
    tuning: Tuning
    interactions: tuple[tuple[str, ...], ...] = ()
    seed: int = 42


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted booster, the configuration that won on the hold-outs, and its rounds."""

    booster: xgb.Booster
    configuration: Configuration
    rounds: int

    @property
    def splits(self) -> bool:
        """Whether any tree tells anybody from anybody."""
        return bool(self.booster.get_score(importance_type="weight"))


def matrix(
    shape: Shape, rows: Rows, labels: Labels | None = None, weights: Weights | None = None
) -> xgb.DMatrix:
    """Rows with the features' names, on one thread."""
    return xgb.DMatrix(
        rows, label=labels, weight=weights, feature_names=list(shape.names), nthread=1
    )


def candidates(tuning: Tuning) -> tuple[Configuration, ...]:
    """The configurations within the budget; an additive card has trees of one split."""
    chosen = CONFIGURATIONS[: tuning.configurations]
    if not tuning.additive:
        return chosen
    return tuple(
        dict.fromkeys(
            Configuration(1, c.min_child_weight, c.subsample, c.colsample_bytree, c.reg_lambda)
            for c in chosen
        )
    )


def scaled(
    tuning: Tuning, labels: Labels, weights: Weights | None = None
) -> tuple[Configuration, ...]:
    """The candidates for these rows: where few are bad, less is enough for a leaf.

    A leaf must hold so much of the sum of p(1 - p), which is about the number of bad rows: of
    thirty bad rows, a leaf that must hold twenty could not be split from the others.
    """
    masses = np.ones(len(labels)) if weights is None else weights
    rate = float(np.average(labels, weights=masses))
    part = float(masses.sum()) * rate * (1 - rate) / _ENOUGH
    found = candidates(tuning)
    if part >= 1:
        return found
    return tuple(replace(c, min_child_weight=round(c.min_child_weight * part, 6)) for c in found)


def fit(
    shape: Shape,
    rows: Rows,
    labels: Labels,
    weights: Weights | None = None,
    progress: Progress = lambda: None,
) -> Fit:
    """The configuration with the least log-loss on the inner hold-outs, refitted on all rows."""
    pairs = [_hold_out(shape, rows, labels, weights, n) for n in range(shape.tuning.hold_outs)]
    tried = []
    configurations = scaled(shape.tuning, labels, weights)
    for place, configuration in enumerate(configurations):
        found = [_tried(shape, configuration, pair) for pair in pairs]
        loss = fmean(loss for loss, _ in found)
        tried.append((loss, place, round(fmean(rounds for _, rounds in found))))
        progress()
    _, best, rounds = min(tried)
    chosen = configurations[best]
    data = matrix(shape, rows, labels, weights)
    bags = {"num_parallel_tree": shape.tuning.bags}
    booster = xgb.train(_parameters(shape, chosen) | bags, data, rounds)
    return Fit(booster, chosen, rounds)


def margins(shape: Shape, booster: xgb.Booster, rows: Rows) -> list[float]:
    """Uncalibrated log-odds of a bad outcome, one for each row."""
    return [float(m) for m in booster.predict(matrix(shape, rows), output_margin=True)]


def _hold_out(
    shape: Shape, rows: Rows, labels: Labels, weights: Weights | None, number: int
) -> tuple[xgb.DMatrix, xgb.DMatrix]:
    inner, outer = train_test_split(
        np.arange(len(labels)),
        test_size=HOLD_OUT,
        stratify=labels,
        random_state=shape.seed + _OTHER_SEED * number,
    )

    def part(places: Sequence[int]) -> xgb.DMatrix:
        mass = part_of(weights, places)
        return matrix(shape, rows[places], labels[places], mass)

    return part(inner), part(outer)


def _tried(
    shape: Shape, configuration: Configuration, pair: tuple[xgb.DMatrix, xgb.DMatrix]
) -> tuple[float, int]:
    """Least log-loss on the hold-out and the number of rounds that gave it."""
    booster = xgb.train(
        _parameters(shape, configuration),
        pair[0],
        shape.tuning.rounds,
        evals=[(pair[1], "hold_out")],
        early_stopping_rounds=shape.tuning.patience,
        verbose_eval=False,
    )
    return booster.best_score, booster.best_iteration + 1


def _parameters(shape: Shape, configuration: Configuration) -> dict[str, object]:
    found: dict[str, object] = {
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "eta": shape.tuning.eta,
        "max_depth": configuration.max_depth,
        "min_child_weight": configuration.min_child_weight,
        "subsample": configuration.subsample,
        "colsample_bytree": configuration.colsample_bytree,
        "reg_lambda": configuration.reg_lambda,
        "monotone_constraints": "(" + ",".join(map(str, shape.signs)) + ")",
        "nthread": 1,
        "seed": shape.seed,
    }
    if shape.interactions:
        places = [[shape.names.index(name) for name in group] for group in shape.interactions]
        found["interaction_constraints"] = str(places)
    return found
