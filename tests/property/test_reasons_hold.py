"""A reason is true: without its family the applicant is less risky. Of every kind of card."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from engine.scoring import Assessed, FraudCard, Scorecard
from engine.scoring.card import Card
from engine.scoring.fraud_features import FRAUD_COLUMNS, NOBODY_LINKED, lost_to_links
from engine.training import read_spec, train
from engine.training.card import TableCard
from tests.bureaus import CARD, shipped_bureaus
from tests.training_tables import spec_file, table

PEOPLE = 2_000


def _bureau() -> tuple[Card, list[Assessed]]:
    """People of the shipped data."""
    card = Scorecard.load(CARD)
    found = [card.assess_bureau(summary) for summary in shipped_bureaus(PEOPLE)]
    return card, [one for one in found if isinstance(one, Assessed)]


def _fraud() -> tuple[Card, list[Assessed]]:
    """Applications to which somebody is linked, through any of the families or several."""
    card = FraudCard.load(CARD.parent / "card_fraud")
    chance = np.random.default_rng(5)
    families = sorted({column.family for column in FRAUD_COLUMNS})
    rows = []
    for _ in range(PEOPLE):
        linked = {family for family in families if chance.random() < 0.5}
        row = list(NOBODY_LINKED)
        for place, column in enumerate(FRAUD_COLUMNS):
            if column.family in linked and chance.random() < 0.7:
                row[place] = float(min(chance.geometric(0.3) - 1, column.high))
        rows.append(row)
    return card, [card.assess(row, lost_to_links) for row in rows]


def _table() -> tuple[Card, list[Assessed]]:
    """Strangers to a card that was trained just now, some of what they say missing."""
    chance = np.random.default_rng(6)
    with TemporaryDirectory() as name:
        file = spec_file(Path(name))
        train(read_spec(file), table()).write(Path(name) / "card", file)
        card = TableCard.load(Path(name) / "card")

    def one() -> Assessed:
        assessed = card.assess_values(
            {
                "income": float(chance.uniform(0, 60_000)) if chance.random() < 0.8 else None,
                "balance": float(chance.uniform(0, 60_000)),
                "limit": float(chance.uniform(1, 60_000)),
                "late": int(chance.integers(0, 12)),
                "inquiries": int(chance.integers(0, 30)),
                "job": str(chance.choice(["clerk", "doctor", "pilot", ""])),
            }
        )
        assert isinstance(assessed, Assessed)
        return assessed

    return card, [one() for _ in range(PEOPLE)]


@cache
def _scored(kind: str) -> tuple[Card, list[Assessed]]:
    return {"bureau": _bureau, "fraud": _fraud, "table": _table}[kind]()


def _tried(card: Card, assessed: list[Assessed]) -> Iterator[bool]:
    """Of each reason told: whether the applicant is less risky with the reference's values."""
    typical = card.typical
    assert typical is not None
    for one in assessed:
        for told in one.explained().families:
            places = [n for n, column in enumerate(card.columns) if column.family == told.family]
            moved = one.row.copy()
            moved[0, places] = typical[0, places]
            without = float(card.booster.inplace_predict(moved, predict_type="margin")[0])
            yield without < one.margin


@pytest.mark.parametrize("kind", ["bureau", "fraud", "table"])
def test_without_its_family_the_score_moves_as_the_reason_says(kind: str) -> None:
    """Each reason of 2,000 people, predicted by XGBoost's own method."""
    card, assessed = _scored(kind)
    assert len(assessed) == PEOPLE
    held = list(_tried(card, assessed))
    assert len(held) > PEOPLE // 2
    assert sum(held) >= 0.99 * len(held)


@pytest.mark.parametrize("kind", ["bureau", "fraud"])
def test_contributions_alone_would_name_what_does_not_hold(kind: str) -> None:
    """Why reasons are tried out: a card that does not do it fails the test above."""
    card, assessed = _scored(kind)
    naive = replace(card, typical=None)
    held = list(_tried(card, [naive.assess(one.values, one.lost) for one in assessed]))
    assert sum(held) < 0.99 * len(held)


@pytest.mark.parametrize("kind, least, some", [("bureau", 0.25, 200), ("fraud", 0.3, 200)])
def test_whoever_is_declined_or_referred_is_told_why(kind: str, least: float, some: int) -> None:
    """Trying reasons out leaves one, at every probability at which the shipped policy acts."""
    _, assessed = _scored(kind)
    risky = [one for one in assessed if one.score.pd >= least]
    assert len(risky) > some
    assert all(one.explained().families for one in risky)


@pytest.mark.parametrize("kind", ["bureau", "fraud", "table"])
def test_parts_add_and_so_do_contributions(kind: str) -> None:
    """Whole points exactly; contributions to the margin within 1e-4, of 2,000 people."""
    card, assessed = _scored(kind)
    for one in assessed:
        score = one.explained()
        assert score.base_points is not None
        assert score.points == score.base_points + sum(c.points for c in score.contributions)
        parts, bias = card.contributions(one.row, one.margin)
        assert abs(sum(parts) + bias - one.margin) < 1e-4
