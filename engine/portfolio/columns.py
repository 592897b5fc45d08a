"""The columns of a file of accounts: names, types, units, and what unknown means.

One row is one account on the day of the review. Amounts are whole minor units of the policy's
currency. Null is unknown, never zero: what is unknown never raises a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: Months of statements that a card over statements reads; 1 is the latest.
MONTHS = 6
#: Lines and balances beyond it are no card's: a wrong unit, most often.
MOST_MINOR = 10**12


class Kind(StrEnum):
    """Types of columns, by the names that conditions have for them."""

    INT = "int"
    DOUBLE = "double"
    STRING = "string"
    BOOL = "bool"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Numbers lie within ``low`` .. ``high``; ``required``: no row without it.

    ``read``: whether conditions may read it as ``account.NAME``.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    read: bool = True
    low: int = 0
    high: int = MOST_MINOR


_I, _S, _B = Kind.INT, Kind.STRING, Kind.BOOL

#: The six dimensions by which risk is watched.
DIMENSIONS = ("product", "channel", "customer_segment", "branch", "staff", "partner")

COLUMNS: tuple[Column, ...] = (
    Column(
        "account_id",
        _S,
        "Opaque, unique in the file; no number of a card",
        required=True,
        read=False,
    ),
    Column(
        "customer_id",
        _S,
        "Opaque; of the accounts of one customer at most one is raised in a review",
        read=False,
    ),
    Column(
        "group_id",
        _S,
        "Opaque, of the circle of linked customers: at most one of its accounts is raised",
        read=False,
    ),
    Column("product", _S, "A product of products.yaml", required=True),
    Column("channel", _S, "Where the account was opened"),
    Column("customer_segment", _S, "Group of customers, as in the ceilings of the product"),
    Column("branch", _S, "Branch that looks after the account"),
    Column("staff", _S, "Member of staff that brought it, as a code"),
    Column("partner", _S, "Partner institution that brought it"),
    Column("line_minor", _I, "Credit line of today", required=True),
    Column(
        "balance_minor",
        _I,
        "Owed today; below 0: a credit balance",
        required=True,
        low=-MOST_MINOR,
    ),
    Column("months_on_book", _I, "Whole months since the account was opened", high=1_200),
    Column(
        "months_since_change",
        _I,
        "Whole months since the line last changed, or since the account was opened",
        high=1_200,
    ),
    Column("verified_income_minor", _I, "Monthly income that proofs show, after their haircuts"),
    Column("verified_assets_minor", _I, "Assets that proofs show, after their haircuts"),
    Column("monthly_obligations_minor", _I, "Due each month, without this account"),
    Column("own_other_lines_minor", _I, "The customer's other lines at this bank"),
    Column("elsewhere_lines_minor", _I, "The customer's lines at other banks"),
    Column(
        "group_lines_minor", _I, "Lines of the circle of linked customers, without this account"
    ),
    Column("age", _I, "Years", high=150),
    Column("is_student", _B, "Whether the customer is a student"),
    Column("fraud_mark", _B, "Whether the customer is marked as fraud"),
)


def statement_columns() -> tuple[Column, ...]:
    """The columns of the monthly statements, for a card that reads them; month 1 is the latest."""
    forms = (
        ("status_{}", "-2 not used, -1 paid in full, 0 revolving, n months past due", -2, 99),
        ("balance_{}_minor", "Balance of the statement", -MOST_MINOR, MOST_MINOR),
        ("limit_{}_minor", "Limit on the day of the statement", 0, MOST_MINOR),
        ("payment_{}_minor", "Paid in the month before the statement", 0, MOST_MINOR),
    )
    return tuple(
        Column(name.format(month), _I, meaning, low=low, high=high)
        for name, meaning, low, high in forms
        for month in range(1, MONTHS + 1)
    )
