"""A store that may be far away, guarded: what is broken costs decisions little, and soon nothing.

Decisions go through a bulkhead and a breaker. The projector does not: it has its own patience, one
call at a time, and must notice by itself when the store is back.

Once the breaker is open no decision is asked to try: a probe in the background does, with more
patience than a decision has. A server that has just started plans a statement for longer than a
decision can wait; if only decisions tried, each would give up before the plan is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import TypeVar

from graph.breaker import Breaker, BreakerState, Outcome
from graph.bulkhead import Bulkhead
from graph.investigate.model import Answer, Question
from graph.investigate.store import InvestigatorStore
from graph.model import NOBODY, Neighbourhood, NeighbourhoodQuery
from graph.store import (
    NOTHING_PENDING,
    GraphCounts,
    GraphLate,
    GraphUnavailable,
    OutboxEvent,
    PendingView,
)
from graph.upkeep import Steps
from graph.window.model import Statement, WindowAnswer

_T = TypeVar("_T")
_NOTHING = NeighbourhoodQuery(applicant_key=NOBODY, links=(), as_of_us=0, since_us=0)
_LOOK_S = 0.05


class GuardedGraphStore:
    """A ``GraphStore`` around another.

    ``fair_s``: a call that had less time and was late says nothing about the store. Otherwise one
    caller in a hurry could open the breaker for all.
    ``patience_s``: for a probe's first question; ``prompt_s``: for its second, which shows whether
    a decision would get an answer in time.
    """

    def __init__(
        self,
        store: InvestigatorStore,
        breaker: Breaker,
        bulkhead: Bulkhead,
        *,
        fair_s: float = 0.05,
        patience_s: float = 5.0,
        prompt_s: float = 0.2,
    ) -> None:
        self._store = store
        self._breaker = breaker
        self._bulkhead = bulkhead
        self._fair_s = fair_s
        self._patience_s = patience_s
        self._prompt_s = prompt_s
        self._probing: asyncio.Task[None] | None = None

    async def neighbourhood(
        self, query: NeighbourhoodQuery, pending: PendingView, *, timeout_s: float
    ) -> Neighbourhood:
        """As the protocol says. ``GraphUnavailable`` at once unless the breaker is closed."""
        deadline = time.monotonic() + timeout_s
        # Looked at before the bulkhead as well: what is not asked must not wait for a place.
        self._require_closed()
        async with self._bulkhead.place(timeout_s):
            return await self._ask(query, pending, max(0.0, deadline - time.monotonic()))

    async def look(self, question: Question, *, timeout_s: float) -> Answer:
        """As ``InvestigatorStore`` says. Without the breaker: how long it takes says nothing about
        decisions.
        """
        return await self._store.look(question, timeout_s=timeout_s)

    async def run(self, statement: Statement, *, timeout_s: float) -> WindowAnswer:
        """As ``InvestigatorStore`` says. Without the breaker, too."""
        return await self._store.run(statement, timeout_s=timeout_s)

    async def project(self, events: Sequence[OutboxEvent], *, after: int, timeout_s: float) -> None:
        """As the protocol says."""
        await self._store.project(events, after=after, timeout_s=timeout_s)

    async def position(self, *, timeout_s: float) -> int:
        """As the protocol says."""
        return await self._store.position(timeout_s=timeout_s)

    async def counts(self, *, timeout_s: float) -> GraphCounts:
        """As the protocol says."""
        return await self._store.counts(timeout_s=timeout_s)

    async def carry_out(self, steps: Steps[_T], *, timeout_s: float) -> _T:
        """As ``InvestigatorStore`` says."""
        return await self._store.carry_out(steps, timeout_s=timeout_s)

    async def close(self) -> None:
        """As the protocol says."""
        if self._probing is not None:
            self._probing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._probing
        await self._store.close()

    async def probe(self) -> None:
        """Try once, if it is time to, and tell the breaker."""
        ticket = self._breaker.enter()
        if ticket is None:
            return
        outcome = Outcome.NOTHING
        try:
            for timeout_s in (self._patience_s, self._prompt_s):
                await self._store.neighbourhood(_NOTHING, NOTHING_PENDING, timeout_s=timeout_s)
            outcome = Outcome.GOOD
        except Exception:  # noqa: BLE001 - whatever it is, it is no answer, and probing goes on
            outcome = Outcome.FAILED
        finally:
            self._breaker.leave(ticket, outcome)

    def _require_closed(self) -> None:
        if self._breaker.state is not BreakerState.CLOSED:
            self._probe_if_open()
            raise GraphUnavailable("the graph failed lately and is not asked again yet")

    async def _ask(
        self, query: NeighbourhoodQuery, pending: PendingView, timeout_s: float
    ) -> Neighbourhood:
        self._require_closed()
        ticket = self._breaker.enter()
        if ticket is None:
            raise AssertionError("a closed breaker refuses nobody")
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
            self._probe_if_open()
        return answer

    def _probe_if_open(self) -> None:
        is_probed = self._probing is not None and not self._probing.done()
        if self._breaker.state is not BreakerState.CLOSED and not is_probed:
            self._probing = asyncio.create_task(self._probe_until_closed(), name="graph-probe")

    async def _probe_until_closed(self) -> None:
        while self._breaker.state is not BreakerState.CLOSED:
            await asyncio.sleep(_LOOK_S)
            await self.probe()
