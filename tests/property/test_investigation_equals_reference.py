"""What investigators see, against the reference: every store, random histories, any time.

``GRAPH_EXAMPLES=2000`` runs the long form.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.deadline import Deadline
from engine.model import Role
from graph.investigate.evidence import MOST_PAIRS, evidence_of
from graph.investigate.explorer import Explorer
from graph.investigate.groups import group_around
from graph.investigate.model import (
    Cursor,
    LinkRow,
    LookApplicants,
    LookCount,
    LookIdentifiers,
    LookPage,
    Question,
)
from graph.investigate.paths import shortest_path
from graph.investigate.store import InvestigatorStore
from graph.model import ApplicationProjected, GraphEvent
from graph.settings import GraphSettings
from tests.graph_histories import KINDS, histories, positioned, settings_strategy
from tests.neo4j_server import alone, find_server, run_of
from tests.new_graphs import NewEmbeddedGraphs, NewGraphs, NewNeo4jGraphs
from tests.reference_graph import ReferenceGraph, ReferenceInvestigation

examples = int(os.environ.get("GRAPH_EXAMPLES", "40"))
quick = settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
APPLICATIONS = [f"a{number}" for number in range(24)]
IDENTIFIERS = [f"{kind}:{number}" for kind in KINDS for number in range(4)]
times = st.integers(900, 4000) | st.just(4000)


@pytest.fixture(
    scope="module",
    params=["embedded", pytest.param("neo4j", marks=pytest.mark.xdist_group("neo4j"))],
)
def graphs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewGraphs]:
    """Opens empty graphs, one after another."""
    if request.param == "embedded":
        yield NewEmbeddedGraphs(tmp_path_factory.mktemp("graphs"))
        return
    run = run_of(request.config)
    server = find_server(run)
    with alone(run), asyncio.Runner() as runner:
        server.wipe()
        graphs = NewNeo4jGraphs(server.settings, runner)
        yield graphs
        graphs.close()


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Any question, also about what is not there."""
    as_of_us = draw(times)
    kind = draw(st.integers(0, 3))
    if kind == 0:
        keys = draw(st.lists(st.sampled_from([*APPLICATIONS, "nobody"]), max_size=6))
        return LookApplicants(keys=tuple(keys), as_of_us=as_of_us)
    if kind == 1:
        keys = draw(st.lists(st.sampled_from([*IDENTIFIERS, "phone:9"]), max_size=6))
        return LookIdentifiers(keys=tuple(keys), as_of_us=as_of_us)
    if kind == 2:
        return LookCount(
            key=draw(st.sampled_from(IDENTIFIERS)),
            as_of_us=as_of_us,
            since_us=draw(st.integers(0, 4000)),
            until_us=draw(st.integers(900, 5000)),
        )
    after = st.builds(
        Cursor, st.integers(900, 4000), st.sampled_from(APPLICATIONS), st.sampled_from(Role)
    )
    return LookPage(
        key=draw(st.sampled_from(IDENTIFIERS)),
        as_of_us=as_of_us,
        most=draw(st.integers(1, 5)),
        since_us=draw(st.sampled_from([0, 0, 1500])),
        after=draw(st.none() | after),
    )


def reference(
    bounds: GraphSettings, events: list[GraphEvent], as_of: int
) -> ReferenceInvestigation:
    """The oracle over these events, as of a time."""
    graph = ReferenceGraph(bounds)
    graph.events = list(events)
    return ReferenceInvestigation(graph, as_of)


def explorer(store: InvestigatorStore, as_of_us: int) -> Explorer:
    """Without a bound that matters here."""
    return Explorer(store, as_of_us, Deadline(30))


@quick
@given(
    bounds=settings_strategy,
    events=histories(),
    asked=st.lists(questions(), min_size=1, max_size=8),
)
def test_answers_equal_the_reference(
    graphs: NewGraphs, bounds: GraphSettings, events: list[GraphEvent], asked: list[Question]
) -> None:
    """Nodes, links, counts, marks and declarations, as of any time."""

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(positioned(events), after=0, timeout_s=10)
            for question in asked:
                wanted = reference(bounds, events, question.as_of_us).look(question)
                assert await store.look(question, timeout_s=10) == wanted

    graphs.run(check())


@quick
@given(
    bounds=settings_strategy,
    events=histories(),
    later=histories(),
    key=st.sampled_from(IDENTIFIERS),
    as_of=times,
    size=st.integers(1, 3),
)
def test_pages_are_the_whole_list_whatever_is_projected_meanwhile(
    graphs: NewGraphs,
    bounds: GraphSettings,
    events: list[GraphEvent],
    later: list[GraphEvent],
    key: str,
    as_of: int,
    size: int,
) -> None:
    """One page after another: each link once, none left out, though the graph goes on."""
    before = [event for event in events if event.at_us < as_of]
    after = [event for event in later if event.at_us >= as_of]

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(positioned(before), after=0, timeout_s=10)
            whole = reference(bounds, before, as_of)
            wanted = sorted((x for x in whole.links() if x.identifier == key), key=whole.page_order)
            seen: list[LinkRow] = []
            cursor, place = None, 3 * len(before) + 1
            while True:
                page = LookPage(key=key, as_of_us=as_of, most=size, after=cursor)
                links = (await store.look(page, timeout_s=10)).part.links
                seen += sorted(links, key=whole.page_order)
                if len(links) < size:
                    break
                cursor = Cursor(seen[-1].at_us, seen[-1].application, seen[-1].role)
                if after:
                    await store.project([(place, after.pop())], after=0, timeout_s=10)
                    place += 1
            assert [(x.application, x.role) for x in seen] == [
                (x.application, x.role) for x in wanted
            ]

    graphs.run(check())


