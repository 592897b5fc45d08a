"""Trial calculations from partial facts over real gRPC, as a marketing desk would ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import grpc
import pytest
from google.type import date_pb2

from client_examples import estimate
from client_examples.applications import clean_bureau, yuan
from client_examples.channel import OPTIONS, problem
from client_examples.local_server import local_server
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc, types_pb2


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of a server in a process of its own."""
    with local_server() as server:
        yield server.address


@pytest.fixture(scope="module")
def service(address: str) -> Iterator[decision_pb2_grpc.DecisionServiceStub]:
    """The stub of a channel to it."""
    with grpc.insecure_channel(address, options=OPTIONS) as channel:
        yield decision_pb2_grpc.DecisionServiceStub(channel)


def _proof(status: types_pb2.VerificationStatus, amount: int) -> types_pb2.Evidence:
    return types_pb2.Evidence(
        evidence_id="p",
        kind=types_pb2.EVIDENCE_KIND_PAYROLL_FLOW,
        amount=yuan(amount),
        source="payroll_bank",
        status=status,
    )


def _estimate(
    service: decision_pb2_grpc.DecisionServiceStub, facts: pb.LimitFacts
) -> pb.EstimateLimitResponse:
    answer: pb.EstimateLimitResponse = service.EstimateLimit(
        pb.EstimateLimitRequest(facts=facts), timeout=10
    )
    return answer


def _known() -> pb.LimitFacts:
    return pb.LimitFacts(
        product="classic",
        channel="partner_h5",
        customer_segment="mass",
        expected_limit=yuan(25_000),
        age=36,
        is_student=False,
        bureau=clean_bureau(),
        own_lines=yuan(0),
        elsewhere_lines=yuan(20_000),
        evidence=[_proof(types_pb2.VERIFICATION_STATUS_VERIFIED, 3_000)],
    )


def test_a_product_alone_is_enough(service: decision_pb2_grpc.DecisionServiceStub) -> None:
    """The answer says what is missing, in words, and names the rules that cannot be told."""
    answer = _estimate(service, pb.LimitFacts(product="classic"))
    assert not answer.HasField("line")
    assert answer.outcome == types_pb2.OUTCOME_APPROVE
    assert not answer.reasons
    assert answer.range.lowest.units == 0 < answer.range.highest.units
    topics = {fact.topic for fact in answer.missing_facts}
    assert {"age", "student", "income", "credit_report", "obligations", "other_lines"} <= topics
    exact, _, later = answer.text_en.partition("When you apply, we also ask for: ")
    assert "proof of your income or assets" in exact
    assert "identity document" not in exact
    assert "identity document" in later
    for fact in answer.missing_facts:
        assert fact.text_zh
        assert fact.paths
        assert fact.text_en in (later if fact.when_applying else exact)
    assert {fact.topic for fact in answer.missing_facts if fact.when_applying} >= {"identity"}
    assert "UNDER_AGE" in {rule.rule_id for rule in answer.untold_rules}
    assert "征信报告" in answer.text_zh
    assert "not an offer" in answer.text_en


