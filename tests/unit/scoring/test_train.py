import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.scoring import Scorecard
from engine.scoring.manifest import MANIFEST, MODEL
from tests.bureaus import CARD, SPEC

_ROOT = Path(__file__).parents[3]
_REPORT = _ROOT / "docs" / "cards" / "card_bureau"


def train(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command as ``make train`` does."""
    return subprocess.run(
        [sys.executable, "-m", "engine.cli", "score", "train", str(SPEC), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=_ROOT,
        env={"PYTHONPATH": f"{_ROOT}:{_ROOT / 'proto'}"},
    )


@pytest.mark.slow
def test_training_again_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two processes, the same rows, the same files; and the card they make can be loaded."""
    for name in ("first", "second"):
        done = train("--rows", 1500, "--out", tmp_path / name)
        assert done.returncode == 0, done.stderr
    for file in (MODEL, MANIFEST):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()
    assert Scorecard.load(tmp_path / "first").name == "card_bureau"


@pytest.mark.slow
def test_the_shipped_card_comes_from_the_shipped_data(tmp_path: Path) -> None:
    """Training on everything reproduces the committed files to the byte, and the report of them."""
    done = train("--verify", "--out", CARD, "--report", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": same") == 3
    shipped = [path for path in _REPORT.rglob("*") if path.suffix in {".md", ".html", ".svg"}]
    assert len(shipped) == 7
    for path in shipped:
        fresh = tmp_path / path.relative_to(_REPORT)
        assert _told(fresh) == _told(path), f"{path.name} is of another training: make train"


def _told(path: Path) -> str:
    """The text; a report names the Python that wrote it, which may be another one here."""
    return re.sub(r"\bpython \d+\.\d+\.\d+\b", "python", path.read_text(encoding="utf-8"))
