"""What further evidence makes of a stored decision: the next admission of its application. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.currency import MAX_MINOR
from engine.errors import FieldViolation, InvalidApplication, PreconditionFailed
from engine.model import Admission, Application, Evidence, Follows
from engine.outcome import ExpectedLimit, LimitStatus
from engine.record import DecisionRecord

MAX_EVIDENCE = 50
"""Proofs of one application, those that came later included."""


class NothingToSupplement(PreconditionFailed):
    """The decision holds no evidence plan: no proof would change it, or none was asked for."""

    reason = "NOTHING_TO_SUPPLEMENT"


class PlanExpired(PreconditionFailed):
    """The plan's time is over: what it promised no longer binds."""

    reason = "PLAN_EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """Proofs that came later; ``currency``: what their amounts are in."""

    evidence: tuple[Evidence, ...]
    currency: str


def next_admission(
    record: DecisionRecord,
    supplement: Supplement,
    *,
    decision_id: str,
    request_id: str,
    as_of_us: int,
) -> Admission:
    """The admission that follows the recorded one.

    Raises ``NothingToSupplement`` and ``PlanExpired`` if the decision has no plan that is open at
    that time, and ``InvalidApplication``.
    """
    expected, earlier = record.decision.expected_limit, record.admission
    if not expected.plan or expected.plan_expires_at_us is None:
        raise NothingToSupplement(f"{_no_plan(expected)}; send a new application {_IF_CHANGED}")
    if as_of_us >= expected.plan_expires_at_us:
        raise PlanExpired("the evidence plan has expired; send a new application")
    return replace(
        earlier,
        decision_id=decision_id,
        request_id=request_id,
        as_of_us=as_of_us,
        application=_supplemented(earlier.application, supplement),
        follows=Follows(
            decision_id=earlier.decision_id,
            root=earlier.applicant_key,
            root_at_us=earlier.applied_at_us,
            open_until_us=expected.plan_expires_at_us,
        ),
    )


_IF_CHANGED = "if the facts have changed"


def _no_plan(expected: ExpectedLimit) -> str:
    """Why there is none, for a channel's developer."""
    if expected.plan:
        return "the evidence plan is not kept open by this product's policy"
    told = {
        LimitStatus.NOT_ASKED: "the application named no limit, so there is no evidence plan",
        LimitStatus.MET: "the limit hoped for is met, so there is no evidence plan",
        LimitStatus.DECLINED: "the application was declined, so there is no evidence plan",
        LimitStatus.UNDETERMINED: "the line could not be told, so there is no evidence plan",
    }
    return told.get(expected.status, "no proof would raise the line, so there is no evidence plan")


def _supplemented(application: Application, supplement: Supplement) -> Application:
    """The application with the proofs added; one of the same kind and id takes its place."""
    if supplement.currency != application.currency:
        raise _wrong(f"amounts must be in {application.currency}, as the application's are")
    proofs = {(proof.kind, proof.evidence_id): proof for proof in application.evidence}
    proofs |= {(proof.kind, proof.evidence_id): proof for proof in supplement.evidence}
    if len(proofs) > MAX_EVIDENCE:
        raise _wrong(f"an application has at most {MAX_EVIDENCE} proofs in all")
    if sum(proof.amount_minor for proof in proofs.values()) >= MAX_MINOR:
        raise _wrong("the sum with what was proved before is too large")
    return replace(application, evidence=tuple(proofs.values()))


def _wrong(message: str) -> InvalidApplication:
    return InvalidApplication((FieldViolation("evidence", message),))
