"""Fraud rings by typology. Each function plans the applications of one ring.

Nothing here knows what a detector looks at: actors share what such rings share in life, keep the
rest to themselves, and look like everybody else to the bureau.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from engine.generate import identifiers, moments
from engine.generate.chance import Chance
from engine.generate.draft import Draft, Group, Named
from engine.generate.people import Actor, World, actor
from engine.generate.truth import Truth, known_at

Ring = Callable[[World, Group, Chance], Iterator[Draft]]


def _fraud(chance: Chance, person: Actor, at_us: int, group: Group) -> Truth:
    return Truth(
        person=person.person,
        fraud=True,
        ring=group.name,
        typology=group.name.rpartition("-")[0],
        known_at_us=known_at(chance, at_us),
    )


def _members(world: World, group: Group, chance: Chance) -> list[Actor]:
    return [actor(world, group.serial + place, chance) for place in range(group.size)]


def _drafts(
    chance: Chance, group: Group, members: Sequence[Actor], *, profile: str = ""
) -> Iterator[Draft]:
    times = moments.spread(chance, group, len(members))
    for at_us, person in zip(times, members, strict=True):
        yield Draft(
            at_us=at_us,
            actor=person,
            truth=_fraud(chance, person, at_us, group),
            profile=profile,
        )


def _device_star(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """All through one device, half of them from one line; who is not, is paid with the first."""
    centre = actor(world, group.serial + group.size, chance)
    device = identifiers.device(group.serial + group.size, world.salt)
    accounts = (identifiers.account(group.serial + group.size, world.salt),)
    members = []
    for place, person in enumerate(_members(world, group, chance)):
        on_device = place == 0 or chance.happens(0.9)
        members.append(
            replace(
                person,
                device=device if on_device else person.device,
                ip=centre.ip if chance.happens(0.5) else person.ip,
                accounts=accounts if place == 0 or not on_device else person.accounts,
            )
        )
    return _drafts(chance, group, members)


def _phone_star(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """All give one telephone, a third of them one address."""
    number = identifiers.phone(group.serial + group.size, world.salt)
    home = identifiers.home(group.serial + group.size, world.salt)
    members = [
        replace(
            person,
            phones=(number,) if chance.happens(0.7) else (*person.phones, number),
            home=home if chance.happens(0.33) else person.home,
        )
        for person in _members(world, group, chance)
    ]
    return _drafts(chance, group, members)


def _chain(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Each shares a telephone or an address with the one before; one employer for most."""
    firm = world.own_firm(group.serial)
    members: list[Actor] = []
    for place, person in enumerate(_members(world, group, chance)):
        member = replace(person, firm=firm if chance.happens(0.7) else person.firm)
        if members and place % 2:
            member = replace(member, phones=(*member.phones, members[-1].phones[0]))
        elif members:
            member = replace(member, home=members[-1].home)
        members.append(member)
    return _drafts(chance, group, members)


