"""What happens to policies. Each event is a record of the ledger, and nothing else is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """The order is that of a policy's life."""

    INITIAL = "initial"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    ACTIVATED = "activated"
    CANARY_STARTED = "canary_started"
    CANARY_ABANDONED = "canary_abandoned"
    SHADOW_STARTED = "shadow_started"
    SHADOW_ENDED = "shadow_ended"
    ROLLED_BACK = "rolled_back"
    FROZEN = "frozen"
    UNFROZEN = "unfrozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. ``digest``: of the policy; "" for freezing.

    ``signature``: of a review, hex. ``percent``: the canary's share of the applicants.
    """

    event_id: str
    kind: EventKind
    digest: str
    actor: str
    at_us: int
    note: str = ""
    signature: str = ""
    percent: int = 0
