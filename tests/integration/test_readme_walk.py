"""The walk of the README for policy analysts, run word by word in a directory of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from client_examples.local_server import local_server

_ROOT = Path(__file__).resolve().parents[2]
_STEPS = ("break", "mend", "test", "serve", "live", "investigate")


def _block(name: str) -> str:
    text = (_ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- walk: {name} -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found, f"README.md has no block {name}"
    return found[1]


@pytest.mark.slow
def test_the_walk_stops_without_a_server_of_its_own(tmp_path: Path) -> None:
    """Where the ports are taken it must not work on the server that has them."""
    (tmp_path / "server.py").symlink_to(_ROOT / "server.py")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "approvers.toml").write_text("", encoding="utf-8")
    serve = "\n".join(line for line in _block("serve").splitlines() if " policy key " not in line)
    with local_server() as other:
        before = other.log.read_text(encoding="utf-8").count("/Decide")
        done = subprocess.run(
            ["/usr/bin/env", "bash", "-c", serve],
            cwd=tmp_path,
            env=os.environ
            | {"PYTHONPATH": f"{_ROOT}:{_ROOT / 'proto'}", "TOUCHSTONE_LISTEN": other.address},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        after = other.log.read_text(encoding="utf-8").count("/Decide")

    assert "OUTCOME_" not in done.stdout
    assert (before, after) == (0, 0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_walk_of_an_analyst(tmp_path: Path) -> None:
    """Break, mend, test, prove, simulate, propose, approve, activate, roll back."""
    shutil.copytree(_ROOT / "rulesets", tmp_path / "rulesets")
    (tmp_path / "server.py").symlink_to(_ROOT / "server.py")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    address = f"127.0.0.1:{_free_port()}"
    blocks = {name: _block(name) for name in _STEPS}
    script = "\n".join(
        [
            "set -e -o pipefail; trap 'kill %1' EXIT",
            f"( {blocks['break']} ) && exit 99",
            *(f"echo '== {name}'\n{blocks[name]}" for name in _STEPS[1:]),
        ]
    )
    done = subprocess.run(
        ["/usr/bin/env", "bash", "-c", script],
        cwd=tmp_path,
        env=os.environ
        | {
            "PYTHONPATH": f"{_ROOT}:{_ROOT / 'proto'}",
            "TOUCHSTONE_LISTEN": address,
            "TOUCHSTONE_ADMIN_LISTEN": "127.0.0.1:0",
            "TOUCHSTONE_METRICS_LISTEN": "127.0.0.1:0",
            "TOUCHSTONE_LOG_LEVEL": "error",
        },
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    for told in (
        "did you mean `inquiries_6m`?",
        "若",
        "claims proved",
        "203 cases: 203 passed",
        "OUTCOME_APPROVE",
        "1 decisions compared",
        "proposed",
        "approved",
        "canary_started for 10 % of the applicants",
        "activated",
        "rolled_back",
        "phone +86****00",
        "marked as fraud",
        "rings worth telling: 1",
    ):
        assert told in re.sub(r" +", " ", said), said
    assert (tmp_path / "swap.html").stat().st_size > 10_000
    assert (tmp_path / "my_policy.svg").read_text(encoding="utf-8").startswith("<svg")
