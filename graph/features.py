"""Online features and findings: pure functions of the neighbourhood a decision saw.

Sharing counts links between *own* identifiers only (the applicant's and the other's). Guarantor,
referrer and contact links have features of their own and make nobody a neighbour.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.model import IdentifierKind, Link, Role
from engine.outcome import GraphFinding
from graph.circle import set_circle
from graph.model import IdentifierRow, NearRow, Neighbourhood, RingPlace
from touchstone.v1 import facts_pb2

_DAY_US = 86_400_000_000
_RECENT_US = 7 * _DAY_US
_MOST_FINDINGS = 10


def unavailable() -> facts_pb2.GraphFacts:
    """What rules see when the graph did not answer: nothing is known."""
    return facts_pb2.GraphFacts()


def graph_facts(
    neighbourhood: Neighbourhood, links: Sequence[Link], as_of_us: int
) -> facts_pb2.GraphFacts:
    """The graph's part of the vocabulary, as ``facts.proto`` documents it.

    ``links`` are the application's own. Times are microseconds.
    """
    own = {link.identifier.key for link in links if link.role is Role.USES}
    seen = _Seen(neighbourhood, own)
    # Setting a wrapper's value makes it known, zero too; building and copying one costs more.
    facts = facts_pb2.GraphFacts()
    facts.available.value = True
    for kind in IdentifierKind:
        _set_sharing(getattr(facts, kind), seen, kind, as_of_us)
    neighbours = _neighbours(seen)
    facts.neighbours.extend(_neighbour_facts(n, as_of_us) for n in neighbours)
    _set_neighbours(facts, neighbours)
    _set_guilt(facts, seen)
    _set_ring(facts, neighbourhood, neighbours)
    _set_named(facts, seen)
    set_circle(facts, neighbourhood, links, as_of_us)
    _set_offline_ring(facts.offline_ring, neighbourhood, as_of_us)
    return facts


class _Seen:
    """The neighbourhood, sorted by what the features ask for."""

    def __init__(self, neighbourhood: Neighbourhood, own: set[str]) -> None:
        self.all = neighbourhood
        self.own_rows = [row for row in neighbourhood.identifiers if row.role is Role.USES]
        self.shared = [
            row for row in neighbourhood.near if row.role is Role.USES and row.identifier in own
        ]
        self.near_of: dict[str, list[NearRow]] = {}
        for row in neighbourhood.near:
            self.near_of.setdefault(row.identifier, []).append(row)

    def users(self, identifier: str) -> list[NearRow]:
        """Other applicants that use the identifier themselves."""
        return [row for row in self.near_of.get(identifier, ()) if row.role is Role.USES]

    def roles(self, role: Role) -> list[IdentifierRow]:
        """The application's identifiers in one role."""
        return [row for row in self.all.identifiers if row.role is role]


@dataclass(slots=True)
class _Neighbour:
    """One other application on a shared identifier."""

    applicant: str
    latest_us: int
    kinds: set[IdentifierKind]
    fraud: bool
    same_person: bool


def _applicants(rows: Iterable[NearRow]) -> set[str]:
    return {row.applicant for row in rows}


def _frauds(rows: Iterable[NearRow]) -> set[str]:
    return {row.applicant for row in rows if row.fraud_at_us is not None}


def _set_sharing(
    facts: facts_pb2.SharingFacts, seen: _Seen, kind: IdentifierKind, as_of_us: int
) -> None:
    rows = [row for row in seen.shared if row.kind is kind]
    identifiers = [row for row in seen.own_rows if row.kind is kind]

    def within(days: int) -> int:
        return len(_applicants(r for r in rows if r.at_us >= as_of_us - days * _DAY_US))

    facts.applicants.value = len(_applicants(rows))
    facts.fraud.value = len(_frauds(rows))
    facts.applicants_1d.value = within(1)
    facts.applicants_7d.value = within(7)
    facts.applicants_30d.value = within(30)
    facts.degree.value = max((row.degree for row in identifiers), default=0)
    facts.hub.value = any(row.hub for row in identifiers)


