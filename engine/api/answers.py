"""Answers: the engine's ``Decision`` to protobuf, always in the same bytes."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf import timestamp_pb2
from google.type import money_pb2

from engine.api.dates import to_timestamp
from engine.api.money import to_money
from engine.explain import Explanation
from engine.model import EvidenceKind
from engine.outcome import (
    Decision,
    ExpectedLimit,
    GraphFinding,
    LineResult,
    Outcome,
    Reason,
    RequiredDocument,
    RuleTrace,
    ScoreResult,
    StageTrace,
    Timing,
)
from touchstone.v1 import decision_pb2
from touchstone.v1 import types_pb2 as pb

OUTCOMES = {None: "OUTCOME_UNSPECIFIED"} | {
    outcome: f"OUTCOME_{outcome.name}" for outcome in Outcome
}
_PROOFS = {kind.value: f"EVIDENCE_KIND_{kind.name}" for kind in EvidenceKind}


def decide_response(request_id: str, decision: Decision, timings: Iterable[Timing]) -> bytes:
    """A serialised ``DecideResponse``: what is stored, and what every repetition gets."""
    response = decision_pb2.DecideResponse(decision=to_decision(request_id, decision, timings))
    return response.SerializeToString(deterministic=True)


def explain_response(
    decision_id: str, explanation: Explanation
) -> decision_pb2.ExplainDecisionResponse:
    """The answer to why."""
    return decision_pb2.ExplainDecisionResponse(
        decision_id=decision_id,
        sentences=explanation.sentences,
        score=to_score(explanation.score),
        fraud_score=to_score(explanation.fraud_score),
    )


def to_decision(request_id: str, decision: Decision, timings: Iterable[Timing]) -> pb.Decision:
    """The whole answer."""
    return pb.Decision(
        decision_id=decision.decision_id,
        request_id=request_id,
        decided_at=to_timestamp(decision.as_of_us),
        product=decision.product,
        outcome=OUTCOMES[decision.outcome],
        line=to_line(decision.line, decision.currency),
        expected_limit=to_expected(decision.expected_limit, decision.currency),
        score=to_score(decision.score),
        reasons=map(to_reason, decision.reasons),
        required_documents=decision.required_documents,
        graph_findings=map(_finding, decision.findings),
        trace=_trace(decision, timings),
        degradations=(
            pb.Degradation(source=d.source, status=d.status.value, fallback=d.fallback)
            for d in decision.degradations
        ),
        policy_digest=decision.policy_digest,
        model_digests=decision.model_digests,
        fraud_score=to_score(decision.fraud_score),
        supplements=decision.supplements,
        text_en=decision.text_en,
        text_zh=decision.text_zh,
        line_kind=f"LINE_KIND_{decision.kind.name}",
        documents=map(to_document, decision.documents),
    )


def to_document(document: RequiredDocument) -> pb.RequiredDocument:
    """A document on the wire."""
    return pb.RequiredDocument(
        code=document.code, text_en=document.text_en, text_zh=document.text_zh
    )


def _trace(decision: Decision, timings: Iterable[Timing]) -> pb.Trace:
    return pb.Trace(
        stages=map(to_stage, decision.stages),
        timings=(pb.Timing(step=timing.step, micros=timing.micros) for timing in timings),
        list_hits=(
            pb.ListHit(list=hit.list, kind=hit.kind, reason=hit.reason)
            for hit in decision.list_hits
        ),
    )


def outcome_name(outcome: str) -> str:
    """The wire's name of an outcome as the ledger keeps it; "" is unspecified."""
    return OUTCOMES[Outcome(outcome) if outcome else None]


