"""Every store against the reference, over random histories, orders, batches and questions.

``GRAPH_EXAMPLES=2000`` runs the long form; the number of answers compared is printed.
"""

import os
import random
from contextlib import AbstractContextManager

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.features import graph_facts
from graph.model import ApplicationProjected, GraphEvent, NeighbourhoodQuery
from graph.pending import PendingIndex
from graph.settings import GraphSettings
from graph.store import NOTHING_PENDING, PendingView
from tests.graph_histories import bare, histories, moved, positioned, queries, settings_strategy
from tests.new_graphs import NewGraphs
from tests.reference_graph import ReferenceGraph

examples = int(os.environ.get("GRAPH_EXAMPLES", "75"))
quick = settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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
def test_store_equals_reference_in_any_order(
    graphs: NewGraphs,
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
        async with graphs.open(bounds) as store:
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
                graphs.compared += 1

    graphs.run(check())


@quick
@given(
    bounds=settings_strategy,
    events=histories(),
    asked=st.lists(queries(), min_size=1, max_size=6),
    data=st.data(),
)
def test_pending_events_count_as_if_projected(
    graphs: NewGraphs,
    bounds: GraphSettings,
    events: list[GraphEvent],
    asked: list[NeighbourhoodQuery],
    data: st.DataObject,
) -> None:
    """However a history is split, and even where both halves overlap, the answer is the whole."""
    projected = data.draw(st.integers(0, len(events)), label="projected")
    overlap = data.draw(st.integers(0, projected), label="overlap")

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(positioned(events[:projected]), after=0, timeout_s=10)
            pending = PendingIndex()
            for event in events[projected - overlap :]:
                pending.add(event)
            for query in asked:
                with pending.view() as view:
                    answer = await store.neighbourhood(query, view, timeout_s=10)
                assert bare(answer) == reference(bounds, events).neighbourhood(query)
                graphs.compared += 1

    graphs.run(check())


@quick
@given(bounds=settings_strategy, events=histories(), query=queries())
def test_the_past_does_not_change(
    graphs: NewGraphs, bounds: GraphSettings, events: list[GraphEvent], query: NeighbourhoodQuery
) -> None:
    """An answer as of T is the same, and so are its features, once later events are added."""
    before = [event for event in events if event.at_us < query.as_of_us]
    then = reference(bounds, before).neighbourhood(query)

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(positioned(events), after=0, timeout_s=10)
            now = await store.neighbourhood(query, NOTHING_PENDING, timeout_s=10)
        assert bare(now) == then
        graphs.compared += 1
        first = graph_facts(then, query.links, query.as_of_us)
        second = graph_facts(now, query.links, query.as_of_us)
        assert first.SerializeToString(deterministic=True) == second.SerializeToString(
            deterministic=True
        )

    graphs.run(check())


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
