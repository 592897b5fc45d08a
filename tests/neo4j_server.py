"""The Neo4j of the tests: one for a whole run, started by whoever needs it first.

``NEO4J_URI`` (with ``NEO4J_USER``, ``NEO4J_PASSWORD``) names one that runs already. Otherwise
``tools/neo4j.sh`` fetches and starts one, which ends with the run. Without Java or Maven, or with
``TOUCHSTONE_SKIP_NEO4J=1``, the tests that need it are skipped, visibly.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import neo4j
import pytest

from graph.neo4j_settings import Neo4jSettings

SKIP = "TOUCHSTONE_SKIP_NEO4J"
_SCRIPT = Path(__file__).resolve().parent.parent / "tools" / "neo4j.sh"
_START_S = 280.0
_OURS = "TouchstoneTests"
# Kept, because a child that is forgotten while it runs is reported as a leak.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Neo4jServer:
    """A server whose data tests may delete. ``pid``: its process, if the run started it."""

    settings: Neo4jSettings
    pid: int | None

    def wipe(self) -> None:
        """Delete what earlier tests left; constraints stay."""
        driver = neo4j.GraphDatabase.driver(
            self.settings.uri, auth=(self.settings.user, self.settings.password)
        )
        with driver, driver.session(database=self.settings.database) as session:
            session.run(
                f"MATCH (n) WHERE NOT n:{_OURS}"
                " CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS"
            ).consume()


def run_of(config: pytest.Config) -> int:
    """The process that the whole run belongs to: this one, or the one that started the workers."""
    return os.getppid() if hasattr(config, "workerinput") else os.getpid()


def find_server(run: int) -> Neo4jServer:
    """The server of the test run with this process id; fails or skips the test without one."""
    if os.environ.get(SKIP) == "1":
        pytest.skip(f"{SKIP}=1: nothing here was tried against Neo4j")
    if uri := os.environ.get("NEO4J_URI"):
        settings = Neo4jSettings(
            uri=uri,
            user=os.environ.get("NEO4J_USER", "neo4j"),
            password=os.environ.get("NEO4J_PASSWORD", ""),
        )
        _claim(settings)
        return Neo4jServer(settings, None)
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program} here: nothing was tried against Neo4j")
    with _locked(_home(run).with_suffix(".lock")):
        state = _home(run) / "state.json"
        if not state.exists():
            _start(run, state)
        found = json.loads(state.read_text(encoding="utf-8"))
    settings = Neo4jSettings(uri=found["uri"], user=found["user"], password=found["password"])
    return Neo4jServer(settings, found["pid"])


@contextlib.contextmanager
def alone(run: int) -> Iterator[None]:
    """One test at a time: the Community edition has one database."""
    with _locked(_home(run).with_suffix(".alone")):
        yield


def end_server(run: int) -> None:
    """Stop what this run started. Its data are of no use, so it need not stop in order."""
    home = _home(run)
    state = home / "state.json"
    if state.exists():
        pid = json.loads(state.read_text(encoding="utf-8"))["pid"]
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _remove(run)


def _remove(run: int) -> None:
    home = _home(run)
    for leftover in (home.with_suffix(".lock"), home.with_suffix(".alone")):
        leftover.unlink(missing_ok=True)
    shutil.rmtree(home, ignore_errors=True)


def _remove_leftovers() -> None:
    """What killed runs have left: a quarter of a gigabyte each."""
    for home in _home(0).parent.glob(f"{_home(0).name.removesuffix('0')}*"):
        run = home.name.rpartition("-")[2]
        if home.is_dir() and run.isdecimal() and not _is_alive(int(run)):
            _remove(int(run))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _home(run: int) -> Path:
    return Path(tempfile.gettempdir()) / f"touchstone-neo4j-{os.getuid()}-{run}"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start(run: int, state: Path) -> None:
    """The script ends by itself when the run's process has gone, however that ended."""
    home = _home(run)
    if (home / "failed").exists():
        pytest.fail((home / "failed").read_text(encoding="utf-8"), pytrace=False)
    _remove_leftovers()
    home.mkdir(mode=0o700, exist_ok=True)
    output = home / "script.log"
    with output.open("wb") as stream:
        child = subprocess.Popen(
            [str(_SCRIPT), "run", str(home / "data"), str(state), str(run)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            env=os.environ | {"NEO4J_JIT": "1"},
        )
    _started.append(child)
    limit = time.monotonic() + _START_S
    while not state.exists():
        if child.poll() is not None or time.monotonic() > limit:
            text = output.read_text(encoding="utf-8", errors="replace")[-2000:]
            text = f"Neo4j could not be started ({SKIP}=1 goes without it): {text}"
            (home / "failed").write_text(text, encoding="utf-8")
            pytest.fail(text, pytrace=False)
        time.sleep(0.1)


def _claim(settings: Neo4jSettings) -> None:
    """Tests delete everything: refuse a database with data that they did not write."""
    driver = neo4j.GraphDatabase.driver(settings.uri, auth=(settings.user, settings.password))
    with driver, driver.session(database=settings.database) as session:
        if session.run(f"MATCH (n:{_OURS}) RETURN count(n) AS n").single(strict=True)["n"]:
            return
        if session.run("MATCH (n) RETURN count(n) AS n").single(strict=True)["n"]:
            pytest.fail("NEO4J_URI: the database is not empty, and tests would empty it")
        session.run(f"CREATE (:{_OURS})").consume()
