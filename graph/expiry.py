"""Letting old links go. Pure: which links of some applicants go, and what their identifiers keep.

A link goes when it was last seen before the cutoff of its kind. What remains is the number: an
identifier counts the links that went (``expired``), and keeps its first times, so that its degree,
and whether it is a hub, stay what they were. Answers to questions that look back no further than
the cutoffs do not change by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.model import IdentifierKind, Role
from graph.apply import LinkKey, Touched
from graph.model import ApplicationProjected, GraphEvent

_DAY_US = 86_400_000_000
_NEVER: Mapping[IdentifierKind, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long links are kept, in days since they were last seen; 0: for ever.

    ``kinds``: own links by kind where it is not ``own_days``. ``named_days``: links as guarantor,
    referrer or contact. ``forget_days``: identifiers none of whose links are left.
    """

    own_days: int = 0
    kinds: Mapping[IdentifierKind, int] = field(default_factory=lambda: _NEVER)
    named_days: int = 0
    forget_days: int = 0

    @property
    def is_forever(self) -> bool:
        """Whether nothing ever goes."""
        return not any((self.own_days, self.named_days, *self.kinds.values()))

    def kept_since(self, now_us: int) -> int:
        """Of who applied since then, as of now, no own link has gone; 0: of nobody."""
        days = [days for days in (self.own_days, *self.kinds.values()) if days]
        return max(0, now_us - min(days) * _DAY_US) if days else 0

    def cutoffs(self, now_us: int) -> Cutoffs:
        """The times before which things go, as of now. Nothing lies before 0."""

        def before(days: int) -> int:
            return max(0, now_us - days * _DAY_US) if days else 0

        return Cutoffs(
            own={kind: before(self.kinds.get(kind, self.own_days)) for kind in IdentifierKind},
            named=before(self.named_days),
            forget=before(self.forget_days),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """Microseconds: what was last seen before goes."""

    own: Mapping[IdentifierKind, int]
    named: int
    forget: int

    @property
    def latest(self) -> int:
        """No link that was seen since then goes."""
        return max(self.named, *self.own.values())

    def is_old(self, role: Role, kind: IdentifierKind, last_at_us: int) -> bool:
        """Whether a link that was last seen then may go."""
        return last_at_us < (self.own[kind] if role is Role.USES else self.named)


@dataclass(frozen=True, slots=True)
class Expired:
    """What goes: links, and applicants that have none left."""

    links: tuple[LinkKey, ...]
    applicants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may go, of a page of events."""

    applicants: tuple[str, ...]
    identifiers: tuple[str, ...]


def candidates(events: Iterable[GraphEvent], cutoffs: Cutoffs) -> Candidates:
    """Applicants that applied before the latest cutoff; identifiers seen before they are forgotten.

    Each once and sorted.
    """
    old = [event for event in events if isinstance(event, ApplicationProjected)]
    return Candidates(
        tuple(sorted({e.applicant for e in old if e.at_us < cutoffs.latest})),
        tuple(sorted({x.identifier.key for e in old if e.at_us < cutoffs.forget for x in e.links})),
    )


def expire(touched: Touched, cutoffs: Cutoffs) -> Expired:
    """Take what is old out of ``touched``, which holds whole applicants and all identifiers that
    they are linked to.

    The ID number of an applicant stays as long as anything else does: it says whose it is.
    """
    by_applicant: dict[str, list[LinkKey]] = {}
    for key in touched.links:
        by_applicant.setdefault(key[0], []).append(key)
    gone: list[LinkKey] = []
    ended: list[str] = []
    for applicant, keys in sorted(by_applicant.items()):
        going = _going(touched, keys, cutoffs)
        gone += going
        if len(going) == len(keys):
            ended.append(applicant)
    for key in gone:
        _count(touched, key)
    return Expired(tuple(gone), tuple(ended))


def _going(touched: Touched, keys: list[LinkKey], cutoffs: Cutoffs) -> list[LinkKey]:
    old = [key for key in keys if _is_old(touched, key, cutoffs)]
    if len(old) == len(keys):
        return sorted(old)
    return sorted(key for key in old if not _is_person(touched, key))


def _is_old(touched: Touched, key: LinkKey, cutoffs: Cutoffs) -> bool:
    return cutoffs.is_old(key[1], touched.identifiers[key[2]].kind, touched.links[key][1])


def _is_person(touched: Touched, key: LinkKey) -> bool:
    kind = touched.identifiers[key[2]].kind
    return key[1] is Role.USES and kind is IdentifierKind.ID_NUMBER


def _count(touched: Touched, key: LinkKey) -> None:
    _, last = touched.links.pop(key)
    state = touched.identifiers[key[2]]
    if key[1] is Role.USES:
        state.expired += 1
    else:
        state.named_expired += 1
    state.expired_at_us = max(last, state.expired_at_us or last)
