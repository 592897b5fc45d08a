"""Events admitted but not yet projected, so that the very next decision sees them.

Filled synchronously on admission, emptied by the projector after its commit. One event loop owns
an index; it is not thread-safe.

An application's links come in one event, so an event is either wholly pending or wholly
projected. Nothing is missed: a view is opened before the store is asked, and an event leaves the
index only after it was committed and every view opened before that is closed. Nothing is seen
twice: stores unite by key.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from engine.errors import Overloaded
from engine.model import IdentifierKind, Link, Role
from graph.history import (
    NOT_FRAUD,
    Declarations,
    Marks,
    Places,
    merged_declarations,
    merged_marks,
    merged_places,
    place_text,
)
from graph.model import ApplicationProjected, FraudMarked, GraphEvent, RingsFound, SharingDeclared
from graph.store import PendingView

_EventKey = tuple[str, str, int, str]
_K = TypeVar("_K")


class PendingFull(Overloaded):
    """More events wait for projection than the index may hold."""

    reason = "GRAPH_BACKLOG_FULL"


@dataclass(slots=True)
class _Tables:
    users: dict[str, dict[str, int]] = field(default_factory=dict)
    named: dict[str, dict[tuple[str, Role], int]] = field(default_factory=dict)
    uses: dict[str, list[tuple[str, IdentifierKind, int]]] = field(default_factory=dict)
    marks: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    declarations: dict[str, set[tuple[int, str]]] = field(default_factory=dict)
    places: dict[str, set[tuple[int, str]]] = field(default_factory=dict)


class PendingIndex:
    """The index. ``capacity`` bounds the events that wait for projection.

    Where the graph is a server that may be away for long, ``may_overflow``: what finds no room is
    then not refused but left out, and the index is blind until all of that must be in the graph.
    ``settle_s`` bounds how long an admitted event can take to be recorded.
    """

    def __init__(
        self,
        *,
        capacity: int = 50_000,
        retry_after_s: float = 1.0,
        may_overflow: bool = False,
        settle_s: float = 60.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        self._capacity = capacity
        self._retry_after_s = retry_after_s
        self._may_overflow = may_overflow
        self._settle_s = settle_s
        self._monotonic = monotonic
        self._overflowed_at: float | None = None
        self._tables = _Tables()
        self._events: dict[_EventKey, GraphEvent] = {}
        self._retired: dict[_EventKey, int] = {}
        self._retirement: deque[tuple[int, _EventKey]] = deque()
        self._open: dict[int, None] = {}
        self._clock = 0

    def __len__(self) -> int:
        """Events that wait for projection."""
        return len(self._events) - len(self._retired)

    @property
    def is_blind(self) -> bool:
        """Whether there are events that are perhaps neither here nor in the graph."""
        return self._overflowed_at is not None

    def earliest_us(self) -> int | None:
        """The earliest time of what waits for projection; ``None`` if nothing waits.

        What was recorded before it is in the graph, unless the index is blind.
        """
        waiting = (x.at_us for key, x in self._events.items() if key not in self._retired)
        return min(waiting, default=None)

    def is_clear(self) -> bool:
        """Whether nothing is held, not even for a view that was open when it was projected."""
        return not self._events and self._tables == _Tables()

    def admit(self, applicant: str, at_us: int, links: Sequence[Link]) -> None:
        """An application was admitted at ``at_us``. Call before its own neighbourhood is asked.

        Raises ``PendingFull`` beyond the capacity, ``ValueError`` if the applicant waits already
        with other content.
        """
        self.expect(
            ApplicationProjected(applicant=applicant, at_us=at_us, status="", links=tuple(links))
        )

    def expect(self, event: GraphEvent) -> None:
        """An event is about to be recorded. Raises as ``admit``."""
        try:
            self.add(event)
        except PendingFull:
            if not self._may_overflow:
                raise
            self._overflowed_at = self._monotonic()

    def caught_up(self, at: float) -> None:
        """All that was recorded at that time, on the index's own clock, is in the graph."""
        if self._overflowed_at is not None and at - self._overflowed_at >= self._settle_s:
            self._overflowed_at = None

    def withdraw(self, applicant: str) -> None:
        """The application failed before it was recorded: nobody is to see it any more."""
        key = ("application", applicant, 0, "")
        if key in self._events:
            self._remove(key)

    def discard(self, event: GraphEvent) -> None:
        """An added event was not recorded after all: nobody is to see it any more."""
        key = _key_of(event)
        if key in self._events:
            self._remove(key)

    def add(self, event: GraphEvent) -> None:
        """Any event that will come through the outbox. Adding it again changes nothing.

        Raises as ``admit``.
        """
        key = _key_of(event)
        known = self._events.get(key)
        if known is None:
            self._require_room()
            self._events[key] = event
            _insert(self._tables, event)
            return
        if not _same_content(known, event):
            raise ValueError("an application is admitted once; this one waits with other content")
        # Recorded again before its retirement ended, or read from the outbox after admission.
        self._retired.pop(key, None)

    def projected(self, events: Iterable[GraphEvent]) -> None:
        """The store committed these events. Unknown ones are ignored."""
        self._clock += 1
        for event in events:
            key = _key_of(event)
            if key in self._events and key not in self._retired:
                self._retired[key] = self._clock
                self._retirement.append((self._clock, key))
        self._purge()

    @contextmanager
    def view(self) -> Iterator[PendingView]:
        """The index as it stands now; open it before the store is asked."""
        self._clock += 1
        opened = self._clock
        self._open[opened] = None
        try:
            yield _View(self._tables)
        finally:
            del self._open[opened]
            self._purge()

    def _require_room(self) -> None:
        if len(self) >= self._capacity:
            raise PendingFull(
                f"{self._capacity} events wait to be projected into the graph",
                self._retry_after_s,
            )

    def _purge(self) -> None:
        oldest = next(iter(self._open), self._clock + 1)
        while self._retirement and self._retirement[0][0] < oldest:
            at, key = self._retirement.popleft()
            if self._retired.get(key) == at:
                self._remove(key)

    def _remove(self, key: _EventKey) -> None:
        self._retired.pop(key, None)
        _delete(self._tables, self._events.pop(key))


