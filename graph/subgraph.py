"""What a store found around a query, and its union with the events not yet projected.

A store answers with complete lists: all applicants on an identifier that has not passed its cap,
all links of an applicant. Complete lists can be united by key, whatever was seen on both sides;
everything is cut only afterwards, in one place, the same way for every store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.model import IdentifierKind, Role
from graph.history import (
    Declarations,
    Marks,
    Places,
    fraud_as_of,
    merged_declarations,
    merged_marks,
    merged_places,
    place_as_of,
    place_of,
    shared_as_of,
)
from graph.model import NeighbourhoodQuery, PlaceRow
from graph.settings import GraphSettings
from graph.store import PendingView


@dataclass(slots=True)
class StoredIdentifier:
    """An identifier as the store knows it as of the query: over its caps, declared as shared.

    ``expired``, ``named_expired``: links that are no longer kept, and count.
    """

    kind: IdentifierKind
    over_cap: bool
    over_named_cap: bool
    declarations: Declarations
    expired: int = 0
    named_expired: int = 0


@dataclass(slots=True)
class Subgraph:
    """The store's part. Only links before the query's time; ``users`` and ``named`` complete
    for identifiers that are not over the cap, ``uses`` complete for near applicants.
    """

    position: int = 0
    identifiers: dict[str, StoredIdentifier] = field(default_factory=dict)
    users: dict[str, dict[str, int]] = field(default_factory=dict)
    named: dict[str, dict[tuple[str, Role], int]] = field(default_factory=dict)
    uses: dict[str, dict[str, tuple[IdentifierKind, int]]] = field(default_factory=dict)
    marks: dict[str, Marks] = field(default_factory=dict)
    places: dict[str, Places] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sharing:
    """All that is known of one identifier as of the query."""

    users: Mapping[str, int]
    named: Mapping[tuple[str, Role], int]
    degree: int
    named_degree: int
    hub: bool
    hub_reason: str
    named_hub: bool


class Union:
    """The projected and the pending part as one graph, as of one time."""

    def __init__(
        self, stored: Subgraph, pending: PendingView, as_of_us: int, settings: GraphSettings
    ) -> None:
        self._stored = stored
        self._pending = pending
        self._as_of_us = as_of_us
        self._settings = settings
        self._sharing: dict[str, Sharing] = {}
        self._known = set(stored.marks) | set(stored.uses)
        self.added: set[str] = set()
        """Pending applicants that the store did not know."""

    def sharing(self, identifier: str, kind: IdentifierKind) -> Sharing:
        """Who is on the identifier, and whether it may be traversed."""
        known = self._sharing.get(identifier)
        if known is None:
            known = self._sharing[identifier] = self._unite(identifier, kind)
        return known

    def is_shared(self, identifier: str, applicant: str) -> bool:
        """Whether anybody else may be found on it. Most identifiers are one applicant's alone."""
        users = self._stored.users.get(identifier, ())
        return (
            len(users) > 1
            or (len(users) == 1 and applicant not in users)
            or any(who != applicant for who, _ in self._pending.users(identifier))
        )

    def uses(self, applicant: str) -> list[tuple[str, IdentifierKind, int]]:
        """``(identifier, kind, at_us)``: the applicant's own identifiers."""
        united = dict(self._stored.uses.get(applicant, {}))
        for identifier, kind, at_us in self._pending.uses(applicant):
            if at_us < self._as_of_us:
                earlier = united.get(identifier, (kind, at_us))[1]
                united[identifier] = (kind, min(at_us, earlier))
        return [(identifier, kind, at_us) for identifier, (kind, at_us) in united.items()]

    def fraud(self, applicant: str) -> int | None:
        """When the applicant became known as fraud, if that was known."""
        marks = merged_marks(self._stored.marks.get(applicant, ()), self._pending.marks(applicant))
        return fraud_as_of(marks, self._as_of_us) if marks else None

    def place(self, applicant: str) -> PlaceRow | None:
        """Where a near applicant was placed in the rings."""
        places = merged_places(
            self._stored.places.get(applicant, ()), self._pending.places(applicant)
        )
        found = place_as_of(places, self._as_of_us)
        return found and PlaceRow(place=place_of(applicant, found[1]), at_us=found[0])

    def _unite(self, identifier: str, kind: IdentifierKind) -> Sharing:
        stored = self._stored.identifiers.get(identifier)
        cap, named_cap = self._settings.caps[kind], self._settings.named_cap
        users, named = self._users(identifier), self._named(identifier)
        degree = len(users) + (stored.expired if stored else 0)
        named_degree = len(named) + (stored.named_expired if stored else 0)
        over_cap = degree > cap or (stored is not None and stored.over_cap)
        over_named = named_degree > named_cap or (stored is not None and stored.over_named_cap)
        reason = self._shared(identifier, stored)
        hub = over_cap or reason != ""
        return Sharing(
            users={} if hub else users,
            named={} if hub or over_named else named,
            degree=cap + 1 if over_cap else degree,
            named_degree=named_cap + 1 if over_named else named_degree,
            hub=hub,
            hub_reason=reason or ("cap" if over_cap else ""),
            named_hub=over_named,
        )

    def _users(self, identifier: str) -> dict[str, int]:
        united = dict(self._stored.users.get(identifier, {}))
        _unite_times(united, self._before(self._pending.users(identifier)))
        return united

    def _named(self, identifier: str) -> dict[tuple[str, Role], int]:
        united = dict(self._stored.named.get(identifier, {}))
        entries = (((who, role), at) for who, role, at in self._pending.named(identifier))
        for (who, role), at_us in entries:
            if at_us < self._as_of_us:
                self._note(who)
                united[who, role] = min(at_us, united.get((who, role), at_us))
        return united

    def _before(self, entries: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
        for applicant, at_us in entries:
            if at_us < self._as_of_us:
                self._note(applicant)
                yield applicant, at_us

    def _note(self, applicant: str) -> None:
        if applicant not in self._known:
            self.added.add(applicant)

    def _shared(self, identifier: str, stored: StoredIdentifier | None) -> str:
        declarations = merged_declarations(
            stored.declarations if stored else (), self._pending.declarations(identifier)
        )
        return shared_as_of(declarations, self._as_of_us)


def _unite_times(united: dict[str, int], entries: Iterable[tuple[str, int]]) -> None:
    for key, at_us in entries:
        united[key] = min(at_us, united.get(key, at_us))


def own_keys(query: NeighbourhoodQuery) -> dict[str, IdentifierKind]:
    """The identifiers that the query's applicant uses itself."""
    return {
        link.identifier.key: link.identifier.kind for link in query.links if link.role is Role.USES
    }


def seeds_beyond(
    query: NeighbourhoodQuery, pending: PendingView, settings: GraphSettings
) -> list[str]:
    """Identifiers of pending near applicants: a store must look at these as well.

    It cannot find them by itself, because it does not know those applicants yet.
    """
    own = own_keys(query)
    beyond: set[str] = set()
    for key, kind in own.items():
        users = {who for who, at_us in pending.users(key) if at_us < query.as_of_us}
        if len(users) > settings.caps[kind]:
            continue
        for applicant in users - {query.applicant_key}:
            beyond.update(identifier for identifier, _, _ in pending.uses(applicant))
    return sorted(beyond - own.keys())
