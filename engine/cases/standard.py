"""The standard applicant: a clean, boring customer of whom everything is known.

35 years old whatever the day, with a verified payroll flow of 15,000 a month, obligations of 1,500,
a bureau file of 84 months with the last 12 paid in full, 20,000 of lines elsewhere, and nobody else
on the device, the telephone or the ID number. What a case does not mention is as it is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from engine.cases.model import Case
from engine.currency import MINOR_DIGITS
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
    SharedLine,
    SourceStatus,
    VerificationStatus,
)
from engine.outcome import Gathered
from engine.rules import Strategy
from graph.model import IdentifierRow, Neighbourhood

#: The day of a case that names none.
STANDARD_DAY = date(2026, 6, 15)
STANDARD_PRODUCT = "classic"
AGE = 35
#: The line of the card that a case shares, in major units.
PARENT_LINE = 30_000


def admission(case: Case, strategy: Strategy, product: str) -> Admission:
    """The case's application, at noon of its day where the business is."""
    noon = datetime.combine(case.on, time(12), UTC)
    noon -= timedelta(minutes=strategy.utc_offset_minutes)
    unit = 10 ** MINOR_DIGITS[strategy.currency]
    return Admission(
        decision_id="case",
        caller="policy test",
        request_id="case",
        as_of_us=int(noon.timestamp()) * 1_000_000,
        application=_application(case, strategy.currency, product, unit),
    )


def gathered(case: Case, asked: Admission) -> Gathered:
    """What the sources answered: nobody else, and no earlier application."""
    graph, history = (case.sources[name] is SourceStatus.OK for name in ("graph", "history"))
    return Gathered(
        statuses=tuple(case.sources.items()),
        graph=alone(asked) if graph else None,
        history=_history(asked) if history else None,
    )


def _history(asked: Admission) -> History:
    """No earlier application; and where a line is shared, a card of 30,000 that nothing shares."""
    application = asked.application
    history = History(applications=(), cut=False, circle=())
    if application.shares is None:
        return history
    parent = ParentLine(
        decision_id=application.shares.parent,
        root=application.shares.parent,
        kind=LineKind.PRIMARY,
        same_person=application.kind is LineKind.TEMPORARY,
        product=application.product,
        currency=application.currency,
        outcome="approve",
        line_minor=PARENT_LINE * 10 ** MINOR_DIGITS[application.currency],
        supplementary_minor=0,
        temporary_minor=0,
    )
    return replace(history, parent=parent)


def _application(case: Case, currency: str, product: str, unit: int) -> Application:
    changes = dict(case.application)
    day = case.on
    kind = _kind(
        supplementary=bool(changes.get("supplementary", False)),
        temporary=bool(changes.pop("temporary", False)),
    )
    standard = Application(
        product=product,
        channel="mobile",
        customer_segment="mass",
        branch="",
        staff_member="",
        partner="",
        currency=currency,
        expected_limit_minor=None,
        supplementary=False,
        applicant=_applicant(day, is_student=bool(changes.pop("student", False))),
        session=Session(
            channel_session_id=None, emulator=False, rooted=False, country="CN", city=None
        ),
        links=_links(
            guarantor=bool(changes.pop("guarantor", False)),
            referrer=bool(changes.pop("referrer", False)),
        ),
        bureau=_bureau(changes.pop("bureau", {}), day, unit),
        held_lines=_held(changes.pop("held_lines", {}), unit),
        evidence=_evidence(changes.pop("evidence", None), day, unit),
        shares=None if kind is LineKind.PRIMARY else SharedLine(kind=kind, parent="parent"),
    )
    return replace(standard, **changes)


def _kind(*, supplementary: bool, temporary: bool) -> LineKind:
    if supplementary:
        return LineKind.SUPPLEMENTARY
    return LineKind.TEMPORARY if temporary else LineKind.PRIMARY


def _applicant(day: date, *, is_student: bool) -> Applicant:
    # The first of a month: 29 February is nobody's birthday in most years.
    return Applicant(
        name_token="standard",  # noqa: S106 - stands for the token of a name
        other_name_tokens=(),
        birth_date=date(day.year - AGE, day.month, 1),
        nationality="CN",
        id_document_kind="cn_resident_id",
        id_document_expires_on=day + timedelta(days=3_650),
        occupation=None,
        is_student=is_student,
        declared_income_minor=None,
    )


def _links(*, guarantor: bool, referrer: bool) -> tuple[Link, ...]:
    own = (IdentifierKind.DEVICE, IdentifierKind.PHONE, IdentifierKind.ID_NUMBER)
    links = [_link(Role.USES, kind) for kind in own]
    links += [_link(Role.GUARANTOR, IdentifierKind.ID_NUMBER)] if guarantor else []
    links += [_link(Role.REFERRER, IdentifierKind.PHONE)] if referrer else []
    return tuple(links)


def _link(role: Role, kind: IdentifierKind) -> Link:
    return Link(role, Identifier(kind, f"{kind.value}:{role.value}", "****"))


def _bureau(changes: Mapping[str, Any] | None, day: date, unit: int) -> Bureau | None:
    if changes is None:
        return None
    standard = Bureau(
        score=None,
        months_on_file=84,
        reported_on=day - timedelta(days=3),
        months=(standard_month(unit),) * 12,
        inquiries_1m=0,
        inquiries_3m=1,
        inquiries_6m=1,
        card_count=2,
        loan_balance_minor=0,
        monthly_obligations_minor=1_500 * unit,
    )
    months = changes.get("months")
    if isinstance(months, int):
        changes = {**changes, "months": (standard_month(unit),) * months}
    return replace(standard, **changes)


def standard_month(unit: int) -> BureauMonth:
    """A month of the standard applicant's file."""
    return BureauMonth(
        status=RepaymentStatus.PAID_IN_FULL,
        months_past_due=0,
        balance_minor=2_000 * unit,
        limit_minor=20_000 * unit,
        payment_minor=2_000 * unit,
    )


def _held(changes: Mapping[str, Any] | None, unit: int) -> HeldLines | None:
    if changes is None:
        return None
    return replace(HeldLines(own_minor=0, elsewhere_minor=20_000 * unit), **changes)


def _evidence(listed: tuple[Evidence, ...] | None, day: date, unit: int) -> tuple[Evidence, ...]:
    if listed is not None:
        return listed
    return (
        Evidence(
            evidence_id="standard",
            kind=EvidenceKind.PAYROLL_FLOW,
            amount_minor=15_000 * unit,
            source="standard",
            status=VerificationStatus.VERIFIED,
            issued_on=day - timedelta(days=14),
        ),
    )


def alone(asked: Admission) -> Neighbourhood:
    """What the graph answers of somebody who shares nothing with anybody."""
    rows = tuple(
        IdentifierRow(
            key=link.identifier.key,
            kind=link.identifier.kind,
            masked=link.identifier.masked,
            role=link.role,
            degree=0,
            hub=False,
            hub_reason="",
        )
        for link in asked.application.links
    )
    return Neighbourhood(
        as_of_us=asked.as_of_us,
        identifiers=rows,
        near=(),
        near_cut=False,
        far=(),
        far_cut=False,
        projected_to=0,
        pending=0,
    )
