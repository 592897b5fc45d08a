"""A raw request as plain values: the fields of ``DecideRequest`` that the generator fills.

Names and nesting are those of the proto, so that encoding one as JSON gives the proto's JSON
(``engine.generate.wire``). Fields that are unset are left out.
"""

from __future__ import annotations

from datetime import date

import msgspec


class Money(msgspec.Struct, frozen=True):
    """Whole units."""

    units: int
    currency_code: str = "CNY"


class Date(msgspec.Struct, frozen=True):
    """A calendar day."""

    year: int
    month: int
    day: int

    @classmethod
    def of(cls, day: date) -> Date:
        """The same day."""
        return cls(day.year, day.month, day.day)


class IdDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """An ID document."""

    number: str
    kind: str = ""
    expires_on: Date | None = None


class Address(msgspec.Struct, frozen=True):
    """An address in one line."""

    kind: str
    text: str


class Employer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An employer."""

    name: str
    unified_social_credit_code: str = ""


class Applicant(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The person who applies."""

    full_name: str
    id_document: IdDocument
    birth_date: Date
    nationality: str = "CN"
    phones: list[str]
    emails: list[str] = []
    addresses: list[Address] = []
    employer: Employer | None = None
    declared_monthly_income: Money | None = None
    is_student: bool = False
    bank_accounts: list[str] = []


class DeviceSession(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The device session."""

    device_fingerprint: str = ""
    ip: str = ""
    emulator: bool | None = None
    rooted: bool | None = None
    country: str = ""


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person named by identifiers."""

    phone: str = ""
    id_document: IdDocument | None = None


class Relations(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Guarantor, referrer and contacts."""

    guarantor: Person | None = None
    referrer: Person | None = None
    emergency_contacts: list[Person] = []


class BureauMonth(msgspec.Struct, frozen=True, omit_defaults=True):
    """One statement month."""

    status: str
    balance: Money
    limit: Money
    payment: Money
    months_past_due: int = 0


class BureauSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The credit bureau's summary."""

    months_on_file: int
    reported_on: Date
    months: list[BureauMonth]
    inquiries_1m: int
    inquiries_3m: int
    inquiries_6m: int
    card_count: int
    loan_balance: Money
    monthly_obligations: Money


class HeldLine(msgspec.Struct, frozen=True):
    """A line already granted."""

    holder: str
    amount: Money


class HeldLines(msgspec.Struct, frozen=True):
    """Lines already granted."""

    lines: list[HeldLine]


class Evidence(msgspec.Struct, frozen=True):
    """A proof of strength."""

    evidence_id: str
    kind: str
    amount: Money
    source: str
    status: str
    issued_on: Date


class Application(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One application."""

    product: str
    channel: str
    customer_segment: str
    branch: str = ""
    staff_member: str = ""
    partner: str = ""
    expected_limit: Money | None = None
    applicant: Applicant
    session: DeviceSession
    relations: Relations | None = None
    bureau: BureauSummary | None = None
    held_lines: HeldLines | None = None
    evidence: list[Evidence] = []


class Request(msgspec.Struct, frozen=True):
    """One request of a channel."""

    request_id: str
    application: Application
