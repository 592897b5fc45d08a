"""One thread for a synchronous engine, with a bounded queue and bounded waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from graph.store import GraphLate, GraphUnavailable

_T = TypeVar("_T")


class Worker:
    """Runs calls one after another, in the order in which they came.

    ``queue_length`` bounds the calls that wait or run.
    """

    def __init__(self, name: str, *, queue_length: int) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._queue_length = queue_length
        self._in_hand = 0
        self._closed = False

    async def run(self, call: Callable[[float], _T], timeout_s: float) -> _T:
        """``call(seconds_left)`` on the thread.

        ``GraphLate`` after ``timeout_s`` (a call that has not begun is dropped then),
        ``GraphUnavailable`` if the queue is full or the worker closed.
        """
        if self._closed:
            raise GraphUnavailable("the graph is closed")
        if self._in_hand >= self._queue_length:
            raise GraphUnavailable("too many calls wait for the graph")
        deadline = time.monotonic() + timeout_s
        self._in_hand += 1
        future = asyncio.get_running_loop().run_in_executor(
            self._executor, _in_time, call, deadline
        )
        future.add_done_callback(self._finished)
        done, _ = await asyncio.wait({future}, timeout=timeout_s)
        if not done:
            future.cancel()
            raise GraphLate("the graph did not answer in time")
        return future.result()

    async def close(self, last: Callable[[], None]) -> None:
        """Run ``last`` after the calls in hand, then end the thread. Idempotent."""
        if self._closed:
            return
        self._closed = True
        try:
            await asyncio.get_running_loop().run_in_executor(self._executor, last)
        finally:
            self._executor.shutdown(wait=False)

    def _finished(self, future: asyncio.Future[_T]) -> None:
        self._in_hand -= 1
        if not future.cancelled():
            future.exception()  # read, so that a result nobody waits for is not reported


def _in_time(call: Callable[[float], _T], deadline: float) -> _T:
    left = deadline - time.monotonic()
    if left <= 0:
        raise GraphLate("the graph did not get to it in time")
    return call(left)
