"""Ids that last: a community keeps the id of the ring of the run before that it is most like."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ID_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Matched:
    """The ids of communities, in their order; whence each came; and ids that nobody kept."""

    ids: tuple[str, ...]
    came_from: tuple[tuple[str, ...], ...]
    ended: tuple[str, ...]


def matched(
    communities: Sequence[Sequence[str]], previous: Mapping[str, str], as_of_us: int
) -> Matched:
    """``communities``: applicants of each, sorted. ``previous``: applicant to ring.

    An old ring and a community belong together if they share at least half of the smaller one.
    The greatest overlap keeps the id; of equal ones the lowest id, then the first community.
    """
    sizes = Counter(previous.values())
    related: list[tuple[int, str, int]] = []
    for number, members in enumerate(communities):
        shared = Counter(previous[who] for who in members if who in previous)
        for ring, overlap in shared.items():
            if 2 * overlap >= min(sizes[ring], len(members)):
                related.append((-overlap, ring, number))
    kept: dict[int, str] = {}
    taken: set[str] = set()
    for _, ring, number in sorted(related):
        if number not in kept and ring not in taken:
            kept[number] = ring
            taken.add(ring)
    ids = [kept.get(n) or _new_id(x, as_of_us, sizes) for n, x in enumerate(communities)]
    sources: dict[int, set[str]] = {}
    for _, ring, number in related:
        sources.setdefault(number, set()).add(ring)
    came_from = [tuple(sorted(sources.get(n, set()) - {ids[n]})) for n in range(len(ids))]
    return Matched(tuple(ids), tuple(came_from), tuple(sorted(sizes.keys() - taken)))


def _new_id(members: Sequence[str], as_of_us: int, known: Mapping[str, int]) -> str:
    """Of members and time, so that it is the same again for the same run, and for no other."""
    text = "\n".join((str(as_of_us), *members))
    while True:
        ring = "ring_" + hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]
        if ring not in known:
            return ring
        text += "\n"
