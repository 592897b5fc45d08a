"""Trial calculations: protobuf to what is known of somebody, and the answer to protobuf."""

from __future__ import annotations

from datetime import date

from engine.api.answers import (
    OUTCOMES,
    to_document,
    to_expected,
    to_line,
    to_reason,
    to_score,
    to_stage,
)
from engine.api.bureau import to_bureau
from engine.api.dates import birth_date
from engine.api.money import Purse, Sign, to_money
from engine.api.problems import Problems
from engine.api.proofs import to_evidence
from engine.estimate import Estimate, LineRange, Prospect
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import types_pb2

_PATH = "facts"


def to_prospect(message: pb.LimitFacts, problems: Problems, today: date) -> Prospect:
    """What is known; what is wrong goes to ``problems``, by its path in the request."""
    purse = Purse(problems)

    def amount(name: str, sign: Sign = Sign.NOT_NEGATIVE) -> int | None:
        if not message.HasField(name):
            return None
        return purse.read(f"{_PATH}.{name}", getattr(message, name), sign)

    born = None
    if message.WhichOneof("born") == "birth_date":
        with problems.noting(f"{_PATH}.birth_date"):
            born = birth_date(message.birth_date, today)
    bureau = None
    if message.HasField("bureau"):
        bureau = to_bureau(f"{_PATH}.bureau", message.bureau, purse, problems, today)
    amounts = {
        "expected_limit_minor": amount("expected_limit", Sign.POSITIVE),
        "declared_income_minor": amount("declared_monthly_income"),
        "monthly_obligations_minor": amount("monthly_obligations"),
        "own_lines_minor": amount("own_lines"),
        "elsewhere_lines_minor": amount("elsewhere_lines"),
    }
    evidence = to_evidence(f"{_PATH}.evidence", message.evidence, purse, problems, today)
    return Prospect(
        product=message.product,
        currency=purse.settle(),
        channel=message.channel,
        customer_segment=message.customer_segment,
        branch=message.branch,
        staff_member=message.staff_member,
        partner=message.partner,
        birth_date=born,
        age=message.age if message.WhichOneof("born") == "age" else None,
        is_student=message.is_student if message.HasField("is_student") else None,
        bureau=bureau,
        evidence=evidence,
        **amounts,
    )


def estimate_response(estimate: Estimate) -> pb.EstimateLimitResponse:
    """The answer to a trial calculation."""
    return pb.EstimateLimitResponse(
        outcome=OUTCOMES[estimate.outcome],
        line=to_line(estimate.line, estimate.currency),
        expected_limit=to_expected(estimate.expected_limit, estimate.currency),
        score=to_score(estimate.score),
        reasons=map(to_reason, estimate.reasons),
        required_documents=(document.code for document in estimate.documents),
        documents=map(to_document, estimate.documents),
        trace=types_pb2.Trace(stages=map(to_stage, estimate.stages)),
        policy_digest=estimate.policy_digest,
        range=_range(estimate.range, estimate.currency),
        range_if_proved=_range(estimate.range_if_proved, estimate.currency),
        missing_facts=(
            pb.MissingFact(
                topic=fact.topic,
                paths=fact.paths,
                text_en=fact.text_en,
                text_zh=fact.text_zh,
                when_applying=fact.when_applying,
            )
            for fact in estimate.missing
        ),
        untold_rules=(
            pb.UntoldRule(
                stage=rule.stage,
                ruleset=rule.ruleset,
                rule_id=rule.rule_id,
                outcome=OUTCOMES[rule.outcome],
                missing=rule.missing,
            )
            for rule in estimate.untold
        ),
        text_en=estimate.text_en,
        text_zh=estimate.text_zh,
    )


def _range(told: LineRange | None, currency: str) -> pb.LineRange | None:
    if told is None:
        return None
    return pb.LineRange(
        lowest=to_money(told.lowest_minor, currency),
        highest=to_money(told.highest_minor, currency),
        text_en=told.text_en,
        text_zh=told.text_zh,
    )
