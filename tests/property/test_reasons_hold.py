"""A reason is true: its sentence is so of the person, and without its family the risk is less."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from engine.model import Bureau, RepaymentStatus
from engine.outcome import ScoreResult
from engine.scoring import Assessed, FraudCard, Scorecard
from engine.scoring.card import Card
from engine.scoring.fraud_features import FRAUD_COLUMNS, NOBODY_LINKED, lost_to_links
from engine.training import read_spec, train
from engine.training.card import TableCard
from tests.bureaus import CARD, bureau, month, shipped_bureaus
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
            places = list(card.columns_of(told.family, one.values))
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


def _dormant(chance: Random) -> Bureau:
    """Nothing owed: an unused card, one in credit, or one whose last balance is long paid."""
    limit = chance.randint(1_000, 10_000_000)
    credit = chance.choice([0, 0, limit // 20])
    status = chance.choice([RepaymentStatus.NO_USE, RepaymentStatus.PAID_IN_FULL])
    months = [month(status, balance=-credit, limit=limit, payment=0) for _ in range(6)]
    if chance.random() < 0.3:
        last = limit // chance.randint(10, 200)
        months[-1] = month(status, balance=last, limit=limit, payment=0)
        months[-2] = month(status, balance=-credit, limit=limit, payment=last + credit)
    return bureau(months)


def _full_payer(chance: Random) -> Bureau:
    """Uses some of the limit and pays all of it, every month."""
    limit = chance.randint(1_000, 10_000_000)
    high = chance.choice([0.02, 0.1, 0.3, 1.0])
    owed = [int(limit * chance.uniform(0, high)) for _ in range(7)]
    return bureau(
        [
            month(RepaymentStatus.PAID_IN_FULL, balance=new, limit=limit, payment=old)
            for new, old in pairwise(owed)
        ]
    )


def _moderate(chance: Random) -> Bureau:
    """Uses a part of the limit and pays a part of it; nothing is high or low for certain."""
    limit = chance.randint(1_000, 10_000_000)
    owed = [int(limit * chance.uniform(0, 0.5)) for _ in range(7)]
    return bureau(
        [
            month(balance=new, limit=limit, payment=int(old * chance.choice([0, 0.05, 0.6, 1.0])))
            for new, old in pairwise(owed)
        ]
    )


@cache
def _people() -> list[tuple[Bureau, Assessed]]:
    chance = Random("facts")
    kinds = (_dormant, _full_payer, _moderate)
    made = [kind(chance) for kind in kinds for _ in range(PEOPLE // 4)]
    card = Scorecard.load(CARD)
    scored = [(one, card.assess_bureau(one)) for one in (*shipped_bureaus(PEOPLE), *made)]
    return [(one, found) for one, found in scored if isinstance(found, Assessed)]


def _true_of(summary: Bureau) -> Mapping[str, bool]:
    """Of each sentence of reasons.yaml: whether the six statements bear it out."""
    months = summary.months[:6]
    used = [one.balance_minor / one.limit_minor for one in months]
    owed = [max(one.balance_minor, 0) for one in months]
    shares = [new.payment_minor / old for new, old in zip(months, owed[1:], strict=False) if old]
    settled = {RepaymentStatus.PAID_IN_FULL, RepaymentStatus.NO_USE}
    idle = sum(one.status is RepaymentStatus.NO_USE or one.balance_minor <= 0 for one in months)
    high = max(used[0], sum(used) / 6) > 0.299
    rises = owed[0] > months[-1].balance_minor
    return {
        "delinquency": any(one.months_past_due for one in months),
        "utilisation": high,
        "payment": any(one.status not in settled for one in months)
        and min(shares, default=1) < 0.5,
        "balance": owed[0] > 0 and (rises or high),
        "history": max(used) <= 0.11 or (idle >= 4 and not high),
    }


def test_what_a_reason_says_is_true_of_the_person() -> None:
    """Every sentence told to 2,000 people of the shipped data, and to 1,500 who are awkward."""
    told = dict.fromkeys(("delinquency", "utilisation", "payment", "balance", "history"), 0)
    for summary, one in _people():
        true = _true_of(summary)
        for reason in one.explained().families:
            assert true[reason.family], (reason, summary.months)
            told[reason.family] += 1
    assert min(told.values()) > 200


def test_whoever_owed_nothing_is_told_of_little_use_alone() -> None:
    """Six unused months, nothing owed: the only thing that can be held against the applicant."""
    unused = month(RepaymentStatus.NO_USE, balance=0, payment=0)
    score = Scorecard.load(CARD).score(bureau([unused] * 6))
    assert isinstance(score, ScoreResult)
    assert [reason.family for reason in score.families] == ["history"]


def test_nobody_risky_is_left_without_a_reason_for_want_of_a_true_one() -> None:
    """At the PD at which the shipped policy acts, the awkward included."""
    risky = [one for _, one in _people() if one.score.pd >= 0.25]
    assert len(risky) > 500
    assert all(one.explained().families for one in risky)
