"""Evidence of a group: who shares what with whom, since when, and how much of it is known fraud."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from engine.model import IdentifierKind, Role
from graph.investigate.model import ApplicationNode, IdentifierNode, LinkRow, Part

MOST_PAIRS = 20
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedThing:
    """An identifier of at least two members. ``fraud``: members on it that are known as fraud.

    ``users`` use it; ``namers`` only name it as guarantor, referrer or contact.
    ``shared_at_us``: when the second of them came to it.
    """

    identifier: IdentifierNode
    users: int
    namers: int
    fraud: int
    first_at_us: int
    shared_at_us: int
    last_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two members and what they share: keys, and the kinds of these. Since when they share any."""

    first: str
    second: str
    through: tuple[str, ...]
    kinds: tuple[IdentifierKind, ...]
    since_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """``shared``: by members, most first. ``pairs``: the closest; ``close_pairs``: with two kinds.

    ``last_7d``, ``last_30d``: members made in the days before the time that is looked at.
    """

    members: int
    fraud: int
    fraud_types: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]
    first_at_us: int
    last_at_us: int
    last_7d: int
    last_30d: int
    shared: tuple[SharedThing, ...]
    pairs: tuple[Pair, ...]
    close_pairs: int


def evidence_of(part: Part, as_of_us: int) -> Evidence:
    """The evidence in a part of at least one application."""
    members = part.applications
    on = _links_on(part.links)
    known = {node.key: node for node in part.identifiers}
    fraud = {node.key for node in members if node.fraud_since_us is not None}
    shared = [_thing(known[key], links, fraud) for key, links in on.items() if _is_shared(links)]
    pairs = _pairs(on, known)
    kinds = Counter(node.fraud_type for node in members if node.key in fraud)
    return Evidence(
        members=len(members),
        fraud=len(fraud),
        fraud_types=tuple(sorted(kinds.items())),
        outcomes=tuple(sorted(Counter(node.outcome for node in members).items())),
        first_at_us=min(node.at_us for node in members),
        last_at_us=max(node.at_us for node in members),
        last_7d=_since(members, as_of_us - 7 * _DAY_US),
        last_30d=_since(members, as_of_us - 30 * _DAY_US),
        shared=tuple(sorted(shared, key=_most_first)),
        pairs=tuple(pairs[:MOST_PAIRS]),
        close_pairs=sum(len(pair.kinds) > 1 for pair in pairs),
    )


def _since(members: Sequence[ApplicationNode], at_us: int) -> int:
    return sum(node.at_us >= at_us for node in members)


def _links_on(links: Sequence[LinkRow]) -> Mapping[str, list[LinkRow]]:
    found: dict[str, list[LinkRow]] = {}
    for link in links:
        found.setdefault(link.identifier, []).append(link)
    return found


def _is_shared(links: Sequence[LinkRow]) -> bool:
    return len({link.application for link in links}) > 1


def _thing(identifier: IdentifierNode, links: Sequence[LinkRow], fraud: set[str]) -> SharedThing:
    first = _first_times(links)
    users = {link.application for link in links if link.role is Role.USES}
    times = sorted(first.values())
    return SharedThing(
        identifier=identifier,
        users=len(users),
        namers=len(first) - len(users),
        fraud=len(first.keys() & fraud),
        first_at_us=times[0],
        shared_at_us=times[1],
        last_at_us=max(link.last_at_us for link in links),
    )


def _first_times(links: Sequence[LinkRow]) -> dict[str, int]:
    """When each application came to the identifier, in any role."""
    first: dict[str, int] = {}
    for link in links:
        first[link.application] = min(link.at_us, first.get(link.application, link.at_us))
    return first


def _most_first(thing: SharedThing) -> tuple[int, int, str]:
    return -(thing.users + thing.namers), -thing.fraud, thing.identifier.key


def _pairs(on: Mapping[str, list[LinkRow]], known: Mapping[str, IdentifierNode]) -> list[Pair]:
    """Every pair that shares anything, those with most kinds first, then with most in all."""
    through: dict[tuple[str, str], list[str]] = {}
    since: dict[tuple[str, str], int] = {}
    for key in sorted(on):
        first = _first_times(on[key])
        for one, other in combinations(sorted(first), 2):
            pair = (one, other)
            at_us = max(first[one], first[other])
            through.setdefault(pair, []).append(key)
            since[pair] = min(at_us, since.get(pair, at_us))
    order = list(IdentifierKind)
    pairs = [
        Pair(
            first=pair[0],
            second=pair[1],
            through=tuple(keys),
            kinds=tuple(sorted({known[key].kind for key in keys}, key=order.index)),
            since_us=since[pair],
        )
        for pair, keys in through.items()
    ]
    return sorted(
        pairs, key=lambda x: (-len(x.kinds), -len(x.through), x.since_us, x.first, x.second)
    )
