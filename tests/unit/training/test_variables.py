"""What the report says of each feature."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.training import Trained, read_spec, table_of, train
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
