from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from engine.model import IdentifierKind, Role
from graph.embedded import EmbeddedGraphStore
from graph.model import FraudMarked, NeighbourhoodQuery, SharingDeclared
from graph.neo4j_client import Neo4jClient
from graph.neo4j_store import Neo4jGraphStore
from graph.settings import GraphSettings
from graph.store import (
    NOTHING_PENDING,
    GraphBehind,
    GraphCounts,
    GraphLate,
    GraphStore,
    GraphUnavailable,
    OutboxEvent,
)
from tests.graph_histories import application, uses
from tests.neo4j_server import Neo4jServer
from tests.reference_graph import ReferenceGraphStore

Opener = Callable[[GraphSettings | None], Awaitable[GraphStore]]


def ask(*links: object, as_of: int = 1_000, since: int = 0) -> NeighbourhoodQuery:
    """A question by an applicant that is not in the graph."""
    return NeighbourhoodQuery(
        applicant_key="me",
        links=links,  # type: ignore[arg-type]
        as_of_us=as_of,
        since_us=since,
    )


@pytest.fixture(
    params=[
        "embedded",
        pytest.param("neo4j", marks=pytest.mark.xdist_group("neo4j")),
        "reference",
    ]
)
async def opener(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens stores of one implementation, and closes them in the end."""
    opened: list[GraphStore] = []

    async def open_store(settings: GraphSettings | None = None) -> GraphStore:
        if request.param == "embedded":
            store: GraphStore = await EmbeddedGraphStore.open(tmp_path / "graph", settings)
        elif request.param == "neo4j":
            server: Neo4jServer = request.getfixturevalue("neo4j_database")
            store = Neo4jGraphStore(Neo4jClient(server.settings), settings)
        else:
            store = ReferenceGraphStore(settings)
        opened.append(store)
        return store

    yield open_store
    for store in opened:
        await store.close()


@pytest.fixture
async def store(opener: Opener) -> GraphStore:
    """A new, empty store."""
    return await opener(None)


class TestGraphStoreContract:
    """What every implementation promises."""

    async def test_empty_graph_answers(self, store: GraphStore) -> None:
        """An empty graph knows nobody, and says so without an error."""
        answer = await store.neighbourhood(ask(uses("device", 1)), NOTHING_PENDING, timeout_s=30)
        assert answer.near == ()
        assert answer.identifiers[0].degree == 0
        assert await store.position(timeout_s=30) == 0
        assert await store.counts(timeout_s=30) == GraphCounts(applicants=0, identifiers=0, links=0)

    async def test_position_and_counts_follow_the_events(self, store: GraphStore) -> None:
        """The position is that of the last event; a mark alone makes no applicant."""
        events: list[OutboxEvent] = [
            (3, application("a", 10, uses("device", 1), uses("phone", 1, Role.GUARANTOR))),
            (7, FraudMarked(applicant="ghost", at_us=11, fraud_at_us=11, fraud_type="x")),
        ]
        await store.project(events, after=0, timeout_s=30)
        assert await store.position(timeout_s=30) == 7
        assert await store.counts(timeout_s=30) == GraphCounts(applicants=1, identifiers=2, links=2)

    async def test_repeated_events_change_nothing(self, store: GraphStore) -> None:
        """A batch that is sent twice counts once."""
        events = [(place, application(f"a{place}", place, uses("device", 1))) for place in (1, 2)]
        await store.project(events, after=0, timeout_s=30)
        await store.project(events, after=0, timeout_s=30)
        answer = await store.neighbourhood(ask(uses("device", 1)), NOTHING_PENDING, timeout_s=30)
        assert answer.identifiers[0].degree == 2
        assert [row.applicant for row in answer.near] == ["a2", "a1"]

    async def test_positions_must_increase(self, store: GraphStore) -> None:
        """Events out of order are refused whole."""
        events = [(2, application("a", 1)), (1, application("b", 2))]
        with pytest.raises(ValueError, match="increase"):
            await store.project(events, after=0, timeout_s=30)
        assert await store.position(timeout_s=30) == 0

    async def test_a_wiped_graph_is_noticed(self, store: GraphStore) -> None:
        """A batch that does not follow what is stored is refused: a gap would be silent."""
        with pytest.raises(GraphBehind):
            await store.project([(9, application("a", 1))], after=8, timeout_s=30)

    async def test_hub_from_the_link_after_the_cap(self, store: GraphStore) -> None:
        """At its cap an identifier is traversed; from the next link on it is a hub."""
        events = [(n, application(f"a{n}", n * 10, uses("id_number", 1))) for n in range(1, 7)]
        await store.project(events, after=0, timeout_s=30)
        at_cap = await store.neighbourhood(
            ask(uses("id_number", 1), as_of=50), NOTHING_PENDING, timeout_s=5
        )
        over = await store.neighbourhood(
            ask(uses("id_number", 1), as_of=51), NOTHING_PENDING, timeout_s=5
        )
        assert (at_cap.identifiers[0].degree, at_cap.identifiers[0].hub) == (4, False)
        assert len(at_cap.near) == 4
        assert over.identifiers[0].degree == 5
        assert (over.identifiers[0].hub, over.identifiers[0].hub_reason) == (True, "cap")
        assert over.near == ()

    async def test_a_late_arrival_moves_the_hub_back(self, store: GraphStore) -> None:
        """Times decide, not the order of projection."""
        times = [10, 20, 30, 40, 50, 5]
        events = [
            (n, application(f"a{n}", at, uses("id_number", 1))) for n, at in enumerate(times, 1)
        ]
        await store.project(events, after=0, timeout_s=30)
        answer = await store.neighbourhood(
            ask(uses("id_number", 1), as_of=41), NOTHING_PENDING, timeout_s=5
        )
        assert answer.identifiers[0].hub

    async def test_same_person_survives_the_hub(self, store: GraphStore) -> None:
        """Somebody who applied often is still known to be the same person."""
        events = [
            (n, application(f"a{n}", n, uses("id_number", 1), uses("phone", 1)))
            for n in range(1, 7)
        ]
        await store.project(events, after=0, timeout_s=30)
        query = ask(uses("id_number", 1), uses("phone", 1))
        answer = await store.neighbourhood(query, NOTHING_PENDING, timeout_s=30)
        assert answer.identifiers[1].hub
        assert answer.same_person == ("a1", "a2", "a3", "a4", "a5", "a6")

    async def test_marks_are_known_from_their_own_time(self, store: GraphStore) -> None:
        """A mark counts from when it was made, and no longer once it is taken back."""
        events: list[OutboxEvent] = [
            (1, application("a", 10, uses("device", 1))),
            (2, FraudMarked(applicant="a", at_us=30, fraud_at_us=20, fraud_type="mule")),
            (3, FraudMarked(applicant="a", at_us=50, fraud_at_us=None, fraud_type="")),
        ]
        await store.project(events, after=0, timeout_s=30)
        seen = []
        for as_of in (25, 30, 31, 50, 51):
            answer = await store.neighbourhood(
                ask(uses("device", 1), as_of=as_of), NOTHING_PENDING, timeout_s=5
            )
            seen.append(answer.near[0].fraud_at_us)
        assert seen == [None, None, 20, 20, None]

    async def test_fraud_of_the_future_is_not_known(self, store: GraphStore) -> None:
        """A mark that names a later time counts from that time on."""
        events: list[OutboxEvent] = [
            (1, application("a", 10, uses("device", 1))),
            (2, FraudMarked(applicant="a", at_us=20, fraud_at_us=40, fraud_type="mule")),
        ]
        await store.project(events, after=0, timeout_s=30)
        seen = []
        for as_of in (30, 40):
            answer = await store.neighbourhood(
                ask(uses("device", 1), as_of=as_of), NOTHING_PENDING, timeout_s=5
            )
            seen.append(answer.near[0].fraud_at_us)
        assert seen == [None, 40]

    async def test_named_by_too_many_is_counted_not_listed(self, opener: Opener) -> None:
        """Past the cap on guarantor links the list is left out, and said to be cut."""
        store = await opener(GraphSettings(named_cap=2))
        events: list[OutboxEvent] = [
            (n, application(f"a{n}", n * 10, uses("phone", 1, Role.GUARANTOR))) for n in range(1, 5)
        ]
        await store.project(events, after=0, timeout_s=30)
        seen = []
        for as_of in (30, 31, 41):
            answer = await store.neighbourhood(
                ask(uses("phone", 1), as_of=as_of), NOTHING_PENDING, timeout_s=5
            )
            row = answer.identifiers[0]
            seen.append((row.named, row.named_hub, len(answer.near), answer.near_cut))
        assert seen == [(2, False, 2, False), (3, True, 0, True), (3, True, 0, True)]

    async def test_declared_sharing_is_not_traversed(self, store: GraphStore) -> None:
        """A dormitory's address is a hub from its declaration until that is withdrawn."""
        address = "address:1"
        kind = IdentifierKind.ADDRESS
        events: list[OutboxEvent] = [
            (1, application("a", 10, uses(kind, 1))),
            (2, SharingDeclared(identifier=address, kind=kind, at_us=20, reason="dormitory")),
            (3, SharingDeclared(identifier=address, kind=kind, at_us=40, reason="")),
        ]
        await store.project(events, after=0, timeout_s=30)
        reasons = []
        for as_of in (20, 21, 41):
            answer = await store.neighbourhood(
                ask(uses(kind, 1), as_of=as_of), NOTHING_PENDING, timeout_s=5
            )
            reasons.append((answer.identifiers[0].hub_reason, len(answer.near)))
        assert reasons == [("", 1), ("dormitory", 0), ("", 1)]

    async def test_too_many_links_are_refused(self, store: GraphStore) -> None:
        """The query is bounded too."""
        query = ask(*(uses("phone", number) for number in range(65)))
        with pytest.raises(ValueError, match="links"):
            await store.neighbourhood(query, NOTHING_PENDING, timeout_s=30)

    async def test_closed_store_is_unavailable(self, store: GraphStore) -> None:
        """A closed store refuses, and may be closed again."""
        await store.close()
        await store.close()
        with pytest.raises(GraphUnavailable):
            await store.position(timeout_s=30)


class TestEmbeddedStore:
    """What the embedded store adds: a directory, a thread, a queue."""

    async def test_reopened_graph_goes_on(self, tmp_path: Path) -> None:
        """What was projected is there after a restart, with its position."""
        first = await EmbeddedGraphStore.open(tmp_path)
        await first.project([(5, application("a", 1, uses("device", 1)))], after=0, timeout_s=30)
        await first.close()
        second = await EmbeddedGraphStore.open(tmp_path)
        assert await second.position(timeout_s=30) == 5
        answer = await second.neighbourhood(ask(uses("device", 1)), NOTHING_PENDING, timeout_s=30)
        assert [row.applicant for row in answer.near] == ["a"]
        await second.close()

    async def test_other_caps_wipe_the_graph(self, tmp_path: Path) -> None:
        """Stored times are cut at the caps, so other caps mean a rebuild from position 0."""
        first = await EmbeddedGraphStore.open(tmp_path)
        await first.project([(5, application("a", 1, uses("device", 1)))], after=0, timeout_s=30)
        await first.close()
        second = await EmbeddedGraphStore.open(tmp_path, GraphSettings(named_cap=7))
        assert await second.position(timeout_s=30) == 0
        await second.close()

    async def test_second_owner_is_refused(self, tmp_path: Path) -> None:
        """One process owns the directory."""
        first = await EmbeddedGraphStore.open(tmp_path)
        with pytest.raises(GraphUnavailable):
            await EmbeddedGraphStore.open(tmp_path)
        await first.close()

    async def test_waits_are_bounded(self, tmp_path: Path) -> None:
        """A caller's time is its own: it is told late, and the others go on."""
        store = await EmbeddedGraphStore.open(tmp_path)
        with pytest.raises(GraphLate):
            await store.position(timeout_s=0)
        assert await store.position(timeout_s=30) == 0
        await store.close()

    async def test_the_queue_is_bounded(self, tmp_path: Path) -> None:
        """Beyond the queue, callers hear at once that the graph is not available."""
        store = await EmbeddedGraphStore.open(tmp_path, queue_length=2)
        answers = await asyncio.gather(
            *(store.position(timeout_s=30) for _ in range(5)), return_exceptions=True
        )
        assert [type(answer) for answer in answers] == [int, int] + [GraphUnavailable] * 3
        await store.close()

    async def test_late_projection_is_whole_or_absent(self, tmp_path: Path) -> None:
        """A batch that runs out of time leaves no half of it behind."""
        store = await EmbeddedGraphStore.open(tmp_path)
        events = [
            (n, application(f"a{n}", n, uses("device", n // 2), uses("phone", n)))
            for n in range(1, 3001)
        ]
        with pytest.raises(GraphLate):
            await store.project(events, after=0, timeout_s=0.05)
        counts = await store.counts(timeout_s=30)
        reached = await store.position(timeout_s=30)
        assert (reached, counts.applicants) in {(0, 0), (3000, 3000)}
        await store.project(events, after=0, timeout_s=60)
        assert (await store.counts(timeout_s=30)).links == 6000
        await store.close()
