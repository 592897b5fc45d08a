"""From the union of projected and pending events to the neighbourhood: order, bounds, flags.

Pure and shared by every store, so that a cut list is cut the same way everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from engine.model import Identifier, IdentifierKind, Link, Role
from graph.model import (
    FarRow,
    IdentifierRow,
    NearRow,
    Neighbourhood,
    NeighbourhoodQuery,
    PlaceRow,
)
from graph.settings import GraphSettings
from graph.store import PendingView
from graph.subgraph import Sharing, Subgraph, Union, own_keys

_ROLES = {role: place for place, role in enumerate(Role)}
_KINDS = {kind: place for place, kind in enumerate(IdentifierKind)}

_Row = TypeVar("_Row")


class _Cut(NamedTuple):
    rows: tuple[NearRow, ...]
    cut: bool


def assemble(
    query: NeighbourhoodQuery, stored: Subgraph, pending: PendingView, settings: GraphSettings
) -> Neighbourhood:
    """The neighbourhood as if every pending event before the query's time were projected."""
    union = Union(stored, pending, query.as_of_us, settings)
    near = _near(query, union, settings)
    far, far_cut = _far(query, near.rows, union, settings)
    return Neighbourhood(
        as_of_us=query.as_of_us,
        identifiers=tuple(_identifier_row(link, union) for link in _ordered(query.links)),
        near=near.rows,
        near_cut=near.cut,
        far=far,
        far_cut=far_cut,
        projected_to=stored.position,
        pending=len(union.added),
        same_person=_same_person(query, near.rows, union),
        places=_places(near.rows, union),
    )


def _places(near: Iterable[NearRow], union: Union) -> tuple[PlaceRow, ...]:
    found = (union.place(applicant) for applicant in sorted({row.applicant for row in near}))
    return tuple(row for row in found if row is not None)


def _ordered(links: Iterable[Link]) -> list[Link]:
    """Each identifier once per role: by role, kind, key."""
    once = {(link.role, link.identifier.key): link for link in links}
    return sorted(
        once.values(),
        key=lambda x: (_ROLES[x.role], _KINDS[x.identifier.kind], x.identifier.key),
    )


def _identifier_row(link: Link, union: Union) -> IdentifierRow:
    identifier = link.identifier
    sharing = union.sharing(identifier.key, identifier.kind)
    return IdentifierRow(
        key=identifier.key,
        kind=identifier.kind,
        masked=identifier.masked,
        role=link.role,
        degree=sharing.degree,
        hub=sharing.hub,
        hub_reason=sharing.hub_reason,
        named=sharing.named_degree,
        named_hub=sharing.named_hub,
    )


def _near(query: NeighbourhoodQuery, union: Union, settings: GraphSettings) -> _Cut:
    rows: list[NearRow] = []
    cut = False
    identifiers = {link.identifier.key: link.identifier for link in query.links}
    for identifier in identifiers.values():
        sharing = union.sharing(identifier.key, identifier.kind)
        cut |= sharing.named_hub and not sharing.hub
        for group in _near_groups(query, identifier, sharing, union):
            shown, more = _bounded(sorted(group, key=_near_order), settings.near_per_identifier)
            rows += shown
            cut |= more
    shown, more = _bounded(sorted(rows, key=_near_order), settings.near_total)
    return _Cut(tuple(shown), cut or more)


def _near_groups(
    query: NeighbourhoodQuery, identifier: Identifier, sharing: Sharing, union: Union
) -> tuple[list[NearRow], list[NearRow]]:
    """Own and named links apart: a flood of one must not push the other out of the list."""

    def row(applicant: str, role: Role, at_us: int) -> NearRow:
        return NearRow(
            applicant=applicant,
            identifier=identifier.key,
            kind=identifier.kind,
            role=role,
            at_us=at_us,
            fraud_at_us=union.fraud(applicant),
        )

    def seen(applicant: str, at_us: int) -> bool:
        return applicant != query.applicant_key and at_us >= query.since_us

    users = [row(who, Role.USES, at) for who, at in sharing.users.items() if seen(who, at)]
    named = [row(who, role, at) for (who, role), at in sharing.named.items() if seen(who, at)]
    return users, named


def _near_order(row: NearRow) -> tuple[int, str, str, int]:
    return (-row.at_us, row.applicant, row.identifier, _ROLES[row.role])


def _far_order(row: FarRow) -> tuple[int, str, str, str]:
    return (-row.at_us, row.applicant, row.via, row.identifier)


def _bounded(rows: Sequence[_Row], bound: int) -> tuple[Sequence[_Row], bool]:
    return rows[:bound], len(rows) > bound


def _near_users(query: NeighbourhoodQuery, near: Iterable[NearRow]) -> list[str]:
    """Applicants that share an own identifier with the query's, nearest in time first."""
    own = own_keys(query)
    latest: dict[str, int] = {}
    for row in near:
        if row.role is Role.USES and row.identifier in own:
            latest[row.applicant] = max(row.at_us, latest.get(row.applicant, row.at_us))
    return sorted(latest, key=lambda applicant: (-latest[applicant], applicant))


def _far(
    query: NeighbourhoodQuery, near: Iterable[NearRow], union: Union, settings: GraphSettings
) -> tuple[tuple[FarRow, ...], bool]:
    via, cut = _bounded(_near_users(query, near), settings.near_applicants)
    rows: list[FarRow] = []
    for applicant in via:
        beyond = sorted(_beyond(query, applicant, union), key=_far_order)
        shown, more = _bounded(beyond, settings.far_per_applicant)
        rows += shown
        cut |= more
    far, more = _bounded(sorted(rows, key=_far_order), settings.far_total)
    return tuple(far), cut or more


def _beyond(query: NeighbourhoodQuery, via: str, union: Union) -> Iterable[FarRow]:
    own = own_keys(query)
    for identifier, kind, via_at_us in union.uses(via):
        if identifier in own or via_at_us < query.since_us:
            continue
        if not union.is_shared(identifier, via):
            continue
        for applicant, at_us in union.sharing(identifier, kind).users.items():
            if applicant not in {via, query.applicant_key} and at_us >= query.since_us:
                yield FarRow(
                    via=via,
                    identifier=identifier,
                    kind=kind,
                    via_at_us=via_at_us,
                    applicant=applicant,
                    at_us=at_us,
                    fraud_at_us=union.fraud(applicant),
                )


def _same_person(
    query: NeighbourhoodQuery, near: Iterable[NearRow], union: Union
) -> tuple[str, ...]:
    persons = {k for k, kind in own_keys(query).items() if kind is IdentifierKind.ID_NUMBER}
    near_users = _near_users(query, near)
    return tuple(
        sorted(x for x in near_users if any(key in persons for key, _, _ in union.uses(x)))
    )
