"""From a planned application to a raw request, written the way people and channels write."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from engine.generate import bureau, spelling
from engine.generate import request as raw
from engine.generate.chance import Chance
from engine.generate.draft import Draft, Named
from engine.generate.people import Actor

_CHANNELS = (("mobile", 0.7), ("web", 0.12), ("branch", 0.1), ("partner", 0.08))
_PRODUCTS = (("classic", 0.72), ("gold", 0.22), ("platinum", 0.06))
_LIMITS = {"classic": 10_000, "gold": 30_000, "platinum": 80_000, "student": 1_000}
_RESIDENT_ID = "ID_DOCUMENT_KIND_CN_RESIDENT_ID"
_EMULATOR, _EMULATOR_OF_FRAUD = 0.004, 0.04
_BEIJING_US = 8 * 3_600_000_000


def written(draft: Draft, request_id: str, chance: Chance) -> raw.Request:
    """The request, as of the draft's moment."""
    day = _day(draft.at_us)
    profile = draft.profile or chance.weighted(bureau.PROFILES)
    person = draft.actor
    income = bureau.income(chance, profile)
    product = "student" if person.student else chance.weighted(_PRODUCTS)
    hoped = _LIMITS[product] * chance.between(1, 4)
    return raw.Request(
        request_id=request_id,
        application=raw.Application(
            product=product,
            channel=draft.channel or chance.weighted(_CHANNELS),
            customer_segment=_segment(chance, profile),
            branch=draft.branch,
            staff_member=draft.staff_member,
            partner=draft.partner,
            expected_limit=raw.Money(hoped) if chance.happens(0.5) else None,
            applicant=_applicant(chance, person, income),
            session=_session(chance, draft),
            relations=_relations(chance, draft),
            bureau=bureau.summary(chance, profile, day),
            held_lines=bureau.held_lines(chance, profile),
            evidence=bureau.evidence(chance, income, day, student=person.student),
        ),
    )


def _day(at_us: int) -> date:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us + _BEIJING_US)
    return moment.date()


def _segment(chance: Chance, profile: str) -> str:
    if profile in {"thin", "none"}:
        return "new_to_credit"
    return "affluent" if profile == "strong" and chance.happens(0.5) else "mass"


def _applicant(chance: Chance, person: Actor, income: int) -> raw.Applicant:
    born = person.document.born
    firm = person.firm
    return raw.Applicant(
        full_name=spelling.name(chance, person.name),
        id_document=raw.IdDocument(
            number=spelling.id_number(chance, person.document.number),
            kind=_RESIDENT_ID,
            expires_on=raw.Date(chance.between(2030, 2044), chance.between(1, 12), 15),
        ),
        birth_date=raw.Date.of(born),
        phones=[spelling.phone(chance, number) for number in person.phones],
        emails=[spelling.email(chance, person.email)] if person.email else [],
        addresses=[raw.Address("ADDRESS_KIND_HOME", spelling.address(chance, person.home))],
        employer=None
        if firm is None
        else raw.Employer(firm.name, firm.code if chance.happens(0.9) else ""),
        declared_monthly_income=raw.Money(income + 500 * chance.below(4)),
        is_student=person.student,
        bank_accounts=[spelling.account(chance, number) for number in person.accounts],
    )


def _session(chance: Chance, draft: Draft) -> raw.DeviceSession:
    """A few channels cannot tell an emulator; frauds use one more often than others."""
    emulator = _EMULATOR_OF_FRAUD if draft.truth.fraud else _EMULATOR
    can_tell = chance.happens(0.9)
    return raw.DeviceSession(
        device_fingerprint=draft.actor.device or "",
        ip=draft.actor.ip,
        emulator=chance.happens(emulator) if can_tell else None,
        rooted=chance.happens(0.02) if can_tell else None,
        country="CN",
    )


def _relations(chance: Chance, draft: Draft) -> raw.Relations | None:
    if draft.guarantor is None and draft.referrer is None and not draft.contacts:
        return None
    return raw.Relations(
        guarantor=_named(chance, draft.guarantor),
        referrer=_named(chance, draft.referrer),
        emergency_contacts=[_person(chance, contact) for contact in draft.contacts],
    )


def _named(chance: Chance, named: Named | None) -> raw.Person | None:
    return None if named is None else _person(chance, named)


def _person(chance: Chance, named: Named) -> raw.Person:
    document = (
        raw.IdDocument(number=spelling.id_number(chance, named.id_number), kind=_RESIDENT_ID)
        if named.id_number
        else None
    )
    return raw.Person(spelling.phone(chance, named.phone), document)