def steps_apart(whole: ReferenceInvestigation, start: str) -> dict[str, int]:
    """Applications and how many steps from the start they are: breadth first, link by link."""
    links = [link for link in whole.links() if whole.may_follow(link)]
    apart = {start: 0}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        mine = {link.identifier for link in links if link.application == here}
        for link in links:
            if link.identifier in mine and link.application not in apart:
                apart[link.application] = apart[here] + 1
                waiting.append(link.application)
    return apart


@quick
@given(
    bounds=settings_strategy,
    events=histories(),
    as_of=times,
    ends=st.lists(st.integers(0, 30), min_size=2, max_size=2, unique=True),
    most=st.integers(1, 6),
)
def test_paths_are_the_shortest_and_every_step_is_there(
    graphs: NewGraphs,
    bounds: GraphSettings,
    events: list[GraphEvent],
    as_of: int,
    ends: list[int],
    most: int,
) -> None:
    """As long as the reference says, over identifiers that both really share; else none."""
    whole = reference(bounds, events, as_of)
    made = [e.applicant for e in events if isinstance(e, ApplicationProjected) and e.at_us < as_of]
    if len(made) < 2:
        return
    start, end = made[ends[0] % len(made)], made[ends[1] % len(made)]
    if start == end:
        return

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(positioned(events), after=0, timeout_s=10)
            path = await shortest_path(explorer(store, as_of), start, end, most)
        wanted = steps_apart(whole, start).get(end, most + 1)
        assert path.complete
        assert len(path.steps) == (wanted if wanted <= most else 0)
        links = {
            (x.application, x.role, x.identifier) for x in whole.links() if whole.may_follow(x)
        }
        here = start
        for step in path.steps:
            assert step.first == here
            here = step.second
            both = {x for a, _, x in links if a == step.first} & {
                x for a, _, x in links if a == step.second
            }
            assert {x.identifier for x in step.shared} == both
            for shared in step.shared:
                assert (step.first, shared.first_role, shared.identifier) in links
                assert (step.second, shared.second_role, shared.identifier) in links
        assert here == (end if path.steps else start)

    graphs.run(check())


@quick
@given(bounds=settings_strategy, events=histories(), as_of=times, seed=st.integers(0, 30))
def test_groups_hold_whoever_is_near_enough(
    graphs: NewGraphs, bounds: GraphSettings, events: list[GraphEvent], as_of: int, seed: int
) -> None:
    """All within so many steps, with everything that two of them share."""
    whole = reference(bounds, events, as_of)
    made = [e.applicant for e in events if isinstance(e, ApplicationProjected) and e.at_us < as_of]
    if not made:
        return
    start = made[seed % len(made)]

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(positioned(events), after=0, timeout_s=10)
            group = await group_around(
                explorer(store, as_of), [start], most_members=100, most_steps=2
            )
        apart = steps_apart(whole, start)
        wanted = {key for key, steps in apart.items() if steps <= 2}
        assert set(group.members) == wanted
        assert group.complete == (wanted == set(apart))
        links = [x for x in whole.links() if x.application in wanted and whole.may_follow(x)]
        on: dict[str, set[str]] = {}
        for link in links:
            on.setdefault(link.identifier, set()).add(link.application)
        shared = {key for key, who in on.items() if len(who) > 1}
        assert {x.key for x in group.part.identifiers} == shared
        assert {(x.application, x.role, x.identifier) for x in group.part.links} == {
            (x.application, x.role, x.identifier) for x in links if x.identifier in shared
        }

    graphs.run(check())


@quick
@given(bounds=settings_strategy, events=histories(), as_of=times, seed=st.integers(0, 30))
def test_evidence_counts_what_the_reference_counts(
    graphs: NewGraphs, bounds: GraphSettings, events: list[GraphEvent], as_of: int, seed: int
) -> None:
    """Who is on what, since when two are, how many are known as fraud; each pair once."""
    whole = reference(bounds, events, as_of)
    made = [e.applicant for e in events if isinstance(e, ApplicationProjected) and e.at_us < as_of]
    if not made:
        return
    start = made[seed % len(made)]

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(positioned(events), after=0, timeout_s=10)
            group = await group_around(
                explorer(store, as_of), [start], most_members=100, most_steps=6
            )
        found = evidence_of(group.part, as_of)
        members = {key for key, steps in steps_apart(whole, start).items() if steps <= 6}
        fraud = {key for key in members if whole.graph.fraud(key, as_of) is not None}
        assert (found.members, found.fraud) == (len(members), len(fraud))
        links = [x for x in whole.links() if x.application in members and whole.may_follow(x)]
        for thing in found.shared:
            on = [x for x in links if x.identifier == thing.identifier.key]
            users = {x.application for x in on if x.role is Role.USES}
            everybody = {x.application for x in on}
            came = sorted(min(x.at_us for x in on if x.application == who) for who in everybody)
            assert (thing.users, thing.namers) == (len(users), len(everybody - users))
            assert (thing.fraud, thing.shared_at_us) == (len(everybody & fraud), came[1])
        wanted = {
            (a, b)
            for a in members
            for b in members
            if a < b
            and {x.identifier for x in links if x.application == a}
            & {x.identifier for x in links if x.application == b}
        }
        pairs = [(pair.first, pair.second) for pair in found.pairs]
        assert len(set(pairs)) == len(pairs) == min(len(wanted), MOST_PAIRS)
        assert set(pairs) <= wanted

    graphs.run(check())
