"""Frozen bins of the training rows: what PSI and CSI are measured against later."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from engine.scoring.manifest import BinEntry
from engine.training.sample import Sample

_TENTHS = np.arange(1, 10) / 10
_MOST_LEVELS = 20


def feature_bins(sample: Sample, rows: npt.NDArray[np.int64]) -> list[BinEntry]:
    """For each feature the cuts between the tenths of the rows, and the share in each bin."""
    found = []
    for place, feature in enumerate(sample.features):
        if place in sample.prepared.levels:
            found.append(_by_level(feature.name, sample.prepared.levels[place][rows].tolist()))
        else:
            found.append(_by_cuts(feature.name, sample.prepared.numbers[rows, place]))
    return found


def cut_points(values: npt.NDArray[np.float32]) -> list[float]:
    """Distinct tenths of the values that are known, as values that occur."""
    known = values[~np.isnan(values)]
    if not len(known):
        return []
    cuts = np.quantile(known, _TENTHS, method="inverted_cdf")
    return [float(cut) for cut in np.unique(cuts)]


def shares(values: npt.NDArray[np.float32], cuts: list[float]) -> list[float]:
    """Shares of the bins ``<= cut``, above the last cut, and last of what is missing."""
    missing = np.isnan(values)
    places = np.searchsorted(np.array(cuts, dtype=np.float64), values[~missing], side="left")
    counts = [*np.bincount(places, minlength=len(cuts) + 1).tolist(), int(missing.sum())]
    return [round(count / len(values), 6) for count in counts]


def _by_cuts(name: str, values: npt.NDArray[np.float32]) -> BinEntry:
    cuts = cut_points(values)
    return BinEntry(feature=name, cuts=cuts, levels=[], shares=shares(values, cuts))


def _by_level(name: str, texts: list[str]) -> BinEntry:
    """The most frequent levels, and last all others."""
    counts = Counter(texts)
    top = sorted(counts, key=lambda text: (-counts[text], text))[:_MOST_LEVELS]
    found = [counts[text] / len(texts) for text in top]
    rest = sum(counts.values()) - sum(counts[text] for text in top)
    parts = [round(share, 6) for share in (*found, rest / len(texts))]
    return BinEntry(feature=name, cuts=[], levels=top, shares=parts)
