"""Projecting everything that is recorded, in large batches, with nobody deciding meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from graph.store import GraphForeign, GraphStore, OutboxEvent

BATCH = 1000
"""Events in one commit: enough to share its cost, and a second's work at most."""


class Events(Protocol):
    """The recorded events in their order."""

    async def read_after(self, position: int, limit: int) -> Sequence[OutboxEvent]:
        """Up to ``limit`` events after ``position``, in order; none at the end.

        An event must not appear at a position lower than one that was already read.
        """
        ...


async def catch_up(
    events: Events,
    store: GraphStore,
    *,
    until: int | None = None,
    timeout_s: float = 120.0,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Project what the store does not have yet, up to the position ``until`` or all; the position.

    ``timeout_s`` bounds each batch. Interrupted, it goes on where the store stands. Raises
    ``GraphForeign`` if the store holds something else, and the errors of both.
    """
    position = await store.position(timeout_s=timeout_s)
    await require_own(events, position)
    while until is None or position < until:
        most = BATCH if until is None else min(BATCH, until - position)
        batch = await events.read_after(position, most)
        if not batch:
            break
        await store.project(batch, after=position, timeout_s=timeout_s)
        position = batch[-1][0]
        progress(position)
    return position


async def require_own(events: Events, position: int) -> None:
    """The graph's last event must be recorded here, or what it holds came from elsewhere."""
    last = await events.read_after(position - 1, 1) if position else ()
    if position and (not last or last[0][0] != position):
        raise GraphForeign(
            "the graph was written from another ledger; empty it, or use one of its own"
        )
