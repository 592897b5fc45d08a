"""A server that cannot start says why in a line, and leaves what is there alone."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from client_examples import ring
from client_examples.local_server import local_server

_ROOT = Path(__file__).resolve().parents[2]
_FREE = [f"--{name}=127.0.0.1:0" for name in ("listen", "admin-listen", "metrics-listen")]


def _start(*arguments: str) -> tuple[int, list[str]]:
    """Exit code, and what the server itself said on standard error."""
    done = subprocess.run(
        [sys.executable, str(_ROOT / "server.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    return done.returncode, said


def test_a_second_server_on_a_data_directory_is_refused(tmp_path: Path) -> None:
    """The first goes on serving."""
    with local_server(data_dir=tmp_path / "data") as server:
        code, said = _start(f"--data-dir={tmp_path / 'data'}", *_FREE)
        assert server.process.poll() is None

    assert (code, len(said)) == (1, 1)
    assert said[0].startswith("touchstone: cannot start: another process uses")


def test_a_ledger_without_its_keys_is_refused(tmp_path: Path) -> None:
    """No new keys are made for it."""
    with local_server(data_dir=tmp_path / "data"):
        pass
    (tmp_path / "data" / "keys" / "master.key").unlink()

    code, said = _start(f"--data-dir={tmp_path / 'data'}", *_FREE)

    assert (code, len(said)) == (2, 1)
    assert "master.key" in said[0]


def test_a_broken_policy_is_refused_with_its_diagnostics(tmp_path: Path) -> None:
    """File, line and column, as the checker tells it."""
    (tmp_path / "strategy.yaml").write_text("strategy: [x\n", encoding="utf-8")

    code, said = _start(f"--data-dir={tmp_path / 'data'}", f"--policy-dir={tmp_path}", *_FREE)

    assert code == 2
    assert any("strategy.yaml:" in line for line in said)


def test_what_a_server_writes_nobody_else_can_read(tmp_path: Path) -> None:
    """Directories and files of ledger, graph, policies and keys, also with a lax umask."""
    with local_server(data_dir=tmp_path / "above" / "data") as server:
        ring.main(server.address)
        places = [tmp_path / "above", *(tmp_path / "above").rglob("*")]
        lax = {str(place) for place in places if place.stat().st_mode & 0o077}

    assert (tmp_path / "above" / "data" / "graph").is_dir()
    assert lax == set()


def test_the_log_tells_that_it_starts(tmp_path: Path) -> None:
    """Before anything is loaded: version and data directory."""
    with local_server("--no-monitor", data_dir=tmp_path / "data") as server:
        first = json.loads(server.log.read_text(encoding="utf-8").splitlines()[0])

    assert first["event"] == "starting"
    assert first["data_dir"] == str(tmp_path / "data")
    assert first["version"] == version("touchstone")