class _View:
    """Reads the live tables: later additions are at or after the reader's time and ignored by
    it, and removals wait until the view is closed.
    """

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables

    def users(self, identifier: str) -> Iterable[tuple[str, int]]:
        return self._tables.users.get(identifier, {}).items()

    def named(self, identifier: str) -> Iterable[tuple[str, Role, int]]:
        entries = self._tables.named.get(identifier, {})
        return [(applicant, role, at_us) for (applicant, role), at_us in entries.items()]

    def uses(self, applicant: str) -> Iterable[tuple[str, IdentifierKind, int]]:
        return self._tables.uses.get(applicant, ())

    def marks(self, applicant: str) -> Marks:
        return merged_marks(self._tables.marks.get(applicant, ()), ())

    def declarations(self, identifier: str) -> Declarations:
        return merged_declarations(self._tables.declarations.get(identifier, ()), ())

    def places(self, applicant: str) -> Places:
        return merged_places(self._tables.places.get(applicant, ()), ())


def _key_of(event: GraphEvent) -> _EventKey:
    match event:
        case ApplicationProjected():
            return ("application", event.applicant, 0, "")
        case FraudMarked():
            return ("mark", event.applicant, event.at_us, str(event.fraud_at_us))
        case SharingDeclared():
            return ("shared", event.identifier, event.at_us, event.reason)
        case RingsFound():
            return ("rings", event.run, event.at_us, str(event.part))


def _same_content(known: GraphEvent, event: GraphEvent) -> bool:
    """The status is not compared: it is not yet decided on admission."""
    if isinstance(known, ApplicationProjected) and isinstance(event, ApplicationProjected):
        return known.at_us == event.at_us and set(known.links) == set(event.links)
    return True


def _insert(tables: _Tables, event: GraphEvent) -> None:
    match event:
        case ApplicationProjected():
            _insert_application(tables, event)
        case FraudMarked():
            fraud_at_us = NOT_FRAUD if event.fraud_at_us is None else event.fraud_at_us
            tables.marks.setdefault(event.applicant, set()).add((event.at_us, fraud_at_us))
        case SharingDeclared():
            entry = (event.at_us, event.reason)
            tables.declarations.setdefault(event.identifier, set()).add(entry)
        case RingsFound():
            for place in event.places:
                told = (event.at_us, place_text(place))
                tables.places.setdefault(place.applicant, set()).add(told)


def _insert_application(tables: _Tables, event: ApplicationProjected) -> None:
    uses: dict[str, IdentifierKind] = {}
    for link in event.links:
        identifier = link.identifier
        if link.role is Role.USES:
            tables.users.setdefault(identifier.key, {})[event.applicant] = event.at_us
            uses[identifier.key] = identifier.kind
        else:
            named = tables.named.setdefault(identifier.key, {})
            named[event.applicant, link.role] = event.at_us
    tables.uses[event.applicant] = [(key, kind, event.at_us) for key, kind in uses.items()]


def _delete(tables: _Tables, event: GraphEvent) -> None:
    match event:
        case ApplicationProjected():
            _delete_application(tables, event)
        case FraudMarked():
            fraud_at_us = NOT_FRAUD if event.fraud_at_us is None else event.fraud_at_us
            _discard(tables.marks, event.applicant, (event.at_us, fraud_at_us))
        case SharingDeclared():
            _discard(tables.declarations, event.identifier, (event.at_us, event.reason))
        case RingsFound():
            for place in event.places:
                _discard(tables.places, place.applicant, (event.at_us, place_text(place)))


def _delete_application(tables: _Tables, event: ApplicationProjected) -> None:
    tables.uses.pop(event.applicant, None)
    for link in event.links:
        key = link.identifier.key
        if link.role is Role.USES:
            _drop(tables.users, key, event.applicant)
        else:
            _drop(tables.named, key, (event.applicant, link.role))


def _drop(table: dict[str, dict[_K, int]], key: str, entry: _K) -> None:
    entries = table.get(key)
    if entries is not None:
        entries.pop(entry, None)
        if not entries:
            del table[key]


def _discard(table: dict[str, set[_K]], key: str, entry: _K) -> None:
    entries = table.get(key)
    if entries is not None:
        entries.discard(entry)
        if not entries:
            del table[key]
