"""From what was gathered to the vocabulary of rules: pure, and unknown stays unset.

Each function fills one message of ``facts.proto``; the field documentation there is the contract.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from engine.model import (
    Application,
    Bureau,
    BureauMonth,
    History,
    LineKind,
    RepaymentStatus,
    Role,
)
from graph.circle import circle_members
from graph.features import graph_facts, unavailable
from graph.model import Neighbourhood
from touchstone.v1 import facts_pb2

_DAY_US = 86_400_000_000


def day_of(as_of_us: int, utc_offset_minutes: int) -> date:
    """The calendar day of an admission where the business is."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=as_of_us)
    return (moment + timedelta(minutes=utc_offset_minutes)).date()


def age_on(birth_date: date, day: date) -> int:
    """Whole years; someone born on 29 February has the birthday on 1 March in other years."""
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday


def base_facts(
    application: Application, day: date, verified_income_minor: int, verified_assets_minor: int
) -> facts_pb2.Facts:
    """The facts that the request itself holds; history, graph and score are still unknown."""
    facts = facts_pb2.Facts()
    _application(facts.application, application, day)
    _applicant(facts.applicant, application, day)
    _session(facts.session, application)
    _bureau(facts.bureau, application.bureau)
    if application.held_lines is not None:
        facts.lines.own_minor.value = application.held_lines.own_minor
        facts.lines.elsewhere_minor.value = application.held_lines.elsewhere_minor
    _evidence(facts.evidence, application, verified_income_minor, verified_assets_minor)
    return facts


def _application(facts: facts_pb2.ApplicationFacts, application: Application, day: date) -> None:
    facts.date = day.isoformat()
    facts.product = application.product
    facts.channel = application.channel
    facts.customer_segment = application.customer_segment
    facts.branch = application.branch
    facts.staff_member = application.staff_member
    facts.partner = application.partner
    facts.has_expected_limit = application.expected_limit_minor is not None
    if application.expected_limit_minor is not None:
        facts.expected_limit_minor.value = application.expected_limit_minor
    facts.supplementary = application.supplementary
    facts.temporary = application.kind is LineKind.TEMPORARY
    if application.shares is not None and application.shares.until is not None:
        facts.temporary_days.value = (application.shares.until - day).days
    roles = {link.role for link in application.links}
    facts.has_guarantor = Role.GUARANTOR in roles
    facts.has_referrer = Role.REFERRER in roles


def _applicant(facts: facts_pb2.ApplicantFacts, application: Application, day: date) -> None:
    applicant = application.applicant
    facts.age = age_on(applicant.birth_date, day)
    facts.is_student = applicant.is_student
    facts.nationality = applicant.nationality
    facts.id_document_kind = applicant.id_document_kind
    if applicant.id_document_expires_on is not None:
        facts.id_document_days_left.value = (applicant.id_document_expires_on - day).days
    if applicant.occupation is not None:
        facts.occupation.value = applicant.occupation
    if applicant.declared_income_minor is not None:
        facts.declared_income_minor.value = applicant.declared_income_minor


def _session(facts: facts_pb2.SessionFacts, application: Application) -> None:
    session = application.session
    if session.emulator is not None:
        facts.emulator.value = session.emulator
    if session.rooted is not None:
        facts.rooted.value = session.rooted
    if session.country is not None:
        facts.country.value = session.country


def _bureau(facts: facts_pb2.BureauFacts, bureau: Bureau | None) -> None:
    facts.present = bureau is not None
    if bureau is None:
        return
    for name in ("score", "months_on_file", "inquiries_1m", "inquiries_3m", "inquiries_6m"):
        _set_if_known(facts, name, getattr(bureau, name))
    for name in ("card_count", "loan_balance_minor", "monthly_obligations_minor"):
        _set_if_known(facts, name, getattr(bureau, name))
    facts.months_reported.value = len(bureau.months)
    if bureau.months:
        _repayment(facts, bureau.months)


def _set_if_known(facts: facts_pb2.BureauFacts, name: str, value: int | None) -> None:
    if value is not None:
        getattr(facts, name).value = value


def _repayment(facts: facts_pb2.BureauFacts, months: tuple[BureauMonth, ...]) -> None:
    recent = months[:6]
    facts.worst_delay_6m.value = max(month.months_past_due for month in recent)
    facts.worst_delay_24m.value = max(month.months_past_due for month in months)
    facts.months_delayed_6m.value = sum(m.status is RepaymentStatus.PAST_DUE for m in recent)
    facts.current_delay.value = months[0].months_past_due
    facts.balance_minor.value = max(0, months[0].balance_minor)
    if months[0].limit_minor > 0:
        facts.utilisation.value = max(0, months[0].balance_minor) / months[0].limit_minor


def _evidence(
    facts: facts_pb2.EvidenceFacts, application: Application, income_minor: int, assets_minor: int
) -> None:
    facts.verified_income_minor = income_minor
    facts.verified_assets_minor = assets_minor
    verified = {e.kind.value for e in application.evidence if e.status.value == "verified"}
    facts.verified_kinds.extend(sorted(verified))
    bureau = application.bureau
    obligations = None if bureau is None else bureau.monthly_obligations_minor
    if obligations is not None and income_minor > 0:
        facts.debt_to_income.value = obligations / income_minor


def add_history(facts: facts_pb2.Facts, history: History, as_of_us: int) -> None:
    """Counts over the person's earlier applications here."""

    def within(days: int) -> list[str]:
        return [a.outcome for a in history.applications if a.at_us > as_of_us - days * _DAY_US]

    facts.history.applications_30d.value = len(within(30))
    facts.history.applications_365d.value = len(within(365))
    facts.history.declines_90d.value = within(90).count("decline")
    facts.history.approved_line_30d_minor.value = sum(
        a.line_minor
        for a in history.applications
        if a.outcome == "approve" and max(a.at_us, a.reviewed_at_us or 0) > as_of_us - 30 * _DAY_US
    )


def add_circle(
    facts: facts_pb2.Facts, history: History, neighbourhood: Neighbourhood, application: Application
) -> None:
    """What the circle of linked applicants has been granted; unknown if nobody looked it up.

    A line that is to be raised is no other line, wherever the graph finds it.
    """
    members = set(circle_members(neighbourhood, application.links))
    if application.kind is LineKind.TEMPORARY and history.parent is not None:
        members.discard(history.parent.root)
    if history.circle is None and members:
        return
    granted = (one.line_minor for one in history.circle or () if one.decision_id in members)
    facts.history.circle_line_minor.value = sum(granted)


def add_graph(
    facts: facts_pb2.Facts, neighbourhood: Neighbourhood | None, application: Application
) -> None:
    """The graph's features; everything unknown if the graph did not answer."""
    if neighbourhood is None:
        facts.graph.CopyFrom(unavailable())
        return
    facts.graph.CopyFrom(graph_facts(neighbourhood, application.links, neighbourhood.as_of_us))


def add_fraud_score(facts: facts_pb2.Facts, points: int, pd: float) -> None:
    """The fraud scorecard's answer."""
    facts.fraud_score.points.value = points
    facts.fraud_score.pd.value = pd


def add_score(facts: facts_pb2.Facts, points: int, pd: float) -> None:
    """The scorecard's answer."""
    facts.score.points.value = points
    facts.score.pd.value = pd