def _neighbours(seen: _Seen) -> list[_Neighbour]:
    """Nearest in time first, then by key."""
    same_person = set(seen.all.same_person)
    found: dict[str, _Neighbour] = {}
    for row in seen.shared:
        neighbour = found.setdefault(
            row.applicant,
            _Neighbour(
                applicant=row.applicant,
                latest_us=row.at_us,
                kinds=set(),
                fraud=row.fraud_at_us is not None,
                same_person=row.applicant in same_person,
            ),
        )
        neighbour.latest_us = max(neighbour.latest_us, row.at_us)
        neighbour.kinds.add(row.kind)
    return sorted(found.values(), key=lambda n: (-n.latest_us, n.applicant))


def _neighbour_facts(neighbour: _Neighbour, as_of_us: int) -> facts_pb2.NeighbourFacts:
    return facts_pb2.NeighbourFacts(
        fraud=neighbour.fraud,
        kinds=[str(kind) for kind in IdentifierKind if kind in neighbour.kinds],
        days=(as_of_us - neighbour.latest_us) // _DAY_US,
        same_person=neighbour.same_person,
    )


def _set_neighbours(facts: facts_pb2.GraphFacts, neighbours: list[_Neighbour]) -> None:
    others = [n for n in neighbours if not n.same_person]
    facts.neighbour_count.value = len(others)
    multi = sum(len(n.kinds) > 1 for n in others)
    facts.multi_link_neighbours.value = multi
    facts.fraud_neighbours.value = sum(n.fraud for n in others)


def _set_guilt(facts: facts_pb2.GraphFacts, seen: _Seen) -> None:
    """Sums are exactly rounded, so that their order cannot matter."""
    shares = []
    for row in seen.own_rows:
        users = seen.users(row.key)
        shares.append((len(_frauds(users)), len(_applicants(users))))
    guilt = math.fsum(fraud / (others + 1) for fraud, others in shares)
    worst = max((fraud / others for fraud, others in shares if others), default=0.0)
    facts.guilt.value = guilt
    facts.worst_fraud_share.value = worst


def _set_ring(
    facts: facts_pb2.GraphFacts, neighbourhood: Neighbourhood, neighbours: list[_Neighbour]
) -> None:
    members = {n.applicant: n.fraud for n in neighbours}
    members.update((row.applicant, row.fraud_at_us is not None) for row in neighbourhood.far)
    for applicant in neighbourhood.same_person:
        members.pop(applicant, None)
    facts.ring_members.value = len(members) + 1
    facts.ring_fraud.value = sum(members.values())


def _set_named(facts: facts_pb2.GraphFacts, seen: _Seen) -> None:
    guarantors, referrers = seen.roles(Role.GUARANTOR), seen.roles(Role.REFERRER)
    facts.guarantor_applications.value = _naming(seen, guarantors)
    facts.guarantor_fraud.value = len(_naming_fraud(seen, guarantors))
    facts.referrer_applications.value = _naming(seen, referrers)
    facts.referrer_fraud.value = len(_naming_fraud(seen, referrers))
    given = (r for row in seen.own_rows for r in seen.near_of.get(row.key, ()))
    guarantees = _applicants(r for r in given if r.role is Role.GUARANTOR)
    facts.guarantees_given.value = len(guarantees)
    untold = any(row.hub or row.named_hub for row in (*guarantors, *referrers))
    is_cut = seen.all.near_cut or seen.all.far_cut or untold
    facts.cut.value = is_cut


def _set_offline_ring(
    facts: facts_pb2.OfflineRingFacts, neighbourhood: Neighbourhood, as_of_us: int
) -> None:
    reach_ppm = max((row.place.reach_ppm for row in neighbourhood.places), default=0)
    worst = max(
        (row for row in neighbourhood.places if row.place.ring),
        key=lambda row: (row.place.score, row.place.members, row.place.ring, row.at_us),
        default=None,
    )
    place = worst.place if worst else RingPlace(applicant="")
    facts.score.value = place.score
    facts.members.value = place.members
    facts.fraud.value = place.fraud
    facts.fraud_rate.value = place.fraud / place.members if place.members else 0.0
    facts.reach.value = reach_ppm / 1_000_000
    facts.days.value = (as_of_us - worst.at_us) // _DAY_US if worst else 0


def _naming(seen: _Seen, rows: Iterable[IdentifierRow]) -> int:
    """Applications on the identifiers in any role; where they are not listed, what is counted."""
    rows = list(rows)
    listed = len(_applicants(near for row in rows for near in seen.near_of.get(row.key, ())))
    counted = [
        count
        for row in rows
        for count, is_bound in ((row.degree, row.hub), (row.named, row.hub or row.named_hub))
        if is_bound
    ]
    return max(listed, *counted) if counted else listed


