"""Tables with few bad rows, with nothing in them, and with the outcome in them."""

from pathlib import Path

import numpy as np
import pytest

from engine.scoring.calibrate import NotCalibrated, platt
from engine.training import Spec, TrainingRefused, read_spec, table_of, train
from engine.training.search import candidates, scaled
from engine.training.spec import Tuning

SPEC = """\
card: few
description: made up
data: {file: few.csv, name: made up, licence: none needed}
target: {column: outcome, bad: ["1"], meaning: did not repay}
split: {folds: 3, seed: 5}
tuning: {configurations: 2, rounds: 60, patience: 10, bags: 1}
features:
"""


def features(*names: str) -> str:
    """A spec over numbers between -9 and 9."""
    return SPEC + "".join(f"  - {{feature: {name}, range: [-9, 9]}}\n" for name in names)


def columns(rows: int, bad: int) -> dict[str, np.ndarray]:
    """Two numbers, and an outcome that follows them: so many bad rows, neither more nor less."""
    chance = np.random.default_rng(rows + bad)
    a, b = chance.normal(size=(2, rows))
    outcome = np.zeros(rows, dtype=int)
    outcome[np.argsort(-(a + 0.8 * b + 0.6 * chance.logistic(size=rows)))[:bad]] = 1
    return {"a": a, "b": b, "noise": chance.normal(size=rows), "outcome": outcome}


def spec_of(directory: Path, *names: str) -> Spec:
    """The spec over these features."""
    file = directory / "few.yaml"
    file.write_text(features(*names), encoding="utf-8")
    return read_spec(file)


@pytest.mark.parametrize("rows, bad", [(300, 40), (2_000, 30)])
def test_few_bad_rows_make_a_card(tmp_path: Path, rows: int, bad: int) -> None:
    """A leaf that must hold as many as there are could not be split from the others."""
    found = train(spec_of(tmp_path, "a", "b"), table_of(columns(rows, bad)))
    assert found.manifest.cross_validation.auc_mean > 0.75
    assert len(set(found.scored.margins)) > 20


def test_many_bad_rows_are_searched_as_before() -> None:
    """The same configurations, so that the same cards come out; a weight counts as rows do."""
    tuning = Tuning()
    labels = np.array([1, 0] * 400, dtype=np.int8)
    assert scaled(tuning, labels) == candidates(tuning)
    assert scaled(tuning, labels[:200])[0].min_child_weight == 10
    assert scaled(tuning, labels[:200], np.full(200, 2.0)) == candidates(tuning)


def test_a_table_that_says_nothing_is_refused_in_words(tmp_path: Path) -> None:
    """With how many rows there were and what to do; nobody should get the same points as all."""
    found = columns(1_000, 100)
    found["a"] = np.ones(1_000)
    with pytest.raises(TrainingRefused, match=r"nothing that tells good from bad.* 100 bad rows of"
                       r" 1,000.*or more bad rows"):  # fmt: skip
        train(spec_of(tmp_path, "a"), table_of(found))


def test_a_slope_that_rounds_to_nothing_is_none() -> None:
    """It would be written as 0: the same points for everybody."""
    margins = [float(i % 2) * 1e8 for i in range(200)]
    bad = [int(i % 10 < 2 or i % 10 == 3) for i in range(200)]
    with pytest.raises(NotCalibrated, match="is not positive"):
        platt(margins, bad)


def test_a_feature_that_is_the_outcome_is_named(tmp_path: Path) -> None:
    """PDs of 0 and 1 have no calibrator: it matters which column did it."""
    found = columns(1_000, 200)
    found["copy"] = found["outcome"].astype(float)
    told = r"copy tells good from bad almost without fail.*leave it out"
    with pytest.raises(TrainingRefused, match=told):
        train(spec_of(tmp_path, "a", "copy"), table_of(found))
