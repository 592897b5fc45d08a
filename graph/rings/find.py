"""From what is known as of a time to scored rings. Pure: no clock, no chance but the seed's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from graph.history import NOT_FRAUD
from graph.rings.communities import communities_of
from graph.rings.figures import Measure, inner_pairs
from graph.rings.matching import matched
from graph.rings.material import KINDS, Floats, Ints, Material
from graph.rings.model import Member, Ring, RingsRun, SharedIdentifier
from graph.rings.pagerank import reach_of_fraud
from graph.rings.projection import Joining, joining, pairs_of
from graph.rings.scoring import score_of
from graph.rings.settings import RingSettings

STEPS = ("pairs", "communities", "reach", "scores")


def find_rings(
    material: Material,
    previous: Mapping[str, str],
    settings: RingSettings,
    progress: Callable[[str], None] = lambda _: None,
) -> RingsRun:
    """All rings of at least ``least_members``, scored.

    ``previous``: applicant to ring of the run before. ``progress`` is told each of ``STEPS`` as
    it begins.
    """
    size = len(material.applicants)
    progress("pairs")
    links = joining(material, settings)
    pairs = pairs_of(links, settings)
    progress("communities")
    everyone = communities_of(pairs, size, settings)
    communities = [x for x in everyone if len(x) >= settings.least_members]
    progress("reach")
    reach = reach_of_fraud(pairs, material.fraud_at_us > NOT_FRAUD, settings)
    progress("scores")
    named = [[material.applicants[who] for who in members] for members in communities]
    ids = matched(named, previous, material.as_of_us)
    measure = Measure(material, pairs, reach)
    shared = _shared(material, links, communities, settings)
    rings = []
    for number, edges in enumerate(inner_pairs(pairs, communities, size)):
        figures = measure.figures(communities[number], edges)
        score, parts = score_of(figures)
        rings.append(
            Ring(
                ring=ids.ids[number],
                score=score,
                parts=parts,
                figures=figures,
                members=_members(material, communities[number], reach, settings),
                shared=shared[number],
                came_from=ids.came_from[number],
            )
        )
    return RingsRun(
        as_of_us=material.as_of_us,
        applicants=size,
        pairs=len(pairs.first),
        communities=len(everyone),
        rings=tuple(sorted(rings, key=lambda r: (-r.score, -r.figures.members, r.ring))),
        reached=_reached(material, communities, reach, settings),
        ended=ids.ended,
    )


def _members(
    material: Material, members: Ints, reach: Floats, settings: RingSettings
) -> tuple[Member, ...]:
    told = sorted(
        (
            Member(
                applicant=material.applicants[who],
                at_us=int(material.at_us[who]),
                status=material.statuses[who],
                fraud_at_us=_known(int(material.fraud_at_us[who])),
                reach=float(reach[who]),
            )
            for who in members
        ),
        key=lambda member: (member.at_us, member.applicant),
    )
    return tuple(told[: settings.most_members_told])


def _known(fraud_at_us: int) -> int | None:
    return fraud_at_us if fraud_at_us > NOT_FRAUD else None


def _reached(
    material: Material, communities: Sequence[Ints], reach: Floats, settings: RingSettings
) -> tuple[tuple[str, float], ...]:
    is_told = reach >= settings.told_reach
    for members in communities:
        is_told[members] = False
    return tuple((material.applicants[who], float(reach[who])) for who in np.flatnonzero(is_told))


def _shared(
    material: Material, links: Joining, communities: Sequence[Ints], settings: RingSettings
) -> list[tuple[SharedIdentifier, ...]]:
    """For each community what at least two of its members have in common."""
    owner = np.full(len(material.applicants), -1, dtype=np.int64)
    for number, members in enumerate(communities):
        owner[members] = number
    ring = owner[links.applicant]
    order = np.flatnonzero(ring >= 0)
    order = order[np.lexsort((links.identifier[order], ring[order]))]
    found: list[list[SharedIdentifier]] = [[] for _ in communities]
    if len(order):
        changes = np.diff(ring[order]) | np.diff(links.identifier[order])
        for rows in np.split(order, np.flatnonzero(changes) + 1):
            shared = _one_shared(material, links, rows)
            if shared.users + shared.named > 1:
                found[int(ring[rows[0]])].append(shared)
    return [
        tuple(sorted(entries, key=_by_members)[: settings.most_shared_told]) for entries in found
    ]


def _by_members(shared: SharedIdentifier) -> tuple[int, str]:
    return (-shared.users - shared.named, shared.key)


def _one_shared(material: Material, links: Joining, rows: Ints) -> SharedIdentifier:
    identifier = int(links.identifier[rows[0]])
    uses = links.way[rows] < len(KINDS)
    users = np.unique(links.applicant[rows][uses])
    everyone = np.unique(links.applicant[rows])
    return SharedIdentifier(
        key=material.identifiers[identifier],
        kind=KINDS[int(material.kind[identifier])],
        masked=material.masked[identifier],
        users=len(users),
        named=len(everyone) - len(users),
        first_us=int(links.at_us[rows].min()),
        last_us=int(links.at_us[rows].max()),
    )
