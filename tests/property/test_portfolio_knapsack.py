"""The choice under budgets, against every other choice, a solver of its bound, and itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import block_diag

from engine.portfolio.allocate import Allocation, allocate
from engine.portfolio.knapsack import BudgetsTooLow, Instance


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


def best(of: Instance) -> int:
    """The best there is, by looking at every choice of a few accounts."""
    worth = np.zeros(1)
    used = [np.zeros(1) for _ in of.uses]
    for row, values in enumerate(of.values):
        worth = np.add.outer(worth, values).ravel()
        used = [np.add.outer(one, use[row]).ravel() for one, use in zip(used, of.uses, strict=True)]
    kept = np.ones(len(worth), dtype=np.bool_)
    for one, budget in zip(used, of.budgets, strict=True):
        kept &= one <= budget
    return int(worth[kept].max())


def relaxed(several: list[Instance]) -> list[float]:
    """The best of each linear relaxation, by HiGHS: all of them as one programme of blocks."""
    worths, ones, uses, budgets = [], [], [], []
    for of in several:
        rows, columns = np.nonzero(of.allowed)
        worths.append(of.values[rows, columns])
        ones.append((rows[None, :] == np.arange(len(of.values))[:, None]).astype(float))
        uses.append(np.array([use[rows, columns] for use in of.uses]).reshape(-1, len(rows)))
        budgets.append(of.budgets)
    each = block_diag(ones, format="csr")
    found = linprog(
        -np.concatenate(worths),
        A_eq=each,
        b_eq=np.ones(each.shape[0]),
        A_ub=block_diag(uses, format="csr"),
        b_ub=np.concatenate(budgets),
        bounds=(0, None),
        method="highs-ds",
    )
    ends = np.cumsum([len(worth) for worth in worths])[:-1]
    parts = zip(worths, np.split(found.x, ends), strict=True)
    return [float((worth * share).sum()) for worth, share in parts]


def in_turn(seed: int, accounts: int, rooms: list[float]) -> list[tuple[Instance, Allocation]]:
    """An instance with more and more room in its budgets, and what is chosen of each."""
    several = [instance(seed, accounts=accounts, room=room) for room in rooms]
    return [(of, allocate(of)) for of in several]


def at_most_one_account_a_budget(of: Instance) -> float:
    """What the accounts with most at stake could lose, as many as there are budgets."""
    floor = of.values[np.arange(len(of.values)), of.floor]
    return float(np.sort(of.values.max(axis=1) - floor)[::-1][: len(of.budgets)].sum())


def hold(several: list[tuple[Instance, Allocation]]) -> None:
    """What must be true of every choice, of whatever size."""
    for (of, found), relaxation in zip(several, relaxed([of for of, _ in several]), strict=True):
        assert sound(found, of)
        assert found.value <= found.bound
        # The bound is that of the linear relaxation, rounded to a whole.
        assert relaxation - 1e-6 <= found.bound <= relaxation + 1 + 1e-6
        assert found.bound - found.value <= at_most_one_account_a_budget(of) + 1


def more_is_not_worse(several: list[tuple[Instance, Allocation]]) -> None:
    """The bound never falls, and what is chosen stays within an account a budget of it."""
    for (_, before), (of, after) in pairwise(several):
        # A bound may stand a unit above the relaxation, for what rounding could hide.
        assert after.bound >= before.bound - 1
        assert after.value >= before.value - at_most_one_account_a_budget(of) - 1


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_small_choices_against_every_other(seed: int) -> None:
    """2,000 of up to three accounts, in fives with ever more room; most are the best there is."""
    equal = 0
    several: list[tuple[Instance, Allocation]] = []
    for number in range(4):
        five = in_turn(seed + number, 3, [0.0, 0.15, 0.4, 0.7, 0.95])
        more_is_not_worse(five)
        several += five
    hold(several)
    for of, found in several:
        assert found.value <= best(of) <= found.bound
        equal += found.value == best(of)
    assert equal >= len(several) // 2


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_choices_of_dozens_of_accounts(seed: int) -> None:
    """What is lost is at most one account a budget, however many they are."""
    five = in_turn(seed, 40, [0.1, 0.3, 0.5, 0.7, 0.9])
    more_is_not_worse(five)
    hold(five)


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
