"""A review from file to files: proposals, refusals, and the same bytes whatever the order."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from engine.cli import main
from engine.portfolio import reading
from engine.portfolio.errors import ReviewRefused
from engine.portfolio.policy import Action
from engine.portfolio.proposals import SCHEMA
from engine.portfolio.review import Review, review
from engine.portfolio.sample import write_sample
from tests.portfolio_cases import BUDGETS, DATA, HEAD, RULES, SHIPPED, policy_at, table

_FREE = f"{HEAD}rules:\n{RULES}"


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy that reads the PD from a column and has no budgets."""
    return policy_at(tmp_path_factory.mktemp("free") / "policy", _FREE)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six hundred accounts that look real."""
    file = tmp_path_factory.mktemp("sample") / "accounts.parquet"
    write_sample(file, DATA, 600, seed=3)
    return file


def reviewed(tmp_path: Path, policy: Path, *changes: dict[str, Any], **more: Any) -> Review:
    """The review of a few accounts."""
    parquet.write_table(table(*changes), tmp_path / "accounts.parquet")
    return review(tmp_path / "accounts.parquet", policy, tmp_path / "out", **more)


def proposals(tmp_path: Path) -> list[dict[str, Any]]:
    """The rows that were proposed."""
    rows: list[dict[str, Any]] = parquet.read_table(tmp_path / "out/proposals.parquet").to_pylist()
    return rows


@pytest.mark.parametrize(
    "change, action, line, limit",
    [
        ({}, "raise", 2_000_000, "highest_step"),
        ({"verified_income_minor": None}, "keep", 1_000_000, "unknown"),
        ({"elsewhere_lines_minor": None}, "keep", 1_000_000, "unknown"),
        ({"months_since_change": None}, "keep", 1_000_000, "unknown"),
        ({"fraud_mark": None}, "keep", 1_000_000, "unknown"),
        ({"late": None}, "keep", 1_000_000, "unknown"),
        ({"own_other_lines_minor": 1, "customer_id": None}, "keep", 1_000_000, "unknown"),
        ({"pd": None}, "keep", 1_000_000, "not_rated"),
        ({"months_since_change": 5}, "keep", 1_000_000, "cooling_off"),
        ({"months_since_change": 6}, "raise", 2_000_000, "highest_step"),
        ({"late": 1}, "keep", 1_000_000, "rule:LATE"),
        ({"pd": 0.15}, "keep", 1_000_000, "no_rule"),
        ({"elsewhere_lines_minor": 28_700_000}, "raise", 1_300_000, "cap:total_exposure"),
        ({"elsewhere_lines_minor": 29_000_000}, "keep", 1_000_000, "cap:total_exposure"),
        ({"verified_income_minor": 300_000}, "raise", 1_200_000, "cap:income"),
        ({"balance_minor": 0}, "keep", 1_000_000, "value"),
        ({"late": 3}, "cut", 500_000, "rule:VERY_LATE"),
        ({"late": 3, "balance_minor": 720_001}, "cut", 750_000, "rule:VERY_LATE"),
        ({"late": 3, "balance_minor": 990_000}, "keep", 1_000_000, "rule:VERY_LATE"),
        ({"pd": 0.30}, "cut", 500_000, "no_rule"),
        ({"fraud_mark": True, "late": 3}, "freeze", 1_000_000, "rule:MARKED"),
    ],
)
def test_what_is_proposed_and_why_no_more(
    tmp_path: Path, policy: Path, change: dict[str, Any], action: str, line: int, limit: str
) -> None:
    """One account at a time, without budgets."""
    reviewed(tmp_path, policy, change)
    (row,) = proposals(tmp_path)
    assert (row["action"], row["new_line_minor"], row["limited_by"]) == (action, line, limit)


def test_a_cut_and_a_freeze_have_reasons_in_both_languages(tmp_path: Path, policy: Path) -> None:
    """From every rule that hit and allows that action; nobody else is told anything."""
    reviewed(tmp_path, policy, {"pd": 0.3}, {"fraud_mark": True, "late": 3, "pd": 0.6}, {})
    cut, frozen, raised = proposals(tmp_path)
    assert [reason["code"] for reason in cut["reasons"]] == ["RECENT_DELINQUENCY"]
    codes = [reason["code"] for reason in frozen["reasons"]]
    assert codes == ["ACCOUNT_SECURITY", "CURRENT_DELINQUENCY"]
    assert frozen["reasons"][0]["source"] == "rule:MARKED"
    assert "security" in frozen["reasons"][0]["text_en"]
    assert "安全" in frozen["reasons"][0]["text_zh"]
    assert frozen["rules"] == ["MARKED", "VERY_LATE", "RISKY", "VERY_RISKY", "LATE"]
    assert raised["reasons"] == []


def test_of_a_customer_and_of_a_circle_one_account_is_raised(tmp_path: Path, policy: Path) -> None:
    """The one whose raise is worth most: two at once could go beyond the ceilings together."""
    reviewed(
        tmp_path,
        policy,
        {"customer_id": "c1"},
        {"customer_id": "c1", "balance_minor": 500_000},
        {"group_id": "g1"},
        {"group_id": "g1"},
        {"customer_id": "c2"},
    )
    rows = proposals(tmp_path)
    assert [row["action"] for row in rows] == ["keep", "raise", "raise", "keep", "raise"]
    assert [row["limited_by"] for row in rows][::3] == ["one_raise", "one_raise"]


def test_a_budget_takes_the_raises_that_are_worth_least(tmp_path: Path, policy: Path) -> None:
    """And says that it did."""
    many = [{"pd": 0.01 + 0.002 * place} for place in range(40)]
    parquet.write_table(table(*many), tmp_path / "accounts.parquet")
    arguments = [str(tmp_path / "accounts.parquet"), "--policy", str(policy)]
    arguments += ["--out", str(tmp_path / "out"), "--budget", "exposure=500000"]
    assert main(["portfolio", "review", *arguments, "--processes", "1"]) == 0
    rows = proposals(tmp_path)
    assert sum(row["exposure_minor"] for row in rows) <= 50_000_000
    assert rows[0]["action"] == "raise"
    assert rows[-1]["limited_by"] == "budget:exposure"
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    (budget,) = manifest["budgets"]
    assert budget["price"] > 0
    assert budget["after"] == sum(row["exposure_minor"] for row in rows)
    assert manifest["value_minor"] == sum(row["value_minor"] for row in rows)
    assert manifest["value_minor"] <= manifest["bound_minor"]


def test_budgets_that_cannot_be_kept_are_refused(
    tmp_path: Path, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what the least lines use, and nothing is written."""
    parquet.write_table(table({}), tmp_path / "accounts.parquet")
    arguments = [str(tmp_path / "accounts.parquet"), "--policy", str(policy)]
    arguments += ["--out", str(tmp_path / "out"), "--budget", "exposure=-50%"]
    assert main(["portfolio", "review", *arguments]) == 1
    told = capsys.readouterr().err
    assert "budget exposure: 500,000 minor units are less than the 1,000,000" in told
    assert not (tmp_path / "out").exists()


_BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"product": "gold_plus"}, "column product: is none of: classic"),
    ({"product": None}, "column product: is missing"),
    ({"line_minor": -1}, "column line_minor: is outside 0 .."),
    ({"line_minor": None}, "column line_minor: is missing"),
    ({"age": 151}, "column age: is outside 0 .. 150"),
    ({"pd": 1.5}, "column pd: is outside 0 .. 1"),
    ({"pd": float("nan")}, "column pd: is outside 0 .. 1"),
    ({"account_id": ""}, "column account_id: is empty"),
    ({"branch": "x" * 129}, "column branch: has more than 128 characters"),
    ({"account_id": "a000000"}, "column account_id: stands in the file twice"),
)


@pytest.mark.parametrize("change, told", _BAD)
def test_a_bad_row_is_named_and_nothing_is_dropped_unseen(
    tmp_path: Path, policy: Path, change: dict[str, Any], told: str
) -> None:
    """By number and column, never by value; with --skip-bad it is listed."""
    with pytest.raises(ReviewRefused) as refused:
        reviewed(tmp_path, policy, {}, change, {})
    assert f"row 2, {told}" in str(refused.value)
    assert "--skip-bad" in str(refused.value)
    assert not (tmp_path / "out").exists()
    assert "gold_plus" not in str(refused.value)
    found = reviewed(tmp_path, policy, {}, change, {}, skip_bad=True)
    with (tmp_path / "out/skipped.csv").open(encoding="utf-8") as file:
        skipped = {row["row"] for row in csv.DictReader(file)}
    assert "2" in skipped
    assert found.summary.total.accounts + len(skipped) == 3


