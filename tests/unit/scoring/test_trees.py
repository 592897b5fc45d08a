"""The trees past the Python wrapper of XGBoost: the same bits, in any thread, or not at all."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Thread

import numpy as np
import pytest
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.scoring import FraudCard, Scorecard, native
from engine.scoring.card import Card
from engine.scoring.columns import Row
from engine.scoring.native import MOST_ROWS, Native
from engine.scoring.trees import Trees, wrapped_contributions, wrapped_margins
from tests.bureaus import CARD

CARDS: list[Card] = [Scorecard.load(CARD), FraudCard.load(CARD.parent / "card_fraud")]


@cache
def random_rows(card: Card, count: int, seed: int = 7) -> Row:
    """Rows within the ranges, a tenth of the values missing."""
    chance = np.random.default_rng(seed)
    lows, highs = (np.array([getattr(c, end) for c in card.columns]) for end in ("low", "high"))
    rows = chance.uniform(lows, highs, (count, len(lows))).astype(np.float32)
    rows[chance.random(rows.shape) < 0.1] = np.nan
    return rows


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_the_pinned_xgboost_is_asked_past_its_wrapper(card: Card) -> None:
    """If this fails, scores are right and slow: read the wrapper of this release."""
    assert card.trees.native


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_margins_are_those_of_inplace_predict_bit_for_bit(card: Card) -> None:
    """Of 5,000 rows alone, and together in every number that the buffer holds."""
    rows = random_rows(card, 5_000)
    expected = wrapped_margins(card.booster, rows)
    assert [card.trees.margin(rows[[n]]) for n in range(len(rows))] == expected
    for count in range(1, MOST_ROWS + 3):
        assert card.trees.margins(rows[:count]) == expected[:count]


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_contributions_are_those_of_predict_bit_for_bit(card: Card) -> None:
    """Of 2,000 rows."""
    rows = random_rows(card, 2_000)
    for n in range(len(rows)):
        row = rows[[n]]
        assert card.trees.contributions(row) == wrapped_contributions(card.booster, row)


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 4_999), st.integers(1, MOST_ROWS), st.sampled_from(["C", "F", "strided"]))
def test_rows_of_any_layout_are_read_as_they_are(first: int, count: int, layout: str) -> None:
    """A view with gaps between its numbers would be read wrongly by its address."""
    card = CARDS[0]
    rows = random_rows(card, 5_000)[first : first + count]
    if layout == "F":
        given_rows = np.asfortranarray(rows)
    elif layout == "strided":
        given_rows = np.repeat(rows, 2, axis=1)[:, ::2]
    else:
        given_rows = rows
    assert card.trees.margins(given_rows) == wrapped_margins(card.booster, rows)


@pytest.mark.parametrize(
    "rows",
    [
        np.zeros((1, 47), np.float32),
        np.zeros((1, 1), np.float32),
        np.zeros((0, 48), np.float32),
        np.zeros((1, 48), np.float64),
    ],
    ids=["narrow", "one", "none", "float64"],
)
def test_what_is_no_row_of_the_card_is_refused(rows: Row) -> None:
    """Numpy would stretch a single number over the whole buffer."""
    with pytest.raises(ValueError, match="rows of 48 float32"):
        CARDS[0].trees.margins(rows)


def test_threads_do_not_see_each_others_rows() -> None:
    """Eight threads at once, both cards, margins and contributions in turn."""
    rows = {card.name: random_rows(card, 400) for card in CARDS}
    expected = [
        (
            wrapped_margins(card.booster, rows[card.name]),
            [wrapped_contributions(card.booster, rows[card.name][[n]]) for n in range(400)],
        )
        for card in CARDS
    ]

    def ask(_turn: int) -> list[tuple[list[float], list[list[float]]]]:
        return [
            (
                [card.trees.margin(rows[card.name][[n]]) for n in range(400)],
                [card.trees.contributions(rows[card.name][[n]]) for n in range(400)],
            )
            for card in CARDS
        ]

    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(ask, range(16)):
            assert found == expected


def test_what_a_thread_held_goes_with_it() -> None:
    """Its proxy matrix is freed; 200 threads leave none behind."""
    card, row = CARDS[0], random_rows(CARDS[0], 1)

    def proxies() -> int:
        gc.collect()
        return sum(isinstance(each, native._Proxy) for each in gc.get_objects())

    card.trees.margin(row)
    before = proxies()
    for _ in range(200):
        thread = Thread(target=card.trees.margin, args=(row,))
        thread.start()
        thread.join()
    assert proxies() == before


class TestFallback:
    """Where XGBoost is not as expected, its own methods are called: slower, the same numbers."""

    def answers_as_the_wrapper(self) -> None:
        """Trees made now do not go past the wrapper, and say the same."""
        booster, rows = CARDS[0].booster, random_rows(CARDS[0], 20)
        trees = Trees(booster, rows)
        assert not trees.native
        assert trees.margins(rows) == wrapped_margins(booster, rows)
        assert trees.contributions(rows[[3]]) == wrapped_contributions(booster, rows[[3]])

    def test_another_release(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whose wrapper nobody has read."""
        monkeypatch.setattr(xgb, "__version__", "3.3.0")
        self.answers_as_the_wrapper()

    def test_a_library_that_lacks_a_function(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As if it had another name."""
        asked = native._function
        monkeypatch.setattr(
            native, "_function", lambda library, name, *types: asked(library, name + "2", *types)
        )
        self.answers_as_the_wrapper()

    def test_a_margin_that_differs_in_its_last_bit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of one trial row among many."""
        asked = Native.margins

        def nearly(self: Native, rows: Row) -> list[float]:
            found = asked(self, rows)
            return [*found[:-1], float(np.nextafter(np.float32(found[-1]), np.float32(9)))]

        monkeypatch.setattr(Native, "margins", nearly)
        self.answers_as_the_wrapper()

    def test_contributions_that_differ(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two of them in each other's place."""
        asked = Native.contributions
        monkeypatch.setattr(
            Native, "contributions", lambda self, row: list(reversed(asked(self, row)))
        )
        self.answers_as_the_wrapper()

    def test_an_answer_in_another_shape(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is read beyond what was answered."""
        monkeypatch.setattr(
            native, "_MARGIN", native._MARGIN.replace(b'shape": false', b'shape": true')
        )
        self.answers_as_the_wrapper()

    def test_a_call_that_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """By the library itself."""
        monkeypatch.setattr(native, "_MARGIN", b"{}")
        self.answers_as_the_wrapper()
