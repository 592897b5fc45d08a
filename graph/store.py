"""What the engine asks of a graph store, and how a store may fail.

A store is a projection of the ledger's outbox: it can be wiped and rebuilt from position 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.errors import DeadlineExceeded, Unavailable
from engine.model import IdentifierKind, Role
from graph.history import Declarations, Marks, Places
from graph.model import GraphEvent, Neighbourhood, NeighbourhoodQuery

OutboxEvent = tuple[int, GraphEvent]
"""An event with its position in the outbox: positive, strictly increasing, gaps allowed."""


class GraphUnavailable(Unavailable):
    """The graph cannot answer: closed, broken, or its queue is full."""

    reason = "GRAPH_UNAVAILABLE"


class GraphLate(DeadlineExceeded):
    """The graph did not answer within the time the caller gave it."""

    reason = "GRAPH_LATE"


class GraphBehind(GraphUnavailable):
    """The store has not reached the position it was expected at: it was wiped or restored."""

    reason = "GRAPH_BEHIND"


class GraphForeign(GraphUnavailable):
    """The store holds what another ledger, or a later state of this one, has recorded."""

    reason = "GRAPH_FOREIGN"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphCounts:
    """Size of the graph. ``links`` are those of all roles."""

    applicants: int
    identifiers: int
    links: int


class PendingView(Protocol):
    """Events admitted but not yet projected, as they stood when the view was opened.

    It may still hold events that were projected since: stores merge by key, so nothing is
    counted twice. It must not lose an event while it is open.
    """

    def users(self, identifier: str) -> Iterable[tuple[str, int]]:
        """``(applicant, at_us)`` of those that use the identifier."""
        ...

    def named(self, identifier: str) -> Iterable[tuple[str, Role, int]]:
        """``(applicant, role, at_us)`` of those that name it as guarantor, referrer, contact."""
        ...

    def uses(self, applicant: str) -> Iterable[tuple[str, IdentifierKind, int]]:
        """``(identifier, kind, at_us)`` that the applicant uses."""
        ...

    def marks(self, applicant: str) -> Marks:
        """Fraud marks of the applicant."""
        ...

    def declarations(self, identifier: str) -> Declarations:
        """Declarations that the identifier is legitimately shared."""
        ...

    def places(self, applicant: str) -> Places:
        """Where searches for rings have put the applicant."""
        ...


class _NothingPending:
    """A view without events: for replay, investigators and tests."""

    def users(self, _identifier: str) -> Iterable[tuple[str, int]]:
        return ()

    def named(self, _identifier: str) -> Iterable[tuple[str, Role, int]]:
        return ()

    def uses(self, _applicant: str) -> Iterable[tuple[str, IdentifierKind, int]]:
        return ()

    def marks(self, _applicant: str) -> Marks:
        return ()

    def declarations(self, _identifier: str) -> Declarations:
        return ()

    def places(self, _applicant: str) -> Places:
        return ()


NOTHING_PENDING: PendingView = _NothingPending()
"""The view when every event has been projected, or when only the projection is asked for."""


class GraphStore(Protocol):
    """Named, bounded operations; no query text leaves an implementation.

    Answers are as of a time: they do not depend on the order in which events arrived, nor on
    events at or after that time. All methods raise ``GraphUnavailable`` and ``GraphLate``.
    """

    async def neighbourhood(
        self, query: NeighbourhoodQuery, pending: PendingView, *, timeout_s: float
    ) -> Neighbourhood:
        """What is near the query's identifiers: the projected graph and ``pending``, merged.

        The view must have been opened before the call. One round trip.
        ``ValueError`` if the query has more links than the settings allow.
        """
        ...

    async def project(self, events: Sequence[OutboxEvent], *, after: int, timeout_s: float) -> None:
        """Apply events in order and store the last position with them, all or nothing.

        ``after``: the position whose events these follow without a gap; ``GraphBehind`` if the
        store has not reached it. Events up to the stored position are taken as applied already.
        ``ValueError`` if the positions do not increase. After ``GraphLate`` the batch may still
        be applied later; repeating it is safe.
        """
        ...

    async def position(self, *, timeout_s: float) -> int:
        """The outbox position up to which events are applied; 0 for an empty graph."""
        ...

    async def counts(self, *, timeout_s: float) -> GraphCounts:
        """The size of the graph."""
        ...

    async def close(self) -> None:
        """Finish the work in hand and release everything. Idempotent."""
        ...
