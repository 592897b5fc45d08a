from pathlib import Path

import pytest

from engine.errors import PolicyError
from engine.training import read_spec
from tests.training_tables import SPEC, spec_file

_CORPUS = [
    ("card: small", "card: Small Card", r"small.yaml:1:7", "is not a name"),
    ("card: small\n", "", "small.yaml:1:1", "needs the key `card`"),
    ("data:", "date:", "small.yaml:3:1", "unknown key `date`"),
    ("{file: small.csv, ", "{", "small.yaml:3:8", "`data` needs the key `file`"),
    ("licence: none needed", "encoding: klingon", "small.yaml:3", "is not an encoding"),
    ("licence: none needed", 'separator: ";;"', "small.yaml:3", "must be one character"),
    ('bad: ["1"]', "bad: []", "small.yaml:4", "must list the values that mean a bad outcome"),
    ("sign: -1, range", "sign: 2, range", "small.yaml:6", "whole number from -1 to 1"),
    ("range: [0, 50000]", "range: [9, 1]", "small.yaml:6", "two numbers, the least first"),
    ("range: [0, 50000]", "range: [0, 1.0e+39]", "small.yaml:6", "none beyond 3.4e+38"),
    (", range: [0, 50000]", "", "small.yaml:6", "a number needs a `range"),
    ("missing: worst", "missing: wurst", "small.yaml:6", "must be a number or one of: refuse"),
    ("missing: worst", "missing: separate", "small.yaml:6", "contradict each other"),
    ("sign: -1, range", "range", "small.yaml:6", "`worst` needs a `sign`"),
    ("of: balance / limit", "of: balance ** 2", "small.yaml:7", "`balance ** 2` is not allowed"),
    ("of: balance / limit", "of: open(limit)", "small.yaml:7", "is not allowed"),
    ("of: balance / limit", "of: limit.real", "small.yaml:7", "is not allowed"),
    ("of: balance / limit", "of: balance /", "small.yaml:7", "is not a formula"),
    ("of: balance / limit", "of: abs(age) / limit", "small.yaml:7", "which is protected (age)"),
    ("of: balance / limit", "of: outcome", "small.yaml:7", "which is the target"),
    ("-7: best", "seven: best", "small.yaml:8", "a special value must be a number"),
    ("feature: inquiries", "feature: late", "small.yaml:9", "stands in the spec twice"),
    ("type: category,", "type: category, sign: 1,", "small.yaml:11", "a category has no sign"),
    ("type: category,", "type: categorie,", "small.yaml:11", "must be one of: number, category"),
    ("cuts: [30, 50]", "cuts: [50, 30]", "small.yaml:14", "`cuts` must rise"),
    ("folds: 3", "folds: 1", "small.yaml:17", "whole number from 2 to 20"),
    ("folds: 3", "test_from: 2025-07", "small.yaml:17", "a split by time needs"),
    ("configurations: 2", "configurations: 99", "small.yaml:18", "whole number from 1 to 12"),
    ("limits: [", "interactions: [[income, lat]]\nlimits: [", "small.yaml:19", "is not a feature"),
    ("limits: [", "interactions: [1, {a: b}]\nlimits: [", "small.yaml:19", "or lists of features"),
    ("limits: [", "interactions: [[[job]]]\nlimits: [", "small.yaml:19", "or lists of features"),
    ("licence: none needed", "decimal: ;", "small.yaml:3", "must be `.` or `,`"),
    ("special: {-7: best", "special: {-7: 10", "small.yaml:8", "`10` is outside the range 0 .. 9"),
    ("missing: 0,", "missing: 9.5,", "small.yaml:8", "`9.5` is outside the range 0 .. 9"),
    ('bad: ["1"]', 'bad: ["1"], good: ["1.0"]', "small.yaml:4", "`1` stands in two lists"),
    ('bad: ["1"]', 'bad: ["1"], missing: drop', "small.yaml:4", "`refuse` or `exclude`"),
    (
        "limits: [",
        "not_used: [late (why)]\nlimits: [",
        "small.yaml:8",
        "`not_used` says is not used",
    ),
    ("folds: 3", "time: m, calibrate_from: 7/25, test_from: 8/25", "small.yaml:17", "is no time"),
    (
        "folds: 3",
        "time: m, calibrate_from: 2025-07, test_from: 2025-01",
        "small.yaml:17",
        "`test_from` must be after `calibrate_from`",
    ),
    ("features:", "bureau: {}\nfeatures:", "small.yaml:5", "needs the key `status`"),
]


def refused(tmp_path: Path, text: str) -> str:
    """What the author is told."""
    with pytest.raises(PolicyError) as error:
        read_spec(spec_file(tmp_path, text))
    return str(error.value)


@pytest.mark.parametrize("before, after, place, told", _CORPUS)
def test_a_wrong_spec_is_told_with_its_place(
    tmp_path: Path, before: str, after: str, place: str, told: str
) -> None:
    """File, line and what to do."""
    assert before in SPEC
    message = refused(tmp_path, SPEC.replace(before, after, 1))
    assert place in message
    assert told in message


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Not the first fault alone."""
    text = SPEC
    for before, after in (
        ("range: [0, 50000]", "range: [9, 1]"),
        ("of: balance / limit", "of: open(limit)"),
        ("folds: 3", "folds: 1"),
    ):
        text = text.replace(before, after, 1)
    assert refused(tmp_path, text).count("error[") == 3


def test_separate_with_signs_is_told_once(tmp_path: Path) -> None:
    """Of all features and codes, with what can be written instead; not thirty times."""
    text = SPEC.replace("missing: worst", "missing: separate")
    text = text.replace("special: {-7: best, 99: worst}", "special: {-7: separate, 99: separate}")
    message = refused(tmp_path, text)
    assert message.count("error[") == 1
    assert "of income (missing, line 6), late (-7, 99, line 8)" in message
    assert "help: use `best`, `worst`, a number, or no sign" in message


def test_a_spec_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(PolicyError, match=r"no file nothing\.yaml"):
        read_spec(tmp_path / "nothing.yaml")


def test_both_bureau_and_features_are_too_much(tmp_path: Path) -> None:
    """Neither is too little."""
    begin, end = SPEC.index("features:"), SPEC.index("protected:")
    assert "either `features`, or `bureau`" in refused(tmp_path, SPEC[:begin] + SPEC[end:])


def test_a_spec_in_order_is_read(tmp_path: Path) -> None:
    """With its families in order and its digest."""
    spec = read_spec(spec_file(tmp_path))
    assert spec.families == ("income", "debt", "pay")
    assert spec.features[1].of.names == ("balance", "limit")
    assert len(spec.digest) == 64
