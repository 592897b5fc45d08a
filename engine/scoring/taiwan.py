"""The shipped training data as bureau summaries: "Default of Credit Card Clients" (UCI 350).

I-Cheng Yeh and Che-hui Lien, 2009, CC BY 4.0; see ``data/README.md``. 30,000 card holders in
Taiwan, April to September 2005, and whether they defaulted in October. Sex, education, marriage
and age are not read.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from engine.model import Bureau, BureauMonth, RepaymentStatus

#: Columns that never enter a score, by name, as the manifest states.
EXCLUDED = ("SEX", "EDUCATION", "MARRIAGE", "AGE", "LIMIT_BAL (as a size)")
TARGET = "target"

_PAY = ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")
_MINOR = 100
_STATUS = {
    -2: RepaymentStatus.NO_USE,
    -1: RepaymentStatus.PAID_IN_FULL,
    0: RepaymentStatus.REVOLVING,
}


def read_rows(path: Path) -> list[dict[str, str]]:
    """All rows, in file order."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bureau_of(row: Mapping[str, str]) -> Bureau:
    """A row as the bureau summary of that person; amounts in minor units of TWD."""
    return Bureau(
        score=None,
        months_on_file=None,
        reported_on=None,
        months=tuple(_month(row, i) for i in range(6)),
        inquiries_1m=None,
        inquiries_3m=None,
        inquiries_6m=None,
        card_count=None,
        loan_balance_minor=None,
        monthly_obligations_minor=None,
    )


def defaulted(row: Mapping[str, str]) -> int:
    """1 if the person defaulted in the month after the last statement, else 0."""
    return int(row[TARGET])


def _month(row: Mapping[str, str], i: int) -> BureauMonth:
    pay = int(row[_PAY[i]])
    return BureauMonth(
        status=_STATUS.get(pay, RepaymentStatus.PAST_DUE),
        months_past_due=max(pay, 0),
        balance_minor=_minor(row[f"BILL_AMT{i + 1}"]),
        limit_minor=_minor(row["LIMIT_BAL"]),
        payment_minor=_minor(row[f"PAY_AMT{i + 1}"]),
    )


def _minor(text: str) -> int:
    """Dollars to cents; the file writes some limits as ``5.00E+05``."""
    return int(Decimal(text) * _MINOR)
