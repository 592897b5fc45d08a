"""A graph that was corrupted on purpose is found out, and mended to what the events say."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model import IdentifierKind
from graph.expiry import Cutoffs, candidates
from graph.model import ApplicationProjected, FraudMarked, GraphEvent, NeighbourhoodQuery
from graph.repair import Repair, RepairReport, RepairSettings
from graph.settings import GraphSettings
from graph.store import NOTHING_PENDING, OutboxEvent
from graph.truth import Truth
from graph.upkeep import UpkeepStore, expire_steps
from tests.graph_histories import (
    bare,
    histories,
    moved,
    positioned,
    queries,
    settings_strategy,
)
from tests.new_graphs import NewGraphs
from tests.reference_graph import ReferenceGraph

examples = int(os.environ.get("GRAPH_EXAMPLES", "40"))
quick = settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NEVER = Cutoffs(own=dict.fromkeys(IdentifierKind, 0), named=0, forget=0)

DAMAGES = {
    "hub time": "MATCH (i:Identifier) SET i.hub_at = 1",
    "named hub time": "MATCH (i:Identifier) SET i.named_hub_at = 7",
    "degree": "MATCH (i:Identifier) SET i.degree = i.degree + 1",
    "times": "MATCH (i:Identifier) SET i.times = [1, 2]",
    "kind": "MATCH (i:Identifier) SET i.kind = 'ip'",
    "declaration": "MATCH (i:Identifier) SET i.shared_ats = [5], i.shared_reasons = ['x']",
    "count": "MATCH (i:Identifier) SET i.expired = 3",
    "identifiers": "MATCH (i:Identifier) DETACH DELETE i",
    "a link": "MATCH (:Applicant)-[r:USES]->(:Identifier) DELETE r",
    "link times": "MATCH (:Applicant)-[r]->(:Identifier) SET r.at = r.at - 5",
    "applicants": "MATCH (a:Applicant) DETACH DELETE a",
    "mark": "MATCH (a:Applicant) SET a.mark_ats = [5], a.mark_values = [5], a.mark_types = ['x']",
    "status": "MATCH (a:Applicant) SET a.status = 'approve', a.last_at = 9999",
    "stranger": "MERGE (a:Applicant {key: 'a1x'}) MERGE (i:Identifier {key: 'phone:0'}) "
    "MERGE (a)-[r:USES]->(i) SET r.at = 1, r.last_at = 1, a.at = 1, i.kind = 'phone'",
    "strange identifier": "MERGE (i:Identifier {key: 'zzz:1'}) SET i.kind = 'phone'",
}


class Recorded:
    """An outbox of a list."""

    def __init__(self, events: Sequence[OutboxEvent]) -> None:
        self.events = list(events)

    async def read_after(self, position: int, limit: int) -> Sequence[OutboxEvent]:
        """The events after the position."""
        return [event for event in self.events if event[0] > position][:limit]


async def damage(store: UpkeepStore, text: str) -> None:
    """Write past the store."""
    inner: Any = store
    if hasattr(inner, "_client"):
        await inner._client.run(text, timeout_s=10)
    else:
        await inner._run(lambda _left: inner._session.execute(text), 10)


async def repair(
    store: UpkeepStore,
    placed: Sequence[OutboxEvent],
    bounds: GraphSettings,
    cutoffs: Cutoffs,
    *,
    mend: bool = True,
) -> RepairReport:
    """One comparison, in small pages."""
    small = RepairSettings(page=3, strangers=2)
    with (
        tempfile.TemporaryDirectory() as directory,
        Truth(Path(directory) / "truth", bounds) as truth,
    ):
        work = Repair(store, truth, cutoffs, bounds, mend=mend, settings=small)
        return await work.run(Recorded(placed))


@quick
@given(
    bounds=settings_strategy,
    events=histories(),
    asked=st.lists(queries(), min_size=1, max_size=4),
    damages=st.lists(st.sampled_from(sorted(DAMAGES)), min_size=1, max_size=3),
    by_us=st.integers(-900, 900),
)
def test_whatever_was_damaged_is_mended(
    graphs: NewGraphs,
    bounds: GraphSettings,
    events: list[GraphEvent],
    asked: list[NeighbourhoodQuery],
    damages: list[str],
    by_us: int,
) -> None:
    """A sound graph has no findings; a damaged one has none after its repair, and is right."""
    everything = [*events, *(moved(event, by_us) for event in events[::4])]
    placed = positioned(everything)
    reference = ReferenceGraph(bounds)
    reference.events = list(everything)

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(placed, after=0, timeout_s=10)
            sound = await repair(store, placed, bounds, NEVER, mend=False)
            assert (sound.first, sound.is_mended) == ([], True)
            for name in damages:
                await damage(store, DAMAGES[name])
            found = await repair(store, placed, bounds, NEVER, mend=False)
            mended = await repair(store, placed, bounds, NEVER)
            # Links that are missing also make their identifiers differ, until they are back.
            assert bool(found.first) == (not found.is_mended) == bool(mended.first)
            assert mended.is_mended
            again = await repair(store, placed, bounds, NEVER, mend=False)
            assert again.first == []
            for query in asked:
                answer = await store.neighbourhood(query, NOTHING_PENDING, timeout_s=10)
                assert bare(answer) == reference.neighbourhood(query)
                graphs.compared += 1

    graphs.run(check())


@quick
@given(
    bounds=settings_strategy,
    events=histories(),
    cutoff=st.integers(900, 3600),
    kept=st.integers(0, 500),
    forget=st.integers(0, 500),
    damages=st.lists(st.sampled_from(["hub time", "times", "degree", "count"]), max_size=1),
)
def test_what_went_by_its_age_is_no_damage(
    graphs: NewGraphs,
    bounds: GraphSettings,
    events: list[GraphEvent],
    cutoff: int,
    kept: int,
    forget: int,
    damages: list[str],
) -> None:
    """Links that expired do not come back, their counts are checked all the same."""
    own: dict[IdentifierKind, int] = dict.fromkeys(IdentifierKind, cutoff)
    own[IdentifierKind.PHONE] = max(0, cutoff - kept)
    cutoffs = Cutoffs(own=own, named=cutoff, forget=max(0, cutoff - kept - forget))
    placed = positioned(events)

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(placed, after=0, timeout_s=10)
            for _ in range(2):
                due = candidates(events, cutoffs)
                await store.carry_out(expire_steps(due, cutoffs), timeout_s=10)
            before = await store.counts(timeout_s=10)
            assert (await repair(store, placed, bounds, cutoffs, mend=False)).first == []
            for name in damages:
                await damage(store, DAMAGES[name])
            await repair(store, placed, bounds, cutoffs)
            assert (await repair(store, placed, bounds, cutoffs, mend=False)).first == []
            assert await store.counts(timeout_s=10) == before
            graphs.compared += 1

    graphs.run(check())


@quick
@given(bounds=settings_strategy, events=histories(), of=st.integers(0, 23))
def test_a_mark_after_all_links_expired_is_no_damage(
    graphs: NewGraphs, bounds: GraphSettings, events: list[GraphEvent], of: int
) -> None:
    """Somebody long gone is confirmed as fraud: the mark stands there without the old links."""
    known = [event.applicant for event in events if isinstance(event, ApplicationProjected)]
    if not known:
        return
    everything = Cutoffs(own=dict.fromkeys(IdentifierKind, 9000), named=9000, forget=0)
    late = FraudMarked(
        applicant=known[of % len(known)], at_us=9500, fraud_at_us=1000, fraud_type="bust_out"
    )
    placed = positioned([*events, late])

    async def check() -> None:
        async with graphs.open(bounds) as store:
            await store.project(placed[:-1], after=0, timeout_s=10)
            await store.carry_out(
                expire_steps(candidates(events, everything), everything), timeout_s=10
            )
            await store.project(placed[-1:], after=placed[-2][0], timeout_s=10)
            assert (await repair(store, placed, bounds, everything, mend=False)).first == []
            graphs.compared += 1

    graphs.run(check())
