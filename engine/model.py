"""Frozen domain types: what is asked, and what the sources answered.

Amounts are integers in the minor unit of ``Application.currency`` and end in ``_minor``.
Times are integers: microseconds since the epoch, UTC, and end in ``_us``. They are strictly
increasing for the applications one engine admits, so "before" is never a tie.
``None`` means unknown, never zero. Nothing here holds a raw identifier: identifiers are tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class IdentifierKind(StrEnum):
    """What an identifier identifies. The order is the fixed order of every list of kinds."""

    DEVICE = "device"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    EMPLOYER = "employer"
    ID_NUMBER = "id_number"
    BANK_ACCOUNT = "bank_account"
    IP = "ip"


class Role(StrEnum):
    """How an application relates to an identifier. ``USES``: the applicant's own."""

    USES = "uses"
    GUARANTOR = "guarantor"
    REFERRER = "referrer"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A tokenised identifier: ``key`` is ``kind:`` + HMAC-SHA256 hex; ``masked`` is for people."""

    kind: IdentifierKind
    key: str
    masked: str


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One identifier of an application, in one role."""

    role: Role
    identifier: Identifier


class RepaymentStatus(StrEnum):
    """A month's repayment on cards elsewhere, as bureaus report it."""

    NO_USE = "no_use"
    PAID_IN_FULL = "paid_in_full"
    REVOLVING = "revolving"
    PAST_DUE = "past_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauMonth:
    """One statement month on all cards elsewhere. A balance below zero is a credit balance."""

    status: RepaymentStatus
    months_past_due: int
    balance_minor: int
    limit_minor: int
    payment_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bureau:
    """The credit bureau's summary. ``months``: most recent first, 0 (thin file) to 24."""

    score: int | None
    months_on_file: int | None
    reported_on: date | None
    months: tuple[BureauMonth, ...]
    inquiries_1m: int | None
    inquiries_3m: int | None
    inquiries_6m: int | None
    card_count: int | None
    loan_balance_minor: int | None
    monthly_obligations_minor: int | None

    @classmethod
    def of_months(cls, months: tuple[BureauMonth, ...]) -> Bureau:
        """A summary of which nothing but the statements is known."""
        return cls(
            score=None,
            months_on_file=None,
            reported_on=None,
            months=months,
            inquiries_1m=None,
            inquiries_3m=None,
            inquiries_6m=None,
            card_count=None,
            loan_balance_minor=None,
            monthly_obligations_minor=None,
        )


class EvidenceKind(StrEnum):
    """Proofs of strength. The first four prove monthly income, the others an asset's value."""

    PAYROLL_FLOW = "payroll_flow"
    TAX = "tax"
    HOUSING_FUND = "housing_fund"
    SOCIAL_SECURITY = "social_security"
    PROPERTY = "property"
    VEHICLE = "vehicle"
    DEPOSITS = "deposits"


INCOME_EVIDENCE = frozenset(
    {
        EvidenceKind.PAYROLL_FLOW,
        EvidenceKind.TAX,
        EvidenceKind.HOUSING_FUND,
        EvidenceKind.SOCIAL_SECURITY,
    }
)


class VerificationStatus(StrEnum):
    """Only ``VERIFIED`` evidence moves a line."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One proof. ``amount_minor``: a monthly income (net) or an asset's value."""

    evidence_id: str
    kind: EvidenceKind
    amount_minor: int
    source: str
    status: VerificationStatus
    issued_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLines:
    """Credit lines already granted, total, here and at other issuers (刚性扣减).

    ``parent_minor``: of those here, that of the card whose line is to be shared, as the channel
    names it.
    """

    own_minor: int
    elsewhere_minor: int
    parent_minor: int = 0


