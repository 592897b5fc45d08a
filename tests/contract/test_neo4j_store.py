"""What the Neo4j store adds: a server that may be away, replaced, or written to by others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from engine.model import Role
from graph.model import NeighbourhoodQuery
from graph.neo4j_client import Neo4jClient
from graph.neo4j_settings import Neo4jSettings
from graph.neo4j_store import Neo4jGraphStore
from graph.settings import GraphSettings
from graph.store import NOTHING_PENDING, GraphBehind, GraphLate, GraphUnavailable
from tests.graph_histories import application, uses
from tests.neo4j_server import Neo4jServer

pytestmark = pytest.mark.xdist_group("neo4j")


@pytest.fixture
async def client(neo4j_database: Neo4jServer) -> AsyncIterator[Neo4jClient]:
    """Connections to an empty database."""
    client = Neo4jClient(neo4j_database.settings)
    yield client
    await client.close()


def asks(as_of: int = 1_000) -> NeighbourhoodQuery:
    """Who else uses device 1?"""
    return NeighbourhoodQuery(
        applicant_key="me", links=(uses("device", 1),), as_of_us=as_of, since_us=0
    )


async def test_projected_data_outlive_the_client(neo4j_database: Neo4jServer) -> None:
    """What was projected is there for the next process, with its position."""
    first = Neo4jGraphStore(Neo4jClient(neo4j_database.settings))
    await first.project([(5, application("a", 1, uses("device", 1)))], after=0, timeout_s=10)
    await first.close()
    second = Neo4jGraphStore(Neo4jClient(neo4j_database.settings))
    assert await second.position(timeout_s=10) == 5
    answer = await second.neighbourhood(asks(), NOTHING_PENDING, timeout_s=30)
    assert ([row.applicant for row in answer.near], answer.projected_to) == (["a"], 5)
    await second.close()


async def test_schema_is_created_once_and_stays(client: Neo4jClient) -> None:
    """Every key is unique: a second node with it is refused by the database itself."""
    for _ in range(2):
        assert await Neo4jGraphStore(client).position(timeout_s=20) == 0
    shown = await client.read("SHOW CONSTRAINTS YIELD name, type", {}, timeout_s=30)
    assert {(record["name"], record["type"]) for record in shown} >= {
        ("applicant_key", "UNIQUENESS"),
        ("identifier_key", "UNIQUENESS"),
        ("graph_meta_key", "UNIQUENESS"),
    }
    await client.run("CREATE (:Applicant {key: 'twice'})", timeout_s=30)
    with pytest.raises(GraphUnavailable, match="ConstraintValidationFailed") as refused:
        await client.run("CREATE (:Applicant {key: 'twice'})", timeout_s=30)
    assert "twice" not in str(refused.value)


async def test_other_caps_empty_the_graph(client: Neo4jClient) -> None:
    """Stored times are cut at the caps: other caps mean position 0, and nothing left behind."""
    first = Neo4jGraphStore(client)
    await first.project([(5, application("a", 1, uses("device", 1)))], after=0, timeout_s=10)
    second = Neo4jGraphStore(client, GraphSettings(named_cap=7))
    with pytest.raises(GraphUnavailable, match="caps"):
        await second.neighbourhood(asks(), NOTHING_PENDING, timeout_s=30)
    assert await second.position(timeout_s=10) == 0
    assert (await second.counts(timeout_s=30)).applicants == 0
    # The first still runs somewhere: it must neither answer from this graph nor write to it.
    with pytest.raises(GraphUnavailable, match="caps"):
        await first.neighbourhood(asks(), NOTHING_PENDING, timeout_s=30)
    with pytest.raises(GraphBehind):
        await first.project([(6, application("b", 2, uses("device", 1)))], after=0, timeout_s=10)
    assert await second.position(timeout_s=10) == 0


async def test_no_decision_waits_for_planning(client: Neo4jClient) -> None:
    """Planning takes longer than a decision has: it is done before, and once for all questions."""
    store = Neo4jGraphStore(client)
    clear = "CALL db.clearQueryCaches()"
    await client.run(clear, timeout_s=30)
    await store.position(timeout_s=30)
    prepared = [await _asking_s(store, number) for number in (1, 2, 5, 10, 11, 20, 64)]
    planned = []
    for _ in range(3):
        await client.run(clear, timeout_s=30)
        planned.append(await _asking_s(store, 1))
    assert sorted(prepared)[-2] < min(planned) / 2


async def _asking_s(store: Neo4jGraphStore, links: int) -> float:
    """Seconds that a neighbourhood takes which begins at so many identifiers."""
    query = NeighbourhoodQuery(
        applicant_key=f"{links:032x}",
        links=tuple(uses("phone", place) for place in range(links)),
        as_of_us=1_000,
        since_us=0,
    )
    began = time.perf_counter()
    await store.neighbourhood(query, NOTHING_PENDING, timeout_s=10)
    return time.perf_counter() - began


async def test_interrupted_emptying_is_finished(client: Neo4jClient) -> None:
    """A process that ends while it empties the graph leaves work, not a graph that looks whole."""
    store = Neo4jGraphStore(client)
    await store.project([(5, application("a", 1, uses("device", 1)))], after=0, timeout_s=10)
    await store._restart("", 1e12)
    again = Neo4jGraphStore(client)
    assert await again.position(timeout_s=10) == 0
    assert (await again.counts(timeout_s=30)).identifiers == 0


async def test_replaced_database_is_noticed_and_prepared_again(
    client: Neo4jClient, neo4j_database: Neo4jServer
) -> None:
    """A restored or emptied database: the next batch is refused, then the schema is looked at."""
    store = Neo4jGraphStore(client)
    await store.project([(5, application("a", 1, uses("device", 1)))], after=0, timeout_s=10)
    neo4j_database.wipe()
    await client.run("DROP CONSTRAINT applicant_key IF EXISTS", timeout_s=10)
    with pytest.raises(GraphBehind):
        await store.project([(6, application("b", 2, uses("device", 1)))], after=5, timeout_s=10)
    assert await store.position(timeout_s=20) == 0
    shown = await client.read("SHOW CONSTRAINTS YIELD name", {}, timeout_s=30)
    assert "applicant_key" in {record["name"] for record in shown}


async def test_two_writers_take_turns(neo4j_database: Neo4jServer) -> None:
    """A second writer, by mistake or given up for late, neither deadlocks nor writes twice."""
    stores = [Neo4jGraphStore(Neo4jClient(neo4j_database.settings)) for _ in range(4)]
    events = [
        (n, application(f"a{n}", n, uses("device", n % 3), uses("phone", n % 5, Role.CONTACT)))
        for n in range(1, 41)
    ]
    await stores[0].position(timeout_s=20)

    async def all_of_it(store: Neo4jGraphStore, size: int) -> None:
        for start in range(0, len(events), size):
            batch = events[start : start + size]
            await store.project(batch, after=batch[0][0] - 1, timeout_s=30)

    await asyncio.gather(*(all_of_it(store, n) for n, store in enumerate(stores, 7)))
    assert await stores[0].position(timeout_s=30) == 40
    counts = await stores[0].counts(timeout_s=30)
    assert (counts.applicants, counts.links) == (40, 80)
    for store in stores:
        await store.close()


async def test_late_projection_is_whole_or_absent(client: Neo4jClient) -> None:
    """A batch that runs out of time leaves no half of it behind, and can be repeated."""
    store = Neo4jGraphStore(client)
    await store.position(timeout_s=20)
    events = [
        (n, application(f"a{n}", n, uses("device", n // 2), uses("phone", n)))
        for n in range(1, 2001)
    ]
    with pytest.raises(GraphLate):
        await store.project(events, after=0, timeout_s=0.05)
    await store.project(events, after=0, timeout_s=60)
    assert (await store.counts(timeout_s=30)).links == 4000


async def test_waits_are_bounded_and_the_server_stops_too(client: Neo4jClient) -> None:
    """A runaway statement costs its time and no more, on both sides."""
    with pytest.raises(GraphLate):
        await client.read("UNWIND range(1, 2000000000) AS x RETURN sum(x)", {}, timeout_s=0.3)
    await asyncio.sleep(0.5)
    running = await client.read("SHOW TRANSACTIONS YIELD currentQuery", {}, timeout_s=30)
    assert not [record for record in running if "2000000000" in record["currentQuery"]]


async def test_a_read_may_not_write(client: Neo4jClient) -> None:
    """Decisions read in read-only transactions; the server holds them to it."""
    with pytest.raises(GraphUnavailable, match="AccessMode"):
        await client.read("CREATE (n:Applicant {key: 'x'}) RETURN n", {}, timeout_s=30)


async def test_the_decision_is_named_to_the_server(client: Neo4jClient) -> None:
    """Its id is in the transaction's metadata, where operators look for what is slow."""
    text = "SHOW TRANSACTIONS YIELD metaData RETURN metaData"
    (record,) = await client.read(text, {}, timeout_s=5, about="decision-1")
    assert record["metaData"] == {"app": "touchstone", "decision": "decision-1"}


