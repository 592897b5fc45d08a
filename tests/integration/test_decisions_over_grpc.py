"""One application in, one real decision out: a real server process, a real channel."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator

import grpc
import pytest

from client_examples.applications import (
    Person,
    application,
    clean_bureau,
    indebted_bureau,
    thin_bureau,
    yuan,
)
from client_examples.channel import OPTIONS, problem
from client_examples.local_server import LocalServer, local_server
from tests.raw_calls import RawCall
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc, graph_pb2, graph_pb2_grpc, types_pb2


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """A server process of this module's own."""
    with local_server() as running:
        yield running


@pytest.fixture(scope="module")
def service(server: LocalServer) -> Iterator[decision_pb2_grpc.DecisionServiceStub]:
    """The decision service over a real channel."""
    with grpc.insecure_channel(server.address, options=OPTIONS) as channel:
        yield decision_pb2_grpc.DecisionServiceStub(channel)


def _request(message: types_pb2.Application, request_id: str = "") -> pb.DecideRequest:
    return pb.DecideRequest(request_id=request_id or str(uuid.uuid4()), application=message)


def _good(number: int, **options: object) -> types_pb2.Application:
    defaults = {"bureau": clean_bureau(), "monthly_income": 15_000} | options
    return application(Person(number=number), **defaults)  # type: ignore[arg-type]