def _naming_fraud(seen: _Seen, rows: Iterable[IdentifierRow]) -> set[str]:
    return _frauds(near for row in rows for near in seen.near_of.get(row.key, ()))


def findings(neighbourhood: Neighbourhood, facts: facts_pb2.GraphFacts) -> tuple[GraphFinding, ...]:
    """The links that mattered, gravest first, at most ten.

    Codes, in this order: FRAUD_ON_<KIND>, GUARANTOR_FRAUD, REFERRER_FRAUD, RING_FRAUD (beyond the
    first step; no identifier), SAME_PERSON, SHARED_<KIND>, GUARANTOR_OF_OTHERS, NAMED_WITH_OTHERS
    (a guarantor or referrer), HUB. ``since_us``: when the first link shown began.
    """
    near_of: dict[str, list[NearRow]] = {}
    for row in neighbourhood.near:
        near_of.setdefault(row.identifier, []).append(row)
    found: list[tuple[int, GraphFinding]] = []
    since_us = neighbourhood.as_of_us - _RECENT_US
    for identifier in neighbourhood.identifiers:
        found += _identifier_findings(identifier, near_of.get(identifier.key, []), since_us)
    beyond = facts.ring_fraud.value - facts.fraud_neighbours.value
    if beyond > 0:
        members = facts.ring_members.value - 1
        found.append((_RANK["RING_FRAUD"], _finding("RING_FRAUD", None, members, beyond, None)))
    found.sort(key=lambda item: (item[0], -item[1].fraud, -item[1].applicants))
    return tuple(finding for _, finding in found[:_MOST_FINDINGS])


_RANK = {
    "FRAUD_ON": 0,
    "GUARANTOR_FRAUD": 1,
    "REFERRER_FRAUD": 2,
    "RING_FRAUD": 3,
    "SAME_PERSON": 4,
    "SHARED": 5,
    "GUARANTOR_OF_OTHERS": 6,
    "NAMED_WITH_OTHERS": 7,
    "HUB": 8,
}


def _identifier_findings(
    identifier: IdentifierRow, near: list[NearRow], recent_us: int
) -> list[tuple[int, GraphFinding]]:
    if identifier.hub:
        hub = _finding("HUB", identifier, identifier.degree, 0, None)
        return [(_RANK["HUB"], hub)]
    groups: list[tuple[str, list[NearRow]]] = []
    if identifier.role is Role.USES:
        groups.append((_own_code(identifier), [r for r in near if r.role is Role.USES]))
        given = [r for r in near if r.role is Role.GUARANTOR]
        groups.append(("GUARANTOR_OF_OTHERS", given))
    elif identifier.role in {Role.GUARANTOR, Role.REFERRER}:
        groups.append(("NAMED_WITH_OTHERS", near))
    return [_ranked(code, identifier, rows, recent_us) for code, rows in groups if rows]


def _own_code(identifier: IdentifierRow) -> str:
    return "SAME_PERSON" if identifier.kind is IdentifierKind.ID_NUMBER else "SHARED"


def _ranked(
    code: str, identifier: IdentifierRow, rows: list[NearRow], recent_us: int
) -> tuple[int, GraphFinding]:
    applicants, frauds = _applicants(rows), _frauds(rows)
    if frauds and code == "NAMED_WITH_OTHERS":
        code = f"{identifier.role.upper()}_FRAUD"
    elif frauds and code in {"SHARED", "SAME_PERSON"}:
        code = "FRAUD_ON"
    name = f"{code}_{identifier.kind.upper()}" if code in {"FRAUD_ON", "SHARED"} else code
    since_us = min(row.at_us for row in rows)
    recent = len(_applicants(row for row in rows if row.at_us >= recent_us))
    finding = _finding(name, identifier, len(applicants), len(frauds), since_us)
    return _RANK[code], replace(finding, applicants_7d=recent)


def _finding(
    code: str,
    identifier: IdentifierRow | None,
    applicants: int,
    fraud: int,
    since_us: int | None,
) -> GraphFinding:
    return GraphFinding(
        code=code,
        kind=str(identifier.kind) if identifier else "",
        masked=identifier.masked if identifier else "",
        applicants=applicants,
        fraud=fraud,
        since_us=since_us,
    )
