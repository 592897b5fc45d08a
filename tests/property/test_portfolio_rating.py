"""The rating of many accounts at once, held against the card that decides, one at a time."""

from __future__ import annotations

from functools import cache
from math import ceil, fsum
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.outcome import ScoreResult
from engine.portfolio.columns import MONTHS, statement_columns
from engine.portfolio.loading import Loaded, load_review
from engine.portfolio.rate import PPM
from engine.scoring import Scorecard, ScoreUnavailable
from engine.scoring.features import vector
from engine.scoring.shares import Shares
from engine.scoring.statements import Statements, vectors
from engine.scoring.sums import sums
from tests.portfolio_cases import SHIPPED, accounts, bureau, table

_STATEMENTS = tuple(column.name for column in statement_columns())
Row = dict[str, Any]


@cache
def shipped() -> Loaded:
    """The policy whose card reads statements."""
    return load_review(SHIPPED)


def statements(chance: Random) -> Row:
    """Six months of somebody: idle, steady, late, overdrawn, in credit; now and then with a gap."""
    row: Row = {}
    limit = chance.choice([1, 7, 99, 50_000, 1_000_000, 3_333_333, 10**12])
    steady = chance.random() < 0.3
    status, share, paid = 0, 0.5, 0.1
    for month in range(1, MONTHS + 1):
        if not steady or month == 1:
            status = chance.choice([-2, -1, -1, 0, 0, 0, 1, 2, 3, 9, 99])
            share = chance.choice([-1.5, 0.0, 0.0, 1e-6, 0.3, 1 / 3, 0.5, 0.98, 1.0, 1.2, 4.0])
            share *= chance.choice([1.0, chance.random()])
            paid = chance.choice([0.0, 0.0, 0.05, 0.1, 0.5, 1.0, 2.5, chance.random()])
        balance = max(min(int(limit * share), 10**12), -(10**12))
        row[f"status_{month}"] = status
        row[f"balance_{month}_minor"] = balance
        row[f"limit_{month}_minor"] = limit
        row[f"payment_{month}_minor"] = min(int(paid * abs(balance)), 10**12)
        if chance.random() < 0.1:
            limit = max(limit // 2, 1)
    if chance.random() < 0.05:
        row[chance.choice(_STATEMENTS)] = None
    if chance.random() < 0.02:
        row[f"limit_{chance.randint(1, MONTHS)}_minor"] = 0
    return row


def together(rows: list[Row]) -> Statements:
    """Whole statements as arrays."""
    status, balances, limits, payments = (
        np.array([[row[name.format(month)] for row in rows] for month in range(1, MONTHS + 1)])
        for name in ("status_{}", "balance_{}_minor", "limit_{}_minor", "payment_{}_minor")
    )
    return Statements(
        delays=np.maximum(status, 0),
        paid_in_full=status == -1,
        not_used=status == -2,
        balances=balances,
        limits=limits,
        payments=payments,
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**64))
def test_every_row_is_that_of_a_decision_to_the_bit(seed: int) -> None:
    """4,000 people, a hundred at a time: each feature before it is cut to 32 bits."""
    chance = Random(seed)
    rows = [statements(chance) for _ in range(100)]
    alone = {place: vector(bureau(row)) for place, row in enumerate(rows)}
    scored = [place for place, values in alone.items() if isinstance(values, tuple)]
    found = vectors(together([rows[place] for place in scored]))
    assert found.tolist() == [list(alone[place]) for place in scored]  # type: ignore[arg-type]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**64))
def test_every_rating_is_that_of_the_card_alone(seed: int) -> None:
    """PD to the millionth, points, families and why there is none, of 250 accounts at a time."""
    chance = Random(seed)
    rows = [statements(chance) for _ in range(250)]
    loaded = shipped()
    types: dict[str, pa.DataType] = dict.fromkeys(_STATEMENTS, pa.int64())
    found = loaded.rater.rate(accounts(loaded, table(*rows, types=types)))
    families = found.families(np.arange(len(rows)))
    why: list[str] = []
    for place, row in enumerate(rows):
        alone = card().score(bureau(row))
        if isinstance(alone, ScoreUnavailable):
            why.append(alone.reason.value)
            assert not found.known[place]
            assert families[place] == ()
            continue
        assert isinstance(alone, ScoreResult)
        assert found.known[place]
        assert found.pd_ppm[place] == ceil(alone.pd * PPM)
        assert found.points.data[place] == alone.points
        assert families[place] == tuple(item.family for item in alone.families)
    assert found.unrated == {reason: why.count(reason) for reason in set(why)}


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**64))
def test_what_each_feature_adds_is_what_the_library_says_to_the_bit(seed: int) -> None:
    """Of 2,400 people; now and then a value is missing, and some stand twice."""
    chance = Random(seed)
    people = [row for row in (statements(chance) for _ in range(160)) if whole(row)][:120]
    rows = vectors(together(people)).astype(np.float32)
    for _ in range(chance.choice([0, 3])):
        rows[chance.randrange(len(rows)), chance.randrange(rows.shape[1])] = np.nan
    rows = np.ascontiguousarray(rows[chance.choices(range(len(rows)), k=len(rows))])
    data = xgb.DMatrix(rows, nthread=1)
    alone = card().booster.predict(data, pred_contribs=True, validate_features=False)
    assert shares().of(rows).tobytes() == alone.tobytes()


def whole(row: Row) -> bool:
    """Whether the card can score it."""
    return isinstance(vector(bureau(row)), tuple)


@cache
def card() -> Scorecard:
    """The card that decides."""
    return Scorecard.load(SHIPPED / "scorecards/card_bureau")


@cache
def shares() -> Shares:
    """The same for all examples, so that most of what is asked is remembered."""
    return Shares(card().booster)


def number(chance: Random) -> float:
    """Of any size, and now and then one whose sum with others is half way between two floats."""
    return chance.choice(
        [
            chance.uniform(-1e6, 1e6),
            chance.random(),
            chance.choice([-1, 1]) * 2.0 ** chance.randint(-60, 40),
            chance.choice([0.0, -0.0, 0.1, 1.0, 1 + 2.0**-52, 1e-320]),
        ]
    )


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**64))
def test_a_sum_is_rounded_once(seed: int) -> None:
    """As ``math.fsum`` has it, also where half a digit decides: 2,000 sums of up to six."""
    chance = Random(seed)
    count = chance.randint(1, 6)
    several = [[number(chance) for _ in range(count)] for _ in range(40)]
    assert sums(np.array(several).T).tolist() == [fsum(values) for values in several]


@pytest.mark.parametrize("values", [[1.0, 2.0**-53, 2.0**-106], [1e300, 1.0, -1e300]])
def test_what_two_floats_do_not_hold_is_summed_alone(values: list[float]) -> None:
    """Where the rounded sum and what it lost are not all of it."""
    assert sums(np.array(values)[:, None]).tolist() == [fsum(values)]
