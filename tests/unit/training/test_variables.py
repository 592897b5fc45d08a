"""What the report says of each feature."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.training import Trained, read_spec, table_of, train
from engine.training.page import model_card, page
from engine.training.report import report
from engine.training.spec import Spec
from engine.training.variables import variables
from tests.training_tables import SPEC, columns, spec_file

BY_TIME = SPEC.replace(
    "folds: 3, seed: 5", "seed: 5, time: month, calibrate_from: 2025-07, test_from: 2025-10"
)


def quick(directory: Path, text: str = SPEC) -> Spec:
    """A spec that trains at once."""
    spec = read_spec(spec_file(directory, text))
    return replace(spec, tuning=replace(spec.tuning, configurations=1, rounds=10))


def variable(trained: Trained, name: str) -> dict[str, Any]:
    """The entry of one feature."""
    (found,) = [entry for entry in variables(trained) if entry["feature"] == name]
    return found


def test_a_category_of_noise_has_no_information_value(tmp_path: Path) -> None:
    """However many levels it has: a level must not be binned by its own outcomes."""
    found = columns(4_000)
    chance = np.random.default_rng(1)
    found["job"] = np.array([f"job {n}" for n in chance.integers(0, 2_000, 4_000)], dtype=object)
    told = variable(train(quick(tmp_path), table_of(found)), "job")
    assert told["information_value"] < 0.05


def test_a_category_that_tells_something_keeps_its_information_value(tmp_path: Path) -> None:
    """Of few levels, other fifths say the same as all."""
    found = columns(4_000)
    found["job"] = np.where(found["late"] > 1, "often", "never").astype(object)
    told = variable(train(quick(tmp_path), table_of(found)), "job")
    assert told["information_value"] > 0.2


def test_a_range_of_another_unit_is_a_finding(tmp_path: Path) -> None:
    """Shares where the table has percent: nearly all rows are moved to the upper end."""
    found = columns()
    found["income"] = np.where(np.isnan(found["income"]), np.nan, found["income"] + 60_000)
    trained = train(quick(tmp_path), table_of(found))
    told = variable(trained, "income")
    assert told["outside_share"] == round(float((~np.isnan(found["income"])).mean()), 4)
    assert told["constant"]
    assert variable(trained, "utilisation")["outside_share"] == 0
    made = report(trained, "x")
    texts = [item["text"] for item in made["findings"]["found"] if item["kind"] == "range"]
    assert len(texts) == 2
    assert "of the rows lie outside its range 0 .. 50000" in texts[0]
    assert texts[1].startswith("income has the same value in all training rows")
    share = f"{100 * told['outside_share']:.1f} %"
    assert f"<td>0 .. 50000</td><td>{share}</td>" in page(made, [])
    assert f"| income | income | -1 | {share} | worst |" in model_card(made, [])


def test_tails_outside_the_range_are_none(tmp_path: Path) -> None:
    """A range is there to cut them off."""
    found = columns()
    found["income"][:30] = 1e6
    trained = train(quick(tmp_path), table_of(found))
    assert variable(trained, "income")["outside_share"] == round(30 / 900, 4)
    made = report(trained, "x")["findings"]["found"]
    assert "range" not in [item["kind"] for item in made]


def told_of(found: dict[str, np.ndarray], spec: Spec) -> tuple[dict[str, Any], list[str]]:
    """The report of a table, and the kinds of what is found."""
    made = report(train(spec, table_of(found)), "x")
    return made, [item["kind"] for item in made["findings"]["found"]]


def test_a_feature_that_knows_the_outcome_is_a_finding(tmp_path: Path) -> None:
    """Nearly the outcome itself, as what is written down afterwards; and by what is missing."""
    found = columns(3_000)
    wrong = np.random.default_rng(1).random(3_000) < 0.02
    known = np.where(wrong, 1 - found["outcome"], found["outcome"])
    found["inquiries"] = np.where(known == 1, np.nan, 3.0)
    made, kinds = told_of(found, quick(tmp_path))
    (text,) = [item["text"] for item in made["findings"]["found"] if item["kind"] == "leak"]
    assert text.startswith("inquiries by itself ranks at an AUC of 0.9")
    assert "leak" in kinds
    assert max(v["auc_alone"] for v in made["variables"] if v["feature"] != "inquiries") < 0.8


def test_copies_of_rows_are_a_finding(tmp_path: Path) -> None:
    """A copy on the other side of a fold is a row that was seen; one in a thousand is none."""
    found = columns(2_000)
    assert told_of(found, quick(tmp_path))[0]["copies"] == {"rows": 0, "share": 0.0}
    twice = {n: np.concatenate([values, values[:100]]) for n, values in found.items()}
    made, kinds = told_of(twice, quick(tmp_path))
    assert made["copies"] == {"rows": 100, "share": round(100 / 2_100, 4)}
    assert kinds.count("copies") == 1
    assert "Copies of other rows" in page(made, [])
    few = {n: np.concatenate([values, values[:2]]) for n, values in found.items()}
    assert "copies" not in told_of(few, quick(tmp_path))[1]


def test_rows_of_few_values_are_alike_by_chance(tmp_path: Path) -> None:
    """Two columns of few values make the same rows many times over; half of all owe nothing."""
    found = columns(2_000)
    found["income"] = np.round(found["income"] / 10_000) * 10_000
    found["balance"], found["limit"] = np.zeros(2_000), np.ones(2_000)
    made, kinds = told_of(found, quick(tmp_path))
    assert made["copies"]["share"] < 0.01
    assert "copies" not in kinds


def test_bins_are_of_the_training_rows(tmp_path: Path) -> None:
    """Under a split by time, later outcomes are for measuring."""
    found = columns()
    months = found["month"]
    first = variable(train(quick(tmp_path, BY_TIME), table_of(found)), "late")
    assert sum(item["rows"] for item in first["bins"]) == int((months < "2025-07").sum())
    found["outcome"] = np.where(months >= "2025-10", 1 - found["outcome"], found["outcome"])
    assert (
        variable(train(quick(tmp_path, BY_TIME), table_of(found)), "late")["bins"] == first["bins"]
    )
