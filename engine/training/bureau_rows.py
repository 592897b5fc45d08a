"""Bureau statements in a table, through the feature code that serves."""

from __future__ import annotations

import numpy as np

from engine.model import Bureau, BureauMonth, RepaymentStatus
from engine.scoring.features import ScoreUnavailable, vector
from engine.training.encode import Rows
from engine.training.formula import Values
from engine.training.spec import BureauColumns
from engine.training.table import Table, TrainingRefused

_MINOR = 100
_NEARLY = 1e-6
_WORDS = {
    "no_use": RepaymentStatus.NO_USE,
    "paid_in_full": RepaymentStatus.PAID_IN_FULL,
    "revolving": RepaymentStatus.REVOLVING,
}


def bureaus(columns: BureauColumns, table: Table) -> list[Bureau]:
    """Each row as the bureau summary of that person; amounts in minor units."""
    statuses = {code: _WORDS[word] for code, word in columns.statuses}
    read = [
        tuple(
            _whole(table, name, 1) if kind == 0 else _whole(table, name, _MINOR)
            for kind, name in enumerate(month)
        )
        for month in zip(
            columns.status, columns.balance, columns.limit, columns.payment, strict=True
        )
    ]
    return [
        Bureau.of_months(
            tuple(_month(statuses, [column[row] for column in month]) for month in read)
        )
        for row in range(table.rows)
    ]


def bureau_rows(columns: BureauColumns, table: Table) -> Rows:
    """The features of each row. ``TrainingRefused`` at the first that cannot be scored."""
    found = []
    for row, bureau in enumerate(bureaus(columns, table)):
        values = vector(bureau)
        if isinstance(values, ScoreUnavailable):
            place = table.place(row, columns.status[0])
            raise TrainingRefused(f"{place}: cannot be scored: {values.reason.value}; exclude it")
        found.append(values)
    return np.array(found, dtype=np.float32)


def _whole(table: Table, column: str, times: int) -> list[int]:
    values: Values = table.numbers(column) * times
    wrong = np.flatnonzero(~(np.abs(values - np.round(values)) < _NEARLY))
    if len(wrong):
        place = table.place(int(wrong[0]), column)
        raise TrainingRefused(f"{place}: must be an amount of at most two decimals, or a code")
    return [int(value) for value in np.round(values)]


def _month(statuses: dict[int, RepaymentStatus], values: list[int]) -> BureauMonth:
    code, balance, limit, payment = values
    return BureauMonth(
        status=statuses.get(code, RepaymentStatus.PAST_DUE),
        months_past_due=0 if code in statuses else code,
        balance_minor=balance,
        limit_minor=limit,
        payment_minor=payment,
    )
