"""A fresh graph from all events, compared on the way with what decisions saw.

A decision's neighbourhood depends on the events before its time. Some of these may have been loaded
from files after it was made: so each is compared when the graph stands just before the next load.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.model import Link
from graph.catch_up import Events, catch_up
from graph.features import graph_facts
from graph.model import Neighbourhood, NeighbourhoodQuery
from graph.store import NOTHING_PENDING, GraphCounts, GraphStore

_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a decision saw, and until which position the graph is as it was for it.

    ``until`` ``None``: to the end. ``saw_erased``: it saw somebody who was erased since.
    """

    decision_id: str
    links: tuple[Link, ...]
    as_of_us: int
    since_us: int
    neighbourhood: Neighbourhood
    until: int | None
    saw_erased: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that would see something else. ``parts``: of the neighbourhood;
    ``features``: whether its features differ too. ``saw_erased``: as of the decision; somebody's
    erasure is why it would see less.
    """

    decision_id: str
    parts: tuple[str, ...]
    features: bool
    saw_erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildReport:
    """``compared``: decisions; ``differences`` among them."""

    position: int
    counts: GraphCounts
    compared: int
    differences: tuple[Difference, ...] = field(default_factory=tuple)


async def rebuild(
    events: Events,
    store: GraphStore,
    seen: Sequence[Seen],
    *,
    until: int,
    progress: Callable[[int], None] = lambda _: None,
) -> RebuildReport:
    """Project everything up to ``until`` into an empty store, comparing on the way.

    Raises what both raise.
    """
    differences: list[Difference] = []
    stops = sorted({one.until for one in seen if one.until is not None and one.until < until})
    for stop in (*stops, until):
        await catch_up(events, store, until=stop, timeout_s=_TIMEOUT_S, progress=progress)
        for one in seen:
            if one.until == stop or (stop == until and (one.until is None or one.until >= until)):
                found = await _compare(store, one)
                if found is not None:
                    differences.append(found)
    return RebuildReport(
        position=await store.position(timeout_s=_TIMEOUT_S),
        counts=await store.counts(timeout_s=_TIMEOUT_S),
        compared=len(seen),
        differences=tuple(differences),
    )


async def _compare(store: GraphStore, seen: Seen) -> Difference | None:
    query = NeighbourhoodQuery(
        applicant_key=seen.decision_id,
        links=seen.links,
        as_of_us=seen.as_of_us,
        since_us=seen.since_us,
    )
    answer = await store.neighbourhood(query, NOTHING_PENDING, timeout_s=_TIMEOUT_S)
    recorded, found = _bare(seen.neighbourhood), _bare(answer)
    if recorded == found and _features(seen, recorded) == _features(seen, found):
        return None
    parts = [
        part.name
        for part in dataclasses.fields(Neighbourhood)
        if getattr(recorded, part.name) != getattr(found, part.name)
    ]
    differs = _features(seen, recorded) != _features(seen, found)
    return Difference(seen.decision_id, tuple(parts), differs, seen.saw_erased)


def _bare(answer: Neighbourhood) -> Neighbourhood:
    """Without what tells how the answer was reached."""
    return dataclasses.replace(answer, projected_to=0, pending=0)


def _features(seen: Seen, neighbourhood: Neighbourhood) -> bytes:
    facts = graph_facts(neighbourhood, seen.links, seen.as_of_us)
    return bytes(facts.SerializeToString(deterministic=True))
