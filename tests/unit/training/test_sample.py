"""Outcomes, codes and times: what a spec says of rows, and nothing else, is done with them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.cli import main
from engine.training import TrainingRefused, read_spec, table_of
from engine.training.sample import Sample, outcomes, sample_of
from tests.training_tables import SPEC, columns, csv_file, spec_file

Columns = dict[str, np.ndarray]
_BY_TIME = "time: month, calibrate_from: 2025-07, test_from: 2025-10"


def sampled(tmp_path: Path, text: str, found: Columns) -> Sample:
    """The rows of a table as a spec sees them."""
    return sample_of(read_spec(spec_file(tmp_path, text)), table_of(found))


def statuses() -> Columns:
    """Five statuses of a loan; every tenth has none."""
    found = columns()
    names = np.array(["Paid", "Default", "Charged Off", "Current", "default"], dtype=object)
    found["outcome"] = names[np.arange(len(found["outcome"])) % 5]
    found["outcome"][::10] = None
    return found


def target(said: str) -> str:
    """The spec with another target."""
    return SPEC.replace('bad: ["1"], meaning: did not repay', said)


def test_each_outcome_is_what_the_spec_says(tmp_path: Path) -> None:
    """Indeterminate and missing outcomes are left out, and counted."""
    said = (
        "bad: [Default, default, Charged Off], good: [Paid], indeterminate: [Current],"
        " missing: exclude"
    )
    sample = sampled(tmp_path, target(said), statuses())
    assert sample.left_out == (
        ("the outcome is missing", 90),
        ("the outcome is Current: neither bad nor good", 180),
    )
    assert outcomes(sample) == (
        ("Charged Off", 180, True),
        ("Default", 180, True),
        ("Paid", 90, False),
        ("default", 180, True),
    )


@pytest.mark.parametrize(
    "said, told",
    [
        ("bad: [Default]", "the outcome is missing, in 90 rows.*missing: exclude"),
        ("bad: [Defaulted], missing: exclude", "no row is 'Defaulted', which `bad` names; its"),
        ("bad: [Default], good: [paid], missing: exclude", "no row is 'paid', which `good` names"),
        (
            "bad: [Default], good: [Paid], missing: exclude",
            "row 3: column 'outcome': is neither among `bad` nor `good`, in 540 rows",
        ),
    ],
)
def test_no_outcome_becomes_good_by_itself(tmp_path: Path, said: str, told: str) -> None:
    """Neither misspelt nor forgotten, and never for want of one."""
    with pytest.raises(TrainingRefused, match=told):
        sampled(tmp_path, target(said), statuses())


def test_the_check_tells_outcomes_and_periods(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is bad, what is left out, and when each period begins and ends."""
    csv_file(tmp_path)
    text = SPEC.replace("folds: 3, seed: 5", _BY_TIME)
    assert main(["score", "train", str(spec_file(tmp_path, text)), "--check"]) == 0
    told = capsys.readouterr().out
    assert "  outcome 0: " in told
    assert ", bad\n" in told
    assert "  training: 2025-01 to 2025-06, " in told
    assert "  test: 2025-10 to " in told


@pytest.mark.parametrize(
    "spoken, told",
    [
        (lambda n: f"{n % 12 + 1:02}-2025", "is no time among times"),
        (lambda n: f"2025-{n % 12 + 1}", "is no time among times"),
        (lambda n: "202507" if n == 5 else "2025-07", "row 6: column 'month': is no time among"),
        (lambda n: str(202501 + n % 12), "is written otherwise than `calibrate_from`"),
    ],
)
def test_times_that_the_alphabet_would_order_are_refused(
    tmp_path: Path, spoken: Callable[[int], str], told: str
) -> None:
    """A card would be tested on its own past."""
    found = columns()
    found["month"] = np.array([spoken(n) for n in range(len(found["outcome"]))], dtype=object)
    text = SPEC.replace("folds: 3, seed: 5", _BY_TIME)
    with pytest.raises(TrainingRefused, match=told):
        sampled(tmp_path, text, found)


@pytest.mark.parametrize(
    "formula, at_96, at_other",
    [
        ("max(a, b)", 20.0, 3.0),
        ("max(a, 0)", 20.0, 3.0),
        ("a / 12", 20.0, 0.25),
        ("a - b", 20.0, 1.0),
        ("b - a + 97", 20.0, 20.0),
    ],
)
def test_a_code_is_looked_for_in_columns_and_not_in_results(
    tmp_path: Path, formula: str, at_96: float, at_other: float
) -> None:
    """Whoever has it gets what it becomes, whatever the formula makes of it; 97 - 1 is no code."""
    found = columns() | {"a": np.full(900, 3.0), "b": np.full(900, 2.0)}
    found["a"][:50] = 96
    text = SPEC.replace(
        "of: balance / limit, sign: 1, range: [0, 2]",
        f'of: "{formula}", sign: 1, range: [0, 20], missing: best, special: {{96: worst}}',
    )
    values = sampled(tmp_path, text, found).prepared.numbers[:, 1]
    assert values[:50].tolist() == [at_96] * 50
    assert values[50:].tolist() == [at_other] * 850


def test_a_code_with_a_fraction_is_found_in_single_precision(tmp_path: Path) -> None:
    """As Parquet files have it."""
    found = columns()
    late = found["late"].astype(np.float32)
    late[late == 99] = np.float32(999.9)
    text = SPEC.replace("99: worst", "999.9: worst")
    sample = sampled(tmp_path, text, found | {"late": late.astype(np.float64)})
    assert sample.prepared.numbers[20:30, 2].tolist() == [9.0] * 10


@pytest.mark.parametrize("level", ["(other)", "(missing)"])
def test_a_level_called_as_those_of_the_card_is_refused(tmp_path: Path, level: str) -> None:
    """It would be served with their value."""
    found = columns()
    found["job"][7] = level
    with pytest.raises(TrainingRefused, match="row 8: column 'job': a card has levels of its own"):
        sampled(tmp_path, SPEC, found)


def test_what_only_the_report_reads_is_checked_before_the_training(tmp_path: Path) -> None:
    """Cuts of a text, and a segment of one."""
    found = columns()
    found["age"] = np.array(["young"] * 900, dtype=object)
    with pytest.raises(TrainingRefused, match="column 'age': is not a number"):
        sampled(tmp_path, SPEC, found)
    with pytest.raises(TrainingRefused, match="column 'job': is not a number"):
        sampled(tmp_path, SPEC.replace("when: late == 0", "when: job == 0"), columns())


def test_a_row_is_told_by_its_place_after_an_exclusion(tmp_path: Path) -> None:
    """The place in the file, not among the rows that are left."""
    found = columns()
    found["inquiries"][700] = 31
    text = SPEC + "exclude: [{when: late == 99, why: a code}]\n"
    with pytest.raises(TrainingRefused, match="row 701: column 'inquiries'"):
        sampled(tmp_path, text, found)
