"""The multiple-choice knapsack: one option an account, the most value, within every budget.

Values and uses are whole numbers held as floats, so that every sum is exact whatever its order.
Options of an account stand in ascending order: the first allowed one uses least of every budget,
so that there is a choice whenever those least uses fit. Ties go to the earlier option and to the
earlier account. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Choice = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Accounts looked at together: what is computed beside the instance stays small.
CHUNK = 65_536
_EXACT = float(2**53)


class BudgetsTooLow(Exception):
    """Even the least uses do not fit: ``least`` of each budget, in the order of the instance."""

    def __init__(self, least: Sequence[int]) -> None:
        self.least = tuple(least)
        super().__init__()


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """``values``: accounts x options, -inf where an option is not allowed. ``uses``: one array of
    the same shape for each budget, at least 0. Raises ``ValueError`` for anything else.
    """

    values: Floats
    uses: tuple[Floats, ...]
    budgets: Floats

    def __post_init__(self) -> None:
        """Hold everything to what the methods rest on."""
        allowed = self.allowed
        if np.isnan(self.values).any():
            raise ValueError("values and uses are whole numbers")
        if not allowed.any(axis=1).all():
            raise ValueError("an account has no option")
        if len(self.uses) != len(self.budgets):
            raise ValueError("a budget for each use")
        for table in (np.where(allowed, self.values, 0.0), *self.uses):
            if not (np.isfinite(table).all() and (table == np.rint(table)).all()):
                raise ValueError("values and uses are whole numbers")
            if np.abs(table).max(axis=1, initial=0.0).sum() >= _EXACT:
                raise ValueError("the totals are beyond what is added exactly")
        for use in self.uses:
            least = _of(use, self.floor)
            if (use < 0).any() or (allowed & (use < least[:, None])).any():
                raise ValueError("the first option of an account uses least of every budget")

    @property
    def allowed(self) -> Bools:
        """Where there is an option."""
        return self.values > -np.inf

    @property
    def floor(self) -> Choice:
        """The first option of each account."""
        return np.asarray(self.allowed.argmax(axis=1), dtype=np.int64)

    def value(self, choice: Choice) -> int:
        """What a choice is worth."""
        return int(_of(self.values, choice).sum())

    def used(self, choice: Choice) -> Floats:
        """What a choice uses of each budget."""
        return np.array([_of(use, choice).sum() for use in self.uses])

    def used_by(self, rows: Choice, choice: Choice) -> Floats:
        """What some of the accounts use of each budget."""
        return np.array([use[rows, choice[rows]].sum() for use in self.uses])

    def fits(self, choice: Choice) -> bool:
        """Whether every budget is kept."""
        return bool((self.used(choice) <= self.budgets).all())

    def take(self, rows: Choice, budgets: Floats) -> Instance:
        """Some of the accounts under other budgets."""
        return Instance(self.values[rows], tuple(use[rows] for use in self.uses), budgets)

    def reduced(self, prices: Floats) -> Iterator[tuple[slice, Floats]]:
        """Values less the price of their uses, chunk by chunk."""
        for start in range(0, len(self.values), CHUNK):
            here = slice(start, start + CHUNK)
            yield here, reduced(self, prices, here)


def reduced(instance: Instance, prices: Floats, rows: slice | Choice) -> Floats:
    """Values less the price of their uses, of some accounts: plain steps, the same everywhere."""
    found = instance.values[rows].copy()
    for price, use in zip(prices.tolist(), instance.uses, strict=True):
        if price:
            found -= price * use[rows]
    return found


def _of(table: Floats, choice: Choice) -> Floats:
    found: Floats = table[np.arange(len(choice)), choice]
    return found


def chosen(table: Floats, choice: Choice) -> Floats:
    """The entry of each account's option."""
    return _of(table, choice)
