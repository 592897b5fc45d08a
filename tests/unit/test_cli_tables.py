"""Tables from and to spreadsheets on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main
from engine.rules import load_bundle
from tests.unit.rules.bundles import write_bundle

_CSV = "score.pd,application.customer_segment,outcome,reason\n>= 0.4,,decline,SCORE_FAMILIES\n"


def test_a_sheet_becomes_part_of_a_policy(tmp_path: Path) -> None:
    """Imported, checked with the policy, exported, and imported again: the same file."""
    root = write_bundle(tmp_path / "policy")
    table, sheet = root / "approval.yaml", tmp_path / "caps.csv"
    sheet.write_text(_CSV, encoding="utf-8")
    command = ["policy", "import", str(sheet), "--table", "approval", "--output", str(table)]
    assert main([*command, "--hit", "unique"]) == 0
    assert [rule.id for rule in load_bundle(root).rulesets["approval"].rules] == ["APPROVAL_1"]
    first = table.read_text(encoding="utf-8")

    assert main(["policy", "export", str(table), "--csv", "--output", str(sheet)]) == 0
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbfscore.pd,")
    assert main([*command, "--head", str(table)]) == 0
    assert table.read_text(encoding="utf-8") == first


def test_it_prints_by_default(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """For a pipe, or a look before the file is written."""
    sheet = tmp_path / "caps.csv"
    sheet.write_text(_CSV, encoding="utf-8")
    assert main(["policy", "import", str(sheet), "--table", "caps"]) == 0
    printed = capsysbinary.readouterr().out
    assert printed.startswith(b"table: caps\nhit: first\n")
    (tmp_path / "caps.yaml").write_bytes(printed)
    assert main(["policy", "export", str(tmp_path / "caps.yaml"), "--csv"]) == 0
    assert b">= 0.4,-,decline,SCORE_FAMILIES" in capsysbinary.readouterr().out


def test_a_workbook_goes_and_comes_back(tmp_path: Path) -> None:
    """Into a file: a terminal shows no workbook."""
    table, book, back = tmp_path / "caps.yaml", tmp_path / "caps.xlsx", tmp_path / "back.yaml"
    table.write_text(
        "table: caps\nhit: first\ncolumns: [score.pd]\neffects: [cap_line_minor]\nrows:\n"
        '  - ["[0.25 .. 0.40)", 500000]\n',
        encoding="utf-8",
    )
    export = ["policy", "export", str(table), "--xlsx"]
    assert main(export) == 2
    assert main([*export, "--output", str(book)]) == 0
    command = ["policy", "import", str(book), "--table", "caps", "--output", str(back)]
    assert main(command) == 0
    assert back.read_text(encoding="utf-8") == table.read_text(encoding="utf-8")


def test_what_is_wrong_is_told_by_the_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing is written."""
    sheet, table = tmp_path / "caps.csv", tmp_path / "caps.yaml"
    sheet.write_text(_CSV.replace(">= 0.4", "forty"), encoding="utf-8")
    command = ["policy", "import", str(sheet), "--table", "caps", "--output", str(table)]
    assert main(command) == 1
    assert "line 2, column 1: `forty` is not a number" in capsys.readouterr().err
    assert not table.exists()


def test_a_file_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    """One byte more than is allowed says enough."""
    endless = tmp_path / "endless.csv"
    endless.symlink_to("/dev/zero")
    assert main(["policy", "import", str(endless), "--table", "caps"]) == 1


@pytest.mark.parametrize(
    "command",
    [
        ["policy", "import", "no_such.csv", "--table", "caps"],
        ["policy", "export", "no_such.yaml", "--csv"],
    ],
)
def test_a_file_that_is_not_there(command: list[str]) -> None:
    """The command line is wrong, not a table."""
    assert main(command) == 2
