"""Who hangs together with an application: the group around it, step by step, bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from graph.investigate.explorer import Explorer
from graph.investigate.model import Part

MOST_MEMBERS = 200
MOST_STEPS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Members in the order in which they were reached: a step at a time, the closest first.

    ``part``: they, what they share, and their links to it. ``complete``: nobody was left out.
    """

    members: tuple[str, ...]
    part: Part
    complete: bool


async def group_around(
    explorer: Explorer, seeds: Iterable[str], *, most_members: int, most_steps: int
) -> Group:
    """The applications within so many steps of the seeds, which must be known to the store."""
    members = dict.fromkeys(sorted(seeds))
    edge = list(members)
    complete = True
    for _ in range(most_steps):
        await explorer.open_sharing(edge)
        found = _next(explorer, edge, members)
        room = most_members - len(members)
        complete = complete and len(found) <= room
        edge = found[:room]
        members.update(dict.fromkeys(edge))
        if not edge:
            break
    else:
        await explorer.open_sharing(edge)
        complete = complete and not _next(explorer, edge, members)
    return Group(
        members=tuple(members),
        part=explorer.part(members),
        complete=complete and not explorer.cut,
    )


def _next(explorer: Explorer, edge: Iterable[str], members: Iterable[str]) -> list[str]:
    """Who shares something with the edge and is no member, the one that shares most first."""
    known = set(members)
    shared = Counter(
        link.application
        for key in edge
        for _, link in explorer.others(key)
        if link.application not in known
    )
    return sorted(shared, key=lambda key: (-shared[key], key))
