"""A store that may be far away, guarded: what is broken costs decisions little, and soon nothing.

Decisions go through a bulkhead and a breaker. The projector does not: it has its own patience, one
call at a time, and must notice by itself when the store is back.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from graph.breaker import Breaker, Outcome
from graph.bulkhead import Bulkhead
from graph.model import Neighbourhood, NeighbourhoodQuery
from graph.store import (
    GraphCounts,
    GraphLate,
    GraphStore,
    GraphUnavailable,
    OutboxEvent,
    PendingView,
)


class GuardedGraphStore:
    """A ``GraphStore`` around another.

    ``fair_s``: a call that had less time and was late says nothing about the store. Otherwise one
    caller in a hurry could open the breaker for all.
    """

    def __init__(
        self, store: GraphStore, breaker: Breaker, bulkhead: Bulkhead, *, fair_s: float = 0.05
    ) -> None:
        self._store = store
        self._breaker = breaker
        self._bulkhead = bulkhead
        self._fair_s = fair_s

    async def neighbourhood(
        self, query: NeighbourhoodQuery, pending: PendingView, *, timeout_s: float
    ) -> Neighbourhood:
        """As the protocol says. ``GraphUnavailable`` at once while the breaker is open."""
        deadline = time.monotonic() + timeout_s
        # Asked before the bulkhead as well: what is not made must not wait for a place.
        if self._breaker.is_refusing():
            raise _refused()
        async with self._bulkhead.place(timeout_s):
            return await self._ask(query, pending, max(0.0, deadline - time.monotonic()))

    async def project(self, events: Sequence[OutboxEvent], *, after: int, timeout_s: float) -> None:
        """As the protocol says."""
        await self._store.project(events, after=after, timeout_s=timeout_s)

    async def position(self, *, timeout_s: float) -> int:
        """As the protocol says."""
        return await self._store.position(timeout_s=timeout_s)

    async def counts(self, *, timeout_s: float) -> GraphCounts:
        """As the protocol says."""
        return await self._store.counts(timeout_s=timeout_s)

    async def close(self) -> None:
        """As the protocol says."""
        await self._store.close()

    async def _ask(
        self, query: NeighbourhoodQuery, pending: PendingView, timeout_s: float
    ) -> Neighbourhood:
        ticket = self._breaker.enter()
        if ticket is None:
            raise _refused()
        outcome = Outcome.NOTHING
        try:
            answer = await self._store.neighbourhood(query, pending, timeout_s=timeout_s)
            outcome = Outcome.GOOD
        except GraphLate:
            if timeout_s >= self._fair_s:
                outcome = Outcome.FAILED
            raise
        except GraphUnavailable:
            outcome = Outcome.FAILED
            raise
        finally:
            self._breaker.leave(ticket, outcome)
        return answer


def _refused() -> GraphUnavailable:
    return GraphUnavailable("the graph failed lately and is not asked again yet")
