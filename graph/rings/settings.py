"""Bounds and weights of the offline search for rings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.model import IdentifierKind, Role

RING_CAPS: Mapping[IdentifierKind, int] = MappingProxyType(
    {
        IdentifierKind.DEVICE: 20,
        IdentifierKind.PHONE: 16,
        IdentifierKind.EMAIL: 10,
        IdentifierKind.ADDRESS: 8,
        IdentifierKind.EMPLOYER: 0,
        IdentifierKind.ID_NUMBER: 30,
        IdentifierKind.BANK_ACCOUNT: 16,
        IdentifierKind.IP: 30,
    }
)
"""Higher than a decision's caps: a ring on one phone outgrows those, and nobody waits here."""

KIND_WEIGHTS: Mapping[IdentifierKind, float] = MappingProxyType(
    {
        IdentifierKind.DEVICE: 1.0,
        IdentifierKind.PHONE: 0.9,
        IdentifierKind.EMAIL: 1.0,
        IdentifierKind.ADDRESS: 0.6,
        IdentifierKind.EMPLOYER: 0.15,
        IdentifierKind.ID_NUMBER: 1.0,
        IdentifierKind.BANK_ACCOUNT: 1.2,
        IdentifierKind.IP: 0.1,
    }
)
"""How much sharing an identifier of the kind says of two applications."""

ROLE_WEIGHTS: Mapping[Role, float] = MappingProxyType(
    {Role.GUARANTOR: 0.8, Role.REFERRER: 0.6, Role.CONTACT: 0.3}
)
"""The same of naming an identifier in that role."""

_SHARES = ("least_weight", "resolution", "restart")


@dataclass(frozen=True, slots=True, kw_only=True)
class RingSettings:
    """How rings are looked for. Raises ``ValueError`` for a value outside its range.

    ``caps``: applicants that use an identifier of the kind before it joins nobody (0: never).
    ``named_cap``: the same for those that name it as guarantor, referrer or contact.
    ``decay_days``: two uses of an identifier that long apart count 1/e of two at once.
    ``window_days``: links that began earlier are left out.
    ``least_weight``: pairs of applications below it are not joined.
    ``resolution``: of Leiden; higher makes communities smaller. ``seed``: of its chance.
    ``least_members``: smaller communities are no rings.
    ``restart``: of PageRank: the part that goes back to known fraud at every step.
    ``rounds``: of PageRank at most; it ends earlier once nothing changes by more than 1e-9.
    ``most_members_told``, ``most_shared_told``: members of a ring and identifiers they share that
    are listed; the score knows all of them.
    ``alarm_score``: from this score on a ring is an alarm.
    ``told_score``: lower rings are not written back; nor who is in none and is reached by less
    than ``told_reach`` of known fraud.
    """

    caps: Mapping[IdentifierKind, int] = field(default_factory=lambda: RING_CAPS)
    named_cap: int = 30
    decay_days: float = 60.0
    window_days: int = 730
    least_weight: float = 0.02
    resolution: float = 0.1
    seed: int = 20_260_101
    least_members: int = 3
    restart: float = 0.25
    rounds: int = 60
    most_members_told: int = 500
    most_shared_told: int = 50
    alarm_score: int = 60
    told_score: int = 20
    told_reach: float = 0.01

    def __post_init__(self) -> None:
        """Refuse settings under which memory or time would not be bounded."""
        if missing := [kind for kind in IdentifierKind if kind not in self.caps]:
            raise ValueError(f"caps: no cap for {', '.join(missing)}")
        for name, value in (*self.caps.items(), ("named_cap", self.named_cap)):
            if not 0 <= value <= 100:  # noqa: PLR2004 - 4,950 pairs on one identifier
                raise ValueError(f"{name}: a cap of {value} is outside 0..100")
        for name in _SHARES:
            if not 0 < getattr(self, name) <= 10:  # noqa: PLR2004 - far beyond any use
                raise ValueError(f"{name} is outside 0..10")
        if not 0 < self.restart < 1:
            raise ValueError("restart is outside 0..1")
        for name, low, high in (
            ("decay_days", 1, 3650),
            ("window_days", 1, 3650),
            ("seed", 0, 2**63 - 1),
            ("least_members", 2, 1000),
            ("rounds", 1, 1000),
            ("most_members_told", 1, 10_000),
            ("most_shared_told", 1, 1000),
            ("alarm_score", 1, 100),
            ("told_score", 1, 100),
            ("told_reach", 0.0001, 1),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} is outside {low}..{high}")
