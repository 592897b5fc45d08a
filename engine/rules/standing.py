"""How one applicant stands with the policy's own lists and snoozes: worked out once a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.model import Link, Role
from engine.outcome import ListHit
from engine.rules.lists import Entry, PolicyList, Snooze
from engine.rules.signals import NO_SIGNALS, Signals
from engine.rules.vocabulary import SIGNALS, fields, getter, presence_test
from touchstone.v1 import facts_pb2


@dataclass(frozen=True, slots=True)
class Standing:
    """``lists``: by name, three-valued. ``snoozed``: ids of rules without effect for this one."""

    lists: Signals = NO_SIGNALS
    snoozed: frozenset[str] = frozenset()
    hits: tuple[ListHit, ...] = ()


NO_STANDING = Standing()


def teller(signals: Signals, standing: Standing) -> Callable[[str], bool | None]:
    """Tells signals and lists by path: true, false, or ``None`` for unknown."""

    def tell(path: str) -> bool | None:
        root, _, name = path.partition(".")
        return (signals if root == SIGNALS else standing.lists).value(name)

    return tell


def stand(
    lists: Mapping[str, PolicyList],
    snoozes: Mapping[str, tuple[Snooze, ...]],
    links: Iterable[Link],
    facts: facts_pb2.Facts,
) -> Standing:
    """The standing of an applicant with these own identifiers, on the day of the facts."""
    if not lists and not snoozes:
        return NO_STANDING
    day = facts.application.date
    own = [link.identifier for link in links if link.role is Role.USES]
    hits: list[ListHit] = []
    unknown: set[str] = set()
    for name, held in lists.items():
        if held.identifier is not None:
            keys = [item.key for item in own if item.kind is held.identifier]
            if not keys:
                # Nobody named one, so nobody knows: an applicant must not pass by leaving it out.
                unknown.add(name)
                continue
            entry = held.find_any(keys, day)
        elif _is_known(held.matches, facts):
            entry = held.find(str(getter(held.matches)(facts)), day)
        else:
            unknown.add(name)
            continue
        if entry is not None:
            hits.append(_hit(held, entry))
    snoozed = {
        snooze.rule
        for identifier in own
        for snooze in snoozes.get(identifier.key, ())
        if snooze.until >= day
    }
    true = frozenset(hit.list for hit in hits)
    return Standing(Signals(true, frozenset(unknown)), frozenset(snoozed), tuple(hits))


def _hit(held: PolicyList, entry: Entry) -> ListHit:
    return ListHit(list=held.name, kind=held.kind.value, reason=entry.reason)


def _is_known(path: str, facts: facts_pb2.Facts) -> bool:
    known_by = fields()[path].known_by
    return not known_by or presence_test(known_by)(facts)
