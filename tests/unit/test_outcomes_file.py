"""A file of outcomes: what is wrong is told by line; the same line makes the same request."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from engine.cli.outcomes_file import ReportFileError, read_reports
from engine.currency import MAX_MINOR
from touchstone.v1 import outcome_pb2 as pb
from touchstone.v1 import types_pb2

PERFORMANCE = (
    "decision_id,performance,observed_on,months_on_book,days_past_due,balance,loss\n"
    "dec_1,bad,2026-01-31,12,93,-5,2000.50\n"
    "dec_2,good,2025-12-31,11,0,,\n"
)
REVIEWS = (
    "decision_id,outcome,happened_at,reviewer,reason,line,currency\n"
    "dec_1,approve,2026-01-31T09:30:00+08:00,r-17,income_confirmed,30000,CNY\n"
    "dec_2,decline,2026-01-30,r-18,,,\n"
)


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "outcomes.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _read(tmp_path: Path, text: str, currency: str = "CNY") -> list[pb.ReportOutcomeRequest]:
    return [line.request for line in read_reports(_written(tmp_path, text), currency)]


def test_lines_of_performance_become_reports(tmp_path: Path) -> None:
    """In the order in which they happened: the report that comes last counts."""
    lines = read_reports(_written(tmp_path, "\ufeff" + PERFORMANCE), "CNY")

    assert [line.number for line in lines] == [3, 2]
    second, first = (line.request for line in lines)
    assert first.decision_id == "dec_1"
    assert first.happened_at.ToDatetime() == datetime(2026, 1, 31)  # noqa: DTZ001
    found = first.performance
    assert found.performance == pb.PERFORMANCE_BAD
    assert (found.observed_on.year, found.observed_on.month, found.observed_on.day) == (2026, 1, 31)
    assert (found.months_on_book, found.days_past_due) == (12, 93)
    assert (found.balance.currency_code, found.balance.units) == ("CNY", -5)
    assert (found.loss.units, found.loss.nanos) == (2000, 500_000_000)
    assert not second.performance.HasField("balance")
    assert not second.performance.HasField("loss")


def test_lines_of_reviews_become_reports(tmp_path: Path) -> None:
    """A line in the file's own currency; a decline has none; a day is its first moment, UTC."""
    declined, approved = _read(tmp_path, REVIEWS, currency="")

    assert approved.review.outcome == types_pb2.OUTCOME_APPROVE
    assert (approved.review.line.currency_code, approved.review.line.units) == ("CNY", 30_000)
    assert (approved.review.reviewer, approved.review.reason) == ("r-17", "income_confirmed")
    assert approved.happened_at.ToJsonString() == "2026-01-31T01:30:00Z"
    assert declined.review.outcome == types_pb2.OUTCOME_DECLINE
    assert not declined.review.HasField("line")
    assert declined.happened_at.ToJsonString() == "2026-01-30T00:00:00Z"


def test_the_same_line_is_the_same_request_in_any_file(tmp_path: Path) -> None:
    """A file that was mended or has grown repeats what was sent; another content is another."""
    first = {r.request_id for r in _read(tmp_path, PERFORMANCE)}
    grown = {r.request_id for r in _read(tmp_path, PERFORMANCE + "dec_3,good,2025-12-31,1,0,,\n")}
    other = {r.request_id for r in _read(tmp_path, PERFORMANCE.replace(",93,", ",94,"))}

    assert len(first) == 2
    assert first < grown
    assert len(first & other) == 1


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    """Days, times, decimals, doubles and nulls as a data frame writes them."""
    columns: dict[str, list[Any]] = {
        "decision_id": ["dec_1", "dec_2"],
        "performance": ["bad", "good"],
        "observed_on": [date(2026, 1, 31), date(2025, 12, 31)],
        "months_on_book": [12.0, 11.0],
        "days_past_due": [93, 0],
        "balance": [Decimal("-5.00"), None],
        "loss": [2000.5, None],
    }
    path = tmp_path / "outcomes.parquet"
    parquet.write_table(pa.table(columns), path)
    assert [x.request for x in read_reports(path, "CNY")] == _read(tmp_path, PERFORMANCE)

    columns = {
        "decision_id": ["dec_1", "dec_2"],
        "outcome": ["approve", "decline"],
        "happened_at": [
            datetime(2026, 1, 31, 1, 30, tzinfo=UTC),
            datetime(2026, 1, 30, tzinfo=UTC),
        ],
        "reviewer": ["r-17", "r-18"],
        "reason": ["income_confirmed", None],
        "line": [30_000, None],
    }
    parquet.write_table(pa.table(columns), path)
    assert [x.request for x in read_reports(path, "CNY")] == _read(tmp_path, REVIEWS)


