"""The check's report: what editors, CI and the service build on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.check import check
from engine.cli import main

_POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"


def _changed(tmp_path: Path, file: str, before: str, after: str) -> Path:
    policy = tmp_path / "policy"
    shutil.copytree(_POLICY, policy)
    text = (policy / file).read_text(encoding="utf-8")
    assert before in text
    (policy / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    return policy


def _json(policy: Path, capsys: pytest.CaptureFixture[str], code: int) -> dict[str, Any]:
    assert main(["policy", "check", str(policy), "--no-proofs", "--format", "json"]) == code
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    return value


def test_a_sound_policy_is_counted_and_digested(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is found in the shipped one."""
    told = _json(_POLICY, capsys, 0)
    assert (told["usable"], told["errors"], told["diagnostics"]) == (True, 0, [])
    assert told["products"] == 4
    assert len(told["digest"]) == 64


def test_an_unknown_field_is_told_to_the_character(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An editor underlines exactly the word that is wrong."""
    policy = _changed(tmp_path, "fraud.yaml", "graph.device.fraud >= 2", "graph.devise.fraud >= 2")
    told = _json(policy, capsys, 1)
    (found,) = told["diagnostics"]
    line = (policy / "fraud.yaml").read_text(encoding="utf-8").splitlines()[found["line"] - 1]
    assert (found["code"], found["severity"], found["file"]) == ("TS1202", "error", "fraud.yaml")
    assert line[found["column"] - 1 : found["end_column"] - 1] == "devise"
    assert "device" in found["hint"]
    assert told["usable"] is False


@pytest.mark.parametrize(
    "file, before, after, at, marked",
    [
        ("products.yaml", "classic:", "classic: 7\n  nonsense:", "products.yaml", "classic"),
        ("strategy.yaml", "card_bureau", "no_such_card", "strategy.yaml", "score"),
    ],
)
def test_products_and_scorecards_have_places_too(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    before: str,
    after: str,
    at: str,
    marked: str,
) -> None:
    """What is read without positions is found again in its file."""
    policy = _changed(tmp_path, file, before, after)
    found = _json(policy, capsys, 1)["diagnostics"][0]
    line = (policy / file).read_text(encoding="utf-8").splitlines()[found["line"] - 1]
    assert found["file"] == at
    assert line[found["column"] - 1 : found["end_column"] - 1] == marked


def test_lines_name_files_from_the_working_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``file:line:column: severity CODE message``, one line each."""
    policy = _changed(tmp_path, "fraud.yaml", "graph.device.fraud >= 2", "graph.devise.fraud >= 2")
    assert main(["policy", "check", str(policy), "--format", "line"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{policy}/fraud.yaml:7:17: error TS1202 `graph.devise`")


def test_a_warning_shows_its_line_and_refuses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The text form marks the place of warnings as it does that of errors."""
    policy = _changed(
        tmp_path,
        "fraud.yaml",
        "then: {cap_line_minor: 2_000_000}",
        "then: {cap_line_minor: 2_000_000, signal: nobody_reads}",
    )
    assert main(["policy", "check", str(policy), "--no-proofs"]) == 0
    out = capsys.readouterr().out
    assert "warning[TS1403]" in out
    assert "| " in out
    assert "^^^^" in out


@pytest.mark.parametrize(
    "name, code", [("missing", "TS1006"), ("empty", "TS1006"), ("binary", "TS1005")]
)
def test_what_is_no_policy_is_a_finding_not_an_exception(
    tmp_path: Path, name: str, code: str
) -> None:
    """A directory that is missing, empty, or full of something else."""
    root = tmp_path / name
    if name != "missing":
        root.mkdir()
    if name == "binary":
        (root / "strategy.yaml").write_bytes(b"\xff\xfe\x00")
    report = check(root)
    told = {item.span.path: item.code.value for item in report.diagnostics}
    assert told["strategy.yaml"] == code
    assert not report.usable
    assert not report.digest
