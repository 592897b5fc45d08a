"""What a search tells: only what changed, and never of those that the graph has let go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from engine.model import IdentifierKind
from engine.rings import Found, search
from graph.expiry import Retention
from graph.model import GraphEvent, RingPlace, RingsFound
from graph.rings import RingSettings
from tests.planted_rings import (
    DAY_US,
    START_US,
    Recorded,
    account_ring,
    application,
    declared,
    fraud,
)

_NOW_US = START_US + 100 * DAY_US


def found(events: Sequence[GraphEvent], kept_since_us: int = 0, now_us: int = _NOW_US) -> Found:
    """What a search finds."""
    settings = RingSettings()
    return asyncio.run(search(Recorded(events), now_us, settings, kept_since_us=kept_since_us))


def told(result: Found, at_us: int) -> list[RingsFound]:
    """The result as recorded."""
    places = (*result.places, *(p for ring in result.members.values() for p in ring))
    return [RingsFound(run=result.run, part=0, at_us=at_us, places=places)]


def test_who_has_left_the_graph_is_neither_placed_nor_taken_back() -> None:
    """A place would bring an applicant back without its links."""
    events: list[GraphEvent] = [*account_ring("a", 7), fraud("a05", 20), fraud("a06", 20)]
    first = found(events)
    events += told(first, _NOW_US)
    events.append(declared("a", 101))
    later_us = _NOW_US + 5 * DAY_US
    kept_us = START_US + 3 * DAY_US
    second = found(events, kept_us, later_us)
    assert [place.applicant for place in second.places] == ["a03", "a04", "a05", "a06"]
    third = found([*account_ring("b", 7), fraud("b06", 20)], kept_us)
    assert sorted(p.applicant for ring in third.members.values() for p in ring) == [
        f"b{n:02}" for n in range(3, 7)
    ]


def test_what_was_told_is_not_told_again() -> None:
    """Neither ring nor reach; what changed for one member is told of all whose ring it is."""
    pair = [application(f"p{n}", n, {IdentifierKind.DEVICE: "x"}) for n in range(2)]
    events: list[GraphEvent] = [*account_ring("a", 6), *pair, fraud("a00", 20), fraud("p0", 20)]
    first = found(events)
    assert {place.applicant: place.ring for place in first.places} == {"p0": "", "p1": ""}
    events += told(first, _NOW_US)
    second = found(events, now_us=_NOW_US + DAY_US)
    assert (second.changed, second.places) == ((), ())
    assert second.told_in == {first.rings[0].ring: first.run}
    joined = application("late", 101, {IdentifierKind.BANK_ACCOUNT: "of-a"})
    third = found([*events, joined], now_us=_NOW_US + 2 * DAY_US)
    (ring,) = third.changed
    assert ring == first.rings[0].ring
    assert len(third.members[ring]) == 7


def test_a_place_taken_back_is_not_known_any_more() -> None:
    """It is told once that it is over."""
    events: list[GraphEvent] = [application("a", 1, {})]
    place = RingPlace(applicant="a", ring="ring_x", score=50, members=3)
    events += [RingsFound(run="r", part=0, at_us=START_US + 5 * DAY_US, places=(place,))]
    first = found(events)
    assert first.places == (RingPlace(applicant="a"),)
    assert first.ended == ("ring_x",)
    second = found([*events, *told(first, _NOW_US)], now_us=_NOW_US + 1)
    assert (second.places, second.ended) == ((), ())


def test_the_shortest_retention_says_who_is_surely_in_the_graph() -> None:
    """Kinds that are kept for ever keep nobody else."""
    kinds = {IdentifierKind.IP: 30, IdentifierKind.ID_NUMBER: 0}
    assert Retention(own_days=90, kinds=kinds).kept_since(40 * DAY_US) == 10 * DAY_US
    assert Retention().kept_since(40 * DAY_US) == 0
