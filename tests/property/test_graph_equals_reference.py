import asyncio
import random
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.embedded import EmbeddedGraphStore
from graph.features import graph_facts
from graph.model import ApplicationProjected, GraphEvent, NeighbourhoodQuery
from graph.pending import PendingIndex
from graph.settings import GraphSettings
from graph.store import NOTHING_PENDING, PendingView
from tests.graph_histories import bare, histories, moved, positioned, queries, settings_strategy
from tests.reference_graph import ReferenceGraph

quick = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reference(bounds: GraphSettings, events: list[GraphEvent]) -> ReferenceGraph:
    """The oracle over these events."""
    graph = ReferenceGraph(bounds)
    graph.events = list(events)
    return graph


@quick
@given(
    bounds=settings_strategy,
    events=histories(),
    asked=st.lists(queries(), min_size=1, max_size=6),
    seed=st.integers(0, 1000),
    by_us=st.integers(-900, 900),
)
def test_embedded_equals_reference_in_any_order(
    bounds: GraphSettings,
    events: list[GraphEvent],
    asked: list[NeighbourhoodQuery],
    seed: int,
    by_us: int,
) -> None:
    """Whatever the order, batches and repetitions of projection, the answers are the same."""

    async def check() -> None:
        again = random.Random(seed).sample(events, len(events) // 3)
        everything = [*events, *(moved(event, by_us) for event in again[::2])]
        shuffled = [*everything, *again]
        random.Random(seed).shuffle(shuffled)
        rest = positioned(shuffled)
        with tempfile.TemporaryDirectory() as directory:
            store = await EmbeddedGraphStore.open(Path(directory), bounds)
            after = 0
            while rest:
                size = 1 + seed % 5
                batch, rest = rest[:size], rest[size:]
                await store.project(batch, after=after, timeout_s=10)
                await store.project(batch, after=after, timeout_s=10)
                after = batch[-1][0]
            for query in asked:
                answer = await store.neighbourhood(query, NOTHING_PENDING, timeout_s=10)
                assert bare(answer) == reference(bounds, everything).neighbourhood(query)
            await store.close()

    asyncio.run(check())


@quick
@given(
    bounds=settings_strategy,
    events=histories(),
    asked=st.lists(queries(), min_size=1, max_size=6),
    data=st.data(),
)
def test_pending_events_count_as_if_projected(
    bounds: GraphSettings,
    events: list[GraphEvent],
    asked: list[NeighbourhoodQuery],
    data: st.DataObject,
) -> None:
    """However a history is split, and even where both halves overlap, the answer is the whole."""
    projected = data.draw(st.integers(0, len(events)), label="projected")
    overlap = data.draw(st.integers(0, projected), label="overlap")

    async def check() -> None:
        with tempfile.TemporaryDirectory() as directory:
            store = await EmbeddedGraphStore.open(Path(directory), bounds)
            await store.project(positioned(events[:projected]), after=0, timeout_s=10)
            pending = PendingIndex()
            for event in events[projected - overlap :]:
                pending.add(event)
            for query in asked:
                with pending.view() as view:
                    answer = await store.neighbourhood(query, view, timeout_s=10)
                assert bare(answer) == reference(bounds, events).neighbourhood(query)
            await store.close()

    asyncio.run(check())


@quick
@given(bounds=settings_strategy, events=histories(), query=queries())
def test_the_past_does_not_change(
    bounds: GraphSettings, events: list[GraphEvent], query: NeighbourhoodQuery
) -> None:
    """An answer as of T is the same, and so are its features, once later events are added."""
    before = [event for event in events if event.at_us < query.as_of_us]
    then = reference(bounds, before).neighbourhood(query)

    async def check() -> None:
        with tempfile.TemporaryDirectory() as directory:
            store = await EmbeddedGraphStore.open(Path(directory), bounds)
            await store.project(positioned(events), after=0, timeout_s=10)
            now = await store.neighbourhood(query, NOTHING_PENDING, timeout_s=10)
            await store.close()
        assert bare(now) == then
        first = graph_facts(then, query.links, query.as_of_us)
        second = graph_facts(now, query.links, query.as_of_us)
        assert first.SerializeToString(deterministic=True) == second.SerializeToString(
            deterministic=True
        )

    asyncio.run(check())


@quick
@given(events=histories(), data=st.data())
def test_pending_index_ends_empty(events: list[GraphEvent], data: st.DataObject) -> None:
    """When everything was projected or withdrawn and no view is open, nothing is kept."""
    pending = PendingIndex()
    views: list[AbstractContextManager[PendingView]] = []
    for event in events:
        pending.add(event)
        if data.draw(st.booleans()):
            view = pending.view()
            view.__enter__()
            views.append(view)
    for event in events:
        if isinstance(event, ApplicationProjected) and data.draw(st.booleans()):
            pending.withdraw(event.applicant)
        else:
            pending.projected([event])
        is_closing: bool = data.draw(st.booleans())
        if views and is_closing:
            views.pop(data.draw(st.integers(0, len(views) - 1))).__exit__(None, None, None)
    assert len(pending) == 0
    for left in views:
        left.__exit__(None, None, None)
    assert pending.is_clear()
