"""What is known of applicants, identifiers and links as of a time, in columns.

Events may come in any order; the columns are sorted by key, so that all that is computed from them
is the same. Only what was recorded strictly before the time counts, as for a decision.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.model import IdentifierKind, Role
from graph.history import NOT_FRAUD, fraud_as_of, merged_marks, shared_as_of
from graph.model import ApplicationProjected, FraudMarked, GraphEvent, SharingDeclared

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

KINDS = tuple(IdentifierKind)
ROLES = tuple(Role)
_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
_ROLE_NUMBERS = {role: number for number, role in enumerate(ROLES)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """Applicants and identifiers by number, sorted by key; links by identifier, then applicant.

    ``fraud_at_us``: when an applicant became known as fraud, -1 if it is not known. ``shared``:
    why an identifier is declared as legitimately shared, where it is. A link is there once for
    each role, with its first time; ``kind`` and ``role`` are places in ``KINDS`` and ``ROLES``.
    """

    as_of_us: int
    applicants: tuple[str, ...]
    at_us: Ints
    statuses: tuple[str, ...]
    fraud_at_us: Ints
    identifiers: tuple[str, ...]
    masked: tuple[str, ...]
    kind: Ints
    shared: dict[int, str]
    link_applicant: Ints
    link_identifier: Ints
    link_role: Ints
    link_at_us: Ints


class Collector:
    """Takes events one by one. ``since_us``: links that began before it are left out."""

    def __init__(self, *, as_of_us: int, since_us: int = 0) -> None:
        self._as_of_us = as_of_us
        self._since_us = since_us
        self._applicants: dict[str, int] = {}
        self._first: list[int] = []
        self._last: list[tuple[int, str]] = []
        self._identifiers: dict[str, int] = {}
        self._masked: list[tuple[int, str]] = []
        self._kinds = array("q")
        self._links = [array("q") for _ in range(4)]
        self._marks: dict[str, list[tuple[int, int]]] = {}
        self._declared: dict[str, list[tuple[int, str]]] = {}

    def add(self, event: GraphEvent) -> None:
        """One event, in any order; what is at or after the time is passed over."""
        if event.at_us >= self._as_of_us:
            return
        match event:
            case ApplicationProjected():
                self._add_application(event)
            case FraudMarked():
                value = NOT_FRAUD if event.fraud_at_us is None else event.fraud_at_us
                self._marks.setdefault(event.applicant, []).append((event.at_us, value))
            case SharingDeclared():
                entry = (event.at_us, event.reason)
                self._declared.setdefault(event.identifier, []).append(entry)
            case _:
                pass

    def _add_application(self, event: ApplicationProjected) -> None:
        if event.at_us < self._since_us:
            return
        applicant = self._applicants.get(event.applicant)
        last = (event.at_us, event.status)
        if applicant is None:
            applicant = self._applicants[event.applicant] = len(self._first)
            self._first.append(event.at_us)
            self._last.append(last)
        else:
            self._first[applicant] = min(self._first[applicant], event.at_us)
            self._last[applicant] = max(self._last[applicant], last)
        for link in event.links:
            identifier = self._number(link.identifier.key, link.identifier.kind)
            masked = (event.at_us, link.identifier.masked)
            self._masked[identifier] = max(self._masked[identifier], masked)
            row = (applicant, identifier, _ROLE_NUMBERS[link.role], event.at_us)
            for column, value in zip(self._links, row, strict=True):
                column.append(value)

    def _number(self, key: str, kind: IdentifierKind) -> int:
        number = self._identifiers.get(key)
        if number is None:
            number = self._identifiers[key] = len(self._masked)
            self._masked.append((-1, ""))
            self._kinds.append(_KIND_NUMBERS[kind])
        return number

    def material(self) -> Material:
        """All that was added, in its fixed order."""
        applicants, who = _sorted(self._applicants)
        identifiers, what = _sorted(self._identifiers)
        new_who, new_what = np.argsort(who), np.argsort(what)
        who_links, what_links, role, at_us = (
            np.frombuffer(column, dtype=np.int64) for column in self._links
        )
        links = _once(new_who[who_links], new_what[what_links], role, at_us)
        return Material(
            as_of_us=self._as_of_us,
            applicants=applicants,
            at_us=np.array(self._first, dtype=np.int64)[who],
            statuses=tuple(self._last[number][1] for number in who),
            fraud_at_us=np.array([self._fraud(key) for key in applicants], dtype=np.int64),
            identifiers=identifiers,
            masked=tuple(self._masked[number][1] for number in what),
            kind=np.array(self._kinds, dtype=np.int64)[what],
            shared=self._shared(identifiers),
            link_applicant=links[0],
            link_identifier=links[1],
            link_role=links[2],
            link_at_us=links[3],
        )

    def _fraud(self, applicant: str) -> int:
        marks = merged_marks(self._marks.get(applicant, ()), ())
        fraud_at_us = fraud_as_of(marks, self._as_of_us)
        return NOT_FRAUD if fraud_at_us is None else fraud_at_us

    def _shared(self, identifiers: tuple[str, ...]) -> dict[int, str]:
        if not self._declared:
            return {}
        found = {}
        for number, key in enumerate(identifiers):
            reason = shared_as_of(tuple(sorted(self._declared.get(key, ()))), self._as_of_us)
            if reason:
                found[number] = reason
        return found


def _sorted(numbers: dict[str, int]) -> tuple[tuple[str, ...], Ints]:
    keys = tuple(sorted(numbers))
    return keys, np.array([numbers[key] for key in keys], dtype=np.int64)


def _once(
    applicant: Ints, identifier: Ints, role: Ints, at_us: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Each link once, with its first time, ordered by identifier, applicant and role."""
    if not len(applicant):
        return applicant, identifier, role, at_us
    order = np.lexsort((at_us, role, applicant, identifier))
    columns = applicant[order], identifier[order], role[order], at_us[order]
    changes = [np.diff(column, prepend=-1) != 0 for column in columns[:3]]
    first = changes[0] | changes[1] | changes[2]
    return columns[0][first], columns[1][first], columns[2][first], columns[3][first]
