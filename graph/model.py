"""Frozen types of the graph: the bounded neighbourhood a decision sees, and what is projected.

Times are integer microseconds since the epoch, UTC. Keys are tokens (``kind:hmac``).
Every list is in a fixed order, and cut the same way in every store; a flag says that it was cut.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.model import IdentifierKind, Link, Role

NOBODY = "dec_" + 32 * "-"
"""A key like that of a decision, and never one: for probes and placeholders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourhoodQuery:
    """What a decision asks: everything near its identifiers, as of its own admission."""

    applicant_key: str
    links: tuple[Link, ...]
    as_of_us: int
    since_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRow:
    """One identifier of the request, as of the query's time.

    ``degree``: applicants using it, saturating at the kind's cap + 1, so that it can be told
    exactly for any past time. ``hub``: over its cap, or known as legitimately shared; a hub is
    not traversed. ``hub_reason``: ``"cap"``, the reason of the allow-list, or ``""``.
    ``named``: links that name it as guarantor, referrer or contact, saturating at the cap on
    them + 1; ``named_hub``: over that cap, so those links are counted but not listed.
    """

    key: str
    kind: IdentifierKind
    masked: str
    role: Role
    degree: int
    hub: bool
    hub_reason: str
    named: int = 0
    named_hub: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NearRow:
    """Another applicant on one of the request's identifiers.

    ``role`` is this other applicant's role on the identifier, ``at_us`` when the link began.
    ``fraud_at_us``: when it became known as fraud, if by the query's time.
    """

    applicant: str
    identifier: str
    kind: IdentifierKind
    role: Role
    at_us: int
    fraud_at_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FarRow:
    """A second step: near applicant ``via`` shares ``identifier`` with applicant ``applicant``."""

    via: str
    identifier: str
    kind: IdentifierKind
    via_at_us: int
    applicant: str
    at_us: int
    fraud_at_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RingPlace:
    """Where the last search for rings put an applicant.

    ``ring``: its id, ``""`` in none; ``score`` 0 to 100, ``members`` and ``fraud``, those known as
    fraud, are the ring's. ``reach_ppm``: millionths of known fraud that reach the applicant.
    """

    applicant: str
    ring: str = ""
    score: int = 0
    members: int = 0
    fraud: int = 0
    reach_ppm: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A near applicant's place in the rings, and since when it is known."""

    place: RingPlace
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """What one decision saw of the graph. Recorded with it; features are a function of it.

    ``projected_to`` is the outbox position the store had reached; ``pending`` counts applications
    that were admitted but not yet projected and were merged in. ``same_person``: near applicants
    on one of the query's ID numbers, told even where that ID number is itself a hub. ``places``: of
    near applicants, sorted by key, those whom the search for rings has placed.
    """

    as_of_us: int
    identifiers: tuple[IdentifierRow, ...]
    near: tuple[NearRow, ...]
    near_cut: bool
    far: tuple[FarRow, ...]
    far_cut: bool
    projected_to: int
    pending: int
    same_person: tuple[str, ...] = ()
    places: tuple[PlaceRow, ...] = ()

    @property
    def applicants(self) -> frozenset[str]:
        """Everybody it names."""
        far = {name for row in self.far for name in (row.via, row.applicant)}
        return frozenset({*(row.applicant for row in self.near), *far, *self.same_person})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationProjected:
    """Outbox event: an application (approved, referred or declined) joins the graph."""

    applicant: str
    at_us: int
    status: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudMarked:
    """Outbox event: an applicant became known as fraud at ``at_us`` (``None``: unmarked)."""

    applicant: str
    at_us: int
    fraud_at_us: int | None
    fraud_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingDeclared:
    """Outbox event: from ``at_us`` on an identifier counts as legitimately shared.

    ``reason``: ``"dormitory"``, ``"switchboard"``, ``"branch_wifi"``, ``"partner_agent"`` ...;
    ``""`` withdraws the declaration.
    """

    identifier: str
    kind: IdentifierKind
    at_us: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RingsFound:
    """Outbox event: a part of what a search for rings found, known from ``at_us`` on.

    Only places that changed are told: a place without ring and reach takes an earlier one back.
    """

    run: str
    part: int
    at_us: int
    places: tuple[RingPlace, ...]


GraphEvent = ApplicationProjected | FraudMarked | SharingDeclared | RingsFound
