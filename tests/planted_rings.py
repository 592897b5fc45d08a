"""Small histories with rings in them, for the tests of the offline search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.model import Identifier, IdentifierKind, Link, Role
from graph.model import ApplicationProjected, FraudMarked, GraphEvent, SharingDeclared
from graph.rings import Collector, RingSettings, RingsRun, find_rings
from graph.store import OutboxEvent

DAY_US = 86_400_000_000
START_US = 1_700_000_000_000_000


class Recorded:
    """Events in their order."""

    def __init__(self, events: Sequence[GraphEvent]) -> None:
        self._events = [*enumerate(events, 1)]

    async def read_after(self, position: int, limit: int) -> Sequence[OutboxEvent]:
        """A page."""
        return self._events[position : position + limit]


def key(kind: IdentifierKind, name: object) -> str:
    """A key like a token."""
    return f"{kind}:{name}"


def links(uses: Mapping[IdentifierKind, object], *named: tuple[Role, object]) -> tuple[Link, ...]:
    """Own identifiers by kind, and telephones named in a role."""
    own = [Link(Role.USES, Identifier(k, key(k, v), "***")) for k, v in uses.items()]
    phone = IdentifierKind.PHONE
    return (*own, *(Link(r, Identifier(phone, key(phone, v), "***")) for r, v in named))


def application(
    name: str,
    day: float,
    uses: Mapping[IdentifierKind, object],
    *named: tuple[Role, object],
    status: str = "approve",
) -> ApplicationProjected:
    """An application with an ID number and a telephone of its own, unless others are given."""
    own = {IdentifierKind.ID_NUMBER: f"id-{name}", IdentifierKind.PHONE: f"phone-{name}", **uses}
    return ApplicationProjected(
        applicant=name,
        at_us=START_US + int(day * DAY_US),
        status=status,
        links=links(own, *named),
    )


def fraud(name: str, day: float) -> FraudMarked:
    """Known from that day on."""
    at_us = START_US + int(day * DAY_US)
    return FraudMarked(applicant=name, at_us=at_us, fraud_at_us=at_us, fraud_type="ring")


def cleared_mark(name: str, day: float) -> FraudMarked:
    """No longer known from that day on."""
    at_us = START_US + int(day * DAY_US)
    return FraudMarked(applicant=name, at_us=at_us, fraud_at_us=None, fraud_type="")


def declared(name: str, day: float, reason: str = "partner_agent") -> SharingDeclared:
    """The account of a ring counts as legitimately shared from that day on."""
    kind = IdentifierKind.BANK_ACCOUNT
    at_us = START_US + int(day * DAY_US)
    return SharingDeclared(
        identifier=key(kind, f"of-{name}"), kind=kind, at_us=at_us, reason=reason
    )


def account_ring(name: str, size: int, *, day: float = 0, step: float = 1) -> list[GraphEvent]:
    """Strangers with one bank account, one after the other."""
    return [
        application(f"{name}{n:02}", day + n * step, {IdentifierKind.BANK_ACCOUNT: f"of-{name}"})
        for n in range(size)
    ]


def run_of(
    events: Iterable[GraphEvent],
    *,
    day: float = 365,
    previous: Mapping[str, str] | None = None,
    settings: RingSettings | None = None,
) -> RingsRun:
    """What the search finds as of that day."""
    collector = Collector(as_of_us=START_US + int(day * DAY_US))
    for event in events:
        collector.add(event)
    return find_rings(collector.material(), previous or {}, settings or RingSettings())


def places(run: RingsRun) -> dict[str, str]:
    """Applicant to ring."""
    return {member.applicant: ring.ring for ring in run.rings for member in ring.members}


def names(run: RingsRun) -> list[Sequence[str]]:
    """The members of each ring."""
    return [tuple(member.applicant for member in ring.members) for ring in run.rings]