@pytest.mark.parametrize(
    "columns, told",
    [
        ({"line_minor": pa.array(["a"])}, "column line_minor: must hold whole numbers, not string"),
        ({"is_student": pa.array([1])}, "column is_student: must hold truth values"),
        ({"product": None}, "column product: is not there"),
    ],
)
def test_wrong_columns_are_refused_before_anything_is_read(
    tmp_path: Path, policy: Path, columns: dict[str, pa.Array | None], told: str
) -> None:
    """All of them at once."""
    given = table({})
    for name, column in columns.items():
        place = given.schema.get_field_index(name)
        given = given.remove_column(place)
        given = given if column is None else given.append_column(name, column)
    parquet.write_table(given, tmp_path / "accounts.parquet")
    with pytest.raises(ReviewRefused, match=told):
        review(tmp_path / "accounts.parquet", policy, tmp_path / "out")


def test_whole_numbers_may_be_written_as_doubles(tmp_path: Path, sample: Path) -> None:
    """With NaN for what is unknown, as some tools have it; a fraction is a fault of its row."""
    given = parquet.read_table(sample)
    whole = [f.name for f in given.schema if pa.types.is_integer(f.type)]
    doubles = given
    for name in whole:
        values = given[name].cast(pa.float64()).to_numpy()
        column = pa.array(values, pa.float64(), from_pandas=False)
        doubles = doubles.set_column(doubles.schema.get_field_index(name), name, column)
    assert any(np.isnan(doubles[name].to_numpy()).any() for name in whole)
    parquet.write_table(doubles, tmp_path / "doubles.parquet")
    review(sample, SHIPPED, tmp_path / "first")
    review(tmp_path / "doubles.parquet", SHIPPED, tmp_path / "second")
    one, other = (tmp_path / name / "proposals.parquet" for name in ("first", "second"))
    assert one.read_bytes() == other.read_bytes()

    for wrong in (3.5, float("inf"), 1e17):
        values = doubles["balance_minor"].to_numpy().copy()
        values[4] = wrong
        place = doubles.schema.get_field_index("balance_minor")
        broken = doubles.set_column(place, "balance_minor", pa.array(values))
        parquet.write_table(broken, tmp_path / "broken.parquet")
        with pytest.raises(ReviewRefused, match="row 5, column balance_minor: is no whole number"):
            review(tmp_path / "broken.parquet", SHIPPED, tmp_path / "third")


def test_what_is_no_parquet_and_what_is_empty_is_refused(tmp_path: Path, policy: Path) -> None:
    """With the name of the file."""
    (tmp_path / "text").write_text("account_id\n", encoding="utf-8")
    with pytest.raises(ReviewRefused, match="cannot be read as Parquet"):
        review(tmp_path / "text", policy, tmp_path / "out")
    parquet.write_table(table({}).slice(0, 0), tmp_path / "empty")
    with pytest.raises(ReviewRefused, match="has no accounts"):
        review(tmp_path / "empty", policy, tmp_path / "out")


