import numpy as np
import pytest

from engine.model import RepaymentStatus
from engine.training.bureau_rows import bureau_rows, bureaus
from engine.training.read_spec import read_spec
from engine.training.table import Table, TrainingRefused, table_of
from tests.bureaus import SPEC, late, month

_COLUMNS = read_spec(SPEC).bureau


def row(**changed: object) -> Table:
    """One row of the shipped data's columns."""
    values: dict[str, object] = {
        "LIMIT_BAL": "5.00E+05",
        **dict(zip(("PAY_0", "PAY_2", "PAY_3"), ("3", "-1", "-2"), strict=True)),
        **dict(zip(("PAY_4", "PAY_5", "PAY_6"), ("0", "0", "0"), strict=True)),
        **{f"BILL_AMT{i}": str(i) for i in range(1, 7)},
        **{f"PAY_AMT{i}": str(10 * i) for i in range(1, 7)},
        **changed,
    }
    return table_of({name: np.array([value], dtype=object) for name, value in values.items()})


def test_a_row_becomes_a_bureau_summary() -> None:
    """Codes, order of months and minor units of the shipped data."""
    assert _COLUMNS is not None
    months = bureaus(_COLUMNS, row())[0].months
    assert late(3, balance=100, limit=50_000_000, payment=1_000) == months[0]
    assert months[1].status is RepaymentStatus.PAID_IN_FULL
    assert months[2].status is RepaymentStatus.NO_USE
    assert month(balance=600, limit=50_000_000, payment=6_000) == months[5]


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"LIMIT_BAL": "0"}, "column 'PAY_0': cannot be scored: limit_unknown"),
        ({"BILL_AMT3": "1.234"}, "column 'BILL_AMT3': must be an amount of at most two decimals"),
        ({"PAY_2": float("nan")}, "column 'PAY_2': must be an amount"),
    ],
)
def test_a_row_that_cannot_be_scored_is_named(changed: dict[str, object], message: str) -> None:
    """With its column."""
    assert _COLUMNS is not None
    with pytest.raises(TrainingRefused, match=message):
        bureau_rows(_COLUMNS, row(**changed))
