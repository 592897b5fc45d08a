"""A decision on the wire: every part, exact, always the same bytes."""

from __future__ import annotations

from dataclasses import replace

from engine.api.answers import decide_response
from engine.api.estimates import estimate_response
from engine.api.money import Sign, minor_units
from engine.estimate import whole
from engine.model import EvidenceKind, SourceStatus
from engine.outcome import (
    Cap,
    CapName,
    Contribution,
    Degradation,
    ExpectedLimit,
    GraphFinding,
    LimitStatus,
    LineResult,
    Outcome,
    PlanItem,
    Reason,
    RequiredDocument,
    RuleResult,
    RuleTrace,
    ScoreResult,
    StageTrace,
    Timing,
    WaterfallStep,
)
from tests.unit.api.harness import DECISION
from touchstone.v1 import decision_pb2, types_pb2

_FULL = replace(
    DECISION,
    outcome=Outcome.REFER,
    line=LineResult(
        line_minor=1_000_050,
        room_minor=1_200_000,
        minimum_minor=100_000,
        maximum_minor=1_000_050,
        step_minor=50_000,
        verified_income_minor=900_000,
        verified_assets_minor=0,
        risk_band="B",
        caps=(
            Cap(name=CapName.INCOME, amount_minor=1_000_050, detail="2.0 x income"),
            Cap(name=CapName.GROUP, amount_minor=None, detail=""),
        ),
        binding_cap=CapName.INCOME,
        waterfall=(
            WaterfallStep(name="income", amount_minor=1_100_050),
            WaterfallStep(name="held", amount_minor=-100_000),
        ),
    ),
    expected_limit=ExpectedLimit(
        status=LimitStatus.NEEDS_EVIDENCE,
        asked_minor=2_000_000,
        target_minor=2_000_000,
        offer_minor=1_000_050,
        gap_minor=999_950,
        binding_cap=CapName.INCOME,
        plan=(PlanItem(proof="tax", least_amount_minor=800_000, cost=1, days=2),),
    ),
    score=ScoreResult(
        scorecard="card",
        model_digest="sha256:1",
        points=598,
        pd=0.02,
        base_points=600,
        contributions=(Contribution(feature="months", family="history", points=-2),),
        families=(),
    ),
    reasons=(
        Reason(
            code="VERIFY",
            source="rule:R1",
            outcome=Outcome.REFER,
            text_en="Verify.",
            text_zh="核实",
            points_lost=0,
        ),
    ),
    required_documents=("id_copy",),
    documents=(RequiredDocument(code="id_copy", text_en="a copy", text_zh="复印件"),),
    findings=(
        GraphFinding(
            code="SHARED", kind="device", masked="dev***1", applicants=3, fraud=1, since_us=5
        ),
    ),
    stages=(
        StageTrace(
            stage="fraud",
            skipped_because="",
            outcome=None,
            rules=(
                RuleTrace(
                    ruleset="fraud",
                    rule_id="R1",
                    result=RuleResult.UNKNOWN,
                    outcome=Outcome.REFER,
                    reason="VERIFY",
                    signal="",
                    unknown_fields=("bureau.score",),
                ),
            ),
        ),
    ),
    degradations=(Degradation(source="graph", status=SourceStatus.LATE, fallback="refer"),),
    model_digests=("sha256:1",),
)


def _answer() -> types_pb2.Decision:
    body = decide_response("r1", _FULL, (Timing(step="gather", micros=9),))
    return decision_pb2.DecideResponse.FromString(body).decision


def test_amounts_of_the_line_arrive_exactly() -> None:
    """Caps that do not apply are unset, not zero; steps may be below zero."""
    line = _answer().line

    assert minor_units(line.amount, Sign.POSITIVE) == 1_000_050
    assert [cap.HasField("amount") for cap in line.caps] == [True, False]
    assert sum(minor_units(step.amount, Sign.ANY) for step in line.waterfall) == 1_000_050
    assert line.binding_cap == "income"


def test_no_offer_has_no_range() -> None:
    """A range from zero would look like an offer."""
    assert _FULL.line is not None
    none = replace(_FULL, line=replace(_FULL.line, line_minor=0, minimum_minor=0, maximum_minor=0))
    line = estimate_response(whole(none)).line

    assert not line.HasField("offered_minimum")
    assert not line.HasField("offered_maximum")
    assert line.HasField("amount")


def test_reasons_findings_trace_and_degradations_are_all_there() -> None:
    """Nothing that explains the decision is lost on the way."""
    answer = _answer()

    assert answer.outcome == types_pb2.OUTCOME_REFER
    assert answer.expected_limit.status == types_pb2.LIMIT_STATUS_NEEDS_EVIDENCE
    assert [i.kind for i in answer.expected_limit.evidence_plan] == [types_pb2.EVIDENCE_KIND_TAX]
    assert answer.reasons[0].HasField("points_lost")
    assert answer.graph_findings[0].since.ToMicroseconds() == 5
    rule = answer.trace.stages[0].rules[0]
    assert (
        rule.result,
        list(rule.unknown_fields),
    ) == (types_pb2.RULE_RESULT_UNKNOWN, ["bureau.score"])
    assert [(d.source, d.status, d.fallback) for d in answer.degradations] == [
        ("graph", "late", "refer")
    ]
    assert [(t.step, t.micros) for t in answer.trace.timings] == [("gather", 9)]
    assert answer.score.contributions[0].points == -2


def test_the_same_decision_has_the_same_bytes() -> None:
    """What is stored is what is sent again."""
    assert decide_response("r1", _FULL, ()) == decide_response("r1", _FULL, ())


def test_every_kind_of_proof_has_a_number_on_the_wire() -> None:
    """A plan may ask for any of them."""
    items = tuple(
        PlanItem(proof=kind.value, least_amount_minor=1, cost=1, days=1) for kind in EvidenceKind
    )
    planned = replace(_FULL, expected_limit=replace(_FULL.expected_limit, plan=items))

    plan = estimate_response(whole(planned)).expected_limit.evidence_plan
    assert len(EvidenceKind) == len({item.kind for item in plan} - {0})
