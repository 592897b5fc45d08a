"""Each request is worked on once, however often it is sent; the work goes on without its caller."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from engine.deadline import Deadline
from engine.errors import Overloaded, RequestIdReused, Unavailable
from engine.ledger import Ledger, StoredAnswer

_RETRY_AFTER_S = 0.5


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks and under which id, for what content, and until when."""

    caller: str
    request_id: str
    fingerprint: bytes
    deadline: Deadline

    def same(self, stored: StoredAnswer) -> bytes:
        """The answer that was stored for it. Raises ``RequestIdReused`` for other content."""
        return same_answer(stored, self.fingerprint)


@dataclass(frozen=True, slots=True)
class _InFlight:
    fingerprint: bytes
    task: asyncio.Task[bytes]


class Once:
    """Requests under way, at most ``most``; belongs to one event loop."""

    def __init__(self, ledger: Ledger, most: int) -> None:
        self._ledger = ledger
        self._most = most
        self._in_flight: dict[tuple[str, str], _InFlight] = {}
        self._draining = False

    async def run(self, call: Call, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The stored answer, that of the same request under way, or what ``make`` returns.

        ``make`` goes on if the caller goes away: a retry finds what it has recorded. Raises
        ``RequestIdReused``, ``Overloaded``, ``Unavailable`` and ``DeadlineExceeded``.
        """
        running = self._in_flight.get((call.caller, call.request_id))
        if running is None:
            running = self._start(call, make)
        elif running.fingerprint != call.fingerprint:
            raise RequestIdReused("request_id was used before with other content")
        return await call.deadline.wait_for(asyncio.shield(running.task))

    async def drain(self, timeout_s: float) -> None:
        """Begin nothing new and wait, so long, for what is under way."""
        self._draining = True
        tasks = [running.task for running in self._in_flight.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)

    def _start(self, call: Call, make: Callable[[], Awaitable[bytes]]) -> _InFlight:
        if self._draining:
            raise Unavailable("the server is shutting down; send the request to another one")
        if len(self._in_flight) >= self._most:
            raise Overloaded("too many decisions under way", _RETRY_AFTER_S)
        key = (call.caller, call.request_id)
        task = asyncio.create_task(self._find_or_make(call, make))
        running = self._in_flight[key] = _InFlight(call.fingerprint, task)
        task.add_done_callback(lambda _: self._finished(key, task))
        return running

    def _finished(self, key: tuple[str, str], task: asyncio.Task[bytes]) -> None:
        del self._in_flight[key]
        if not task.cancelled():
            task.exception()  # it was delivered to whoever waited; nobody need be left

    async def _find_or_make(self, call: Call, make: Callable[[], Awaitable[bytes]]) -> bytes:
        stored = await self._ledger.find(call.caller, call.request_id)
        return await make() if stored is None else call.same(stored)


def same_answer(stored: StoredAnswer, fingerprint: bytes) -> bytes:
    """The stored answer. Raises ``RequestIdReused`` if it was given to other content."""
    if stored.fingerprint != fingerprint:
        raise RequestIdReused("request_id was used before with other content")
    return stored.answer
