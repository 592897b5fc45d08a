"""Frozen bins of the training rows: what PSI and CSI are measured against later."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from engine.scoring.frozen_bins import bins_of
from engine.scoring.manifest import BinEntry
from engine.training.sample import Sample

_MOST_LEVELS = 20


def feature_bins(sample: Sample, rows: npt.NDArray[np.int64]) -> list[BinEntry]:
    """For each feature the cuts between the tenths of the rows, and the share in each bin."""
    found = []
    for place, feature in enumerate(sample.features):
        if place in sample.prepared.levels:
            found.append(_by_level(feature.name, sample.prepared.levels[place][rows].tolist()))
        else:
            found.append(bins_of(feature.name, sample.prepared.numbers[rows, place]))
    return found


def _by_level(name: str, texts: list[str]) -> BinEntry:
    """The most frequent levels, and last all others."""
    counts = Counter(texts)
    top = sorted(counts, key=lambda text: (-counts[text], text))[:_MOST_LEVELS]
    found = [counts[text] / len(texts) for text in top]
    rest = sum(counts.values()) - sum(counts[text] for text in top)
    parts = [round(share, 6) for share in (*found, rest / len(texts))]
    return BinEntry(feature=name, cuts=[], levels=top, shares=parts, rows=len(texts))
