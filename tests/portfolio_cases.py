"""Accounts and small policies for tests of portfolio reviews."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from engine.model import Bureau, BureauMonth, RepaymentStatus
from engine.portfolio.accounts import Accounts, read_accounts
from engine.portfolio.assess import Assessed, assess
from engine.portfolio.columns import MONTHS
from engine.portfolio.gathered import Gathered, gather
from engine.portfolio.loading import Loaded
from engine.portfolio.reading import TEXTS, Batch

SHIPPED = Path(__file__).parents[1] / "rulesets" / "credit_card"
DATA = Path(__file__).parents[1] / "data" / "taiwan_credit_card.csv.gz"

#: A sound account that a rule lets be raised, with the PD in a column.
ACCOUNT: dict[str, Any] = {
    "account_id": "a1",
    "customer_id": None,
    "group_id": None,
    "product": "classic",
    "channel": "mobile",
    "customer_segment": "mass",
    "branch": "B1",
    "staff": "S1",
    "partner": None,
    "line_minor": 1_000_000,
    "balance_minor": 400_000,
    "months_on_book": 40,
    "months_since_change": 20,
    "verified_income_minor": 2_000_000,
    "verified_assets_minor": 0,
    "monthly_obligations_minor": 100_000,
    "own_other_lines_minor": 0,
    "elsewhere_lines_minor": 0,
    "group_lines_minor": 0,
    "age": 35,
    "is_student": False,
    "fraud_mark": False,
    "pd": 0.03,
    "late": 0,
}

RULES = """\
  - id: MARKED
    description: Marked as fraud
    when: account.fraud_mark
    then: {must: freeze, reason: ACCOUNT_SECURITY}
  - id: VERY_LATE
    description: Late by three months
    when: account.late >= 3
    then: {must: cut, reason: ACCOUNT_SERIOUSLY_LATE}
  - id: RISKY
    description: A high PD
    when: score.pd >= 0.25
    then: {may: cut, reason: RECENT_DELINQUENCY}
  - id: VERY_RISKY
    description: A very high PD
    when: score.pd >= 0.5
    then: {may: freeze, reason: CURRENT_DELINQUENCY}
  - id: LATE
    description: Late at all
    when: account.late >= 1
    then: {must: keep}
  - id: GOOD
    description: A low PD
    when: score.pd < 0.15
    then: {may: raise}
"""

HEAD = """\
rating: {pd_column: pd}
unrated_pd: 0.30
cooling_off_months: 6
columns:
  late: {type: int, description: Months past due}
steps: {raise: [0.20, 0.50, 1.00], cut: [0.25, 0.50]}
value:
  margin: 0.20
  raise_response: 0.60
  credit_conversion: 0.40
  capital_share: 0.08
  capital_cost: 0.10
  adverse_cost: 20
"""

BUDGETS = """\
budgets:
  expected_loss: {growth: 0.02}
  exposure: {growth: 0.05}
  capital: {growth: 0.03}
"""


def policy_at(root: Path, text: str = f"{HEAD}{BUDGETS}rules:\n{RULES}") -> Path:
    """The shipped policy with another ``portfolio.yaml``; "": without any."""
    shutil.copytree(SHIPPED, root)
    if text:
        (root / "portfolio.yaml").write_text(text, encoding="utf-8")
    else:
        (root / "portfolio.yaml").unlink()
    return root


def table(*changes: dict[str, Any], types: dict[str, pa.DataType] | None = None) -> pa.Table:
    """One account for each mapping of changes; ids are numbered where none is given."""
    rows = [
        {**ACCOUNT, "account_id": f"a{place:06d}", **change} for place, change in enumerate(changes)
    ]
    given = (
        {name: pa.string() for name in TEXTS}
        | {"pd": pa.float64(), "is_student": pa.bool_(), "fraud_mark": pa.bool_()}
        | (types or {})
    )
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {
        name: pa.array([row.get(name) for row in rows], given.get(name, pa.int64()))
        for name in names
    }
    return pa.table(columns)


_STATUS = {
    -2: RepaymentStatus.NO_USE,
    -1: RepaymentStatus.PAID_IN_FULL,
    0: RepaymentStatus.REVOLVING,
}


def bureau(row: dict[str, Any]) -> Bureau:
    """The same as an application has it, up to the first month that is not whole."""
    months = []
    for month in range(1, MONTHS + 1):
        names = (
            f"status_{month}",
            *(f"{w}_{month}_minor" for w in ("balance", "limit", "payment")),
        )
        status, balance, limit, payment = (row[name] for name in names)
        if None in (status, balance, limit, payment):
            break
        months.append(
            BureauMonth(
                status=_STATUS.get(status, RepaymentStatus.PAST_DUE),
                months_past_due=max(status, 0),
                balance_minor=balance,
                limit_minor=limit,
                payment_minor=payment,
            )
        )
    return Bureau.of_months(tuple(months))


def accounts(loaded: Loaded, given: pa.Table) -> Accounts:
    """The accounts of a table, which must be sound."""
    batch = given.combine_chunks().to_batches()[0]
    columns = (*loaded.policy.columns, *loaded.rater.columns)
    found, faults = read_accounts(batch, columns, 0, tuple(loaded.products))
    assert faults == []
    return found


def batch(loaded: Loaded, given: pa.Table) -> Batch:
    """A table as one batch of a review."""
    found = accounts(loaded, given)
    texts = {
        name: pa.array(found.columns[name].data, pa.string(), mask=~found.columns[name].known)
        for name in TEXTS
    }
    balance = found.columns["balance_minor"].data
    return Batch(found.numbers, texts, balance, assess(loaded, found), [])


def gathered(loaded: Loaded, given: pa.Table) -> Gathered:
    """A table as all accounts of a review."""
    return gather([batch(loaded, given)], given.num_rows)


def some_of(found: Gathered, places: list[int]) -> Gathered:
    """Some of the accounts as the choice sees them, as if there were no others."""
    assessed = found.assessed
    arrays = {
        field.name: getattr(assessed, field.name)[places]
        for field in fields(Assessed)
        if field.name not in {"uses", "unrated"}
    }
    uses = {name: use[places] for name, use in assessed.uses.items()}
    return Gathered(
        found.numbers[places],
        {name: found.texts[name].take(pa.array(places)) for name in ("customer_id", "group_id")},
        found.balance[places],
        Assessed(**arrays, uses=uses, unrated=Counter()),
        [],
    )


def new_lines(found: Gathered, choice: np.ndarray[Any, Any]) -> list[int]:
    """The line that each account gets."""
    lines: list[int] = found.assessed.lines[np.arange(found.rows), choice].tolist()
    return lines
