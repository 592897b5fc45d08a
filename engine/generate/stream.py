"""The stream of applications in the order of time, made as it is read."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import accumulate

import msgspec

from engine.generate.chance import Chance
from engine.generate.draft import Draft, Group
from engine.generate.people import World
from engine.generate.plan import (
    GENERATOR_VERSION,
    SERIALS_EACH,
    Batch,
    Make,
    Settings,
    batches,
)
from engine.generate.request import Request
from engine.generate.truth import DAY_US, Truth
from engine.generate.writing import written

_LONGEST_PART = 2
"""A group's span is at most the period over this, however short the period."""


class Generated(msgspec.Struct, frozen=True):
    """One application: when it was submitted, what was sent, and what is true of it.

    Times are strictly increasing over a stream.
    """

    at_us: int
    request: Request
    truth: Truth


def generate(settings: Settings) -> Iterator[Generated]:
    """So many applications as the settings say, the earliest first.

    In memory are the groups that have begun and not ended: some percent of all.
    """
    seed = settings.seed
    last_us = 0
    for number, draft in enumerate(_drafts(settings), start=1):
        last_us = max(draft.at_us, last_us + 1)
        chance = Chance(seed, GENERATOR_VERSION, "application", number)
        request = written(draft, f"gen-{seed}-{number:07}", chance)
        yield Generated(last_us, request, draft.truth)


def world_of(settings: Settings) -> World:
    """What all applications have in common."""
    chance = Chance(settings.seed, GENERATOR_VERSION, "world")
    return World(
        seed=settings.seed,
        salt=chance.below(2**40),
        firms=max(20, settings.applicants // 12),
        carrier_addresses=max(10, settings.applicants // 15),
        branches=max(2, settings.applicants // 2_000),
    )


def _drafts(settings: Settings) -> Iterator[Draft]:
    """Each group is planned when its earliest moment is reached."""
    world = world_of(settings)
    waiting: list[tuple[int, int, Draft]] = []
    planned = 0
    starts = heapq.merge(*(_starts(settings, batch) for batch in batches(settings)))
    for earliest_us, name, group, make in starts:
        # Moments move within their day: what begins on a later day cannot come before.
        bound_us = earliest_us - earliest_us % DAY_US
        while waiting and waiting[0][0] < bound_us:
            yield heapq.heappop(waiting)[2]
        for draft in make(world, group, Chance(settings.seed, GENERATOR_VERSION, name)):
            planned += 1
            heapq.heappush(waiting, (draft.at_us, planned, draft))
    while waiting:
        yield heapq.heappop(waiting)[2]


def _starts(settings: Settings, batch: Batch) -> Iterator[tuple[int, str, Group, Make]]:
    """The groups of a batch with their earliest moments, which increase."""
    period_us = settings.days * DAY_US
    count = len(batch.sizes)
    spans = [min(batch.spans(place), period_us // _LONGEST_PART) for place in range(count)]
    usable_us = period_us - max(spans, default=0)
    step_us = usable_us // max(count, 1)
    sizes = (1,) * count if isinstance(batch.sizes, range) else batch.sizes
    offsets = accumulate(sizes, initial=0)
    for place, (size, offset) in enumerate(zip(sizes, offsets, strict=False)):
        name = batch.names(place)
        chance = Chance(settings.seed, GENERATOR_VERSION, "start", name)
        earliest_us = settings.begin_us + place * step_us
        group = Group(
            name=name,
            size=size,
            serial=batch.first_serial + SERIALS_EACH * offset,
            start_us=earliest_us + int(chance.share() * step_us),
            span_us=spans[place],
        )
        yield earliest_us, name, group, batch.make(place)