async def test_wrong_password_is_told_without_it(neo4j_database: Neo4jServer) -> None:
    """The error names the reason; neither it nor the settings' text shows the password."""
    settings = Neo4jSettings(uri=neo4j_database.settings.uri, password="mistaken-secret")
    store = Neo4jGraphStore(Neo4jClient(settings))
    with pytest.raises(GraphUnavailable, match="Unauthorized") as refused:
        await store.position(timeout_s=30)
    assert "mistaken-secret" not in f"{refused.value!r} {settings!r}"
    await store.close()


async def test_no_server_is_unavailable_at_once() -> None:
    """Nobody listens: no waiting for the driver's usual half minute."""
    store = Neo4jGraphStore(Neo4jClient(Neo4jSettings(uri="bolt://127.0.0.1:1")))
    began = asyncio.get_running_loop().time()
    with pytest.raises(GraphUnavailable):
        await store.neighbourhood(asks(), NOTHING_PENDING, timeout_s=2)
    assert asyncio.get_running_loop().time() - began < 1
    await store.close()


async def test_a_routed_read_waits_for_what_was_projected(neo4j_database: Neo4jServer) -> None:
    """Members of a cluster lag behind each other: reads carry the last batch's bookmark."""
    uri = neo4j_database.settings.uri.replace("bolt", "neo4j")
    client = Neo4jClient(replace(neo4j_database.settings, uri=uri))
    store = Neo4jGraphStore(client)
    await store.position(timeout_s=20)
    for number in range(1, 11):
        event = application(f"a{number}", number, uses("device", 1))
        await store.project([(number, event)], after=number - 1, timeout_s=10)
        answer = await store.neighbourhood(asks(), NOTHING_PENDING, timeout_s=30)
        assert (answer.projected_to, len(answer.near)) == (number, number)
    assert client._bookmarks
    neo4j_database.wipe()
    with pytest.raises(GraphBehind):
        await store.project([(11, application("b", 11))], after=10, timeout_s=10)
    assert client._bookmarks is None
    await store.close()


@pytest.mark.parametrize(
    "uri", ["", "localhost:7687", "http://localhost:7474", "bolt://", "bolt://u:p@localhost"]
)
def test_an_address_that_is_none_is_refused(uri: str) -> None:
    """Before anything is opened."""
    with pytest.raises(ValueError, match="uri"):
        Neo4jSettings(uri=uri)
