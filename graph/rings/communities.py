"""Communities of the projection: Leiden on each connected part.

Each part by itself: what happens elsewhere in the graph changes no community, and modularity does
not lose small rings in a large graph.
"""

from __future__ import annotations

import graspologic_native
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graph.rings.material import Ints
from graph.rings.projection import Pairs
from graph.rings.settings import RingSettings

_WHOLE = 3
"""A part of so many applicants is not divided."""


def communities_of(pairs: Pairs, size: int, settings: RingSettings) -> list[Ints]:
    """Sorted members of each community of at least two, ordered by their first."""
    found: list[Ints] = []
    for members, edges in _parts(pairs, size):
        if len(members) <= _WHOLE:
            found.append(members)
        else:
            found += _divided(pairs, members, edges, settings)
    return sorted((c for c in found if len(c) > 1), key=lambda members: int(members[0]))


def _parts(pairs: Pairs, size: int) -> list[tuple[Ints, Ints]]:
    """Members of each connected part with more than one, and the places of its pairs."""
    if not len(pairs.first):
        return []
    matrix = coo_array((np.ones(len(pairs.first)), (pairs.first, pairs.second)), shape=(size, size))
    _, labels = connected_components(matrix, directed=False)
    joined = np.zeros(size, dtype=bool)
    joined[pairs.first] = joined[pairs.second] = True
    members = np.flatnonzero(joined)
    members = members[np.argsort(labels[members], kind="stable")]
    edges = np.argsort(labels[pairs.first], kind="stable")
    edge_groups = _grouped(edges, labels[pairs.first[edges]])
    return list(zip(_grouped(members, labels[members]), edge_groups, strict=True))


def _grouped(values: Ints, labels: Ints) -> list[Ints]:
    return np.split(values, np.flatnonzero(np.diff(labels)) + 1)


def _divided(pairs: Pairs, members: Ints, edges: Ints, settings: RingSettings) -> list[Ints]:
    names = {int(member): str(place) for place, member in enumerate(members)}
    _, labels = graspologic_native.leiden(
        [
            (names[int(pairs.first[e])], names[int(pairs.second[e])], float(pairs.weight[e]))
            for e in edges
        ],
        resolution=settings.resolution,
        iterations=2,
        seed=settings.seed,
    )
    groups: dict[int, list[int]] = {}
    for place, member in enumerate(members):
        groups.setdefault(labels[str(place)], []).append(int(member))
    return [np.array(group, dtype=np.int64) for group in groups.values()]
