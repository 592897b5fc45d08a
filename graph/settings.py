"""Bounds of the graph: caps per kind of identifier, and the lengths of a neighbourhood's lists."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.model import IdentifierKind

_LARGEST_CAP = 1000

DEFAULT_CAPS: Mapping[IdentifierKind, int] = MappingProxyType(
    {
        IdentifierKind.DEVICE: 20,
        IdentifierKind.PHONE: 8,
        IdentifierKind.EMAIL: 6,
        IdentifierKind.ADDRESS: 8,
        IdentifierKind.EMPLOYER: 0,
        IdentifierKind.ID_NUMBER: 4,
        IdentifierKind.BANK_ACCOUNT: 6,
        IdentifierKind.IP: 30,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSettings:
    """How far a decision may look. Lists that reach a bound are cut in a fixed order and flagged.

    ``caps``: applicants on an identifier of that kind before it is a hub (0: never traversed).
    ``named_cap``: links as guarantor, referrer or contact before they are only counted.
    ``near_per_identifier``: near links shown per identifier, for own and for named links each.
    ``near_total``, ``far_total``: near and far links shown in all.
    ``near_applicants``: near applicants from whom a second step is taken.
    ``far_per_applicant``: far links shown per near applicant.
    ``links_per_application``: identifiers of one application; more are refused.

    Raises ``ValueError`` for a missing kind or a bound outside its range.
    """

    caps: Mapping[IdentifierKind, int] = field(default_factory=lambda: DEFAULT_CAPS)
    named_cap: int = 200
    near_per_identifier: int = 50
    near_total: int = 1000
    near_applicants: int = 200
    far_per_applicant: int = 100
    far_total: int = 2000
    links_per_application: int = 64

    def __post_init__(self) -> None:
        """Refuse settings under which the bounds would not hold."""
        missing = [kind for kind in IdentifierKind if kind not in self.caps]
        if missing:
            raise ValueError(f"caps: no cap for {', '.join(missing)}")
        for kind, cap in self.caps.items():
            if not 0 <= cap <= _LARGEST_CAP:
                raise ValueError(f"caps.{kind}: {cap} is outside 0..{_LARGEST_CAP}")
        for name in (
            "named_cap",
            "near_per_identifier",
            "near_total",
            "near_applicants",
            "far_per_applicant",
            "far_total",
            "links_per_application",
        ):
            if not 1 <= getattr(self, name) <= 10 * _LARGEST_CAP:
                raise ValueError(f"{name} is outside 1..{10 * _LARGEST_CAP}")

    def projection_digest(self) -> str:
        """What stored data depends on. A store written under another digest is rebuilt."""
        text = ",".join(f"{kind}={self.caps[kind]}" for kind in IdentifierKind)
        return hashlib.sha256(f"1;{text};named={self.named_cap}".encode()).hexdigest()[:16]
