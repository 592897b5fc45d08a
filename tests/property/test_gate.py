"""The gate in front of the models: what is no row of a card is refused, and says which column."""

from dataclasses import dataclass
from fractions import Fraction
from math import inf, isfinite, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import PolicyError
from engine.scoring.columns import LARGEST, Column, Gate
from engine.scoring.features import FEATURES
from engine.scoring.fraud_features import FRAUD_COLUMNS
from engine.scoring.manifest import read_artefact
from tests.bureaus import CARD

often = settings(max_examples=2_000, deadline=None)


@dataclass(frozen=True)
class Wide:
    """A column of any range."""

    name: str
    low: float
    high: float
    family: str = "any"
    sign: int = 0


WIDE = tuple(
    Wide(f"wide_{n}", low, high)
    for n, (low, high) in enumerate(
        [(0.7, 0.9), (0, 0.1), (-LARGEST, LARGEST), (0, 1e-40), (-1e30, 1e30)]
    )
)
KINDS: list[tuple[Column, ...]] = [FEATURES, FRAUD_COLUMNS, WIDE]
GATES = {id(card): Gate(card) for card in KINDS}
cards = st.sampled_from(KINDS)

seeds = st.integers(0, 2**32 - 1)
wrong: st.SearchStrategy[Any] = st.sampled_from(
    [nan, inf, -inf, 1e39, -1e39, 1e300, 10**400, -(10**400), True, False, None, "1", b"1", 1j,
     np.bool_(True), np.float64(nan), np.float32(inf), [1.0], (), {}]
)  # fmt: skip


@st.composite
def rows(draw: st.DrawFn, card: tuple[Column, ...]) -> list[Any]:
    """A row in range: floats, and one number of another kind."""
    parts = np.random.default_rng(draw(seeds)).uniform(0, 1, len(card)).tolist()
    values: list[Any] = [
        min(max(column.low * (1 - part) + column.high * part, column.low), column.high)
        for part, column in zip(parts, card, strict=True)
    ]
    place = draw(st.integers(0, len(card) - 1))
    values[place] = draw(st.sampled_from([float, np.float64, Fraction]))(values[place])
    return values


@often
@given(st.data())
def test_a_row_in_range_passes_as_it_is(data: st.DataObject) -> None:
    """Each number rounded to float32, none of them infinite, whatever its type."""
    card = data.draw(cards)
    values = data.draw(rows(card))
    row = GATES[id(card)].row(values)
    assert row.dtype == np.float32
    assert row.shape == (1, len(card))
    assert row.flags.c_contiguous
    assert np.array_equal(row[0], np.array([float(value) for value in values], dtype=np.float32))
    assert np.isfinite(row).all()
    assert np.array_equal(GATES[id(card)].row([float(value) for value in row[0]]), row)


@often
@given(st.data(), wrong)
def test_one_wrong_value_stops_the_row_and_is_named(data: st.DataObject, value: Any) -> None:
    """Infinite, not a number, beyond float32, of another type: in any place of any card."""
    card = data.draw(cards)
    values = data.draw(rows(card))
    place = data.draw(st.integers(0, len(card) - 1))
    values[place] = value
    with pytest.raises(ValueError, match=f"^{card[place].name} must be"):
        GATES[id(card)].row(values)


@often
@given(st.data(), st.floats(allow_nan=False, allow_infinity=False))
def test_a_value_is_in_range_or_refused(data: st.DataObject, value: float) -> None:
    """Up to the last digit of float32."""
    card = data.draw(cards)
    values = data.draw(rows(card))
    place = data.draw(st.integers(0, len(card) - 1))
    column = card[place]
    values[place] = value
    if not float(np.float32(column.low)) <= value <= float(np.float32(column.high)):
        assume(not column.low <= value <= column.high)
        with pytest.raises(ValueError, match=f"^{column.name} must be in"):
            GATES[id(card)].row(values)
        return
    row = GATES[id(card)].row(values)
    low, high = np.float32(column.low), np.float32(column.high)
    assert low <= row[0, place] <= high
    assert isfinite(row[0, place])


@often
@given(st.data(), wrong)
def test_missing_places_are_nan_and_no_others(data: st.DataObject, value: Any) -> None:
    """Whatever stands there; a place that may not be missing is refused all the same."""
    card = data.draw(cards)
    values = data.draw(rows(card))
    missing = data.draw(st.sets(st.integers(0, len(card) - 1), max_size=8))
    for place in missing:
        values[place] = value
    row = GATES[id(card)].row(values, missing)
    assert set(np.flatnonzero(np.isnan(row[0]))) == missing
    others = [place for place in range(len(card)) if place not in missing]
    assume(others)
    values[data.draw(st.sampled_from(others))] = nan
    with pytest.raises(ValueError, match="must be in"):
        GATES[id(card)].row(values, missing)


@often
@given(st.sampled_from([(FEATURES, CARD), (FRAUD_COLUMNS, CARD.parent / "card_fraud")]), st.data())
def test_columns_in_another_order_do_not_load(kind: Any, data: st.DataObject) -> None:
    """A permuted row would be scored without a word, so a permuted card is none."""
    columns, directory = kind
    order = np.random.default_rng(data.draw(seeds)).permutation(len(columns)).tolist()
    assume(order != sorted(order))
    with pytest.raises(PolicyError, match=r"features\[\d+\]: trained on"):
        read_artefact(directory, [columns[place] for place in order])


@often
@given(cards, st.integers(0, 60))
def test_a_row_of_another_width_is_refused(card: tuple[Column, ...], width: int) -> None:
    """Before any value is looked at."""
    assume(width != len(card))
    with pytest.raises(ValueError, match=f"{width} values for {len(card)} features"):
        GATES[id(card)].row([nan] * width)


@pytest.mark.parametrize(
    "low, high", [(0, 1e39), (-1e300, 0), (0, inf), (-inf, 1), (nan, 1), (2, 1)]
)
def test_a_range_that_float32_cannot_hold_makes_no_gate(low: float, high: float) -> None:
    """A value within it would become infinite on the way into the model."""
    with pytest.raises(ValueError, match="x: its range must be one of 32-bit floats"):
        Gate([Wide("x", low, high)])
