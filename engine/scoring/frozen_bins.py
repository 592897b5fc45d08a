"""Bins frozen when a card is trained: what population stability is measured against later.

Needs numpy alone, so that a monitor counts by the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.scoring.manifest import BinEntry
from engine.scoring.points import Calibrator, Scale, probability

POINTS, PD = "points", "pd"
_TENTHS = np.arange(1, 10) / 10
_DIGITS = 6

Floats = npt.NDArray[np.float32] | npt.NDArray[np.float64]


def cut_points(values: Floats) -> list[float]:
    """Distinct tenths of the values that are known, as values that occur."""
    known = values[~np.isnan(values)]
    if not len(known):
        return []
    cuts = np.quantile(known, _TENTHS, method="inverted_cdf")
    return [float(cut) for cut in np.unique(cuts)]


def counts(values: Floats, cuts: Sequence[float]) -> list[int]:
    """Rows in the bins ``<= cut``, above the last cut, and last of what is missing."""
    missing = np.isnan(values)
    places = np.searchsorted(np.array(cuts, dtype=np.float64), values[~missing], side="left")
    return [*np.bincount(places, minlength=len(cuts) + 1).tolist(), int(missing.sum())]


def shares(values: Floats, cuts: Sequence[float]) -> list[float]:
    """As ``counts``, as shares of all rows."""
    return [round(count / len(values), _DIGITS) for count in counts(values, cuts)]


def bins_of(name: str, values: Floats) -> BinEntry:
    """Bins between the tenths of a number."""
    cuts = cut_points(values)
    return BinEntry(
        feature=name, cuts=cuts, levels=[], shares=shares(values, cuts), rows=len(values)
    )


def score_bins(margins: Sequence[float], calibrator: Calibrator, scale: Scale) -> list[BinEntry]:
    """Bins of points and PD of rows that the model had not seen, as those served later are not."""
    odds = [calibrator.log_odds(margin) for margin in margins]
    points = np.array([round(scale.offset - scale.factor * each) for each in odds], dtype=float)
    pds = np.array([round(probability(each), _DIGITS) for each in odds])
    return [bins_of(POINTS, points), bins_of(PD, pds)]
