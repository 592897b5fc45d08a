"""The meaning of every code, and the pages that follow the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli import main
from engine.rules import Code
from engine.rules.code_meanings import MEANINGS

_ROOT = Path(__file__).parents[3]


def test_every_code_is_explained() -> None:
    """Whoever adds a code says what it means and what to do."""
    assert set(MEANINGS) == set(Code)
    assert all(entry.told and entry.example and entry.remedy for entry in MEANINGS.values())


def test_the_generated_pages_are_up_to_date() -> None:
    """The vocabulary and the codes in docs/ are those of the code."""
    command = [sys.executable, "-m", "tools.generate_pages", "--check"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_command_prints_one_code_or_all(capsys: pytest.CaptureFixture[str]) -> None:
    """In any case of letters; a wrong one is met with the nearest."""
    assert main(["policy", "codes", "ts1202"]) == 0
    assert capsys.readouterr().out.startswith("TS1202: The condition reads a field")
    assert main(["policy", "codes"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(Code)
    assert main(["policy", "codes", "TS9202"]) == 2
    assert "did you mean" in capsys.readouterr().err
