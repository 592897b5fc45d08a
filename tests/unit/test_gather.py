"""The graph as a source: what it must not be asked for, and answers that must not be used."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.gather import GraphSource, Stale
from engine.model import Admission
from graph.model import Neighbourhood
from graph.pending import PendingIndex
from graph.projector import Projector, ProjectorSettings
from graph.store import GraphUnavailable, OutboxEvent
from tests import applications
from tests.graph_histories import application, uses
from tests.reference_graph import ReferenceGraph, ReferenceGraphStore

QUIET = ProjectorSettings(idle_wait_s=0.01, backoff_first_s=0.01)


class Outbox:
    """Two events."""

    async def read_after(self, position: int, limit: int) -> Sequence[OutboxEvent]:
        """As the ledger."""
        events = [(n, application(f"a{n}", n, uses("device", 1))) for n in (1, 2)]
        return [event for event in events if event[0] > position][:limit]

    async def wait_for_more(self, position: int, timeout: float) -> None:  # noqa: ASYNC109
        """There is no more."""


@pytest.fixture
def admission() -> Admission:
    """Any application."""
    return applications.admission(applications.application())


async def started(store: ReferenceGraphStore, pending: PendingIndex) -> Projector:
    """A projector that has projected everything."""
    projector = Projector(Outbox(), store, pending, QUIET)
    await projector.start()
    assert await projector.stop(drain_s=5)
    return projector


async def test_a_graph_with_everything_is_used(admission: Admission) -> None:
    """The position stands in the answer."""
    store, pending = ReferenceGraphStore(), PendingIndex()
    source = GraphSource(store, pending, await started(store, pending))
    answer = await source.fetch(admission, 1)
    assert isinstance(answer, Neighbourhood)
    assert answer.projected_to == 2


async def test_an_answer_from_before_what_is_known_is_stale(admission: Admission) -> None:
    """Emptied or restored since: what is missing there does not wait any more either."""
    store, pending = ReferenceGraphStore(), PendingIndex()
    source = GraphSource(store, pending, await started(store, pending))
    store._graph = ReferenceGraph()
    store._position = 0
    with pytest.raises(Stale):
        await source.fetch(admission, 1)


async def test_a_store_that_was_never_reached_is_down(admission: Admission) -> None:
    """Not stale: nobody knows what it holds."""
    store, pending = ReferenceGraphStore(), PendingIndex()
    await store.close()
    projector = Projector(Outbox(), store, pending, QUIET)
    await projector.start(wait_for_store=False)
    with pytest.raises(GraphUnavailable):
        await GraphSource(store, pending, projector).fetch(admission, 1)
    await projector.stop(drain_s=0)


async def test_more_waiting_than_can_be_seen_is_stale(admission: Admission) -> None:
    """An application that found no room is neither in the graph nor in the index."""
    store, pending = ReferenceGraphStore(), PendingIndex(capacity=1, may_overflow=True)
    source = GraphSource(store, pending, await started(store, pending))
    pending.admit("b", 10, [uses("device", 1)])
    await source.fetch(admission, 1)
    pending.admit("c", 11, [uses("device", 1)])
    with pytest.raises(Stale):
        await source.fetch(admission, 1)
