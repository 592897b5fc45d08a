"""A choice within the budgets, next to the bound of the linear relaxation.

At the shadow prices nearly every account has one best option. The few accounts that are nearest to
a tie, the core, are chosen by a linear programme whose basic solution leaves at most as many of
them undecided as there are budgets; those go down to the lower option. What room is left is then
filled with the raises that give up least at the prices. Where the core alone cannot keep the
budgets, the accounts that lose least are lowered until they are kept. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, vstack

from engine.portfolio.knapsack import (
    BudgetsTooLow,
    Choice,
    Floats,
    Instance,
    chosen,
    reduced,
)
from engine.portfolio.prices import shadow_prices

#: Accounts nearest to a tie that are decided together.
CORE = 2_000
#: Accounts that are tried, in order, for the room that is left.
POOL = 20_000
_WHOLE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """``choice``: the option of each account. ``bound``: no choice within the budgets is worth
    more. ``prices``: value of one more unit of each budget.
    """

    choice: Choice
    value: int
    bound: int
    used: Floats
    prices: Floats
    rounds: int

    @property
    def gap(self) -> float:
        """Of the bound; 0 is proved best."""
        return (self.bound - self.value) / max(abs(self.bound), 1)


def allocate(instance: Instance) -> Allocation:
    """The choice of each account; ``BudgetsTooLow`` if there is none within the budgets."""
    floor = instance.floor
    if not instance.fits(floor):
        raise BudgetsTooLow([int(use) for use in instance.used(floor)])
    found = shadow_prices(instance)
    choice = found.choice
    # Where everybody's best fits, the bound is reached and there is nothing left to decide.
    if found.prices.any() or not instance.fits(choice):
        choice = _decide_core(instance, found.prices, choice)
        choice = _lowered(instance, found.prices, choice)
        choice = _filled(instance, found.prices, choice)
    return Allocation(
        choice=choice,
        value=instance.value(choice),
        bound=found.bound,
        used=instance.used(choice),
        prices=found.prices,
        rounds=found.rounds,
    )


def _decide_core(instance: Instance, prices: Floats, choice: Choice) -> Choice:
    """The accounts nearest to a tie, by a linear programme; the same choice if it has no answer."""
    rows = _nearest_to_a_tie(instance, prices)
    rest = instance.used(choice) - instance.used_by(rows, choice)
    core = instance.take(rows, instance.budgets - rest)
    if not core.fits(core.floor):
        return choice
    decided = _relaxed(core)
    if decided is None:
        return choice
    found = choice.copy()
    found[rows] = decided
    return found


def _nearest_to_a_tie(instance: Instance, prices: Floats) -> Choice:
    """Accounts by what their second-best option gives up, the earlier first."""
    gaps = np.empty(len(instance.values))
    for here, part in instance.reduced(prices):
        best = part.max(axis=1)
        part[np.arange(len(part)), part.argmax(axis=1)] = -np.inf
        gaps[here] = best - part.max(axis=1)
    rows: Choice = np.argsort(gaps, kind="stable")[:CORE]
    return np.sort(rows[np.isfinite(gaps[rows])])


def _relaxed(core: Instance) -> Choice | None:
    """A basic solution of the linear relaxation, what is undecided lowered; ``None``: no answer."""
    places = np.argwhere(core.allowed)
    if not len(places):
        return None
    rows, columns = places[:, 0], places[:, 1]
    count = np.arange(len(places))
    one_each = coo_matrix((np.ones(len(places)), (rows, count)))
    sides, tables = [], []
    for use, budget in zip(core.uses, core.budgets, strict=True):
        least = chosen(use, core.floor)
        more = (use - least[:, None])[rows, columns]
        scale = max(float(more.max(initial=0.0)), 1.0)
        tables.append(coo_matrix((more / scale, (np.zeros(len(places), int), count))))
        sides.append((budget - least.sum()) / scale)
    worth = core.values[rows, columns]
    found = linprog(
        -worth / max(float(np.abs(worth).max()), 1.0),
        A_ub=vstack(tables).tocsr() if tables else None,
        b_ub=np.array(sides) if tables else None,
        A_eq=one_each.tocsr(),
        b_eq=np.ones(len(core.values)),
        bounds=(0.0, None),
        method="highs-ds",
    )
    if found.status != 0:
        return None
    shares = np.zeros(core.values.shape)
    shares[rows, columns] = found.x
    # The first option that has a share: alone if it is whole, and the lowest of them if it is not.
    return np.asarray((shares > _WHOLE).argmax(axis=1), dtype=np.int64)


def _lowered(instance: Instance, prices: Floats, choice: Choice) -> Choice:
    """Lower the accounts that give up least for what they free, until every budget is kept."""
    choice = choice.copy()
    over = instance.used(choice) - instance.budgets
    while (over > 0).any():
        budget = int(np.argmax(over > 0))
        rows, lower, cost, freed = _ways_down(instance, prices, choice, budget)
        order = np.lexsort((rows, cost / freed))
        needed = int(np.searchsorted(np.cumsum(freed[order]), over[budget])) + 1
        taken = order[:needed]
        choice[rows[taken]] = lower[taken]
        over = instance.used(choice) - instance.budgets
    return choice


def _ways_down(
    instance: Instance, prices: Floats, choice: Choice, budget: int
) -> tuple[Choice, Choice, Floats, Floats]:
    """Of each account, the option that frees most of a budget for what it gives up.

    Only options that use no more of any budget: what is kept already stays kept.
    """
    use = instance.uses[budget]
    now = chosen(use, choice)
    rows = np.flatnonzero(now > chosen(use, instance.floor))
    here = choice[rows]
    worth = reduced(instance, prices, rows)
    freed = now[rows][:, None] - use[rows]
    cost = chosen(worth, here)[:, None] - worth
    ways = instance.allowed[rows] & (freed > 0)
    for other in instance.uses:
        ways &= other[rows] <= chosen(other[rows], here)[:, None]
    rate = np.where(ways, cost / np.where(ways, freed, 1.0), np.inf)
    lower = rate.argmin(axis=1)
    return rows, lower, chosen(cost, lower), chosen(freed, lower)


def _filled(instance: Instance, prices: Floats, choice: Choice) -> Choice:
    """Give the room that is left to what gives up least at the prices."""
    choice = choice.copy()
    room = instance.budgets - instance.used(choice)
    rows = _promising(instance, prices, choice, room)
    while len(rows):
        better, lost, more = _ways_up(instance, prices, choice, rows, room)
        good = np.isfinite(lost)
        rows, better, lost, more = rows[good], better[good], lost[good], more[:, good]
        order = np.lexsort((rows, lost))
        within = (np.cumsum(more[:, order], axis=1) <= room[:, None]).all(axis=0)
        stop = len(order) if within.all() else int(np.argmin(within))
        taken = order[:stop] if stop else order[:1]
        choice[rows[taken]] = better[taken]
        room -= more[:, taken].sum(axis=1)
        if not len(taken):
            break
    return choice


def _promising(instance: Instance, prices: Floats, choice: Choice, room: Floats) -> Choice:
    """The accounts that give up least by something that is worth more and fits, in order."""
    lost = np.empty(len(choice))
    for start in range(0, len(choice), POOL):
        rows = np.arange(start, min(start + POOL, len(choice)))
        lost[rows] = _ways_up(instance, prices, choice, rows, room)[1]
    order = np.argsort(lost, kind="stable")[:POOL]
    return np.sort(order[np.isfinite(lost[order])])


def _ways_up(
    instance: Instance, prices: Floats, choice: Choice, rows: Choice, room: Floats
) -> tuple[Choice, Floats, Floats]:
    """Of each account the option that is worth more, fits and gives up least; inf: there is none.

    With it what it uses more of each budget.
    """
    here = choice[rows]
    values = instance.values[rows]
    worth = reduced(instance, prices, rows)
    ways = values > chosen(values, here)[:, None]
    extra = [use[rows] - chosen(use[rows], here)[:, None] for use in instance.uses]
    for more, left in zip(extra, room, strict=True):
        ways &= more <= left
    lost = np.where(ways, chosen(worth, here)[:, None] - worth, np.inf)
    better = lost.argmin(axis=1)
    more = np.array([chosen(table, better) for table in extra]).reshape(len(extra), len(rows))
    return better, chosen(lost, better), more