def to_line(line: LineResult | None, currency: str) -> pb.CreditLine | None:
    """The line on the wire."""
    if line is None:
        return None
    offered = line.minimum_minor > 0
    shares = line.shares
    return pb.CreditLine(
        amount=to_money(line.line_minor, currency),
        offered_minimum=to_money(line.minimum_minor, currency) if offered else None,
        offered_maximum=to_money(line.maximum_minor, currency) if offered else None,
        step=to_money(line.step_minor, currency),
        verified_income=to_money(line.verified_income_minor, currency),
        verified_assets=to_money(line.verified_assets_minor, currency),
        risk_band=line.risk_band,
        caps=(
            pb.Cap(
                name=cap.name.value, amount=_money(cap.amount_minor, currency), detail=cap.detail
            )
            for cap in line.caps
        ),
        binding_cap=line.binding_cap.value,
        waterfall=(
            pb.WaterfallStep(name=step.name, amount=to_money(step.amount_minor, currency))
            for step in line.waterfall
        ),
        parent_decision_id="" if shares is None else shares.parent,
        parent_amount=None if shares is None else to_money(shares.parent_line_minor, currency),
        valid_from=_moment(None if shares is None else shares.from_us),
        valid_until=_moment(None if shares is None else shares.until_us),
    )


def to_expected(expected: ExpectedLimit, currency: str) -> pb.ExpectedLimit:
    """The answer to the limit hoped for."""
    asked = expected.asked_minor is not None
    return pb.ExpectedLimit(
        status=f"LIMIT_STATUS_{expected.status.name}",
        asked=_money(expected.asked_minor, currency),
        target=_money(expected.target_minor, currency),
        offer=to_money(expected.offer_minor, currency) if asked else None,
        gap=to_money(expected.gap_minor, currency) if asked else None,
        binding_cap="" if expected.binding_cap is None else expected.binding_cap.value,
        evidence_plan=(
            pb.EvidencePlanItem(
                kind=_PROOFS[item.proof],
                least_amount=to_money(item.least_amount_minor, currency),
                days=item.days,
                cost=item.cost,
                text_en=item.text_en,
                text_zh=item.text_zh,
            )
            for item in expected.plan
        ),
        evidence_plan_expires_at=(
            None
            if expected.plan_expires_at_us is None
            else to_timestamp(expected.plan_expires_at_us)
        ),
        text_en=expected.text_en,
        text_zh=expected.text_zh,
        highest_reachable=_money(expected.highest_minor, currency),
        unreachable=_money(expected.unreachable_minor or None, currency),
        unreachable_cap="" if expected.unreachable_cap is None else expected.unreachable_cap.value,
        evidence_plan_policy_digest=expected.plan_policy_digest,
    )


def _moment(at_us: int | None) -> timestamp_pb2.Timestamp | None:
    return None if at_us is None else to_timestamp(at_us)


def _money(minor: int | None, currency: str) -> money_pb2.Money | None:
    return None if minor is None else to_money(minor, currency)


def to_score(score: ScoreResult | None) -> pb.Score | None:
    """The score, if there is one."""
    if score is None:
        return None
    return pb.Score(
        scorecard=score.scorecard,
        points=score.points,
        probability_of_default=score.pd,
        base_points=score.base_points,
        contributions=(
            pb.Contribution(feature=part.feature, family=part.family, points=part.points)
            for part in score.contributions
        ),
    )


def to_reason(reason: Reason) -> pb.Reason:
    """A reason."""
    return pb.Reason(
        code=reason.code,
        source=reason.source,
        outcome=OUTCOMES[reason.outcome],
        text_en=reason.text_en,
        text_zh=reason.text_zh,
        points_lost=reason.points_lost,
    )


def _finding(finding: GraphFinding) -> pb.GraphFinding:
    return pb.GraphFinding(
        code=finding.code,
        identifier_kind=finding.kind,
        masked=finding.masked,
        applicants=finding.applicants,
        fraud=finding.fraud,
        since=None if finding.since_us is None else to_timestamp(finding.since_us),
        applicants_7d=finding.applicants_7d,
    )


def to_stage(stage: StageTrace) -> pb.StageTrace:
    """A stage of the trace."""
    return pb.StageTrace(
        stage=stage.stage,
        skipped_because=stage.skipped_because,
        outcome=OUTCOMES[stage.outcome],
        rules=map(_rule, stage.rules),
    )


def _rule(rule: RuleTrace) -> pb.RuleTrace:
    return pb.RuleTrace(
        ruleset=rule.ruleset,
        rule_id=rule.rule_id,
        result=f"RULE_RESULT_{rule.result.name}",
        outcome=OUTCOMES[rule.outcome],
        reason=rule.reason,
        signal=rule.signal,
        unknown_fields=rule.unknown_fields,
    )
