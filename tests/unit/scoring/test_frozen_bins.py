"""Bins frozen in training: every shipped card has them, and they hold what they say."""

from itertools import pairwise
from math import isnan, nan
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.scoring.frozen_bins import PD, POINTS, bins_of, counts
from engine.scoring.manifest import MANIFEST, BinEntry, Manifest

_CARDS = Path(__file__).parents[3] / "rulesets" / "credit_card" / "scorecards"


def whole(entry: BinEntry) -> bool:
    """Rising cuts, one share for each bin, one in all: each is rounded to six digits."""
    bins = len(entry.levels) + 1 if entry.levels else len(entry.cuts) + 2
    rising = sorted(set(entry.cuts)) == entry.cuts
    return rising and len(entry.shares) == bins and abs(sum(entry.shares) - 1) < bins * 1e-6


@pytest.mark.parametrize("card", ["card_bureau", "card_fraud"])
def test_every_shipped_card_has_frozen_bins(card: str) -> None:
    """Of each feature in its order, and of points and PD, with the rows that they were made of."""
    raw = (_CARDS / card / MANIFEST).read_bytes()
    manifest = msgspec.json.decode(raw, type=Manifest)
    assert [entry.feature for entry in manifest.bins] == [f.name for f in manifest.features]
    assert [entry.feature for entry in manifest.score_bins] == [POINTS, PD]
    assert all(map(whole, [*manifest.bins, *manifest.score_bins]))
    assert {entry.rows for entry in manifest.bins} == {manifest.data.rows}
    assert {entry.rows for entry in manifest.score_bins} == {manifest.data.rows}
    assert manifest.score_bins[0].cuts == sorted(set(manifest.points_deciles))


@given(st.lists(st.one_of(st.just(nan), st.integers(-5, 5).map(float)), min_size=1, max_size=60))
def test_bins_count_every_row_once(values: list[float]) -> None:
    """Against a count by hand; a value that is a cut lies below it."""
    entry = bins_of("x", np.array(values))
    edges = [-np.inf, *entry.cuts, np.inf]
    by_hand = [sum(low < value <= high for value in values) for low, high in pairwise(edges)]
    assert counts(np.array(values), entry.cuts) == [*by_hand, sum(map(isnan, values))]
    assert whole(entry)
    assert set(entry.cuts) <= {value for value in values if not isnan(value)}
