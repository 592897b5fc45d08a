"""A bulkhead: how many calls are under way on one dependency, and how many wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graph.store import GraphLate, GraphUnavailable


class Bulkhead:
    """At most ``limit`` calls at once, and ``queue`` more that wait; for one event loop."""

    def __init__(self, *, limit: int, queue: int) -> None:
        if limit < 1 or queue < 0:
            raise ValueError("limit must be at least 1, queue at least 0")
        self._places = asyncio.Semaphore(limit)
        self._room = limit + queue
        self._in_hand = 0

    @asynccontextmanager
    async def place(self, timeout_s: float) -> AsyncIterator[None]:
        """A place for one call. ``GraphUnavailable`` if too many wait, ``GraphLate`` if it takes
        longer than ``timeout_s``.
        """
        if self._in_hand >= self._room:
            raise GraphUnavailable("too many calls wait for the graph")
        self._in_hand += 1
        try:
            await self._enter(timeout_s)
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._in_hand -= 1

    async def _enter(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await self._places.acquire()
        except TimeoutError:
            raise GraphLate("the graph did not get to it in time") from None