class LineKind(StrEnum):
    """What kind of line is asked for. All but ``PRIMARY`` share the line of a parent."""

    PRIMARY = "primary"
    SUPPLEMENTARY = "supplementary"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLine:
    """A line that shares another's: a supplementary card (附属卡) or a raise for a time (临时额度).

    ``parent``: a decision on the parent, "" if what the channel named is no decision of ours.
    ``until``: the last day of a raise, ``None`` for the longest that the product gives.
    """

    kind: LineKind
    parent: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """The person, as far as rules and lines may look. Names exist as tokens only."""

    name_token: str
    other_name_tokens: tuple[str, ...]
    birth_date: date
    nationality: str
    id_document_kind: str
    id_document_expires_on: date | None
    occupation: str | None
    is_student: bool
    declared_income_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The device session in which the application was made."""

    channel_session_id: str | None
    emulator: bool | None
    rooted: bool | None
    country: str | None
    city: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application as the engine sees it.

    product, channel, customer_segment, branch, staff_member and partner are the six dimensions
    by which risk is watched (六位一体).
    """

    product: str
    channel: str
    customer_segment: str
    branch: str
    staff_member: str
    partner: str
    currency: str
    expected_limit_minor: int | None
    supplementary: bool
    applicant: Applicant
    session: Session
    links: tuple[Link, ...]
    bureau: Bureau | None
    held_lines: HeldLines | None
    evidence: tuple[Evidence, ...]
    shares: SharedLine | None = None

    @property
    def kind(self) -> LineKind:
        """What kind of line it asks for."""
        return LineKind.PRIMARY if self.shares is None else self.shares.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    """The decision that further evidence is added to, and the first of its chain.

    The chain is one application: its applicant in the graph is ``root``, admitted at
    ``root_at_us``. ``open_until_us``: when the plan of the first decision expires.
    """

    decision_id: str
    root: str
    root_at_us: int
    open_until_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """An application admitted for decision: its identity and its place in time."""

    decision_id: str
    caller: str
    request_id: str
    as_of_us: int
    application: Application
    follows: Follows | None = None

    @property
    def applicant_key(self) -> str:
        """The applicant in the graph: one for the whole chain of decisions."""
        return self.decision_id if self.follows is None else self.follows.root

    @property
    def applied_at_us(self) -> int:
        """When the application was admitted first, microseconds."""
        return self.as_of_us if self.follows is None else self.follows.root_at_us


class SourceStatus(StrEnum):
    """What became of a gathered source."""

    OK = "ok"
    LATE = "late"
    DOWN = "down"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorApplication:
    """An earlier application of the same person (same ID document), newest first.

    Outcome and line are a reviewer's where one answered after the decision, as reported at
    ``reviewed_at_us``; ``None``: they are the engine's.
    """

    decision_id: str
    at_us: int
    product: str
    outcome: str
    line_minor: int
    reviewed_at_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentLine:
    """The card whose line is to be shared, as of the application; minor units.

    ``decision_id``: the last decision on it, ``root`` the first. ``outcome`` and ``line_minor`` are
    a reviewer's where one answered. ``kind``: what kind of line the parent itself is.
    ``supplementary_minor``: what other supplementary cards hold of the line; ``temporary_minor``:
    the total of a raise in force, 0 without one. ``erased``: nothing else is known of it;
    ``fraud``: its holder is marked as fraud.
    """

    decision_id: str
    root: str
    kind: LineKind
    same_person: bool
    product: str
    currency: str
    outcome: str
    line_minor: int
    supplementary_minor: int
    temporary_minor: int
    erased: bool = False
    fraud: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedLine:
    """The line granted on an application, by the engine or a reviewer after it; minor units."""

    decision_id: str
    line_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Earlier applications of the person; ``cut`` says that older ones were left out.

    ``circle``: lines granted to the circle of linked applicants, those of 0 left out; ``None``: not
    looked up. ``parent``: the card whose line is to be shared; ``None``: none is, or it is unknown.
    """

    applications: tuple[PriorApplication, ...]
    cut: bool
    circle: tuple[GrantedLine, ...] | None = None
    parent: ParentLine | None = None
