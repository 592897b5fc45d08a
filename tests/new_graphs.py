"""Empty graph stores, one after another, as property tests need them by the hundred."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

from graph.embedded import EmbeddedGraphStore
from graph.investigate.store import InvestigatorStore
from graph.neo4j_client import Neo4jClient
from graph.neo4j_settings import Neo4jSettings
from graph.neo4j_store import Neo4jGraphStore
from graph.settings import GraphSettings


class NewGraphs(Protocol):
    """``compared`` counts what a test found equal."""

    compared: int

    def open(self, bounds: GraphSettings) -> AbstractAsyncContextManager[InvestigatorStore]:
        """An empty graph; the one before it is gone."""
        ...

    def run(self, check: Coroutine[None, None, None]) -> None:
        """Run to its end, on one event loop for all."""
        ...


class NewEmbeddedGraphs:
    """Each in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.compared = 0
        self._directory = directory
        self._opened = 0

    @asynccontextmanager
    async def open(self, bounds: GraphSettings) -> AsyncIterator[InvestigatorStore]:
        """As the protocol says."""
        self._opened += 1
        store = await EmbeddedGraphStore.open(self._directory / str(self._opened), bounds)
        try:
            yield store
        finally:
            await store.close()

    def run(self, check: Coroutine[None, None, None]) -> None:
        """As the protocol says."""
        asyncio.run(check)


class NewNeo4jGraphs:
    """All in the one database of the server, emptied in between."""

    def __init__(self, settings: Neo4jSettings, runner: asyncio.Runner) -> None:
        self.compared = 0
        self._runner = runner
        self._client = Neo4jClient(settings)
        runner.run(Neo4jGraphStore(self._client).position(timeout_s=30))

    @asynccontextmanager
    async def open(self, bounds: GraphSettings) -> AsyncIterator[InvestigatorStore]:
        """As the protocol says."""
        # In parts: one transaction over a large graph needs more memory than the server gives it.
        text = (
            "MATCH (n:Applicant|Identifier|GraphMeta)"
            " CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS"
        )
        await self._client.run(text, timeout_s=60)
        yield Neo4jGraphStore(self._client, bounds)

    def run(self, check: Coroutine[None, None, None]) -> None:
        """As the protocol says."""
        self._runner.run(check)

    def close(self) -> None:
        """Close the connections."""
        self._runner.run(self._client.close())
