"""Honest reasons to share identifiers. Each function plans the applications of one group."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from engine.generate import identifiers, moments
from engine.generate.chance import Chance
from engine.generate.draft import Draft, Group, Named
from engine.generate.people import Actor, World, actor
from engine.generate.truth import Truth, known_at


def _honest(person: Actor, group: Group) -> Truth:
    return Truth(person=person.person, group=group.name, group_kind=group.name.partition("-")[0])


def _people(world: World, group: Group, chance: Chance, *, student: bool = False) -> list[Actor]:
    return [
        actor(world, group.serial + place, chance, student=student) for place in range(group.size)
    ]


def single(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Somebody on their own; a few name a guarantor or a friend who is a customer."""
    person = actor(world, group.serial, chance)
    other = Named(identifiers.phone(group.serial + 1, world.salt))
    helper = Named(identifiers.phone(group.serial + 2, world.salt))
    yield Draft(
        at_us=moments.by_day(group.start_us),
        actor=person,
        truth=Truth(person=person.person),
        guarantor=helper if chance.happens(0.03) else None,
        referrer=helper if chance.happens(0.02) else None,
        contacts=(other,) if chance.happens(0.6) else (),
    )


def family(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """One flat, one line; sometimes one tablet, one account, one phone. Half apply at once."""
    people = _people(world, group, chance)
    first = people[0]
    device = first.device if chance.happens(0.3) else None
    accounts = first.accounts if chance.happens(0.25) else ()
    phones = first.phones if chance.happens(0.12) else ()
    is_guarantor = chance.happens(0.1)
    times = (
        moments.burst(chance, group, group.size, 10)
        if chance.happens(0.5)
        else moments.spread(chance, group, group.size)
    )
    for place, (at_us, person) in enumerate(zip(times, people, strict=True)):
        member = replace(
            person,
            home=first.home,
            ip=first.ip if chance.happens(0.8) else person.ip,
            device=device or person.device,
            accounts=accounts or person.accounts,
            phones=person.phones if place == 0 else person.phones + phones,
        )
        other = people[place - 1] if place else people[-1]
        yield Draft(
            at_us=at_us,
            actor=member,
            truth=_honest(person, group),
            guarantor=Named(first.phones[0], first.document.number)
            if is_guarantor and place
            else None,
            contacts=(Named(other.phones[0]),),
        )


def dormitory(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Students in one hall: one address, one line, one time of the year."""
    people = _people(world, group, chance, student=True)
    hall = people[0]
    times = moments.burst(chance, group, group.size, 45)
    for place, (at_us, person) in enumerate(zip(times, people, strict=True)):
        parent = Named(identifiers.phone(group.serial + group.size + place, world.salt))
        yield Draft(
            at_us=at_us,
            actor=replace(
                person, home=hall.home, ip=hall.ip if chance.happens(0.85) else person.ip
            ),
            truth=_honest(person, group),
            profile="thin" if chance.happens(0.8) else "none",
            guarantor=parent if chance.happens(0.6) else None,
        )


def switchboard(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Colleagues who give the firm's number beside their own, often from the office."""
    people = _people(world, group, chance)
    firm = world.own_firm(group.serial)
    number = identifiers.switchboard(group.serial, world.salt)
    office_ip = identifiers.home_ip(group.serial + group.size, world.salt)
    for at_us, person in zip(moments.spread(chance, group, group.size), people, strict=True):
        yield Draft(
            at_us=at_us,
            actor=replace(
                person,
                firm=firm,
                phones=(*person.phones, number) if chance.happens(0.8) else person.phones,
                ip=office_ip if chance.happens(0.6) else person.ip,
            ),
            truth=_honest(person, group),
        )


def branch_wifi(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Customers in a branch, on its wireless network, some on its terminal."""
    branch = f"S-{group.serial % world.branches + 1:04}"
    terminal = identifiers.device(group.serial + group.size, world.salt)
    ip = identifiers.home_ip(group.serial + group.size, world.salt)
    people = _people(world, group, chance)
    for at_us, person in zip(moments.spread(chance, group, group.size), people, strict=True):
        at_terminal = chance.happens(0.3)
        yield Draft(
            at_us=at_us,
            actor=replace(person, ip=ip, device=terminal if at_terminal else person.device),
            truth=_honest(person, group),
            channel="branch",
            branch=branch,
            staff_member=f"{branch}.{chance.between(1, 6)}",
        )


def partner_agent(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Customers of an honest agent, who fills in most forms on one tablet."""
    tablet = identifiers.device(group.serial + group.size, world.salt)
    agent = Named(identifiers.phone(group.serial + group.size, world.salt))
    agent_ip = identifiers.home_ip(group.serial + group.size, world.salt)
    people = _people(world, group, chance)
    for at_us, person in zip(moments.spread(chance, group, group.size), people, strict=True):
        on_tablet = chance.happens(0.75)
        yield Draft(
            at_us=at_us,
            actor=replace(
                person,
                device=tablet if on_tablet else person.device,
                ip=agent_ip if on_tablet and chance.happens(0.6) else person.ip,
            ),
            truth=_honest(person, group),
            channel="partner",
            partner=f"P-{group.serial:07}",
            referrer=agent,
        )


def friend_referral(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """A customer who brings friends; they name that customer's phone and share nothing else."""
    people = _people(world, group, chance)
    times = moments.spread(chance, group, group.size)
    for place, (at_us, person) in enumerate(zip(times, people, strict=True)):
        yield Draft(
            at_us=at_us,
            actor=person,
            truth=_honest(person, group),
            referrer=Named(people[0].phones[0]) if place else None,
        )


def same_person(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Somebody who applies again later, perhaps after moving or with a new telephone."""
    person = actor(world, group.serial, chance)
    for place, at_us in enumerate(moments.apart(chance, group, group.size)):
        serial = group.serial + place
        if place and chance.happens(0.3):
            person = replace(person, device=identifiers.device(serial, world.salt))
        if place and chance.happens(0.2):
            person = replace(person, home=identifiers.home(serial, world.salt))
        yield Draft(at_us=at_us, actor=person, truth=_honest(person, group))


def recycled_phone(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """A number that the carrier gave to somebody else after months."""
    people = _people(world, group, chance)
    for at_us, person in zip(moments.apart(chance, group, group.size), people, strict=True):
        yield Draft(
            at_us=at_us,
            actor=replace(person, phones=people[0].phones),
            truth=_honest(person, group),
        )


def tenancy(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Strangers who lived in the same flat one after the other."""
    people = _people(world, group, chance)
    for at_us, person in zip(moments.apart(chance, group, group.size), people, strict=True):
        yield Draft(
            at_us=at_us,
            actor=replace(person, home=people[0].home),
            truth=_honest(person, group),
        )


def solo_fraud(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Somebody who cheats alone: nothing is shared with anybody."""
    person = actor(world, group.serial, chance)
    at_us = moments.by_day(group.start_us)
    yield Draft(
        at_us=at_us,
        actor=person,
        truth=Truth(
            person=person.person,
            fraud=True,
            typology="solo",
            known_at_us=known_at(chance, at_us),
        ),
    )
