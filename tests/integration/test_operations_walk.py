"""The commands of docs/operations.md for keys, backup and restore, run word by word."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from client_examples import ring
from client_examples.local_server import local_server
from touchstone.v1 import decision_pb2, decision_pb2_grpc, types_pb2

_ROOT = Path(__file__).resolve().parents[2]


def _block(name: str) -> str:
    text = (_ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- walk: {name} -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found, f"docs/operations.md has no block {name}"
    return found[1]


def _run(directory: Path, script: str) -> str:
    done = subprocess.run(
        ["/usr/bin/env", "bash", "-c", f"set -e -o pipefail\n{script}"],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": f"{_ROOT}:{_ROOT / 'proto'}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _decision(address: str, decision_id: str) -> types_pb2.Decision:
    with grpc.insecure_channel(address) as channel:
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        request = decision_pb2.GetDecisionRequest(decision_id=decision_id)
        found: types_pb2.Decision = service.GetDecision(request, timeout=10).decision
        return found


@pytest.mark.slow
def test_what_is_backed_up_is_restored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Backed up while the server runs, lost, restored: the same decision is answered."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    data = tmp_path / "touchstone-data"
    with local_server(data_dir=data) as server:
        assert ring.main(server.address) == 0
        decision_id = capsys.readouterr().out.split()[0]
        before = _decision(server.address, decision_id)
        said = _run(tmp_path, _block("keys") + _block("backup") + "echo $BACKUP")
    head = re.search(r"head ([0-9a-f]{64})", said)
    assert head
    given = f". .venv/bin/activate\nHEAD={head[1]}\nBACKUP={said.split()[-1]}\n"
    _run(tmp_path, given + _block("verify") + _block("restore"))
    assert not (data / "graph").exists()
    with local_server(data_dir=data) as server:
        assert _decision(server.address, decision_id) == before