def _one_id(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """One ID number under many names, with telephones of their own and few devices."""
    people = _members(world, group, chance)
    devices = [identifiers.device(group.serial + group.size + n, world.salt) for n in range(2)]
    accounts = (identifiers.account(group.serial + group.size, world.salt),)
    members = [
        replace(
            person,
            document=people[0].document,
            person=people[0].person,
            device=chance.pick(devices) if chance.happens(0.5) else person.device,
            accounts=accounts if chance.happens(0.5) else person.accounts,
        )
        for person in people
    ]
    return _drafts(chance, group, members, profile="thin")


def _many_ids(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """One person under many ID numbers: two telephones, two devices, two accounts."""
    people = _members(world, group, chance)
    salt, first = world.salt, group.serial + group.size
    phones = [(identifiers.phone(first + n, salt),) for n in range(2)]
    devices = [identifiers.device(first + n, salt) for n in range(2)]
    accounts = [(identifiers.account(first + n, salt),) for n in range(2)]
    members = []
    for person in people:
        has_phone = chance.happens(0.6)
        members.append(
            replace(
                person,
                person=people[0].person,
                name=people[0].name,
                phones=chance.pick(phones) if has_phone else person.phones,
                device=chance.pick(devices) if chance.happens(0.7) else person.device,
                accounts=chance.pick(accounts) if chance.happens(0.6) else person.accounts,
                home=person.home if has_phone and chance.happens(0.7) else people[0].home,
            )
        )
    return _drafts(chance, group, members, profile="thin")


def _guarantor_hub(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """One guarantor stands for all of them; few share anything else."""
    helper = actor(world, group.serial + group.size, chance)
    hub = Named(helper.phones[0], helper.document.number)
    for draft in _drafts(chance, group, _loosely_linked(world, group, chance)):
        yield replace(draft, guarantor=hub)


def _referrer_hub(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """One referrer brings all of them, some on that referrer's own telephones."""
    helper = actor(world, group.serial + group.size, chance)
    devices = [identifiers.device(group.serial + group.size + n, world.salt) for n in range(2)]
    for draft in _drafts(chance, group, _members(world, group, chance)):
        device = chance.pick(devices) if chance.happens(0.4) else draft.actor.device
        yield replace(
            draft, referrer=Named(helper.phones[0]), actor=replace(draft.actor, device=device)
        )


def _loosely_linked(world: World, group: Group, chance: Chance) -> list[Actor]:
    members: list[Actor] = []
    for person in _members(world, group, chance):
        shares = members and chance.happens(0.3)
        members.append(replace(person, home=members[-1].home) if shares else person)
    return members


def _bust_out(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Mules with good files who repay from the same few accounts; nothing else in common."""
    accounts = [
        identifiers.account(group.serial + group.size + n, world.salt)
        for n in range(max(1, round(group.size / 5)))
    ]
    members = []
    for place, person in enumerate(_members(world, group, chance)):
        main = place * len(accounts) // group.size
        bridge = main and place * len(accounts) % group.size < len(accounts)
        used = accounts[main - 1 : main + 1] if bridge else accounts[main : main + 1]
        members.append(replace(person, accounts=tuple(used)))
    return _drafts(chance, group, members, profile="strong")


def _agent_tablet(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """An agent who slips invented customers among honest ones, on two tablets."""
    salt, first = world.salt, group.serial + group.size
    tablets = [identifiers.device(first + n, salt) for n in range(2)]
    agent = Named(identifiers.phone(first, salt))
    firm = world.own_firm(group.serial)
    for draft in _drafts(chance, group, _members(world, group, chance)):
        is_honest = chance.happens(0.35)
        person = replace(
            draft.actor,
            device=chance.pick(tablets) if chance.happens(0.9) else draft.actor.device,
            firm=draft.actor.firm if is_honest or chance.happens(0.4) else firm,
        )
        honest = Truth(person=person.person, group=group.name, group_kind="complicit_agent")
        yield replace(
            draft,
            actor=person,
            truth=honest if is_honest else draft.truth,
            channel="partner",
            partner=f"P-{group.serial:07}",
            referrer=agent,
        )


def _reapplication(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """The same application again and again, one field altered each time."""
    person = actor(world, group.serial, chance)
    members = [person]
    for place in range(1, group.size):
        fresh = actor(world, group.serial + place, chance)
        match chance.below(5):
            case 0:
                person = replace(person, phones=fresh.phones)
            case 1:
                person = replace(person, document=fresh.document, name=fresh.name)
            case 2:
                person = replace(person, home=fresh.home)
            case 3:
                person = replace(person, device=fresh.device, ip=fresh.ip)
            case _:
                person = replace(person, email=fresh.email, accounts=fresh.accounts)
        members.append(person)
    return _drafts(chance, group, members)


def _camouflage(world: World, group: Group, chance: Chance) -> Iterator[Draft]:
    """Each shares one thing, of changing kind, with one or two others; much time between."""
    members: list[Actor] = []
    for place, person in enumerate(_members(world, group, chance)):
        member = replace(person, ip=world.carrier_ip(chance))
        for _ in range(1 + chance.happens(0.4) if place else 0):
            member = _sharing_one(chance, member, chance.pick(members[-4:]))
        members.append(member)
    return _drafts(chance, group, members)


def _sharing_one(chance: Chance, person: Actor, other: Actor) -> Actor:
    kind = chance.below(4)
    if kind == 0 and other.device:
        return replace(person, device=other.device)
    if kind == 1 and other.accounts:
        return replace(person, accounts=other.accounts)
    if kind == 2:  # noqa: PLR2004 - one of the four kinds
        return replace(person, home=other.home)
    return replace(person, phones=(person.phones[0], other.phones[0]))


TYPOLOGIES: Mapping[str, Ring] = MappingProxyType(
    {
        "device_star": _device_star,
        "phone_star": _phone_star,
        "chain": _chain,
        "synthetic_one_id": _one_id,
        "synthetic_many_ids": _many_ids,
        "guarantor_hub": _guarantor_hub,
        "referrer_hub": _referrer_hub,
        "bust_out": _bust_out,
        "agent_tablet": _agent_tablet,
        "reapplication": _reapplication,
        "camouflage": _camouflage,
    }
)
"""By name, in a fixed order."""
