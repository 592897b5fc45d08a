"""The figures of one community: what its score is made of."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.model import IdentifierKind, Role
from graph.rings.material import KINDS, ROLES, Floats, Ints, Material
from graph.rings.projection import WAYS, Pairs, bit

_DAY_US = 86_400_000_000
_ID, _IP = bit(IdentifierKind.ID_NUMBER), bit(IdentifierKind.IP)
_USES = ROLES.index(Role.USES)
_EMPLOYER, _ID_KIND = KINDS.index(IdentifierKind.EMPLOYER), KINDS.index(IdentifierKind.ID_NUMBER)
BURST_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """``members`` are applications, ``people`` distinct ID numbers among them.

    ``through``: for each way of sharing, the part of the members that share that way with a
    *stranger*: another ID number, or the same one with nothing else in common. ``double``: the
    part that shares two ways or more with one stranger. ``burst``: the largest part that applied
    within 30 days. ``per_week``: members per week over the ring's life, of at least a week.
    ``colleagues``: the largest part with one employer. ``declared``: the part that uses an
    identifier declared as legitimately shared. ``fraud``: known fraud; ``reach``: of known fraud
    into the ring, per member.
    """

    members: int
    people: int
    through: dict[str, float]
    double: float
    burst: float
    per_week: float
    span_days: float
    latest_us: int
    colleagues: float
    declared: float
    fraud: int
    reach: float


class Measure:
    """Measures communities of one run."""

    def __init__(self, material: Material, pairs: Pairs, reach: Floats) -> None:
        self._material = material
        self._pairs = pairs
        self._reach = reach
        uses = material.link_role == _USES
        self._employer = _lowest(material, uses, _EMPLOYER)
        self._person = _lowest(material, uses, _ID_KIND)
        self._declared = np.zeros(len(material.applicants), dtype=bool)
        for_all = np.isin(material.link_identifier, np.array(sorted(material.shared), dtype=int))
        self._declared[material.link_applicant[for_all]] = True

    def figures(self, members: Ints, edges: Ints) -> Figures:
        """Of one community; ``edges``: the places of its inner pairs."""
        times = np.sort(self._material.at_us[members])
        span_days = float(times[-1] - times[0]) / _DAY_US
        people = _distinct(self._person[members])
        through, double = self._through(members, edges)
        fraud = int((self._material.fraud_at_us[members] >= 0).sum())
        return Figures(
            members=len(members),
            people=people,
            through=through,
            double=double,
            burst=_burst(times),
            per_week=len(members) / max(span_days / 7, 1.0),
            span_days=span_days,
            latest_us=int(times[-1]),
            colleagues=_largest(self._employer[members]),
            declared=float(self._declared[members].mean()),
            fraud=fraud,
            reach=round(float(self._reach[members].mean()), 6),
        )

    def _through(self, members: Ints, edges: Ints) -> tuple[dict[str, float], float]:
        first, second = self._pairs.first[edges], self._pairs.second[edges]
        ways = self._pairs.ways[edges]
        same = (self._person[first] == self._person[second]) & (self._person[first] >= 0)
        strangers = ~same | (ways & ~(_ID | _IP) == 0)
        ways = np.where(strangers, ways, 0)

        def part(chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
            reached = np.union1d(first[chosen], second[chosen])
            return round(len(reached) / len(members), 6)

        through = {str(way): share for way in WAYS if (share := part((ways & bit(way)) != 0)) > 0}
        counted = np.bitwise_count(np.where(strangers, ways & ~_IP, 0))
        return through, part(counted > 1)


def inner_pairs(pairs: Pairs, communities: list[Ints], size: int) -> list[Ints]:
    """For each community the places of the pairs within it."""
    owner = np.full(size, -1, dtype=np.int64)
    for number, members in enumerate(communities):
        owner[members] = number
    inside = np.flatnonzero((owner[pairs.first] == owner[pairs.second]) & (owner[pairs.first] >= 0))
    inside = inside[np.argsort(owner[pairs.first[inside]], kind="stable")]
    bounds = np.searchsorted(owner[pairs.first[inside]], np.arange(len(communities) + 1))
    return [inside[low:high] for low, high in pairwise(bounds)]


def _lowest(
    material: Material, uses: np.ndarray[tuple[int], np.dtype[np.bool_]], kind: int
) -> Ints:
    """Each applicant's identifier of a kind, the lowest where there are more; -1: none."""
    chosen = uses & (material.kind[material.link_identifier] == kind)
    found = np.full(len(material.applicants), -1, dtype=np.int64)
    # Links are ordered by identifier: written backwards, the lowest is written last.
    found[material.link_applicant[chosen][::-1]] = material.link_identifier[chosen][::-1]
    return found


def _distinct(people: Ints) -> int:
    known = people[people >= 0]
    return len(np.unique(known)) + len(people) - len(known)


def _largest(groups: Ints) -> float:
    known = groups[groups >= 0]
    if not len(known):
        return 0.0
    return round(int(np.unique(known, return_counts=True)[1].max()) / len(groups), 6)


def _burst(times: Ints) -> float:
    within = np.searchsorted(times, times + BURST_DAYS * _DAY_US, side="right")
    return round(int((within - np.arange(len(times))).max()) / len(times), 6)
