"""People, and what they leave on an application; an actor of a ring is a person like any other."""

from __future__ import annotations

import msgspec

from engine.generate import identifiers
from engine.generate.chance import Chance
from engine.generate.identifiers import Document, Firm, Home

FIRM_SERIALS = 1_000_000
"""Serial numbers of firms lie apart from those of people."""


class World(msgspec.Struct, frozen=True):
    """What all applications have in common. Counts grow with the number of applicants."""

    seed: int
    salt: int
    firms: int
    carrier_addresses: int
    branches: int

    def firm(self, chance: Chance) -> Firm:
        """An employer: a few are large, most are small."""
        place = int(self.firms * chance.share() * chance.share())
        return identifiers.firm(place, self.salt)

    def own_firm(self, serial: int) -> Firm:
        """An employer that nobody else has by chance."""
        return identifiers.firm(FIRM_SERIALS + serial, self.salt)

    def carrier_ip(self, chance: Chance) -> str:
        """Where a mobile carrier puts its customers."""
        return identifiers.carrier_ip(chance.below(self.carrier_addresses))


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who applies, with identifiers as they are before anybody writes them down.

    ``person``: the human being behind it, the same for all identities that one invents.
    """

    person: int
    name: str
    document: Document
    phones: tuple[str, ...]
    email: str | None
    home: Home
    firm: Firm | None
    accounts: tuple[str, ...]
    device: str | None
    ip: str
    student: bool = False


def actor(world: World, serial: int, chance: Chance, *, student: bool = False) -> Actor:
    """A person with identifiers of their own, employed or a student."""
    salt = world.salt
    return Actor(
        person=serial,
        name=identifiers.name(serial),
        document=identifiers.document(serial, salt, student=student),
        phones=(identifiers.phone(serial, salt),),
        email=identifiers.email(serial, salt) if chance.happens(0.8) else None,
        home=identifiers.home(serial, salt),
        firm=world.firm(chance) if not student and chance.happens(0.85) else None,
        accounts=(identifiers.account(serial, salt),) if chance.happens(0.7) else (),
        device=identifiers.device(serial, salt) if chance.happens(0.93) else None,
        ip=(identifiers.home_ip(serial, salt) if chance.happens(0.7) else world.carrier_ip(chance)),
        student=student,
    )
