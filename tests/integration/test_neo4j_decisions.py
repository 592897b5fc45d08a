"""The server with Neo4j as its graph: decisions, an outage, and the catching up after it."""

from __future__ import annotations

import asyncio
import logging
import time
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

from client_examples.applications import Person, application, clean_bureau
from engine.model import Role
from engine.settings import Graph
from graph.apply import Touched, apply_events
from graph.model import ApplicationProjected
from graph.neo4j_client import Neo4jClient
from graph.rows import RELATIONSHIPS
from graph.settings import GraphSettings
from graph.store import OutboxEvent
from tests.fault_proxy import Fault, FaultProxy
from tests.neo4j_server import Neo4jServer
from tests.running_app import SHIPPED, RunningApp, running_app
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc, types_pb2

pytestmark = [
    pytest.mark.xdist_group("neo4j"),
    # A connection that is given up while it is being opened is closed by the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_log = logging.getLogger(__name__)
_LINKS = """
MATCH (a:Applicant)-[r]->(i:Identifier)
RETURN a.key AS applicant, type(r) AS role, i.key AS identifier, r.at AS at, count(*) AS n
"""
_IDENTIFIERS = "MATCH (i:Identifier) RETURN i.key AS key, i.degree AS degree, i.times AS times"
_APPLICANTS = "MATCH (a:Applicant) RETURN a.key AS key, a.at AS at, a.status AS status"


@dataclass(frozen=True, slots=True)
class Rig:
    """The database, the way to it, and the settings that take that way."""

    proxy: FaultProxy
    options: Graph
    direct: Neo4jClient


@pytest.fixture
async def rig(neo4j_database: Neo4jServer, tmp_path: Path) -> AsyncIterator[Rig]:
    """An empty database behind a proxy."""
    proxy = FaultProxy(neo4j_database.settings.uri)
    await proxy.start()
    password = tmp_path / "password"
    password.write_text(f"{neo4j_database.settings.password}\n", encoding="utf-8")
    options = Graph(
        graph_store="neo4j",
        neo4j_uri=proxy.uri,
        neo4j_user=neo4j_database.settings.user,
        neo4j_password_file=password,
    )
    direct = Neo4jClient(neo4j_database.settings)
    yield Rig(proxy, options, direct)
    await direct.close()
    await proxy.stop()


async def decide(app: RunningApp, number: int, device: str = "") -> types_pb2.Decision:
    """Decide on an ordinary good customer."""
    person = Person(number=number, device=device) if device else Person(number=number)
    message = application(person, bureau=clean_bureau(), monthly_income=15_000)
    async with grpc.aio.insecure_channel(app.address) as channel:
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        request = pb.DecideRequest(request_id=f"neo4j:{number}", application=message)
        answer: pb.DecideResponse = await service.Decide(request, timeout=10)
        return answer.decision


def told(decision: types_pb2.Decision) -> list[tuple[str, str, str]]:
    """What was missing, how, and what was done about it."""
    return [(d.source, d.status, d.fallback) for d in decision.degradations]


async def caught_up(app: RunningApp, within_s: float = 30.0) -> float:
    """Seconds until nothing waits for projection any more and decisions use the graph."""
    began = time.perf_counter()
    while time.perf_counter() - began < within_s:
        lag = app.app.projector.lag()
        if lag.events == 0 and lag.seconds == 0 and app.app.projector.is_trusted:
            return time.perf_counter() - began
        await asyncio.sleep(0.02)
    pytest.fail(f"not caught up: {app.app.projector.lag()}")


def scraped(address: str) -> dict[str, float]:
    """The metrics without labels."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return {
        line.split()[0]: float(line.split()[1])
        for line in lines
        if not line.startswith("#") and "{" not in line
    }


async def outbox(app: RunningApp) -> list[OutboxEvent]:
    """All of it."""
    events: list[OutboxEvent] = []
    while more := await app.ledger.read_after(events[-1][0] if events else 0, 1000):
        events += more
    return events


async def equals_outbox(app: RunningApp, client: Neo4jClient) -> int:
    """Whether the database holds each recorded event once, and nothing else; how many there are."""
    events = await outbox(app)
    expected = Touched()
    apply_events(expected, [event for _, event in events], GraphSettings())

    async def rows(text: str) -> list[Any]:
        return await client.read(text, {}, timeout_s=30)

    assert {row["key"]: (row["at"], row["status"]) for row in await rows(_APPLICANTS)} == {
        key: (state.at_us, state.status) for key, state in expected.applicants.items()
    }
    assert {row["key"]: (row["degree"], row["times"]) for row in await rows(_IDENTIFIERS)} == {
        key: (len(state.times), state.times) for key, state in expected.identifiers.items()
    }
    assert {
        (row["applicant"], row["role"], row["identifier"]): (row["at"], row["n"])
        for row in await rows(_LINKS)
    } == {
        (who, RELATIONSHIPS[Role(role)], what): (times[0], 1)
        for (who, role, what), times in expected.links.items()
    }
    reached = await app.app.graph.position(timeout_s=30)
    assert reached == (events[-1][0] if events else 0)
    return sum(isinstance(event, ApplicationProjected) for _, event in events)


async def test_decides_as_with_the_embedded_graph(rig: Rig, tmp_path: Path) -> None:
    """The same applications get the same answers, those that share a device among them."""
    answers = []
    for name, options in (("embedded", None), ("neo4j", rig.options)):
        async with running_app(tmp_path / name, graph=options) as app:
            await caught_up(app)
            decisions = [await decide(app, n, "shared" if n > 2 else "") for n in range(1, 8)]
            await caught_up(app)
            decisions.append(await decide(app, 8, "shared"))
            if options is not None:
                await caught_up(app)
                assert await equals_outbox(app, rig.direct) == 8
        answers.append(
            [
                (d.outcome, [r.code for r in d.reasons], d.line.amount.units, told(d))
                for d in decisions
            ]
        )
    assert answers[0] == answers[1]
    assert len({tuple(codes) for _, codes, _, _ in answers[0]}) > 1


async def test_the_database_holds_no_raw_identifier(rig: Rig, tmp_path: Path) -> None:
    """Promise P8 where investigators look: tokens and masked texts, in every property there is."""
    person = Person(number=81472, device="canary-device-81472", ip="198.51.100.47")
    message = application(person, bureau=clean_bureau(), monthly_income=15_000)
    who = message.applicant
    canaries = [
        *(who.full_name, who.id_document.number, who.phones[0], who.emails[0]),
        *(who.bank_accounts[0], who.addresses[0].text, person.device, person.ip),
    ]
    async with running_app(tmp_path / "data", graph=rig.options) as app:
        await caught_up(app)
        async with grpc.aio.insecure_channel(app.address) as channel:
            service = decision_pb2_grpc.DecisionServiceStub(channel)
            await service.Decide(pb.DecideRequest(request_id="canary", application=message))
        await caught_up(app)
        assert await equals_outbox(app, rig.direct) == 1
    nodes = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties"
    links = "MATCH ()-[r]->() RETURN type(r) AS labels, properties(r) AS properties"
    records = [*await rig.direct.read(nodes, {}, timeout_s=30)]
    records += await rig.direct.read(links, {}, timeout_s=30)
    text = "\n".join(str(dict(record)) for record in records).lower()
    assert [canary for canary in canaries if canary.lower() in text] == []
    assert len(records) > 10


async def test_starts_without_the_server_and_catches_up(rig: Rig, tmp_path: Path) -> None:
    """Decisions are degraded as declared meanwhile; then everything is there, and used."""
    async with running_app(tmp_path / "data", graph=rig.options) as app:
        await caught_up(app)
        assert told(await decide(app, 1)) == []
    await rig.proxy.set(Fault.CLOSED)
    async with running_app(tmp_path / "data", graph=rig.options) as app:
        without = [await decide(app, number) for number in range(2, 7)]
        await rig.proxy.set(Fault.NONE)
        await caught_up(app)
        again = await decide(app, 7)
        await caught_up(app)
        assert await equals_outbox(app, rig.direct) == 7
    assert {(d.outcome, *told(d)) for d in without} == {
        (types_pb2.OUTCOME_REFER, ("graph", "down", "refer"))
    }
    assert (again.outcome, told(again)) == (types_pb2.OUTCOME_APPROVE, [])


async def test_black_hole_costs_the_stage_its_budget_and_soon_nothing(
    rig: Rig, tmp_path: Path
) -> None:
    """Late while it is found out, down from then on, and referred each time."""
    data = tmp_path / "data"
    async with running_app(data, graph=rig.options, policy_dir=SHIPPED) as app:
        await caught_up(app)
        await decide(app, 1)
        await rig.proxy.set(Fault.BLACK_HOLE)
        seconds, decisions = [], []
        for number in range(2, 22):
            began = time.perf_counter()
            decisions.append(await decide(app, number))
            seconds.append(time.perf_counter() - began)
        await rig.proxy.set(Fault.NONE)
        await caught_up(app)
        assert await equals_outbox(app, rig.direct) == 21
    statuses = [status for d in decisions for _, status, _ in told(d)]
    assert statuses == ["late"] * 5 + ["down"] * 15
    assert {d.outcome for d in decisions} == {types_pb2.OUTCOME_REFER}
    assert sorted(seconds[5:])[7] < min(seconds[:5])


@pytest.mark.parametrize(
    "down_s",
    [pytest.param(2.0, id="short"), pytest.param(60.0, marks=pytest.mark.fault, id="long")],
)
async def test_outage_under_load_loses_nothing(rig: Rig, tmp_path: Path, down_s: float) -> None:
    """Down in the middle of traffic, then back: all projected, in order, none doubled."""
    async with running_app(tmp_path / "data", graph=rig.options) as app:
        await caught_up(app)
        ending = asyncio.Event()
        made: list[types_pb2.Decision] = []

        async def load(worker: int) -> None:
            number = 0
            while not ending.is_set():
                number += 1
                made.append(await decide(app, worker * 100_000 + number, f"d{number % 50}"))

        workers = [asyncio.create_task(load(worker)) for worker in range(1, 5)]
        positions = asyncio.create_task(_positions(rig.direct, ending))
        await asyncio.sleep(1)
        await rig.proxy.set(Fault.CLOSED)
        await asyncio.sleep(down_s)
        waiting = app.app.projector.lag()
        shown = await asyncio.to_thread(scraped, app.metrics)
        await rig.proxy.set(Fault.NONE)
        await asyncio.sleep(1)
        ending.set()
        await asyncio.gather(*workers)
        behind_s = await caught_up(app, within_s=120)
        assert await equals_outbox(app, rig.direct) == len(made)
    seen = await positions
    assert seen == sorted(seen)
    _log.info(
        "down for %.0f s: %d decisions, %d waited (%.1f s behind), caught up %.2f s after the load",
        down_s,
        len(made),
        waiting.events,
        waiting.seconds,
        behind_s,
    )
    assert waiting.events > 0
    assert shown["touchstone_graph_lag_events"] > 0
    assert shown["touchstone_graph_lag_seconds"] > down_s / 2
    assert shown["touchstone_graph_projection_failures"] > 0
    assert any(told(decision) == [("graph", "down", "refer")] for decision in made)


async def _positions(client: Neo4jClient, ending: asyncio.Event) -> list[int]:
    """The position in the database, again and again: it never goes back."""
    seen = []
    while not ending.is_set():
        text = "MATCH (m:GraphMeta) RETURN m.position AS position"
        seen += [int(row["position"]) for row in await client.read(text, {}, timeout_s=30)]
        await asyncio.sleep(0.05)
    return seen