def test_a_good_customer_is_approved_with_a_line_and_its_explanation(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """The line lies in the offered range and the waterfall adds exactly to it."""
    decision = service.Decide(_request(_good(1001, expected_limit=20_000))).decision

    assert decision.outcome == types_pb2.OUTCOME_APPROVE
    line = decision.line
    assert line.offered_minimum.units <= line.amount.units <= line.offered_maximum.units
    assert line.amount.units == sum(step.amount.units for step in line.waterfall)
    assert decision.expected_limit.status == types_pb2.LIMIT_STATUS_MET
    assert not decision.score.HasField("base_points")
    assert [stage.stage for stage in decision.trace.stages] == [
        "eligibility",
        "fraud",
        "fraud_score",
        "fraud_review",
        "score",
        "approval",
        "line",
    ]


def test_a_lower_line_than_hoped_for_names_the_cap(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """An approval below the expectation is explained."""
    decision = service.Decide(_request(_good(1002, expected_limit=50_000, monthly_income=3_000)))
    answer = decision.decision

    assert answer.outcome == types_pb2.OUTCOME_APPROVE
    assert answer.expected_limit.gap.units > 0
    assert f"line:{answer.expected_limit.binding_cap}" in [r.source for r in answer.reasons]
    assert answer.score.HasField("base_points")
    assert answer.score.points == answer.score.base_points + sum(
        part.points for part in answer.score.contributions
    )


@pytest.mark.parametrize(
    "bureau, outcome",
    [
        (thin_bureau(), types_pb2.OUTCOME_REFER),
        (None, types_pb2.OUTCOME_REFER),
        (indebted_bureau(), types_pb2.OUTCOME_DECLINE),
    ],
    ids=["thin file", "no bureau summary", "laden with debt"],
)
def test_what_is_not_good_is_never_approved_and_never_unexplained(
    service: decision_pb2_grpc.DecisionServiceStub,
    bureau: types_pb2.BureauSummary | None,
    outcome: types_pb2.Outcome,
) -> None:
    """Missing information refers; debts decline; both with texts in two languages."""
    number = 1010 + outcome + 5 * (bureau is None)
    decision = service.Decide(_request(_good(number, bureau=bureau))).decision

    assert outcome == decision.outcome
    assert decision.reasons
    assert all(reason.text_en and reason.text_zh for reason in decision.reasons)


def test_unknown_lines_elsewhere_are_not_taken_for_none(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """Exposure that nobody stated refers; an empty list states that there is none."""
    unknown = service.Decide(_request(_good(1020, lines_elsewhere=None))).decision
    none = service.Decide(_request(_good(1021, lines_elsewhere=()))).decision

    assert unknown.outcome == types_pb2.OUTCOME_REFER
    assert none.outcome == types_pb2.OUTCOME_APPROVE


def test_two_hundred_concurrent_duplicates_are_one_decision(server: LocalServer) -> None:
    """One row, one answer, byte-equal."""
    request = _request(_good(1030))

    async def send_all() -> tuple[set[bytes], int]:
        async with grpc.aio.insecure_channel(server.address, options=OPTIONS) as channel:
            raw: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")
            body = request.SerializeToString()
            answers = await asyncio.gather(*(raw(body, timeout=10) for _ in range(200)))
            service = decision_pb2_grpc.DecisionServiceStub(channel)
            rows = [
                row async for row in _all_decisions(service) if row.request_id == request.request_id
            ]
            return set(answers), len(rows)

    answers, rows = asyncio.run(send_all())

    assert len(answers) == 1
    assert rows == 1


async def _all_decisions(service: decision_pb2_grpc.DecisionServiceStub):  # type: ignore[no-untyped-def]  # noqa: ANN202
    token = ""
    while True:
        page = await service.ListDecisions(pb.ListDecisionsRequest(page_size=7, page_token=token))
        for row in page.decisions:
            yield row
        token = page.next_page_token
        if not token:
            return


def test_the_same_request_id_with_other_content_is_refused(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """Never a second decision under one id."""
    request = _request(_good(1040))
    service.Decide(request)
    request.application.branch = "SH-0001"

    with pytest.raises(grpc.RpcError) as refused:
        service.Decide(request)

    assert problem(refused.value).reason == "REQUEST_ID_REUSED"
    assert problem(refused.value).code == "FAILED_PRECONDITION"


def test_a_stored_decision_is_returned_listed_and_explained(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """GetDecision gives the answer as it was; the list holds it; both languages explain it."""
    request = _request(_good(1050))
    answered = service.Decide(request).decision

    stored = service.GetDecision(pb.GetDecisionRequest(decision_id=answered.decision_id)).decision
    listed = service.ListDecisions(pb.ListDecisionsRequest(page_size=1)).decisions
    sentences = {
        language: service.ExplainDecision(
            pb.ExplainDecisionRequest(decision_id=answered.decision_id, language=language)
        ).sentences
        for language in ("en", "zh")
    }

    assert answered == stored
    assert [request.request_id] == [row.request_id for row in listed]
    assert "approved" in sentences["en"][0]
    assert "批准" in sentences["zh"][0]


def test_another_caller_does_not_see_the_decision(server: LocalServer) -> None:
    """A decision belongs to the caller that asked for it."""
    with grpc.insecure_channel(server.address, options=OPTIONS) as channel:
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        mine = service.Decide(_request(_good(1060)), metadata=(("touchstone-caller", "mobile"),))

        with pytest.raises(grpc.RpcError) as refused:
            service.GetDecision(
                pb.GetDecisionRequest(decision_id=mine.decision.decision_id),
                metadata=(("touchstone-caller", "branch"),),
            )

    assert problem(refused.value).code == "NOT_FOUND"


def test_a_trial_calculation_leaves_nothing_behind(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """EstimateLimit records nothing and links nothing, and says what a decision would."""
    trial = _good(1070, expected_limit=20_000)
    before = len(service.ListDecisions(pb.ListDecisionsRequest(page_size=1000)).decisions)

    estimate = service.EstimateLimit(pb.EstimateLimitRequest(application=trial))
    after = len(service.ListDecisions(pb.ListDecisionsRequest(page_size=1000)).decisions)
    decision = service.Decide(_request(trial)).decision

    assert before == after
    assert decision.line == estimate.line
    assert "would be within reach" in estimate.expected_limit.text_en
    for told in (decision.expected_limit, estimate.expected_limit):
        told.ClearField("text_en")
        told.ClearField("text_zh")
    assert decision.expected_limit == estimate.expected_limit
    assert list(decision.graph_findings) == []


def test_validate_only_decides_nothing(service: decision_pb2_grpc.DecisionServiceStub) -> None:
    """The request is checked as for a decision; none is made."""
    request = _request(_good(1080))
    request.validate_only = True

    answer = service.Decide(request)
    request.application.product = "no_such_product"
    with pytest.raises(grpc.RpcError) as refused:
        service.Decide(request)

    assert not answer.HasField("decision")
    assert [path for path, _ in problem(refused.value).fields] == ["application.product"]


def test_every_bad_field_is_named_and_no_value_is_repeated(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """Several mistakes are told at once, by path."""
    message = _good(1090)
    message.applicant.phones[0] = "call-me-maybe"
    message.applicant.id_document.number = "110101199003070000"
    message.bureau.monthly_obligations.currency_code = "USD"
    message.expected_limit.CopyFrom(yuan(-5))

    with pytest.raises(grpc.RpcError) as refused:
        service.Decide(_request(message))
    told = problem(refused.value)

    paths = {path for path, _ in told.fields}
    assert {
        "application.applicant.phones[0]",
        "application.applicant.id_document.number",
        "application.expected_limit",
    } <= paths
    assert "call-me-maybe" not in str(told)
    assert "110101199003070000" not in str(told)


def test_a_batch_answers_each_request_on_its_own(
    service: decision_pb2_grpc.DecisionServiceStub,
) -> None:
    """A bad request in a batch does not spoil the others."""
    bad = _good(1100)
    bad.product = "no_such_product"
    requests = [_request(_good(1101)), _request(bad), _request(_good(1102))]

    results = service.BatchDecide(pb.BatchDecideRequest(requests=requests)).results

    assert [0, grpc.StatusCode.INVALID_ARGUMENT.value[0], 0] == [r.status.code for r in results]
    assert [r.request_id for r in requests] == [r.request_id for r in results]


def test_a_ring_is_referred_and_then_declined_while_a_family_is_not_touched(
    server: LocalServer, service: decision_pb2_grpc.DecisionServiceStub
) -> None:
    """Fraud marks reach the very next decision."""

    def member(number: int) -> types_pb2.Decision:
        person = Person(number=1200 + number, device="ring-device-in-the-test")
        message = application(person, bureau=clean_bureau(), monthly_income=15_000)
        response: pb.DecideResponse = service.Decide(_request(message))
        return response.decision

    ring = [member(n) for n in range(5)]
    with grpc.insecure_channel(server.address, options=OPTIONS) as channel:
        graph = graph_pb2_grpc.GraphServiceStub(channel)
        for decision in ring[:2]:
            mark = graph_pb2.MarkFraudRequest(
                request_id=f"mark:{decision.decision_id}",
                decision_id=decision.decision_id,
                fraud_type="identity_theft",
                source="test_desk",
            )
            assert graph.MarkFraud(mark) == graph.MarkFraud(mark)
        marked = member(5)
        graph.UnmarkFraud(
            graph_pb2.UnmarkFraudRequest(
                request_id=f"unmark:{ring[0].decision_id}",
                decision_id=ring[0].decision_id,
                source="test_desk",
            )
        )
        unmarked = member(6)

    assert ring[0].outcome == types_pb2.OUTCOME_APPROVE
    assert ring[4].outcome == types_pb2.OUTCOME_REFER
    assert marked.outcome == types_pb2.OUTCOME_DECLINE
    assert "FRAUD_NETWORK" in [reason.code for reason in marked.reasons]
    assert unmarked.outcome == types_pb2.OUTCOME_REFER
