"""What ``portfolio.yaml`` says: who may be raised and who must be cut, steps, value and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from engine.portfolio.columns import COLUMNS, Column, Kind, statement_columns
from engine.rules.condition import Condition


class Action(StrEnum):
    """What becomes of a line; the graver first."""

    FREEZE = "freeze"
    CUT = "cut"
    KEEP = "keep"
    RAISE = "raise"

    @property
    def adverse(self) -> bool:
        """Whether the customer must be told why."""
        return self in {Action.FREEZE, Action.CUT}


class BudgetName(StrEnum):
    """What a review may use, in the fixed order of the uses."""

    EXPECTED_LOSS = "expected_loss"
    EXPOSURE = "exposure"
    CAPITAL = "capital"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A bound on a total over all accounts after the review: an amount, or growth over today's.

    ``growth``: 0.05 is five percent more than before; below 0 the total must shrink.
    """

    name: BudgetName
    at_most_minor: int | None = None
    growth: Fraction | None = None


class Rating(StrEnum):
    """Where the new PD comes from."""

    STATEMENTS = "statements"
    TABLE = "table"
    PD_COLUMN = "pd_column"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRule:
    """A condition and what follows: ``must`` leaves only that action, otherwise it is allowed too.

    ``reason``: of the catalogue; every rule that can cut or freeze has one.
    """

    id: str
    description: str
    when: Condition
    action: Action
    must: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueModel:
    """Yearly value of a line. Shares are exact; ``adverse_cost_minor``: for each cut and freeze.

    ``margin``: earned on each unit drawn; ``raise_response``: growth of the drawn part for each
    unit of growth of the line; ``credit_conversion``: part of the undrawn line that is drawn before
    a default; ``capital_share``: capital on exposure at default, which costs ``capital_cost``.
    """

    margin: Fraction
    raise_response: Fraction
    credit_conversion: Fraction
    capital_share: Fraction
    capital_cost: Fraction
    adverse_cost_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """The whole file. ``raises`` ascend, ``cuts`` ascend: shares of the line of today.

    ``unrated_pd``: stands in the budgets for an account that no card can rate.
    """

    rating: Rating
    rated_by: str
    unrated_pd: Fraction
    cooling_off_months: int
    raises: tuple[Fraction, ...]
    cuts: tuple[Fraction, ...]
    value: ValueModel
    budgets: tuple[Budget, ...]
    rules: tuple[AccountRule, ...]
    extra: tuple[Column, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns that a review under this policy reads, but for those of a table card."""
        return columns_of(self.rating, self.rated_by, self.extra)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What each option of an account is, from the lowest line to the highest."""
        return (
            Action.FREEZE,
            *(Action.CUT for _ in self.cuts),
            Action.KEEP,
            *(Action.RAISE for _ in self.raises),
        )

    @property
    def by_id(self) -> Mapping[str, AccountRule]:
        """The rules by their ids."""
        return {rule.id: rule for rule in self.rules}


def columns_of(rating: Rating, rated_by: str, extra: tuple[Column, ...]) -> tuple[Column, ...]:
    """The documented columns, those of the rating, and those that the policy adds."""
    own = statement_columns() if rating is Rating.STATEMENTS else ()
    if rating is Rating.PD_COLUMN:
        own = (Column(rated_by, Kind.DOUBLE, "Probability of default", read=False, high=1),)
    return (*COLUMNS, *own, *extra)
