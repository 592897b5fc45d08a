"""``touchstone policy test``: what it prints, in which form, and its exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from engine.cli import main
from tests.unit.rules.bundles import SHIPPED

_FAILING = """\
suite: own
cases:
  - {name: passes, expect: {outcome: approve}}
  - {name: 'fails & says <why>', facts: {applicant.age: 17}, expect: {outcome: refer}}
  - {name: waits, skip: not yet, expect: {outcome: refer}}
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The shipped policy with one suite, of which a case fails."""
    copied = tmp_path / "policy"
    shutil.copytree(SHIPPED, copied, ignore=shutil.ignore_patterns("tests"))
    (copied / "tests").mkdir()
    (copied / "tests" / "own.yaml").write_text(_FAILING, encoding="utf-8")
    return copied


def test_the_shipped_policy_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """As `make check` runs it."""
    assert main(["policy", "test", str(SHIPPED), "--min-coverage", "100"]) == 0
    assert "(100 %)" in capsys.readouterr().out


def test_a_failing_case_fails(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its trace names the rule and the fact."""
    assert main(["policy", "test", str(directory), "--coverage"]) == 1
    out = capsys.readouterr().out
    assert "UNDER_AGE hit: decline AGE_BELOW_MINIMUM" in out
    assert "applicant.age = 17" in out
    assert "3 cases: 1 passed, 1 failed, 1 skipped" in out
    assert "THIN_FILE: never hit" in out


def test_filter(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the cases named; none is a mistake of the command line."""
    assert main(["policy", "test", str(directory), "--filter", "passes"]) == 0
    assert "1 cases: 1 passed" in capsys.readouterr().out
    assert main(["policy", "test", str(directory), "--filter", "nobody"]) == 2
    assert "no case is named like `nobody`" in capsys.readouterr().err


def test_too_little_coverage_fails(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Although what ran has passed."""
    assert main(["policy", "test", str(directory), "--filter", "passes"]) == 0
    arguments = ["policy", "test", str(directory), "--filter", "passes", "--min-coverage", "90"]
    assert main(arguments) == 1
    assert "90 % are asked for" in capsys.readouterr().err


def test_json(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole report for editors and CI."""
    assert main(["policy", "test", str(directory), "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["counts"] == {"passed": 1, "failed": 1, "broken": 0, "skipped": 1}
    assert report["results"][1]["differences"] == [
        {"field": "outcome", "expected": "refer", "actual": "decline"}
    ]
    assert report["results"][1]["trace"]["stages"][0]["rules"][0]["rule_id"] == "UNDER_AGE"
    assert report["coverage"]["rules"][0]["rule_id"] == "UNDER_AGE"


def test_junit(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """XML that a CI server reads, whatever a case is called."""
    assert main(["policy", "test", str(directory), "--format", "junit"]) == 1
    root = ET.fromstring(capsys.readouterr().out)  # noqa: S314 - written by ourselves
    suite = root[0]
    assert suite.get("name") == "tests/own.yaml"
    assert [suite.get(key) for key in ("tests", "failures", "errors", "skipped")] == [
        *("3", "1", "0", "1")
    ]
    assert suite[1].get("name") == "fails & says <why>"
    assert [child.tag for case in suite for child in case] == ["failure", "skipped"]


def test_faults_that_no_case_notices(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Are printed with their place, and are in the JSON."""
    assert main(["policy", "test", str(directory), "--mutate", "--filter", "passes"]) == 0
    out = capsys.readouterr().out
    assert "UNDER_AGE: no case notices if" in out
    assert "applicant.age <= 18" in out
    arguments = ["policy", "test", str(directory), "--mutate", "--format", "json"]
    assert main(arguments) == 1
    survivors = json.loads(capsys.readouterr().out)["mutation"]["survivors"]
    assert survivors[0]["rule_id"] == "UNDER_AGE"


def test_a_broken_suite_is_refused(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By `test` and by `check`, with its place; a server does not need it."""
    (directory / "tests" / "own.yaml").write_text(_FAILING.replace("approve", "aprove"))
    for command in ("test", "check"):
        assert main(["policy", command, str(directory)]) == 1
        assert "--> tests/own.yaml:3:" in capsys.readouterr().err


def test_mistakes_of_rules_and_cases_are_told_at_once(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And a case is not blamed for a rule that could not be read."""
    rules = directory / "fraud.yaml"
    rules.write_text(rules.read_text("utf-8").replace("history.declines", "history.deklines"))
    text = _FAILING.replace("approve", "aprove").replace("age: 17}", "agee: 17}")
    text = text.replace("{outcome: refer}", "{outcome: refer, rules: [RECENT_DECLINES]}")
    (directory / "tests" / "own.yaml").write_text(text)
    assert main(["policy", "check", str(directory)]) == 1
    told = capsys.readouterr().err
    assert [code for code in ("TS1202", "TS1901", "TS1903") if code in told] == [
        *("TS1202", "TS1901", "TS1903")
    ]
    assert "no rule" not in told


def test_a_policy_without_cases(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is told where they stand."""
    shutil.rmtree(directory / "tests")
    assert main(["policy", "test", str(directory)]) == 2
    assert "tests/*.yaml" in capsys.readouterr().err
