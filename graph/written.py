"""Between the states of a touched part and the parameters of ``touched`` and ``project``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.model import IdentifierKind, Role
from graph.apply import ApplicantState, IdentifierState, LinkKey, Touched, crossed_at
from graph.history import NOT_FRAUD
from graph.rows import ROLES, Record, Row
from graph.settings import GraphSettings

_LISTS = {
    Role.USES: "uses",
    Role.GUARANTOR: "guarantors",
    Role.REFERRER: "referrers",
    Role.CONTACT: "contacts",
}


def touched_of(records: Iterable[Record]) -> Touched:
    """What ``touched.cypher`` answered."""
    touched = Touched()
    for record in records:
        row = record["row"]
        match record["part"]:
            case "identifier":
                touched.identifiers[row[0]] = _identifier_of(row)
            case "applicant":
                touched.applicants[row[0]] = _applicant_of(row)
            case _:
                touched.links[row[0], ROLES[row[1]], row[2]] = (row[3], row[4])
    return touched


def _identifier_of(row: Row) -> IdentifierState:
    return IdentifierState(
        kind=IdentifierKind(row[1]),
        masked=row[2] or "",
        first_at_us=row[3],
        times=list(row[4] or ()),
        named_times=list(row[5] or ()),
        declarations=tuple(zip(row[6] or (), row[7] or (), strict=True)),
        expired=row[8] or 0,
        named_expired=row[9] or 0,
        expired_at_us=row[10],
    )


def _applicant_of(row: Row) -> ApplicantState:
    marks = zip(row[4] or (), row[5] or (), row[6] or (), strict=True)
    return ApplicantState(
        at_us=row[1],
        last_at_us=row[2],
        status=row[3] or "",
        marks={(at_us, value): kind for at_us, value, kind in marks},
        places=tuple(zip(row[7] or (), row[8] or (), strict=True)),
    )


def project_parameters(
    touched: Touched, changed: Iterable[LinkKey], position: int, settings: GraphSettings
) -> dict[str, Any]:
    """Parameters of ``project.cypher``: sorted by key, so that locks are taken in one order."""
    links: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS.values()}
    for key in sorted(changed):
        first, last = touched.links[key]
        row = {"applicant": key[0], "identifier": key[2], "at": first, "last_at": last}
        links[_LISTS[key[1]]].append(row)
    return {
        "applicants": [applicant_row(k, x) for k, x in sorted(touched.applicants.items())],
        "identifiers": [
            identifier_row(k, x, settings) for k, x in sorted(touched.identifiers.items())
        ],
        **links,
        "position": position,
        "digest": settings.projection_digest(),
    }


def applicant_row(key: str, state: ApplicantState) -> dict[str, Any]:
    """The properties that ``project.cypher`` sets."""
    marks = list(state.marks)
    last = marks[-1] if marks else (0, NOT_FRAUD)
    is_fraud = last[1] > NOT_FRAUD
    return {
        "key": key,
        "at": state.at_us,
        "last_at": state.last_at_us,
        "status": state.status,
        "fraud_at": last[1] if is_fraud else None,
        "fraud_type": state.marks[last] if is_fraud else None,
        "mark_ats": [at_us for at_us, _ in marks] or None,
        "mark_values": [value for _, value in marks] or None,
        "mark_types": [state.marks[mark] for mark in marks] or None,
        "ring_ats": [at_us for at_us, _ in state.places] or None,
        "ring_values": [text for _, text in state.places] or None,
    }


def identifier_row(key: str, state: IdentifierState, settings: GraphSettings) -> dict[str, Any]:
    """The properties that ``project.cypher`` sets."""
    hub_at = crossed_at(state.times, settings.caps[state.kind])
    declared = state.declarations[-1][1] if state.declarations else ""
    return {
        "key": key,
        "kind": str(state.kind),
        "masked": state.masked,
        "first_at": state.first_at_us,
        "degree": len(state.times),
        "hub": hub_at is not None or declared != "",
        "hub_reason": declared or ("cap" if hub_at is not None else ""),
        "hub_at": hub_at,
        "named_hub_at": crossed_at(state.named_times, settings.named_cap),
        "times": state.times,
        "named_times": state.named_times or None,
        "shared_ats": [at_us for at_us, _ in state.declarations] or None,
        "shared_reasons": [reason for _, reason in state.declarations] or None,
        **_expired_row(state),
    }


def _expired_row(state: IdentifierState) -> dict[str, Any]:
    return {
        "expired": state.expired or None,
        "named_expired": state.named_expired or None,
        "expired_at": state.expired_at_us,
    }


def remove_parameters(
    touched: Touched,
    links: Iterable[LinkKey],
    applicants: Iterable[str],
    forgotten: Iterable[str] = (),
    forget_us: int = 0,
) -> dict[str, Any]:
    """Parameters of ``remove.cypher``; ``touched`` holds what the links' identifiers keep."""
    gone: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS.values()}
    kept: set[str] = set()
    for applicant, role, identifier in sorted(links):
        gone[_LISTS[role]].append({"applicant": applicant, "identifier": identifier})
        kept.add(identifier)
    return {
        **gone,
        "identifiers": [
            {"key": key, **_expired_row(touched.identifiers[key])}
            for key in sorted(kept)
            if key in touched.identifiers
        ],
        "applicants": sorted(applicants),
        "forgotten": sorted(forgotten),
        "forget": forget_us,
    }
