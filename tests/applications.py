"""Admissions for tests of the pure core: no server, no protobuf, fixed tokens and times."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.model import (
    Admission,
    Applicant,
    Application,
    Bureau,
    BureauMonth,
    Evidence,
    EvidenceKind,
    HeldLines,
    History,
    Identifier,
    IdentifierKind,
    LineKind,
    Link,
    ParentLine,
    RepaymentStatus,
    Role,
    Session,
    SourceStatus,
    VerificationStatus,
)
from engine.outcome import Gathered
from graph.model import IdentifierRow, NearRow, Neighbourhood

AS_OF_US = 1_780_000_000_000_000
"""2026-05-29, 04:26 in Beijing, where the business is; in UTC it is still the 28th."""


def months(
    count: int = 12,
    *,
    status: RepaymentStatus = RepaymentStatus.PAID_IN_FULL,
    delay: int = 0,
    balance_minor: int = 200_000,
    payment_minor: int = 200_000,
    limit_minor: int = 2_000_000,
) -> tuple[BureauMonth, ...]:
    """The same month again and again."""
    month = BureauMonth(
        status=status,
        months_past_due=delay,
        balance_minor=balance_minor,
        limit_minor=limit_minor,
        payment_minor=payment_minor,
    )
    return (month,) * count


def bureau(**changes: object) -> Bureau:
    """A clean file of twelve months; ``changes`` replace fields."""
    values: dict[str, object] = {
        "score": None,
        "months_on_file": 84,
        "reported_on": date(2026, 5, 20),
        "months": months(),
        "inquiries_1m": 0,
        "inquiries_3m": 1,
        "inquiries_6m": 1,
        "card_count": 2,
        "loan_balance_minor": 0,
        "monthly_obligations_minor": 150_000,
    } | changes
    return Bureau(**values)  # type: ignore[arg-type]


def links() -> tuple[Link, ...]:
    """The applicant's device, phone and ID number."""
    kinds = (IdentifierKind.DEVICE, IdentifierKind.PHONE, IdentifierKind.ID_NUMBER)
    return tuple(Link(Role.USES, Identifier(kind, f"{kind.value}:own", "****")) for kind in kinds)


def payroll(income_minor: int) -> tuple[Evidence, ...]:
    """A verified payroll flow, minor units a month."""
    return (
        Evidence(
            evidence_id="payroll",
            kind=EvidenceKind.PAYROLL_FLOW,
            amount_minor=income_minor,
            source="payroll_bank",
            status=VerificationStatus.VERIFIED,
            issued_on=date(2026, 5, 1),
        ),
    )


def application(**changes: object) -> Application:
    """A good customer's; ``changes`` replace fields, those of the applicant by their own names."""
    person: dict[str, object] = {
        "name_token": "name",
        "other_name_tokens": (),
        "birth_date": date(1990, 5, 17),
        "nationality": "CN",
        "id_document_kind": "cn_resident_id",
        "id_document_expires_on": date(2035, 1, 1),
        "occupation": None,
        "is_student": False,
        "declared_income_minor": None,
    }
    values: dict[str, object] = {
        "product": "classic",
        "channel": "mobile",
        "customer_segment": "mass",
        "branch": "",
        "staff_member": "",
        "partner": "",
        "currency": "CNY",
        "expected_limit_minor": None,
        "supplementary": False,
        "session": Session(
            channel_session_id=None, emulator=False, rooted=False, country="CN", city=None
        ),
        "links": links(),
        "bureau": bureau(),
        "held_lines": HeldLines(own_minor=0, elsewhere_minor=2_000_000),
        "evidence": payroll(1_500_000),
    }
    person |= {name: value for name, value in changes.items() if name in person}
    values |= {name: value for name, value in changes.items() if name not in person}
    return Application(applicant=Applicant(**person), **values)  # type: ignore[arg-type]


def admission(asked: Application) -> Admission:
    """Admitted at a fixed time."""
    return Admission(
        decision_id="dec_test",
        caller="mobile",
        request_id="request",
        as_of_us=AS_OF_US,
        application=asked,
    )


def neighbourhood(others: int = 0, frauds: int = 0, *, days: int = 1) -> Neighbourhood:
    """``others`` applicants on the device since ``days``, the first ``frauds`` known as fraud."""
    at_us = AS_OF_US - days * 86_400_000_000
    rows = tuple(
        IdentifierRow(
            key=link.identifier.key,
            kind=link.identifier.kind,
            masked=link.identifier.masked,
            role=link.role,
            degree=others if link.identifier.kind is IdentifierKind.DEVICE else 0,
            hub=False,
            hub_reason="",
        )
        for link in links()
    )
    near = tuple(
        NearRow(
            applicant=f"dec_{number}",
            identifier="device:own",
            kind=IdentifierKind.DEVICE,
            role=Role.USES,
            at_us=at_us,
            fraud_at_us=at_us + 1 if number < frauds else None,
        )
        for number in range(others)
    )
    return Neighbourhood(
        as_of_us=AS_OF_US,
        identifiers=rows,
        near=near,
        near_cut=False,
        far=(),
        far_cut=False,
        projected_to=1,
        pending=0,
    )


def gathered(graph: Neighbourhood | None = None, /, **statuses: SourceStatus) -> Gathered:
    """Both sources answered, unless ``statuses`` says otherwise."""
    told = {"graph": SourceStatus.OK, "history": SourceStatus.OK} | statuses
    return Gathered(
        statuses=tuple(told.items()),
        graph=(graph or neighbourhood()) if told["graph"] is SourceStatus.OK else None,
        history=(
            History(applications=(), cut=False, circle=())
            if told["history"] is SourceStatus.OK
            else None
        ),
    )


def shared(**changes: object) -> Gathered:
    """Both sources answered, and there is a card of 30,000 of the same person to share."""
    values: dict[str, object] = {
        "decision_id": "dec_parent",
        "root": "dec_parent",
        "kind": LineKind.PRIMARY,
        "same_person": True,
        "product": "classic",
        "currency": "CNY",
        "outcome": "approve",
        "line_minor": 3_000_000,
        "supplementary_minor": 0,
        "temporary_minor": 0,
    } | changes
    answers = gathered()
    assert answers.history is not None
    parent = ParentLine(**values)  # type: ignore[arg-type]
    return replace(answers, history=replace(answers.history, parent=parent))
