"""The circle around an application: who is linked how, each counted once. Pure.

Kept apart are the same person applying again (the same ID number *and* something else in common;
one ID number under strange phones and devices is a stranger's), and whoever shares only an IP
address, behind which a carrier may have thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from engine.model import IdentifierKind, Link, Role
from graph.model import NearRow, Neighbourhood
from touchstone.v1 import facts_pb2

_DAY_US = 86_400_000_000
_NOBODY_DAYS = 365
_NAMED = "named"
_ADDRESS, _IP = str(IdentifierKind.ADDRESS), str(IdentifierKind.IP)
_PERSONAL = frozenset(
    map(
        str,
        (
            IdentifierKind.DEVICE,
            IdentifierKind.PHONE,
            IdentifierKind.EMAIL,
            IdentifierKind.ID_NUMBER,
            IdentifierKind.BANK_ACCOUNT,
        ),
    )
)
_NAMED_ROLES = frozenset({Role.GUARANTOR, Role.REFERRER})


@dataclass(slots=True)
class _Linked:
    """Another application: how it is linked, and when its latest link, IP aside, began."""

    at_us: int
    fraud: bool
    kinds: set[str] = field(default_factory=set)

    def note(self, at_us: int) -> None:
        self.at_us = max(self.at_us, at_us)


def set_circle(
    facts: facts_pb2.GraphFacts, neighbourhood: Neighbourhood, links: Sequence[Link], as_of_us: int
) -> None:
    """Fill the circle's part of ``facts``."""
    again, others = _again_and_others(neighbourhood, links)
    beyond, beyond_kinds, through_person = _beyond(neighbourhood, others)
    personal = {who for who, linked in others.items() if linked.kinds & _PERSONAL}
    named = {who for who, linked in others.items() if _NAMED in linked.kinds}
    circle = {**beyond, **others}
    groups = (
        (facts.personal, (others[who] for who in personal)),
        (facts.co_named, (others[who] for who in named)),
        (facts.apart, (others[w] for w in personal | named if not _shares_place(others[w]))),
        (facts.multi_link, (linked for linked in others.values() if len(linked.kinds) > 1)),
        (facts.same_address, (linked for linked in others.values() if _ADDRESS in linked.kinds)),
        (facts.circle, circle.values()),
        (facts.beyond, (beyond[who] for who in through_person)),
    )
    for group, members in groups:
        _set_group(group, list(members), as_of_us)
    kinds = [linked.kinds for linked in others.values()]
    facts.linking_kinds.value = len(set().union(*kinds))
    facts.most_kinds.value = max(map(len, kinds), default=0)
    facts.beyond_kinds.value = len(beyond_kinds)
    facts.reapplications.value = len(again)
    times = [linked.at_us for linked in circle.values()]
    facts.circle_latest_days.value = _days(max(times), as_of_us) if times else _NOBODY_DAYS
    facts.circle_first_days.value = _days(min(times), as_of_us) if times else 0


def circle_members(neighbourhood: Neighbourhood, links: Sequence[Link]) -> tuple[str, ...]:
    """The applicants of the circle, in the order of their keys."""
    _, others = _again_and_others(neighbourhood, links)
    beyond, _, _ = _beyond(neighbourhood, others)
    return tuple(sorted({*beyond, *others}))


def _again_and_others(
    neighbourhood: Neighbourhood, links: Sequence[Link]
) -> tuple[set[str], dict[str, _Linked]]:
    """The same person applying again; and whoever else is one step away, over more than an IP."""
    near = _near(neighbourhood, links)
    again = {who for who in neighbourhood.same_person if who in near and len(near[who].kinds) > 1}
    others = {
        who: linked for who, linked in near.items() if who not in again and linked.kinds != {_IP}
    }
    return again, others


def _shares_place(linked: _Linked) -> bool:
    return _ADDRESS in linked.kinds or _IP in linked.kinds


def _days(at_us: int, as_of_us: int) -> int:
    return (as_of_us - at_us) // _DAY_US


def _near(neighbourhood: Neighbourhood, links: Sequence[Link]) -> dict[str, _Linked]:
    own = {link.identifier.key for link in links if link.role is Role.USES}
    named = {link.identifier.key for link in links if link.role in _NAMED_ROLES}
    found: dict[str, _Linked] = {}
    for row, kind in _kinds_of(neighbourhood.near, own, named):
        linked = found.setdefault(row.applicant, _Linked(0, row.fraud_at_us is not None))
        linked.kinds.add(kind)
        if kind != _IP:
            linked.note(row.at_us)
    return found


def _kinds_of(
    rows: Iterable[NearRow], own: set[str], named: set[str]
) -> Iterator[tuple[NearRow, str]]:
    """How each row links: by an identifier that both use, or by a person that is named."""
    for row in rows:
        if row.identifier in own and row.role is Role.USES:
            yield row, str(row.kind)
        elif row.identifier in named:
            yield row, _NAMED


def _beyond(
    neighbourhood: Neighbourhood, others: dict[str, _Linked]
) -> tuple[dict[str, _Linked], set[str], set[str]]:
    """Who is reached in a second step, over which kinds, and who of them through a person."""
    found: dict[str, _Linked] = {}
    kinds: set[str] = set()
    personal: set[str] = set()
    same = set(neighbourhood.same_person)
    for row in neighbourhood.far:
        kind = str(row.kind)
        if kind == _IP or row.via not in others or row.applicant in same | others.keys():
            continue
        kinds.add(kind)
        linked = found.setdefault(row.applicant, _Linked(0, row.fraud_at_us is not None))
        linked.note(row.at_us)
        if kind in _PERSONAL:
            personal.add(row.applicant)
    return found, kinds, personal


def _set_group(group: facts_pb2.CircleFacts, members: list[_Linked], as_of_us: int) -> None:
    group.applicants.value = len(members)
    group.fraud.value = sum(linked.fraud for linked in members)
    for days, count in (
        (7, group.applicants_7d),
        (30, group.applicants_30d),
        (90, group.applicants_90d),
    ):
        since_us = as_of_us - days * _DAY_US
        count.value = sum(linked.at_us >= since_us for linked in members)
