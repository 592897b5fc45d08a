"""The walk of docs/investigators.md, run word by word against a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from client_examples.local_server import local_server

_ROOT = Path(__file__).resolve().parents[2]
_STEPS = ("ring", "look", "say", "export", "cypher", "access")


def _block(name: str) -> str:
    text = (_ROOT / "docs" / "investigators.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- walk: {name} -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found, f"docs/investigators.md has no block {name}"
    return found[1]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_walk_of_an_investigator(tmp_path: Path) -> None:
    """Search, expand, explain, mark, declare, note, export, ask in Cypher, and who looked."""
    script = "\n".join(["set -e -o pipefail", *(_block(name) for name in _STEPS)])
    (tmp_path / ".venv").symlink_to(sys.prefix)
    with local_server(data_dir=tmp_path / "data") as server:
        done = subprocess.run(
            ["/usr/bin/env", "bash", "-c", script],
            cwd=tmp_path,
            env=os.environ
            | {
                "PYTHONPATH": f"{_ROOT}:{_ROOT / 'proto'}",
                "TOUCHSTONE_SERVER": server.address,
            },
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        log = server.log.read_text(encoding="utf-8")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    for told in (
        "phone +86****00",
        "1 use it, 0 name it",
        "there are more than these 2: raise --limit",
        "address 上海市****",
        "6 applications hang together",
        "6 笔申请相互关联",
        "identity_theft",
        "1 lines recorded, 0 refused",
        "(taken back)",
        "a family of three",
        "called the employer: unknown there",
        "GetEvidence",
    ):
        assert told in re.sub(r" +", " ", said), said
    assert (tmp_path / "export" / "graph.graphml").stat().st_size > 1_000
    assert "GraphService/SearchGraph" in log
    assert "13800000700" not in log
    assert sorted(path.name for path in (tmp_path / "export").iterdir()) == [
        "graph.graphml",
        "graph.json",
        "links.csv",
        "nodes.csv",
    ]