def test_what_the_customer_tells_is_hypothetical(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """A declared income and proofs that are not verified move the second range only.

    While no proof is verified the first is over all that could be proved.
    """
    facts = _known()
    del facts.evidence[:]
    nothing = _estimate(service, facts)
    assert not nothing.HasField("range_if_proved")
    facts.declared_monthly_income.CopyFrom(yuan(15_000))
    declared = _estimate(service, facts)
    facts.evidence.append(_proof(types_pb2.VERIFICATION_STATUS_UNVERIFIED, 15_000))
    unverified = _estimate(service, facts)
    assert declared.range == unverified.range == nothing.range
    assert unverified.range_if_proved == declared.range_if_proved
    assert declared.range_if_proved.highest.units > declared.range.lowest.units == 0
    assert declared.range.highest.units >= declared.range_if_proved.highest.units
    assert "income" in {fact.topic for fact in declared.missing_facts}
    assert "verified" in declared.range_if_proved.text_en


def test_all_that_matters_gives_the_exact_line_and_plan(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """Without a name, a number or a phone."""
    answer = _estimate(service, _known())
    assert answer.range.lowest == answer.range.highest == answer.line.amount
    limit = answer.expected_limit
    assert limit.status == types_pb2.LIMIT_STATUS_NEEDS_EVIDENCE
    assert limit.evidence_plan[0].text_zh in limit.text_zh
    assert limit.evidence_plan_policy_digest == answer.policy_digest
    assert not limit.HasField("evidence_plan_expires_at")
    assert "when you apply" in limit.text_en
    # The line is exact: whatever else is asked for must not be asked for the line.
    assert "For an exact answer" not in answer.text_en
    assert "When you apply, we also ask for: your identity document" in answer.text_en


def test_the_plan_is_there_before_any_proof_is(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """Nothing is certain without proof but what the limit hoped for would take."""
    facts = _known()
    del facts.evidence[:]
    facts.declared_monthly_income.CopyFrom(yuan(12_000))
    answer = _estimate(service, facts)
    assert not answer.HasField("line")
    assert not answer.reasons
    limit = answer.expected_limit
    assert limit.status == types_pb2.LIMIT_STATUS_NEEDS_EVIDENCE
    assert limit.evidence_plan[0].text_en in limit.text_en
    assert "may be more than you have told us" in limit.text_en


def test_a_certain_decline_is_told(service: decision_pb2_grpc.DecisionServiceStub) -> None:
    """With its reason, whatever else is not known."""
    answer = _estimate(service, pb.LimitFacts(product="classic", age=17))
    assert answer.outcome == types_pb2.OUTCOME_DECLINE
    assert [reason.code for reason in answer.reasons] == ["AGE_BELOW_MINIMUM"]
    assert not answer.HasField("range")


def test_nothing_is_recorded(service: decision_pb2_grpc.DecisionServiceStub) -> None:
    """No decision is listed after any number of calculations."""
    _estimate(service, _known())
    assert not service.ListDecisions(pb.ListDecisionsRequest(), timeout=10).decisions


def _negative(facts: pb.LimitFacts) -> None:
    facts.own_lines.CopyFrom(yuan(-1))


def _no_product(facts: pb.LimitFacts) -> None:
    facts.product = "platin"


def _half_a_date(facts: pb.LimitFacts) -> None:
    facts.birth_date.CopyFrom(date_pb2.Date(year=1990))


def _two_obligations(facts: pb.LimitFacts) -> None:
    facts.monthly_obligations.CopyFrom(yuan(1))


def _dollars(facts: pb.LimitFacts) -> None:
    facts.elsewhere_lines.currency_code = "USD"


def _age(facts: pb.LimitFacts) -> None:
    facts.age = 131


@pytest.mark.parametrize(
    "spoil, field",
    [
        (_negative, "facts.own_lines"),
        (_no_product, "facts.product"),
        (_half_a_date, "facts.birth_date"),
        (_two_obligations, "facts"),
        (_dollars, "facts.elsewhere_lines"),
        (_age, "facts.age"),
    ],
)
def test_bad_facts_are_named(
    service: decision_pb2_grpc.DecisionServiceStub,
    spoil: Callable[[pb.LimitFacts], None],
    field: str,
) -> None:
    """By their path in the request."""
    facts = _known()
    spoil(facts)
    with pytest.raises(grpc.RpcError) as error:
        _estimate(service, facts)
    found = problem(error.value)
    assert found.code == "INVALID_ARGUMENT"
    assert field in {path for path, _ in found.fields}


def test_somebody_must_be_named(service: decision_pb2_grpc.DecisionServiceStub) -> None:
    """Neither an application nor facts is no request."""
    with pytest.raises(grpc.RpcError) as error:
        service.EstimateLimit(pb.EstimateLimitRequest(), timeout=10)
    assert problem(error.value).code == "INVALID_ARGUMENT"


def test_the_example_prints_the_answer(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In both languages, with what is missing."""
    assert estimate.main(address) == 0
    said = capsys.readouterr().out
    assert "trial calculation" in said
    assert "试算" in said
    assert "credit_report" in said
