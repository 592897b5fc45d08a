"""Letting old links go changes no answer to a question that looks back no further."""

from __future__ import annotations

import dataclasses
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model import IdentifierKind
from graph.expiry import Cutoffs, candidates
from graph.model import ApplicationProjected, GraphEvent, NeighbourhoodQuery
from graph.pending import PendingIndex
from graph.settings import GraphSettings
from graph.store import NOTHING_PENDING
from graph.upkeep import UpkeepStore, expire_steps
from tests.graph_histories import bare, histories, positioned, queries, settings_strategy
from tests.new_graphs import NewGraphs
from tests.reference_graph import ReferenceGraph

examples = int(os.environ.get("GRAPH_EXAMPLES", "50"))
quick = settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
times = st.integers(900, 3600)
cutoffs_strategy = st.builds(
    Cutoffs,
    own=st.fixed_dictionaries(dict.fromkeys(IdentifierKind, times)),
    named=times,
    forget=st.just(0),
)


async def expire(store: UpkeepStore, events: list[GraphEvent], cutoffs: Cutoffs, page: int) -> int:
    """Page by page, as the keeper does; the links that went."""
    gone = 0
    for low in range(0, len(events), page):
        due = candidates(events[low : low + page], cutoffs)
        gone += len((await store.carry_out(expire_steps(due, cutoffs), timeout_s=10)).links)
    return gone


@quick
@given(
    bounds=settings_strategy,
    events=histories(),
    asked=st.lists(queries(), min_size=1, max_size=6),
    cutoffs=st.lists(cutoffs_strategy, min_size=1, max_size=2),
    data=st.data(),
)
def test_answers_inside_the_retention_stay_to_the_bit(
    graphs: NewGraphs,
    bounds: GraphSettings,
    events: list[GraphEvent],
    asked: list[NeighbourhoodQuery],
    cutoffs: list[Cutoffs],
    data: st.DataObject,
) -> None:
    """Whenever it runs, with events that come later, and with some that are only pending."""
    first = data.draw(st.integers(0, len(events)), label="before the first expiry")
    second = data.draw(st.integers(first, len(events)), label="before the second")
    page = data.draw(st.integers(1, 7), label="page")
    reference = ReferenceGraph(bounds)
    reference.events = list(events)
    latest = max(cutoff.latest for cutoff in cutoffs)

    async def check() -> None:
        async with graphs.open(bounds) as store:
            placed = positioned(events)
            after = 0
            for low, high in ((0, first), (first, second)):
                if low < high:
                    await store.project(placed[low:high], after=after, timeout_s=10)
                    after = placed[high - 1][0]
                for cutoff in cutoffs:
                    await expire(store, events[:high], cutoff, page)
                    assert await expire(store, events[:high], cutoff, page) == 0
            pending = PendingIndex()
            for event in events[second:]:
                pending.add(event)
            for query in asked:
                recent = dataclasses.replace(
                    query,
                    since_us=max(query.since_us, latest),
                    as_of_us=max(query.as_of_us, latest + 1),
                )
                with pending.view() as view:
                    answer = await store.neighbourhood(recent, view, timeout_s=10)
                assert bare(answer) == reference.neighbourhood(recent)
                graphs.compared += 1

    graphs.run(check())


@quick
@given(bounds=settings_strategy, events=histories(), cutoffs=cutoffs_strategy)
def test_what_is_old_is_gone_and_nothing_else(
    graphs: NewGraphs, bounds: GraphSettings, events: list[GraphEvent], cutoffs: Cutoffs
) -> None:
    """The size of the graph is that of the links that are kept, counted from the events."""

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(positioned(events), after=0, timeout_s=10)
            await expire(store, events, cutoffs, 5)
            counts = await store.counts(timeout_s=10)
        kept = [left(event, cutoffs) for event in events]
        assert counts.links == sum(kept)
        applications = [n for e, n in zip(events, kept, strict=True) if is_application(e)]
        with_links = sum(n > 0 for n in applications)
        assert with_links <= counts.applicants <= len(applications)
        graphs.compared += 1

    graphs.run(check())


def is_application(event: GraphEvent) -> bool:
    """Whether it brings links."""
    return isinstance(event, ApplicationProjected)


def left(event: GraphEvent, cutoffs: Cutoffs) -> int:
    """Links of the event that stay: the young ones, and the ID number beside any of them."""
    if not isinstance(event, ApplicationProjected):
        return 0
    links = {(x.role, x.identifier.key): x for x in event.links}.values()
    young = [x for x in links if not cutoffs.is_old(x.role, x.identifier.kind, event.at_us)]
    if not young:
        return 0
    persons = [
        x for x in links if x.role == "uses" and x.identifier.kind is IdentifierKind.ID_NUMBER
    ]
    return len({id(x) for x in (*young, *persons)})


@quick
@given(bounds=settings_strategy, events=histories(), query=queries(), forget=times)
def test_a_forgotten_identifier_is_as_new(
    graphs: NewGraphs,
    bounds: GraphSettings,
    events: list[GraphEvent],
    query: NeighbourhoodQuery,
    forget: int,
) -> None:
    """Only rows of identifiers that nobody used since then differ; the lists stay to the bit."""
    cutoffs = Cutoffs(own=dict.fromkeys(IdentifierKind, forget), named=forget, forget=forget)
    recent = dataclasses.replace(query, since_us=forget, as_of_us=max(query.as_of_us, forget + 1))
    reference = ReferenceGraph(bounds)
    reference.events = list(events)
    used = {
        link.identifier.key
        for event in events
        if isinstance(event, ApplicationProjected) and event.at_us >= forget
        for link in event.links
    }

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(positioned(events), after=0, timeout_s=10)
            for _ in range(2):
                await expire(store, events, cutoffs, 4)
            answer = await store.neighbourhood(recent, NOTHING_PENDING, timeout_s=10)
        expected = reference.neighbourhood(recent)
        assert answer.near == expected.near
        assert answer.far == expected.far
        assert answer.same_person == expected.same_person
        for row, wanted in zip(answer.identifiers, expected.identifiers, strict=True):
            assert row == wanted or row.key not in used
        graphs.compared += 1

    graphs.run(check())
