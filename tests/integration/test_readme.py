"""The README's commands are run, its links lead somewhere, and the demo tells its story."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from client_examples import demo
from client_examples.local_server import local_server

_ROOT = Path(__file__).resolve().parents[2]
_PAGES = sorted([*_ROOT.glob("*.md"), *_ROOT.glob("docs/**/*.md"), *_ROOT.glob("data/*.md")])


def _block(name: str) -> list[list[str]]:
    """The commands of a marked block, words split as a shell does."""
    text = (_ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- run: {name} -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found, f"README.md has no block {name}"
    return [shlex.split(line) for line in found[1].strip().splitlines()]


def _here(command: list[str]) -> list[str]:
    """The same with this interpreter, so that it runs in any virtual environment."""
    program = Path(command[0])
    if program.name == "python":
        return [sys.executable, *command[1:]]
    return [str(Path(sys.executable).with_name(program.name)), *command[1:]]


def test_the_clients_of_the_readme_get_decisions() -> None:
    """Against a server started as the README says, on ports of its own."""
    assert _block("server") == [[".venv/bin/python", "server.py"]]
    with local_server() as server:
        for command in _block("client"):
            done = subprocess.run(
                [*_here(command), server.address],
                cwd=_ROOT,
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
            assert "OUTCOME_APPROVE" in done.stdout


def test_the_demo_tells_its_story(capsys: pytest.CaptureFixture[str]) -> None:
    """Every answer is the one that the scenario expects."""
    assert demo.main() == 0, capsys.readouterr().out


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Relative links name files that exist."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    local = [link for link in links if "://" not in link]

    assert [link for link in local if not (page.parent / link).exists()] == []
