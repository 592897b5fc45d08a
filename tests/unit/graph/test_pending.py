from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from graph.embedded import EmbeddedGraphStore
from graph.model import FraudMarked, NeighbourhoodQuery
from graph.pending import PendingFull, PendingIndex
from graph.settings import GraphSettings
from tests.graph_histories import application, bare, uses
from tests.reference_graph import ReferenceGraph


def test_full_index_says_so() -> None:
    """Beyond its capacity the index refuses, and a retry helps once something was projected."""
    pending = PendingIndex(capacity=1, retry_after_s=0.5)
    pending.admit("a", 1, [uses("device", 1)])
    with pytest.raises(PendingFull) as refused:
        pending.admit("b", 2, [uses("device", 1)])
    assert refused.value.retry_after_s == pytest.approx(0.5)
    pending.projected([application("a", 1, uses("device", 1))])
    pending.admit("b", 2, [uses("device", 1)])
    assert len(pending) == 1


def test_withdrawn_application_is_not_seen() -> None:
    """A request that failed before it was recorded leaves no trace; unknown ones are ignored."""
    pending = PendingIndex()
    pending.admit("a", 1, [uses("device", 1)])
    pending.withdraw("a")
    pending.withdraw("never")
    assert pending.is_clear()


def test_other_content_for_the_same_applicant_is_refused() -> None:
    """One application is admitted once."""
    pending = PendingIndex()
    pending.admit("a", 1, [uses("device", 1)])
    pending.add(application("a", 1, uses("device", 1)))
    with pytest.raises(ValueError, match="admitted once"):
        pending.admit("a", 2, [uses("device", 1)])


def test_open_view_keeps_what_was_projected_meanwhile() -> None:
    """The store's answer may be older than the commit, so the view must still hold the event."""
    pending = PendingIndex()
    event = application("a", 1, uses("device", 1))
    pending.add(event)
    with pending.view() as view:
        pending.projected([event])
        assert list(view.users("device:1")) == [("a", 1)]
        with pending.view() as later:
            assert list(later.users("device:1")) == [("a", 1)]
        assert len(pending) == 0
    assert pending.is_clear()


def test_unmarking_is_pending_too() -> None:
    """Fraud marks wait beside applications."""
    pending = PendingIndex()
    mark = FraudMarked(applicant="a", at_us=5, fraud_at_us=None, fraud_type="")
    pending.add(mark)
    with pending.view() as view:
        assert view.marks("a") == ((5, -1),)
    pending.projected([mark])
    assert pending.is_clear()


async def test_simultaneous_ring_sees_all_before(tmp_path: Path) -> None:
    """The n-th of 200 ring applications sees the n-1 before it, while they are being projected."""
    bounds = GraphSettings(near_per_identifier=300, caps=dict.fromkeys(GraphSettings().caps, 500))
    store = await EmbeddedGraphStore.open(tmp_path, bounds, queue_length=1000)
    pending = PendingIndex()
    reference = ReferenceGraph(bounds)
    ring = [
        application(f"a{n:03}", 1000 + n, uses("device", 1), uses("phone", n // 10))
        for n in range(200)
    ]
    reference.events = list(ring)

    async def decide(number: int) -> None:
        event = ring[number]
        await asyncio.sleep((number % 7) / 1000)
        query = NeighbourhoodQuery(
            applicant_key=event.applicant, links=event.links, as_of_us=event.at_us, since_us=0
        )
        with pending.view() as view:
            answer = await store.neighbourhood(query, view, timeout_s=20)
        assert len({row.applicant for row in answer.near}) == number
        if number % 20 == 0:
            assert bare(answer) == reference.neighbourhood(query)

    async def project() -> None:
        for position, event in enumerate(ring, 1):
            await asyncio.sleep(0)
            batch = [(position, event)]
            await store.project(batch, after=position - 1, timeout_s=20)
            pending.projected([event])

    for event in ring:
        pending.admit(event.applicant, event.at_us, event.links)
    await asyncio.gather(project(), *(decide(number) for number in range(200)))
    assert pending.is_clear()
    await store.close()


async def test_a_pending_neighbour_leads_to_projected_ones(tmp_path: Path) -> None:
    """Beyond an applicant the graph does not know yet, it still finds those that it knows."""
    store = await EmbeddedGraphStore.open(tmp_path)
    known = application("known", 10, uses("phone", 1), uses("email", 1))
    await store.project([(1, known)], after=0, timeout_s=5)
    pending = PendingIndex()
    pending.admit("waiting", 20, [uses("device", 1), uses("phone", 1)])
    query = NeighbourhoodQuery(
        applicant_key="me", links=(uses("device", 1),), as_of_us=30, since_us=0
    )
    with pending.view() as view:
        answer = await store.neighbourhood(query, view, timeout_s=5)
    assert [(row.via, row.applicant) for row in answer.far] == [("waiting", "known")]
    assert answer.pending == 1
    await store.close()


async def test_a_projected_neighbour_leads_to_pending_ones(tmp_path: Path) -> None:
    """And beyond one that it knows, those that only wait."""
    store = await EmbeddedGraphStore.open(tmp_path)
    known = application("known", 10, uses("device", 1), uses("phone", 1))
    await store.project([(1, known)], after=0, timeout_s=5)
    pending = PendingIndex()
    pending.admit("waiting", 20, [uses("phone", 1)])
    query = NeighbourhoodQuery(
        applicant_key="me", links=(uses("device", 1),), as_of_us=30, since_us=0
    )
    with pending.view() as view:
        answer = await store.neighbourhood(query, view, timeout_s=5)
    assert [(row.via, row.applicant) for row in answer.far] == [("known", "waiting")]
    await store.close()


def test_overflow_is_blind_until_all_of_it_must_be_projected() -> None:
    """With a graph that may be away for long, too much waiting costs sight, not applications."""
    now = 100.0
    pending = PendingIndex(capacity=1, may_overflow=True, settle_s=60, monotonic=lambda: now)
    pending.admit("a", 1, [uses("device", 1)])
    assert not pending.is_blind
    pending.admit("b", 2, [uses("device", 1)])
    pending.expect(FraudMarked(applicant="a", at_us=3, fraud_at_us=3, fraud_type="mule"))
    assert (pending.is_blind, len(pending)) == (True, 1)
    pending.withdraw("b")
    pending.caught_up(159.9)
    assert pending.is_blind
    pending.caught_up(160.0)
    assert not pending.is_blind


def test_priming_is_told_when_there_is_no_room() -> None:
    """The projector must know where to begin projecting: for it nothing is left out silently."""
    pending = PendingIndex(capacity=1, may_overflow=True)
    pending.add(application("a", 1))
    with pytest.raises(PendingFull):
        pending.add(application("b", 2))
    assert not pending.is_blind
