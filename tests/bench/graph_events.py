"""What the graph's benchmark fills a graph with, and whom it asks about.

``plain``: identifiers drawn at random, one applicant in fifty in a ring of eighteen. ``generated``:
the stream of ``engine.generate``, with people, households, dirty identifiers and rings of all
typologies.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from engine.generate.events import application_event
from engine.generate.plan import Settings
from engine.generate.stream import generate
from engine.model import Identifier, IdentifierKind, Link, Role
from engine.privacy import Tokeniser
from graph.model import ApplicationProjected

MINUTE_US = 60_000_000
DAY_US = 86_400_000_000
SHARED = {
    IdentifierKind.DEVICE: 0.04,
    IdentifierKind.PHONE: 0.05,
    IdentifierKind.EMAIL: 0.02,
    IdentifierKind.ADDRESS: 0.25,
    IdentifierKind.EMPLOYER: 0.9,
    IdentifierKind.ID_NUMBER: 0.02,
    IdentifierKind.BANK_ACCOUNT: 0.02,
    IdentifierKind.IP: 0.3,
}
RING_SIZE = 18


@dataclass(frozen=True, slots=True)
class Ask:
    """Whom to ask about; ``ring``: a member of one."""

    applicant: str
    links: tuple[Link, ...]
    ring: bool


class Filling(Protocol):
    """Applications in the order of time, and samples of them afterwards."""

    now_us: int

    def applications(self) -> Iterator[ApplicationProjected]:
        """All of them; ``now_us`` is after the last."""
        ...

    def asks(self, *, ring: bool, count: int) -> list[Ask]:
        """Drawn from what was read."""
        ...

    def later(self, number: int) -> ApplicationProjected:
        """One more, after ``now_us``."""
        ...


def own_links(applicant: int, rng: random.Random) -> list[Link]:
    """An ordinary applicant: mostly identifiers of its own, some shared with earlier ones."""
    links = []
    for kind, share in SHARED.items():
        number = applicant
        if rng.random() < share:
            number = rng.randrange(max(1, applicant // (500 if share > 0.5 else 1)))
        links.append(Link(Role.USES, Identifier(kind, f"{kind}:{number:064x}", "***")))
    if rng.random() < 0.1:
        agent = Identifier(IdentifierKind.PHONE, f"phone:{rng.randrange(50):064x}", "***")
        links.append(Link(Role.REFERRER, agent))
    return links


def ring_links(ring: int, member: int, rng: random.Random) -> list[Link]:
    """A ring: one device, a few addresses and accounts, the rest of their own."""
    shared = {
        IdentifierKind.DEVICE: 1,
        IdentifierKind.ADDRESS: 3,
        IdentifierKind.BANK_ACCOUNT: 4,
        IdentifierKind.IP: 1,
    }
    links = []
    for kind in IdentifierKind:
        number = rng.randrange(shared[kind]) if kind in shared else 1000 + member
        key = f"{kind}:{10**9 + ring * 10_000 + number:064}"
        links.append(Link(Role.USES, Identifier(kind, key, "***")))
    return links


def key_of(number: int) -> str:
    """As long as those of decisions: Neo4j plans by length."""
    return f"dec_{number:032x}"


class Plain:
    """The random one."""

    def __init__(self, applicants: int, seed: int = 7) -> None:
        self._applicants = applicants
        self._rng = random.Random(seed)
        self.now_us = (applicants + 1) * MINUTE_US

    def applications(self) -> Iterator[ApplicationProjected]:
        """One a minute."""
        return (self._application(number) for number in range(self._applicants))

    def asks(self, *, ring: bool, count: int) -> list[Ask]:
        """New applicants."""
        return [self._ask(ring=ring) for _ in range(count)]

    def later(self, number: int) -> ApplicationProjected:
        """Like the ones before."""
        made = self._application(self._applicants + number)
        return replace(made, at_us=self.now_us + number * 1000)

    def _ask(self, *, ring: bool) -> Ask:
        # Ring numbers end before the last, which may hold few members yet.
        number = self._rng.randrange(max(1, self._applicants // 50 // RING_SIZE))
        drawn = ring_links(number, 9, self._rng) if ring else own_links(self._applicants, self._rng)
        return Ask(key_of(2**60), tuple(drawn), ring)

    def _application(self, place: int) -> ApplicationProjected:
        """One in fifty belongs to a ring."""
        ring = place // 50 // RING_SIZE
        in_ring = place % 50 == 0
        drawn = ring_links(ring, place // 50, self._rng) if in_ring else own_links(place, self._rng)
        return ApplicationProjected(
            applicant=key_of(place),
            at_us=(place + 1) * MINUTE_US,
            status="approve",
            links=tuple(drawn),
        )


class Generated:
    """The generator's stream, of a year for each 40,000 applicants."""

    def __init__(self, applicants: int, seed: int = 7) -> None:
        self._settings = Settings(seed=seed, applicants=applicants, rings=applicants * 60 // 40_000)
        self._tokens = Tokeniser(b"bench" * 8)
        self._rng = random.Random(seed)
        self._asks: dict[bool, list[Ask]] = {True: [], False: []}
        self._seen = {True: 0, False: 0}
        self.now_us = 0

    def applications(self) -> Iterator[ApplicationProjected]:
        """Keeps a fair sample of them."""
        for number, item in enumerate(generate(self._settings)):
            made = application_event(item, self._tokens, self.now_us)
            self.now_us = made.at_us
            event = replace(made, applicant=key_of(number))
            self._keep(Ask(event.applicant, event.links, item.truth.ring != ""))
            yield event
        self.now_us += 1

    def asks(self, *, ring: bool, count: int) -> list[Ask]:
        """Those that were kept, over and over."""
        kept = self._asks[ring]
        return [kept[n % len(kept)] for n in range(count)]

    def later(self, number: int) -> ApplicationProjected:
        """Somebody applies again, with the same identifiers."""
        again = self._rng.choice(self._asks[False])
        return ApplicationProjected(
            applicant=key_of(2**60 + number),
            at_us=self.now_us + number * 1000,
            status="approve",
            links=again.links,
        )

    def _keep(self, ask: Ask) -> None:
        """A reservoir of 5,000."""
        kept = self._asks[ask.ring]
        self._seen[ask.ring] += 1
        if len(kept) < 5000:
            kept.append(ask)
        elif (place := self._rng.randrange(self._seen[ask.ring])) < 5000:
            kept[place] = ask
