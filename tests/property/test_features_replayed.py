"""Features logged at decision time equal features replayed as of that time, bit for bit.

A generated stream is decided in order, as the service does: admitted, asked, projected in batches
that lag behind. Then a fresh graph is filled with everything, later events included, and every
decision is asked again as of its own time. ``REPLAY_DECISIONS=10000`` runs the long form.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.generate import Settings, graph_events
from engine.privacy import Tokeniser
from graph.features import findings, graph_facts
from graph.model import ApplicationProjected, GraphEvent, Neighbourhood, NeighbourhoodQuery
from graph.pending import PendingIndex
from graph.replay import ReplayedGraph
from graph.settings import GraphSettings
from graph.store import NOTHING_PENDING, GraphStore
from tests.graph_histories import bare
from tests.neo4j_server import alone, find_server, run_of
from tests.new_graphs import NewEmbeddedGraphs, NewGraphs, NewNeo4jGraphs

DECISIONS = int(os.environ.get("REPLAY_DECISIONS", "1000"))
WORLD = Settings(seed=11, applicants=DECISIONS, rings=DECISIONS // 100, days=365)
_WINDOW_US = 365 * 86_400_000_000
_BATCHES = (1, 7, 64, 3)
_FRESH_BATCH = 500
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Logged:
    """What was recorded with a decision."""

    query: NeighbourhoodQuery
    seen: object
    features: bytes
    findings: object
    pending: int


@pytest.fixture(
    scope="module",
    params=["embedded", pytest.param("neo4j", marks=pytest.mark.xdist_group("neo4j"))],
)
def graphs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewGraphs]:
    """Opens empty graphs of one store."""
    if request.param == "embedded":
        yield NewEmbeddedGraphs(tmp_path_factory.mktemp("graphs"))
        return
    run = run_of(request.config)
    server = find_server(run)
    with alone(run), asyncio.Runner() as runner:
        server.wipe()
        made = NewNeo4jGraphs(server.settings, runner)
        yield made
        made.close()


def _logged(query: NeighbourhoodQuery, seen: Neighbourhood) -> Logged:
    facts = graph_facts(seen, query.links, query.as_of_us)
    return Logged(
        query=query,
        seen=bare(seen),
        features=facts.SerializeToString(deterministic=True),
        findings=findings(seen, facts),
        pending=seen.pending,
    )


def _query(event: ApplicationProjected) -> NeighbourhoodQuery:
    return NeighbourhoodQuery(
        applicant_key=event.applicant,
        links=event.links,
        as_of_us=event.at_us,
        since_us=max(0, event.at_us - _WINDOW_US),
    )


async def _decide_all(store: GraphStore, events: list[GraphEvent]) -> list[Logged]:
    """Admit, ask, record; the projection follows in batches of changing size."""
    pending = PendingIndex()
    logged: list[Logged] = []
    waiting: list[tuple[int, GraphEvent]] = []
    position = 0
    for place, event in enumerate(events, start=1):
        pending.add(event)
        if isinstance(event, ApplicationProjected):
            with pending.view() as view:
                seen = await store.neighbourhood(_query(event), view, timeout_s=_PATIENCE_S)
            logged.append(_logged(_query(event), seen))
        waiting.append((place, event))
        if len(waiting) >= _BATCHES[place % len(_BATCHES)]:
            await store.project(waiting, after=position, timeout_s=_PATIENCE_S)
            pending.projected(event for _, event in waiting)
            position = place
            waiting = []
    return logged


def test_logged_features_equal_replayed_features(graphs: NewGraphs) -> None:
    """On a graph that was built anew and knows everything that came later."""
    events = list(graph_events(WORLD, Tokeniser(bytes(32))))

    async def check() -> None:
        async with graphs.open(GraphSettings()) as store:
            logged = await _decide_all(store, events)
        async with graphs.open(GraphSettings()) as fresh:
            for low in range(0, len(events), _FRESH_BATCH):
                batch = list(enumerate(events[low : low + _FRESH_BATCH], start=low + 1))
                await fresh.project(batch, after=low, timeout_s=_PATIENCE_S)
            for then in logged:
                seen = await fresh.neighbourhood(then.query, NOTHING_PENDING, timeout_s=_PATIENCE_S)
                again = _logged(then.query, seen)
                assert again.features == then.features
                assert (again.seen, again.findings) == (then.seen, then.findings)
                graphs.compared += 1
        assert any(then.pending for then in logged)
        assert any(then.findings for then in logged)

    graphs.run(check())
    assert graphs.compared == DECISIONS


def test_the_graph_that_trains_sees_what_a_store_sees(tmp_path: Path) -> None:
    """Rows for training are made over a graph in memory: its answers are those of a store."""
    graphs = NewEmbeddedGraphs(tmp_path)
    events = list(graph_events(Settings(seed=12, applicants=600, rings=8), Tokeniser(bytes(32))))
    memory = ReplayedGraph()

    async def check() -> None:
        async with graphs.open(GraphSettings()) as store:
            for logged in await _decide_all(store, events):
                while events and (events[0].at_us <= logged.query.as_of_us):
                    memory.add(events.pop(0))
                assert bare(memory.neighbourhood(logged.query)) == logged.seen

    graphs.run(check())
