"""One point in time by which a call must be answered, instead of raw seconds handed around."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from engine.errors import DeadlineExceeded

_T = TypeVar("_T")


class Deadline:
    """``seconds`` from now on the monotonic clock ``now`` (seconds, injected by tests).

    Immutable: every stage that is handed it sees the same point in time.
    """

    __slots__ = ("_at", "_now")

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._at = now() + seconds

    def remaining_s(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._at - self._now())

    @property
    def expired(self) -> bool:
        """Whether nothing is left."""
        return self.remaining_s() <= 0.0

    def bounded(self, timeout_s: float) -> float:
        """``timeout_s``, or what is left if that is less, in seconds."""
        return min(timeout_s, self.remaining_s())

    async def wait_for(self, awaitable: Awaitable[_T]) -> _T:
        """The result of ``awaitable``; raises ``DeadlineExceeded`` when time is up.

        A ``TimeoutError`` that ``awaitable`` itself raises passes as it is. Only the waiting is
        cancelled at the deadline: shield what must go on.
        """
        bound = asyncio.timeout(self.remaining_s())
        try:
            async with bound:
                return await awaitable
        except TimeoutError:
            if bound.expired():
                raise DeadlineExceeded(
                    "the deadline passed before there was an answer; retry with the same request_id"
                ) from None
            raise
