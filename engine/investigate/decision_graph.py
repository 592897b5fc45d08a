"""Exactly what a decision saw of the graph: from its record, not from the graph of today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.model import Admission, Role
from engine.record import DecisionRecord
from graph.investigate.model import ApplicationNode, IdentifierNode, LinkRow, Part, ordered
from graph.model import FarRow, NearRow, Neighbourhood

NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionGraph:
    """``status``: "ok", or why it saw nothing. ``part``: itself, its identifiers, who was near.

    What it did not see is not there: when other applications were made, their outcomes, the masks
    of identifiers that are not its own.
    """

    as_of_us: int
    status: str
    part: Part
    near_cut: bool = False
    far_cut: bool = False
    pending: int = 0
    same_person: tuple[str, ...] = ()
    position: int = 0


def decision_graph(record: DecisionRecord) -> DecisionGraph:
    """The recorded neighbourhood as nodes and links."""
    admission, seen = record.admission, record.gathered.graph
    status = dict(record.gathered.statuses).get("graph")
    if seen is None:
        return DecisionGraph(
            as_of_us=admission.as_of_us,
            status=NOT_ASKED if status is None else status.value,
            part=ordered([_own(record)], [], []),
        )
    return DecisionGraph(
        as_of_us=seen.as_of_us,
        status="ok" if status is None else status.value,
        part=ordered(
            [*_others(seen), _own(record)],
            [*_beyond(seen), *_identifiers(seen)],
            [*_links(seen), *_own_links(admission)],
        ),
        near_cut=seen.near_cut,
        far_cut=seen.far_cut,
        pending=seen.pending,
        same_person=seen.same_person,
        position=seen.projected_to,
    )


def _own(record: DecisionRecord) -> ApplicationNode:
    return ApplicationNode(
        key=record.admission.applicant_key,
        at_us=record.admission.applied_at_us,
        outcome=record.decision.outcome.value,
    )


def _others(seen: Neighbourhood) -> Iterator[ApplicationNode]:
    """Applications that were near or far; when they were made, as far as their links tell."""
    first: dict[str, int] = {}
    fraud: dict[str, int | None] = {}
    rows: list[NearRow | FarRow] = [*seen.near, *seen.far]
    for row in rows:
        first[row.applicant] = min(row.at_us, first.get(row.applicant, row.at_us))
        fraud[row.applicant] = row.fraud_at_us
    for far in seen.far:
        first[far.via] = min(far.via_at_us, first.get(far.via, far.via_at_us))
    for key, at_us in first.items():
        yield ApplicationNode(key=key, at_us=at_us, outcome="", fraud_since_us=fraud.get(key))


def _identifiers(seen: Neighbourhood) -> Iterator[IdentifierNode]:
    for row in seen.identifiers:
        yield IdentifierNode(
            key=row.key,
            kind=row.kind,
            masked=row.masked,
            first_at_us=None,
            applications=row.degree,
            hub=row.hub,
            hub_reason=row.hub_reason,
            named_hub=row.named_hub,
        )


def _beyond(seen: Neighbourhood) -> Iterator[IdentifierNode]:
    on: dict[str, set[str]] = {}
    for row in seen.far:
        on.setdefault(row.identifier, set()).update((row.via, row.applicant))
    kinds = {row.identifier: row.kind for row in seen.far}
    for key, users in on.items():
        yield IdentifierNode(
            key=key,
            kind=kinds[key],
            masked="",
            first_at_us=None,
            applications=len(users),
            hub=False,
            hub_reason="",
            named_hub=False,
        )


def _own_links(admission: Admission) -> Iterator[LinkRow]:
    for link in admission.application.links:
        yield _link(
            admission.applicant_key, link.role, link.identifier.key, admission.applied_at_us
        )


def _links(seen: Neighbourhood) -> Iterator[LinkRow]:
    for near in seen.near:
        yield _link(near.applicant, near.role, near.identifier, near.at_us)
    for far in seen.far:
        yield _link(far.via, Role.USES, far.identifier, far.via_at_us)
        yield _link(far.applicant, Role.USES, far.identifier, far.at_us)


def _link(application: str, role: Role, identifier: str, at_us: int) -> LinkRow:
    return LinkRow(
        application=application, role=role, identifier=identifier, at_us=at_us, last_at_us=at_us
    )
