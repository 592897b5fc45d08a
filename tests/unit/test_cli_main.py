"""What every command of the tool does alike."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from engine.cli import main

_ROOT = Path(__file__).resolve().parents[2]


def test_a_reader_that_has_seen_enough_is_no_failure_to_report() -> None:
    """`| head` closes the pipe: the command stops without a traceback."""
    command = f"{sys.executable} -m engine.cli policy codes | :"
    done = subprocess.run(
        ["/usr/bin/env", "bash", "-c", command],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr == ""


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the installed package."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"touchstone {version('touchstone')}\n"


def test_settings_that_are_wrong_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A usage error, not a traceback."""
    assert main(["ledger", "verify", "--config", str(tmp_path / "none.toml")]) == 2
    assert "none.toml" in capsys.readouterr().err
