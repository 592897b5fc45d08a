"""The shortest path between two applications, over identifiers they share with others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from engine.model import Role
from graph.investigate.explorer import Explorer
from graph.investigate.model import Part

MOST_STEPS = 8
"""Steps of a path, each from one application to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """An identifier that two applications share; each in its role, since its own time."""

    identifier: str
    first_role: Role
    first_at_us: int
    second_role: Role
    second_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From one application to the next, and through what."""

    first: str
    second: str
    shared: tuple[Shared, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """``steps`` is empty if there is no path, or none was found.

    ``complete``: what is said holds for the whole graph. If not, bounds were reached, or the latest
    links of hubs were followed: there may be a path, or a shorter one.
    """

    steps: tuple[Step, ...]
    part: Part
    complete: bool


@dataclass(slots=True)
class _Side:
    """One end's search: how far each application is, and from which it was reached."""

    depths: dict[str, int]
    frontier: set[str]
    depth: int = 0
    parents: dict[str, set[str]] = field(default_factory=dict)


async def shortest_path(explorer: Explorer, start: str, end: str, most_steps: int) -> Path:
    """Among the shortest, the first in the order of keys. ``start`` and ``end`` are two.

    Both must be known to the explorer's store.
    """
    sides = tuple(_Side({key: 0}, {key}) for key in (start, end))
    met: set[str] = set()
    while not met and sum(side.depth for side in sides) < most_steps:
        side = min(sides, key=lambda x: len(x.frontier))
        if not side.frontier:
            break
        await _widen(explorer, side)
        met = {key for key in side.frontier if all(key in other.depths for other in sides)}
        if explorer.cut and not met:
            break
    keys = _first(sides, start, met) if met else []
    steps = tuple(_step(explorer, *pair) for pair in pairwise(keys))
    on_it = keys or [start, end]
    return Path(steps=steps, part=explorer.part(on_it), complete=not explorer.cut)


async def _widen(explorer: Explorer, side: _Side) -> None:
    """One step further, from everything at the edge."""
    await explorer.open_sharing(side.frontier)
    side.depth += 1
    reached: set[str] = set()
    for key in sorted(side.frontier):
        for _, link in explorer.others(key):
            other = link.application
            if side.depths.setdefault(other, side.depth) == side.depth:
                side.parents.setdefault(other, set()).add(key)
                reached.add(other)
    side.frontier = reached


def _first(sides: tuple[_Side, ...], start: str, met: Iterable[str]) -> list[str]:
    """From ``start`` on, always the smallest key that still leads to the other end."""
    there, back = sides
    onward: dict[str, set[str]] = {}
    edge = set(met)
    while edge:
        for key in edge:
            for parent in there.parents.get(key, ()):
                onward.setdefault(parent, set()).add(key)
        edge = {parent for key in edge for parent in there.parents.get(key, ())}
    path = [start]
    while nexts := onward.get(path[-1]) or back.parents.get(path[-1]):
        path.append(min(nexts))
    return path


def _step(explorer: Explorer, first: str, second: str) -> Step:
    shared = [
        Shared(
            identifier=own.identifier,
            first_role=own.role,
            first_at_us=own.at_us,
            second_role=other.role,
            second_at_us=other.at_us,
        )
        for own, other in explorer.others(first)
        if other.application == second
    ]
    roles = list(Role)
    shared.sort(key=lambda x: (x.identifier, roles.index(x.first_role), roles.index(x.second_role)))
    return Step(first=first, second=second, shared=tuple(shared))
