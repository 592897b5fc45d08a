"""A card of a spec: the gate before it, its points, its signs, and whether its reasons hold."""

from functools import cache
from math import isfinite, isnan, nan
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.outcome import ScoreResult
from engine.training import Trained, read_spec, train
from engine.training.card import Fault, NotScored, TableCard, Value
from engine.training.formula import parse
from engine.training.points_table import Split, base_margin, steps_of
from engine.training.search import margins
from tests.training_tables import SPEC, spec_file, table

often = settings(max_examples=2_000, deadline=None)


@cache
def the_card() -> TableCard:
    """The card of the small table, trained once, when the first test needs it."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        file = spec_file(directory)
        train(read_spec(file), table()).write(directory / "card", file)
        return TableCard.load(directory / "card")


COLUMNS = ("income", "balance", "limit", "late", "inquiries", "job")

amounts = st.floats(0, 60_000)
people = st.fixed_dictionaries(
    {
        "income": st.none() | amounts,
        "balance": amounts,
        "limit": st.floats(1, 60_000),
        "late": st.none() | st.sampled_from([0, 1, 2, 3, 9, 12, -7, 99]),
        "inquiries": st.none() | st.integers(0, 30) | st.sampled_from([-8, -9]),
        "job": st.none() | st.sampled_from(["clerk", "doctor", "pilot", "", "(other)"]),
    }
)
anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=1),
)


def scored(values: dict[str, Value]) -> ScoreResult:
    """The score, which there must be."""
    result = the_card().score(values)
    assert isinstance(result, ScoreResult), result
    return result


@often
@given(people)
def test_points_add_up_and_reasons_are_few(values: dict[str, Value]) -> None:
    """Parts shown add to the score shown; four families at most, each of which lost points."""
    result = scored(values)
    assert result.base_points is not None
    assert result.points == result.base_points + sum(c.points for c in result.contributions)
    assert 0 < result.pd < 1
    assert len(result.families) <= 4
    assert all(family.points_lost > 0 for family in result.families)
    assert scored(dict(reversed(values.items()))) == result


@often
@given(st.dictionaries(st.sampled_from([*COLUMNS, "another"]), anything))
def test_the_gate_lets_nothing_through_that_it_cannot_judge(values: dict[str, Value]) -> None:
    """Whatever is given: a score from finite numbers, or every column that is wrong."""
    result = the_card().score(values)
    assert set(the_card().reads) == set(COLUMNS)
    if isinstance(result, ScoreResult):
        assert isfinite(result.pd)
        assert set(values) == set(COLUMNS)
        return
    told = {refusal.column for refusal in result.refusals}
    assert told
    if set(values) != set(COLUMNS):
        assert set(values) ^ set(COLUMNS) <= told
    assert all(refusal.fault in Fault for refusal in result.refusals)


@often
@given(people, amounts, amounts)
def test_more_income_never_costs_points(values: dict[str, Value], one: float, other: float) -> None:
    """Nor does proving any income at all: what is not verified counts as the worst."""
    less, more = sorted((one, other))
    low = scored({**values, "income": less}).pd
    assert scored({**values, "income": more}).pd <= low
    assert low <= scored({**values, "income": None}).pd


@often
@given(people, amounts, st.integers(0, 9), st.integers(0, 9))
def test_more_debt_and_longer_delays_never_win_points(
    values: dict[str, Value], more: float, one: int, other: int
) -> None:
    """A derived ratio carries the sign of what it is made of."""
    balance = values["balance"]
    assert isinstance(balance, float)
    assert scored({**values, "balance": balance + more}).pd >= scored(values).pd
    less, later = sorted((one, other))
    assert scored({**values, "late": later}).pd >= scored({**values, "late": less}).pd


@pytest.mark.parametrize(
    "column, value, fault",
    [
        ("income", float("inf"), Fault.NOT_FINITE),
        ("income", float("nan"), Fault.NOT_FINITE),
        ("income", 10**400, Fault.NOT_FINITE),
        ("income", "30000", Fault.WRONG_TYPE),
        ("income", True, Fault.WRONG_TYPE),
        ("job", 1.5, Fault.WRONG_TYPE),
        ("inquiries", 31, Fault.OUTSIDE_RANGE),
        ("limit", 0, Fault.MISSING),
    ],
)
def test_each_fault_is_named(column: str, value: Value, fault: Fault) -> None:
    """With its column, or the feature that it spoils."""
    fine: dict[str, Value] = {
        "income": 9_000,
        "balance": 10,
        "limit": 100,
        "late": 0,
        "inquiries": 1,
        "job": "clerk",
    }
    result = the_card().score({**fine, column: value})
    assert isinstance(result, NotScored)
    assert [refusal.fault for refusal in result.refusals] == [fault]


numbers = st.floats(allow_nan=True, allow_infinity=False, width=64)


@often
@given(st.lists(numbers, min_size=3, max_size=3))
def test_a_formula_of_one_row_is_that_of_many(values: list[float]) -> None:
    """Served alone or trained in a table: the same digits, and never an infinity."""
    text = "mean(a, b, c) / max(a, 1) + (a > b) * log1p(abs(c)) - min(b, c)"
    formula = parse(text)
    alone = formula.of({name: np.array([v]) for name, v in zip("abc", values, strict=True)})
    many = formula.of({name: np.array([v] * 9) for name, v in zip("abc", values, strict=True)})
    assert np.array_equal(np.repeat(alone, 9), many, equal_nan=True)
    assert not np.isinf(alone).any()


@cache
def additive() -> tuple[Trained, dict[int, list[Split]], float]:
    """A card of trees of one split, several a round; its steps, and what they start from."""
    with TemporaryDirectory() as name:
        file = spec_file(
            Path(name), SPEC.replace("patience: 10", "patience: 10, additive: true, bags: 3")
        )
        trained = train(read_spec(file), table())
    return trained, steps_of(trained), base_margin(trained)


@often
@given(
    st.tuples(
        st.floats(0, 50_000, width=32),
        st.floats(0, 2, width=32),
        st.floats(0, 9, width=32),
        st.just(nan) | st.floats(-2, 30, width=32),
        st.floats(-5, 5, width=32),
    )
)
def test_an_additive_card_is_the_sum_of_its_steps(row: tuple[float, ...]) -> None:
    """To the digits of single precision, in which the trees add."""
    trained, steps, start = additive()
    total = start
    for place, splits in steps.items():
        value = row[place]
        total += sum(
            below if (missing if isnan(value) else value < cut) else other
            for cut, below, other, missing in splits
        )
    rows = np.array([row], dtype=np.float32)
    (margin,) = margins(trained.sample.shape, trained.booster, rows)
    assert abs(total - margin) < 1e-5
