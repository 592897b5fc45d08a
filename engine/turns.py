"""Decisions that share a line, one after the other: two at once would both take what is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from engine.deadline import Deadline


class Turns:
    """Locks by key, kept only while somebody has or awaits them; belongs to one event loop.

    One process uses a ledger (``engine.ledger.schema.lock``), so its own locks are enough.
    """

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    def __len__(self) -> int:
        """Keys that are in use."""
        return len(self._locks)

    @asynccontextmanager
    async def turn(self, key: str, deadline: Deadline) -> AsyncIterator[None]:
        """Alone with the key. Raises ``DeadlineExceeded`` if its turn does not come in time."""
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            await deadline.wait_for(lock.acquire())
            try:
                yield
            finally:
                lock.release()
        finally:
            self._leave(key)

    def _leave(self, key: str) -> None:
        lock, users = self._locks.pop(key)
        if users > 1:
            self._locks[key] = (lock, users - 1)
