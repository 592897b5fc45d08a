"""The choice under budgets, against a solver that proves the best, and against itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from engine.portfolio.allocate import Allocation, allocate
from engine.portfolio.knapsack import BudgetsTooLow, Instance

often = settings(max_examples=400, deadline=None)


def instance(seed: int, *, accounts: int = 8, room: float | None = None) -> Instance:
    """Up to so many accounts with ascending uses, and budgets that at least the least lines fit."""
    rng = np.random.default_rng(seed)
    shape = int(rng.integers(1, accounts + 1)), int(rng.integers(1, 7))
    uses = tuple(
        np.sort(rng.integers(0, 30, shape), axis=1).astype(float)
        for _ in range(int(rng.integers(0, 4)))
    )
    values = rng.integers(-20, 50, shape).astype(float)
    allowed = rng.random(shape) < 0.8
    allowed[np.arange(shape[0]), rng.integers(0, shape[1], shape[0])] = True
    values[~allowed] = -np.inf
    free = Instance(values, uses, np.full(len(uses), 1e9))
    least, most = free.used(free.floor), np.array([use.max(axis=1).sum() for use in uses])
    share = rng.random(len(uses)) if room is None else np.full(len(uses), room)
    return Instance(values, uses, np.floor(least + share * (most - least)))


def sound(found: Allocation, of: Instance) -> bool:
    """Whether every budget is kept by options that are allowed."""
    chosen = of.values[np.arange(len(of.values)), found.choice]
    return of.fits(found.choice) and bool(np.isfinite(chosen).all())


def best(of: Instance, *, whole: bool) -> float:
    """The best there is, by HiGHS: in whole options, or of the linear relaxation."""
    places = np.argwhere(of.allowed)
    rows, columns = places.T
    one = np.zeros((len(of.values), len(places)))
    one[rows, np.arange(len(places))] = 1
    uses = np.array([use[rows, columns] for use in of.uses]).reshape(len(of.uses), len(places))
    worth = -of.values[rows, columns]
    if not whole:
        relaxed = linprog(
            worth, A_eq=one, b_eq=np.ones(len(one)), A_ub=uses, b_ub=of.budgets, bounds=(0, None)
        )
        return float(-relaxed.fun)
    constraints = [LinearConstraint(one, 1, 1)]
    if len(uses):
        constraints.append(LinearConstraint(uses, -np.inf, of.budgets))
    found = milp(
        worth, constraints=constraints, integrality=np.ones(len(places)), bounds=Bounds(0, 1)
    )
    return float(round(-found.fun))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_no_choice_is_better_than_the_bound_nor_the_best_worse_than_ours(seed: int) -> None:
    """And the bound is that of the linear relaxation, rounded to a whole."""
    of = instance(seed)
    found = allocate(of)
    assert sound(found, of)
    assert found.value <= best(of, whole=True) <= found.bound
    assert found.bound <= best(of, whole=False) + 1 + 1e-6


@often
@given(st.integers(0, 2**32))
def test_what_is_lost_is_at_most_one_account_a_budget(seed: int) -> None:
    """Whatever the gap, as many accounts as there are budgets bear it."""
    of = instance(seed, accounts=40)
    found = allocate(of)
    assert sound(found, of)
    floor = of.values[np.arange(len(of.values)), of.floor]
    spread = np.sort(of.values.max(axis=1) - floor)[::-1][: len(of.budgets)]
    assert found.bound - found.value <= spread.sum() + 1


@often
@given(st.integers(0, 2**32), st.floats(0, 1), st.floats(0, 1))
def test_more_budget_never_lowers_what_can_be_had(seed: int, one: float, other: float) -> None:
    """The bound never falls, and what is chosen stays within an account a budget of it."""
    less, more = sorted((one, other))
    small, large = (instance(seed, accounts=30, room=room) for room in (less, more))
    before, after = allocate(small), allocate(large)
    floor = large.values[np.arange(len(large.values)), large.floor]
    spread = np.sort(large.values.max(axis=1) - floor)[::-1][: len(large.budgets)].sum()
    # A bound may stand a unit above the relaxation, for what rounding could hide.
    assert after.bound >= before.bound - 1
    assert after.value >= before.value - spread - 1


@pytest.mark.parametrize("seed", range(6))
def test_the_same_accounts_give_the_same_choice(seed: int) -> None:
    """Thousands of them, beyond the core that is decided by itself."""
    of = instance(seed, accounts=8)
    rows = np.resize(np.arange(len(of.values)), 5_000)
    budgets = np.floor(of.budgets * 5_000 / len(of.values))
    many = of.take(rows, budgets)
    try:
        first, second = allocate(many), allocate(many.take(np.arange(5_000), budgets))
    except BudgetsTooLow:
        pytest.skip("the part that was left over does not fit")
    assert sound(first, many)
    assert first.choice.tolist() == second.choice.tolist()
    assert (first.value, first.bound) == (second.value, second.bound)
    assert first.gap < 0.01


def test_budgets_below_the_least_lines_are_refused_with_what_those_use() -> None:
    """Nothing is proposed that breaks a budget."""
    of = Instance(np.array([[1.0, 2.0]]), (np.array([[5.0, 9.0]]),), np.array([4.0]))
    with pytest.raises(BudgetsTooLow) as refused:
        allocate(of)
    assert refused.value.least == (5,)


@pytest.mark.parametrize(
    "values, use",
    [
        ([[1.0, 2.0]], [[5.0, 4.0]]),
        ([[-np.inf, -np.inf]], [[0.0, 0.0]]),
        ([[1.5, 2.0]], [[0.0, 0.0]]),
        ([[1.0, np.nan]], [[0.0, 0.0]]),
        ([[1.0, 2.0]], [[-1.0, 0.0]]),
        ([[2.0**53, 2.0]], [[0.0, 0.0]]),
    ],
)
def test_what_the_method_does_not_rest_on_is_refused(
    values: list[list[float]], use: list[list[float]]
) -> None:
    """Uses that fall, accounts without an option, fractions, and totals beyond exact sums."""
    with pytest.raises(ValueError, match=r"option|whole|totals"):
        Instance(np.array(values), (np.array(use),), np.array([100.0]))


def test_where_the_core_cannot_keep_the_budgets_others_are_lowered() -> None:
    """All accounts alike: at the price every one of them ties, far more than the core holds."""
    count = 6_000
    values = np.tile([0.0, 10.0, 18.0], (count, 1))
    use = np.tile([0.0, 5.0, 9.0], (count, 1))
    of = Instance(values, (use, use * 2), np.array([9_001.0, 1e9]))
    found = allocate(of)
    assert sound(found, of)
    assert found.bound - found.value <= 18
