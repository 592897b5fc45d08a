"""Which line each account gets: everything that needs to see all accounts at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.portfolio.allocate import Allocation, allocate
from engine.portfolio.assess import Block
from engine.portfolio.ceilings import CAPS
from engine.portfolio.errors import ReviewRefused
from engine.portfolio.exact import Bools
from engine.portfolio.gathered import Gathered
from engine.portfolio.knapsack import BudgetsTooLow, Choice, Floats, Instance, chosen
from engine.portfolio.policy import Action, Budget, BudgetName, ReviewPolicy

_NOBODY = -1


class Limit(StrEnum):
    """Why a line does not rise, or not further; some with a name behind a colon."""

    HELD = "rule"
    NO_RULE = "no_rule"
    UNKNOWN = "unknown"
    NOT_RATED = "not_rated"
    COOLING_OFF = "cooling_off"
    CAP = "cap"
    ONE_RAISE = "one_raise"
    BUDGET = "budget"
    VALUE = "value"
    HIGHEST_STEP = "highest_step"


@dataclass(frozen=True, slots=True, eq=False)
class BudgetUse:
    """One budget, minor units: the bound, what was used before and will be, and its price."""

    name: BudgetName
    at_most: int
    before: int
    after: int
    price: float


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """``choice``: the option of each account; ``limits``: why not a higher one, as texts."""

    choice: Choice
    limits: npt.NDArray[np.object_]
    allocation: Allocation
    budgets: tuple[BudgetUse, ...]


def choose(policy: ReviewPolicy, budgets: Sequence[Budget], accounts: Gathered) -> Chosen:
    """Solve it. Raises ``ReviewRefused`` if even the least uses do not fit the budgets."""
    keep = policy.actions.index(Action.KEEP)
    values = accounts.assessed.values.copy()
    second = _more_than_one(policy, accounts, values)
    values[np.ix_(second, _raises(policy))] = -np.inf
    before = {name: int(table[:, keep].sum()) for name, table in accounts.assessed.uses.items()}
    most = np.array([_at_most(budget, before[budget.name]) for budget in budgets], dtype=np.float64)
    instance = Instance(values, tuple(accounts.assessed.uses[b.name] for b in budgets), most)
    try:
        found = allocate(instance)
    except BudgetsTooLow as error:
        raise ReviewRefused(_too_low(budgets, most, error.least)) from None
    return Chosen(
        choice=found.choice,
        limits=_limits(policy, budgets, accounts, instance, found, second),
        allocation=found,
        budgets=tuple(
            BudgetUse(budget.name, int(bound), before[budget.name], int(used), float(price))
            for budget, bound, used, price in zip(
                budgets, most, found.used, found.prices, strict=True
            )
        ),
    )


def _raises(policy: ReviewPolicy) -> Bools:
    return np.array([action is Action.RAISE for action in policy.actions])


def _at_most(budget: Budget, before: int) -> int:
    if budget.at_most_minor is not None:
        return budget.at_most_minor
    return floor(before * (1 + (budget.growth or 0)))


def _too_low(budgets: Sequence[Budget], most: Floats, least: Sequence[int]) -> str:
    told = [
        f"budget {budget.name}: {bound:,.0f} minor units are less than the {used:,} that the least"
        " lines use which the rules allow; raise it, or let rules cut or freeze more accounts"
        for budget, bound, used in zip(budgets, most.tolist(), least, strict=True)
        if used > bound
    ]
    return "\n".join(told)


def _more_than_one(policy: ReviewPolicy, accounts: Gathered, values: Floats) -> Bools:
    """Accounts that are not raised because another of the same customer or circle may be.

    Ceilings look at what is held today: two raises at once could go beyond them together. The one
    whose raise is worth most may be raised; between equals the first.
    """
    raises = _raises(policy)
    gain = values[:, raises].max(axis=1, initial=-np.inf) - accounts.assessed.kept_value
    able = np.flatnonzero(np.isfinite(gain))
    second = np.zeros(accounts.rows, dtype=np.bool_)
    for holder in ("customer_id", "group_id"):
        codes = _codes(accounts.texts[holder])
        rows = able[(codes[able] != _NOBODY) & ~second[able]]
        order = rows[np.lexsort((rows, -gain[rows], codes[rows]))]
        again = np.zeros(len(order), dtype=np.bool_)
        again[1:] = codes[order[1:]] == codes[order[:-1]]
        second[order[again]] = True
    return second


def _codes(texts: pa.Array) -> npt.NDArray[np.int64]:
    indices = texts.dictionary_encode().indices.fill_null(_NOBODY)
    return np.asarray(indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def _limits(
    policy: ReviewPolicy,
    budgets: Sequence[Budget],
    accounts: Gathered,
    instance: Instance,
    found: Allocation,
    second: Bools,
) -> npt.NDArray[np.object_]:
    """For each account why its line is not a higher one."""
    limits = np.full(accounts.rows, Limit.HIGHEST_STEP.value, dtype=object)
    higher = instance.allowed & (np.arange(len(policy.actions)) > found.choice[:, None])
    rows = np.flatnonzero(higher.any(axis=1))
    limits[rows] = _priced(budgets, instance, found, higher[rows], rows)
    capped = ~higher.any(axis=1) & _at_the_ceiling(policy, accounts, found.choice)
    limits[capped] = _caps(accounts)[capped]
    limits[second] = Limit.ONE_RAISE.value
    block = accounts.assessed.block
    for code, text in _BLOCKS.items():
        limits[block == code] = text.value
    ceiling = block == Block.CEILING
    limits[ceiling] = _caps(accounts)[ceiling]
    _name_holders(policy, accounts, limits)
    return limits


_BLOCKS: Mapping[Block, Limit] = {
    Block.NO_RULE: Limit.NO_RULE,
    Block.UNKNOWN: Limit.UNKNOWN,
    Block.NOT_RATED: Limit.NOT_RATED,
    Block.COOLING_OFF: Limit.COOLING_OFF,
}


def _caps(accounts: Gathered) -> npt.NDArray[np.object_]:
    names = np.array([f"{Limit.CAP}:{cap.value}" for cap in CAPS], dtype=object)
    return names[accounts.assessed.binding]


def _at_the_ceiling(policy: ReviewPolicy, accounts: Gathered, choice: Choice) -> Bools:
    """Raised as far as the caps let it."""
    new = accounts.assessed.lines[np.arange(len(choice)), choice]
    raised = choice > policy.actions.index(Action.KEEP)
    capped: Bools = raised & (new == accounts.assessed.highest)
    return capped


def _priced(
    budgets: Sequence[Budget], instance: Instance, found: Allocation, higher: Bools, rows: Choice
) -> npt.NDArray[np.object_]:
    """Not worth it by itself, or not at the price of the budget that weighs most."""
    values = instance.values[rows]
    here = found.choice[rows]
    gains = np.where(higher, values - chosen(values, here)[:, None], -np.inf)
    best = gains.argmax(axis=1)
    limits = np.full(len(rows), Limit.VALUE.value, dtype=object)
    worth = chosen(gains, best) > 0
    if not len(budgets):
        return limits
    costs = np.stack(
        [
            price * (chosen(use[rows], best) - chosen(use[rows], here))
            for price, use in zip(found.prices.tolist(), instance.uses, strict=True)
        ]
    )
    names = np.array([f"{Limit.BUDGET}:{budget.name}" for budget in budgets], dtype=object)
    limits[worth] = names[costs.argmax(axis=0)][worth]
    return limits


def _name_holders(
    policy: ReviewPolicy, accounts: Gathered, limits: npt.NDArray[np.object_]
) -> None:
    """The first rule that leaves no raise, of the accounts that one holds."""
    held = accounts.assessed.block == Block.HELD
    left = held.copy()
    for place, rule in enumerate(policy.rules):
        if rule.must:
            bit = accounts.assessed.hits[:, place // 8] >> (place % 8) & 1
            here = left & (bit == 1)
            limits[here] = f"{Limit.HELD}:{rule.id}"
            left &= ~here
