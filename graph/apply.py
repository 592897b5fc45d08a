"""What a batch of events makes of the graph: from the touched part's old state to its new one.

Pure. Every value is a function of the set of events, not of their order: links keep their first
and last time, identifiers the first cap + 1 times (so that their degree, and whether they are a
hub, can be told for any past time), marks and declarations are histories.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.model import Identifier, IdentifierKind, Role
from graph.history import (
    NOT_FRAUD,
    Declarations,
    Places,
    merged_declarations,
    merged_marks,
    merged_places,
    place_text,
)
from graph.model import ApplicationProjected, FraudMarked, GraphEvent, RingsFound, SharingDeclared
from graph.settings import GraphSettings


@dataclass(slots=True)
class ApplicantState:
    """An applicant; ``at_us`` is ``None`` while it is only marked."""

    at_us: int | None = None
    last_at_us: int | None = None
    status: str = ""
    marks: dict[tuple[int, int], str] = field(default_factory=dict)
    """``(at_us, fraud_at_us or NOT_FRAUD)`` to the type of fraud."""
    places: Places = ()


@dataclass(slots=True)
class IdentifierState:
    """An identifier; ``times`` and ``named_times`` hold the first cap + 1 link times.

    ``expired``, ``named_expired``: links that are no longer kept, ``expired_at_us``: when the last
    of them was last seen.
    """

    kind: IdentifierKind
    masked: str = ""
    first_at_us: int | None = None
    times: list[int] = field(default_factory=list)
    named_times: list[int] = field(default_factory=list)
    declarations: Declarations = ()
    expired: int = 0
    named_expired: int = 0
    expired_at_us: int | None = None


LinkKey = tuple[str, Role, str]
"""Applicant, role, identifier."""


@dataclass(slots=True)
class Touched:
    """The part of the graph that a batch touches. ``links`` hold first and last time."""

    applicants: dict[str, ApplicantState] = field(default_factory=dict)
    identifiers: dict[str, IdentifierState] = field(default_factory=dict)
    links: dict[LinkKey, tuple[int, int]] = field(default_factory=dict)


def touched_keys(events: Iterable[GraphEvent]) -> tuple[list[str], list[str]]:
    """Applicant keys and identifier keys of a batch, each once and sorted."""
    applicants: set[str] = set()
    identifiers: set[str] = set()
    for event in events:
        match event:
            case ApplicationProjected():
                applicants.add(event.applicant)
                identifiers.update(link.identifier.key for link in event.links)
            case FraudMarked():
                applicants.add(event.applicant)
            case SharingDeclared():
                identifiers.add(event.identifier)
            case RingsFound():
                applicants.update(place.applicant for place in event.places)
    return sorted(applicants), sorted(identifiers)


def apply_events(
    touched: Touched, events: Iterable[GraphEvent], settings: GraphSettings
) -> set[LinkKey]:
    """Bring ``touched`` to its state after the events; returns the links that changed."""
    changed: set[LinkKey] = set()
    for event in events:
        match event:
            case ApplicationProjected():
                _apply_application(touched, event, settings, changed)
            case FraudMarked():
                _apply_mark(touched, event)
            case SharingDeclared():
                _apply_declaration(touched, event)
            case RingsFound():
                _apply_places(touched, event)
    return changed


def crossed_at(times: list[int], cap: int) -> int | None:
    """When the cap was passed: the time of the link after the last that was allowed."""
    return times[cap] if len(times) > cap else None


def _apply_application(
    touched: Touched, event: ApplicationProjected, settings: GraphSettings, changed: set[LinkKey]
) -> None:
    applicant = touched.applicants.setdefault(event.applicant, ApplicantState())
    if applicant.last_at_us is None or event.at_us >= applicant.last_at_us:
        applicant.status = event.status
    applicant.at_us = _first(applicant.at_us, event.at_us)
    applicant.last_at_us = max(event.at_us, applicant.last_at_us or event.at_us)
    for link in event.links:
        key = (event.applicant, link.role, link.identifier.key)
        if _apply_link(touched, key, link.identifier, event.at_us, settings):
            changed.add(key)


def _apply_link(
    touched: Touched, key: LinkKey, identifier: Identifier, at_us: int, settings: GraphSettings
) -> bool:
    state = touched.identifiers.setdefault(identifier.key, IdentifierState(identifier.kind))
    state.masked = identifier.masked
    state.first_at_us = _first(state.first_at_us, at_us)
    known = touched.links.get(key)
    if known is not None and known[0] <= at_us <= known[1]:
        return False
    first, last = known or (at_us, at_us)
    touched.links[key] = (min(first, at_us), max(last, at_us))
    if known is None or at_us < first:
        own = key[1] is Role.USES
        times = state.times if own else state.named_times
        cap = settings.caps[identifier.kind] if own else settings.named_cap
        _insert_time(times, cap, at_us, None if known is None else first)
    return True


def _insert_time(times: list[int], cap: int, at_us: int, moved_from: int | None) -> None:
    """Keep the first cap + 1 times. A link that began earlier than was known moves."""
    if moved_from is not None and moved_from in times:
        times.remove(moved_from)
    insort(times, at_us)
    del times[cap + 1 :]


def _apply_mark(touched: Touched, event: FraudMarked) -> None:
    applicant = touched.applicants.setdefault(event.applicant, ApplicantState())
    value = NOT_FRAUD if event.fraud_at_us is None else event.fraud_at_us
    kept = merged_marks(applicant.marks, [(event.at_us, value)])
    types: Mapping[tuple[int, int], str] = {
        **applicant.marks,
        (event.at_us, value): event.fraud_type,
    }
    applicant.marks = {mark: types[mark] for mark in kept}


def _apply_declaration(touched: Touched, event: SharingDeclared) -> None:
    state = touched.identifiers.setdefault(event.identifier, IdentifierState(event.kind))
    state.declarations = merged_declarations(state.declarations, [(event.at_us, event.reason)])


def _apply_places(touched: Touched, event: RingsFound) -> None:
    for place in event.places:
        applicant = touched.applicants.setdefault(place.applicant, ApplicantState())
        entry = (event.at_us, place_text(place))
        applicant.places = merged_places(applicant.places, [entry])


def _first(known: int | None, at_us: int) -> int:
    return at_us if known is None else min(known, at_us)
