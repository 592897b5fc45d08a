"""The graph as a source: what it must not be asked for, and answers that must not be used."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.codec import decode, encode
from engine.deadline import Deadline
from engine.errors import LedgerUnavailable
from engine.gather import CircleLines, Gatherer, GraphSource, Stale
from engine.ledger import MemoryLedger
from engine.model import Admission, GrantedLine, History, SourceStatus
from engine.outcome import Gathered
from engine.rules import OnFailure, SourcePolicy
from graph.model import Neighbourhood
from graph.pending import PendingIndex
from graph.projector import Projector, ProjectorSettings
from graph.store import GraphUnavailable, OutboxEvent
from tests import applications
from tests.graph_histories import application, uses
from tests.ledger_records import record
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


class Answers:
    """A source that answers what it is told to."""

    def __init__(self, answer: History | Neighbourhood) -> None:
        self.answer = answer

    async def fetch(self, admission: Admission, timeout_s: float) -> History | Neighbourhood:
        """The answer."""
        return self.answer


async def with_circle(ledger: MemoryLedger | None, others: int) -> Gathered:
    """What is gathered around so many neighbours."""
    asked = applications.admission(applications.application())
    sources = {
        "graph": Answers(applications.neighbourhood(others)),
        "history": Answers(History(applications=(), cut=False)),
    }
    gatherer = Gatherer(sources, CircleLines(ledger or Broken()))
    policies = {name: SourcePolicy(timeout_ms=100, on_failure=OnFailure.REFER) for name in sources}
    return await gatherer.gather(tuple(sources), policies, asked, Gathered(), Deadline(5))


class Broken(MemoryLedger):
    """Knows no lines."""

    async def granted(
        self, decision_ids: Sequence[str], *, before_us: int
    ) -> tuple[GrantedLine, ...]:
        """Fail."""
        raise LedgerUnavailable("no")


async def test_the_circles_lines_come_with_the_history() -> None:
    """They are looked up for whom the graph has found, and recorded with the decision."""
    ledger = MemoryLedger()
    await ledger.append(record(0, decision_id="dec_0", line_minor=500))
    await ledger.append(record(1, decision_id="dec_7", line_minor=900))

    found = await with_circle(ledger, 2)

    assert found.history is not None
    assert found.history.circle == (GrantedLine(decision_id="dec_0", line_minor=500),)
    assert decode(encode(found), Gathered) == found


async def test_without_them_the_history_did_not_answer() -> None:
    """The fallback of the source decides; where nobody is around nothing is asked."""
    failed, alone = await with_circle(None, 2), await with_circle(None, 0)

    assert (failed.history, failed.status("history")) == (None, SourceStatus.DOWN)
    assert alone.history is not None
    assert alone.history.circle == ()
