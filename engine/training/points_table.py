"""An additive card as a classical table: for each feature its bins, and the points of each.

Trees of one split add up to steps of one feature each, so the table is the card: its exact points
are the base plus one bin of every feature. They are shown to a tenth of a point.
"""

from __future__ import annotations

import json
from itertools import pairwise
from math import fsum
from typing import Any

import numpy as np

from engine.training.train import Trained, scale_of

_DIGITS = 1


def points_table(trained: Trained) -> dict[str, Any] | None:
    """Base points and the bins of every feature that is used; ``None``: trees have more splits."""
    if not trained.sample.spec.tuning.additive:
        return None
    entry, scale = trained.manifest.calibrator, scale_of(trained.sample.spec)
    steps = steps_of(trained)
    per_margin = -scale.factor * entry.slope
    start = scale.offset - scale.factor * (entry.slope * base_margin(trained) + entry.intercept)
    features = []
    for place, splits in sorted(steps.items()):
        feature = trained.sample.features[place]
        bins = _bins(splits)
        most = max(per_margin * margin for _, margin in bins)
        features.append(
            {
                "feature": feature.name,
                "family": feature.family,
                "bins": [
                    {"bin": name, "points": round(per_margin * margin - most, _DIGITS)}
                    for name, margin in bins
                ],
            }
        )
        start += most
    return {"base": round(start, _DIGITS), "features": features}


Split = tuple[float, float, float, bool]
"""Below which value, the margin below it, the margin from it on, and whether missing is below."""


def base_margin(trained: Trained) -> float:
    """The margin that trees start from."""
    learner = json.loads(trained.booster.save_raw("json"))["learner"]
    base = float(learner["learner_model_param"]["base_score"].strip("[]"))
    return float(np.log(base / (1.0 - base)))


def steps_of(trained: Trained) -> dict[int, list[Split]]:
    """The trees of an additive card by the place of their feature."""
    learner = json.loads(trained.booster.save_raw("json"))["learner"]
    found: dict[int, list[Split]] = {}
    for tree in learner["gradient_booster"]["model"]["trees"]:
        if len(tree["left_children"]) == 1:
            whole = (float("inf"), tree["split_conditions"][0], 0.0, True)
            found.setdefault(0, []).append(whole)
            continue
        left, right = tree["left_children"][0], tree["right_children"][0]
        leaves = tree["split_conditions"]
        split = (leaves[0], leaves[left], leaves[right], bool(tree["default_left"][0]))
        found.setdefault(tree["split_indices"][0], []).append(split)
    return found


def _bins(splits: list[Split]) -> list[tuple[str, float]]:
    cuts = sorted({cut for cut, *_ in splits if np.isfinite(cut)})
    edges = [-np.inf, *cuts, np.inf]
    bins = []
    for low, high in pairwise(edges):
        margin = fsum(below if high <= cut else other for cut, below, other, _ in splits)
        bins.append((_named(low, high), margin))
    missing = fsum(below if left else other for _, below, other, left in splits)
    return [*bins, ("missing", missing)]


def _named(low: float, high: float) -> str:
    if np.isinf(low) and np.isinf(high):
        return "all"
    if np.isinf(low):
        return f"below {_digits(high)}"
    return f"from {_digits(low)}" if np.isinf(high) else f"{_digits(low)} to below {_digits(high)}"


def _digits(value: float) -> str:
    """As many digits as tell the value from its neighbours: trees compare in single precision."""
    return str(np.float32(value)).removesuffix(".0")
