"""An additive card as a classical table: for each feature its bins, and the points of each.

Trees of one split add up to steps of one feature each, so the table is the card: its exact points
are the base plus one bin of every feature. They are shown to a tenth of a point. Every row has the
points that the card serves: what is missing and each code go the way that they go in serving.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from math import fsum
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.training.encode import MISSING_LEVEL, Levels, prepare
from engine.training.sample import TRAIN
from engine.training.spec import FeatureSpec, Missing
from engine.training.table import table_of
from engine.training.train import Trained, scale_of

_DIGITS = 1
#: So many levels of a bin are named, the most frequent; the others are counted.
_NAMED_LEVELS = 12
_OTHER = "any other"


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
        bins = _rows_of(trained, place, splits)
        most = max(per_margin * margin for _, _, margin in bins)
        features.append(
            {
                "feature": feature.name,
                "family": feature.family,
                "bins": [
                    {
                        "bin": name,
                        "kind": kind,
                        "points": round(per_margin * margin - most, _DIGITS),
                    }
                    for name, kind, margin in bins
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


Row = tuple[str, str, float]
"""What stands in the table, its kind (amount, levels, missing or code), and its margin."""


def _rows_of(trained: Trained, place: int, splits: list[Split]) -> list[Row]:
    feature = trained.sample.features[place]
    if place in trained.levels:
        return _levels(trained, place, splits)
    return [*_amounts(feature, splits), *_replaced(feature, splits)]


def _margin(splits: list[Split], value: np.float32) -> float:
    """What the trees of a feature add at a value; they compare in single precision."""
    if np.isnan(value):
        return fsum(below if left else other for _, below, other, left in splits)
    return fsum(below if value < np.float32(cut) else other for cut, below, other, _ in splits)


def _amounts(feature: FeatureSpec, splits: list[Split]) -> list[Row]:
    """The bins that amounts of the range come into: those of codes alone lie below it."""
    low, high = (float(np.float32(end)) for end in (feature.low, feature.high))
    cuts = sorted({cut for cut in (float(np.float32(c)) for c, *_ in splits) if low < cut <= high})
    edges = [-np.inf, *cuts, np.inf]
    return [
        (_named(start, end), "amount", _margin(splits, np.float32(max(low, start))))
        for start, end in pairwise(edges)
    ]


def _replaced(feature: FeatureSpec, splits: list[Split]) -> list[Row]:
    """What is missing, and each code, with the value that serving puts in its place."""
    codes = [code for code, _ in feature.special]
    given = np.array([np.nan, *codes])
    prepared = prepare((feature,), table_of(dict.fromkeys(feature.of.names, given)))
    refused = np.zeros(len(given), dtype=np.bool_)
    for fault in prepared.faults:
        refused |= fault.mask
    names = [("missing", "missing"), *((f"code {code:g}", "code") for code in codes)]
    return [
        (name, kind, _margin(splits, value))
        for (name, kind), value, gone in zip(
            names, prepared.numbers[:, 0], refused.tolist(), strict=True
        )
        if not gone
    ]


def _levels(trained: Trained, place: int, splits: list[Split]) -> list[Row]:
    """Levels of the same points together, the safest first; and what is missing."""
    known: Levels = trained.levels[place]
    cuts = np.unique(np.array([cut for cut, *_ in splits], dtype=np.float32))
    seen = trained.sample.prepared.levels[place][trained.sample.period == TRAIN]
    often = Counter(seen.tolist())
    together: dict[int, list[str]] = {}
    for text in sorted(known.of.keys() - {MISSING_LEVEL}, key=lambda text: (-often[text], text)):
        together.setdefault(_bin_of(cuts, known.of[text]), []).append(text)
    other = _bin_of(cuts, known.other)
    values = {_bin_of(cuts, value): value for value in (*known.of.values(), known.other)}
    rows = [
        (
            _listed(together.get(number, []), other=number == other),
            "levels",
            _margin(splits, np.float32(values[number])),
        )
        for number in sorted({*together, other})
    ]
    if trained.sample.features[place].missing is not Missing.REFUSE:
        value = known.of.get(MISSING_LEVEL, known.other)
        rows.append(("missing", "missing", _margin(splits, np.float32(value))))
    return rows


def _bin_of(cuts: npt.NDArray[np.float32], value: float) -> int:
    return int(np.searchsorted(cuts, np.float32(value), side="right"))


def _listed(levels: list[str], *, other: bool) -> str:
    more = len(levels) - _NAMED_LEVELS
    named = [*levels[:_NAMED_LEVELS], *([f"{more:,} more"] if more > 0 else [])]
    return ", ".join([*named, *([_OTHER] if other else [])])


def _named(low: float, high: float) -> str:
    if np.isinf(low) and np.isinf(high):
        return "all"
    if np.isinf(low):
        return f"below {_digits(high)}"
    return f"from {_digits(low)}" if np.isinf(high) else f"{_digits(low)} to below {_digits(high)}"


def _digits(value: float) -> str:
    """As many digits as tell the value from its neighbours: trees compare in single precision."""
    return str(np.float32(value)).removesuffix(".0")