def test_a_directory_that_is_there_is_not_written_over(
    tmp_path: Path, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody loses an earlier review."""
    parquet.write_table(table({}), tmp_path / "accounts.parquet")
    arguments = [str(tmp_path / "accounts.parquet"), "--policy", str(policy)]
    assert main(["portfolio", "review", *arguments, "--out", str(tmp_path)]) == 1
    assert "is there already" in capsys.readouterr().err


def test_the_order_of_the_file_its_parts_and_processes_change_nothing(
    tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proposals and reports are the same bytes; only the digest of the input differs."""
    first = review(sample, SHIPPED, tmp_path / "first")
    assert first.summary.total.actions[Action.RAISE] > 0
    given = parquet.read_table(sample)
    order = np.random.default_rng(5).permutation(len(given))
    parquet.write_table(given.take(order), tmp_path / "shuffled.parquet", row_group_size=170)
    monkeypatch.setattr(reading, "BATCH", 90)
    monkeypatch.setattr(reading, "EACH", 200)
    review(tmp_path / "shuffled.parquet", SHIPPED, tmp_path / "second", processes=2)
    for name in ("proposals.parquet", "report.txt", "report.html"):
        one, other = (tmp_path / run / name for run in ("first", "second"))
        assert one.read_bytes() == other.read_bytes(), name
    manifests = [
        json.loads((tmp_path / run / "manifest.json").read_text(encoding="utf-8"))
        for run in ("first", "second")
    ]
    assert manifests[0].pop("accounts_sha256") != manifests[1].pop("accounts_sha256")
    assert manifests[0] == manifests[1]


def test_the_report_shows_everything_that_was_decided(tmp_path: Path, sample: Path) -> None:
    """Totals that add up, the six dimensions, reasons and prices; and no account by name."""
    found = review(sample, SHIPPED, tmp_path / "out")
    text = (tmp_path / "out/report.txt").read_text(encoding="utf-8")
    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    table_of = parquet.read_table(tmp_path / "out/proposals.parquet")
    assert table_of.schema.equals(SCHEMA)
    assert len(table_of) == found.summary.total.accounts == 600
    for told in ("product", "channel", "customer segment", "branch", "staff", "partner", "band"):
        assert f"By {told}" in page
    for told in ("SCORE_DELINQUENCY", "Late payments", "逾期还款", "no line has been changed"):
        assert told in text
        assert told in page
    for name in ("product", "branch", "band"):
        rows = [totals for _, totals in found.summary.by[name]]
        assert sum(row.accounts for row in rows) == 600
        assert sum(row.line[1] for row in rows) == found.summary.total.line[1]
    assert sum(count for _, count in found.summary.limits) == 600
    assert "a0000000001" not in text + page


def test_the_sample_is_the_same_bytes_for_a_seed(tmp_path: Path, sample: Path) -> None:
    """And others for another."""
    write_sample(tmp_path / "again", DATA, 600, seed=3)
    write_sample(tmp_path / "other", DATA, 600, seed=4)
    assert (tmp_path / "again").read_bytes() == sample.read_bytes()
    assert (tmp_path / "other").read_bytes() != sample.read_bytes()


@pytest.mark.parametrize(
    "given", ["exposure", "exposure=x", "loss=3", "exposure=-3", "capital=-101%", "capital=NaN"]
)
def test_a_budget_that_is_none_is_a_usage_error(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says how one is written."""
    with pytest.raises(SystemExit):
        main(["portfolio", "review", "a", "--policy", "p", "--out", "o", "--budget", given])
    assert "NAME=AMOUNT" in capsys.readouterr().err


def test_budgets_of_the_policy_hold_unless_others_are_given(tmp_path: Path) -> None:
    """One of them is replaced, the others stay."""
    policy = policy_at(tmp_path / "policy", f"{HEAD}{BUDGETS}rules:\n{RULES}")
    parquet.write_table(table(*[{}] * 30), tmp_path / "accounts.parquet")
    arguments = [str(tmp_path / "accounts.parquet"), "--policy", str(policy)]
    arguments += ["--out", str(tmp_path / "out"), "--budget", "capital=+1%"]
    assert main(["portfolio", "review", *arguments, "--processes", "1"]) == 0
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    shares = {item["name"]: item["at_most"] / item["before"] for item in manifest["budgets"]}
    assert shares == pytest.approx({"expected_loss": 1.02, "exposure": 1.05, "capital": 1.01})
    assert all(item["after"] <= item["at_most"] for item in manifest["budgets"])