@pytest.mark.parametrize(
    "text, told",
    [
        ("", "is empty"),
        ("decision_id,outcome\n", ":1: the columns must be"),
        (PERFORMANCE.replace(",loss", ",colour"), ":1: the columns must be"),
        (PERFORMANCE.replace(",loss", ",balance"), ":1: the columns must be"),
        (PERFORMANCE.replace("bad", "awful"), ":2, column performance: must be one of: good"),
        (PERFORMANCE.replace("2026-01-31", "soon"), ":2, column observed_on: must be a day"),
        (PERFORMANCE.replace("2026-01-31", "2999-01-31"), "observed_on: must not be in the future"),
        (PERFORMANCE.replace(",93,", ",9.5,"), ":2, column days_past_due: must be a whole number"),
        (PERFORMANCE.replace(",93,", ",-1,"), ":2, column days_past_due: must be a whole number"),
        (PERFORMANCE.replace(",93,", ",99999,"), ":2, column days_past_due: must be greater"),
        (PERFORMANCE.replace("2000.50", "2000.505"), ":2, column loss: must be whole minor units"),
        (PERFORMANCE.replace("2000.50", "-1"), ":2, column loss: must not be negative"),
        (PERFORMANCE.replace("2000.50", "much"), ":2, column loss: must be a number"),
        (PERFORMANCE.replace("2000.50", "NaN"), ":2, column loss: must be a number"),
        (PERFORMANCE.replace("2000.50", "9e99"), ":2, column loss: must be a number"),
        (PERFORMANCE.replace("dec_2", "a b"), ":3, column decision_id: does not match"),
        (PERFORMANCE + "dec_3\n", ":4: has 1 cells, the header 7"),
        (REVIEWS.replace("approve", "refer"), ":2, column outcome: must be one of: approve"),
        (REVIEWS.replace(",30000,", ",,"), ":2: line must be set exactly if"),
        (REVIEWS.replace(",30000,", ",0,"), ":2, column line: must be above zero"),
        (REVIEWS.replace("CNY", "XXX"), ":2, column line: currency_code must be"),
        (REVIEWS.replace("CNY", ""), ":2, column line: has no currency"),
        (REVIEWS.replace("r-17", "Li Lei"), ":2, column reviewer: does not match"),
        (REVIEWS.replace("2026-01-30,", "2999-01-30,"), ":3, column happened_at: must not be in"),
        (REVIEWS.replace("2026-01-30,", ","), ":3, column happened_at: must be a time"),
    ],
)
def test_a_wrong_file_is_told_by_line_and_column(tmp_path: Path, text: str, told: str) -> None:
    """And never what the cell holds."""
    with pytest.raises(ReportFileError) as caught:
        _read(tmp_path, text, currency="" if "reviewer" in text else "CNY")

    assert told in str(caught.value)
    assert "Li Lei" not in str(caught.value)


def test_every_wrong_line_is_told_up_to_twenty(tmp_path: Path) -> None:
    """Also several columns of one line."""
    spoiled = PERFORMANCE.replace("bad", "awful").replace("good", "fine").replace("2000.50", "x")
    with pytest.raises(ReportFileError) as caught:
        _read(tmp_path, spoiled)
    assert str(caught.value).count("\n") == 2
    with pytest.raises(ReportFileError) as caught:
        _read(tmp_path, PERFORMANCE + "dec_3,awful,2026-01-31,1,0,,\n" * 50)
    assert str(caught.value).count("\n") == 19


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Missing, of another kind, or no Parquet."""
    (tmp_path / "outcomes.xlsx").touch()
    (tmp_path / "outcomes.parquet").write_bytes(b"PAR2")
    for name, told in (
        ("none.csv", "No such file"),
        ("outcomes.xlsx", r"must end in \.csv or \.parquet"),
        ("outcomes.parquet", "no Parquet file"),
    ):
        with pytest.raises(ReportFileError, match=told):
            read_reports(tmp_path / name, "CNY")


@given(minor=st.integers(1, MAX_MINOR - 1), as_double=st.booleans())
def test_amounts_are_exact(tmp_path_factory: Any, minor: int, *, as_double: bool) -> None:
    """Any amount that the contract allows, as text or, while it can hold it, as a double."""
    amount = Decimal(minor) / 100
    cell: Any = float(amount) if as_double and minor < 10**15 else amount
    directory = tmp_path_factory.mktemp("amounts")
    columns = {
        "decision_id": ["dec_1"],
        "outcome": ["approve"],
        "happened_at": [date(2026, 1, 31)],
        "reviewer": ["r"],
        "line": [cell],
    }
    parquet.write_table(pa.table(columns), directory / "a.parquet")
    (line,) = read_reports(directory / "a.parquet", "CNY")
    money = line.request.review.line
    assert money.units * 100 + money.nanos // 10**7 == minor
