"""Fixtures for the whole suite."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.api import logs
from engine.api.addresses import Addresses
from engine.api.bootstrap import build
from engine.api.server import Server
from engine.settings import Deadlines, Log, Settings
from tests.neo4j_server import Neo4jServer, alone, end_server, find_server, run_of
from tests.running_app import loopback_settings


@dataclass(frozen=True, slots=True)
class RunningServer:
    """The real server in a thread of its own, and the file that its log goes to."""

    addresses: Addresses
    log: Path


@pytest.fixture(scope="module")
def touchstone_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The real server with the shipped policy, patient, on free ports, with data of its own."""
    directory = tmp_path_factory.mktemp("touchstone")
    settings = replace(
        loopback_settings(directory / "data"),
        deadlines=Deadlines(drain_wait_ms=0),
        log=Log(log_level="debug"),
    )
    log = directory / "log.jsonl"
    with log.open("w", encoding="utf-8") as stream:
        sink = logs.configure(settings.log, stream)
        with _in_thread(settings) as addresses:
            yield RunningServer(addresses, log)
        sink.close()


@pytest.fixture(scope="session")
def neo4j_server(request: pytest.FixtureRequest) -> Neo4jServer:
    """A real Neo4j, the same one for the whole run."""
    return find_server(run_of(request.config))


@pytest.fixture
def neo4j_database(
    neo4j_server: Neo4jServer, request: pytest.FixtureRequest
) -> Iterator[Neo4jServer]:
    """The same, empty, and for this test alone."""
    with alone(run_of(request.config)):
        neo4j_server.wipe()
        yield neo4j_server


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the Neo4j that this run started, after the last worker has ended."""
    if not hasattr(session.config, "workerinput"):
        end_server(os.getpid())


class _in_thread:  # noqa: N801 - used as a context manager only
    """Runs a server on an event loop in a thread, so that synchronous tests can call it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="server", daemon=True)

    def __enter__(self) -> Addresses:
        self._thread.start()
        return asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(60)

    async def _start(self) -> Addresses:
        # The rule engine belongs to the thread that builds it.
        self._server = Server(build(self._settings), self._settings)
        return await self._server.start()

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
