"""Supplementary cards and raises for a time over real gRPC: shared, refused, replayed, told."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.type import date_pb2
from grpc import aio

from client_examples.applications import Person, application, clean_bureau, yuan
from client_examples.channel import OPTIONS, problem
from engine.codec import decode
from engine.policy import load_policy
from engine.record import DecisionRecord, replay
from tests.running_app import POLICY, RunningApp, running_app
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc, graph_pb2, graph_pb2_grpc, types_pb2


@asynccontextmanager
async def _served(data_dir: Path) -> AsyncIterator[tuple[RunningApp, Any]]:
    async with (
        running_app(data_dir, policy_dir=POLICY) as running,
        aio.insecure_channel(running.address, options=OPTIONS) as channel,
    ):
        yield running, decision_pb2_grpc.DecisionServiceStub(channel)


def _message(number: int, **options: Any) -> types_pb2.Application:
    usual: dict[str, Any] = {"bureau": clean_bureau(), "monthly_income": 15_000}
    return application(Person(number=number), **(usual | options))


async def _decide(
    service: Any, message: types_pb2.Application, caller: str = ""
) -> types_pb2.Decision:
    request = pb.DecideRequest(request_id=str(uuid.uuid4()), application=message)
    metadata = (("touchstone-caller", caller),) if caller else ()
    response: pb.DecideResponse = await service.Decide(request, metadata=metadata)
    return response.decision


async def _card(service: Any, number: int, income: int = 8_000) -> types_pb2.Decision:
    """A card whose line the income bounds: 16,000 for 8,000 a month."""
    decided = await _decide(service, _message(number, monthly_income=income))
    assert decided.outcome == types_pb2.OUTCOME_APPROVE
    assert decided.line_kind == types_pb2.LINE_KIND_PRIMARY
    return decided


def _part(number: int, card: str, **options: Any) -> types_pb2.Application:
    message = _message(number, **options)
    message.relations.primary_card = card
    return message


def _raise(number: int, card: types_pb2.Decision, days: int = 30) -> types_pb2.Application:
    message = _message(number)
    message.temporary.parent = card.decision_id
    last = datetime.now(UTC) + timedelta(days=days)
    message.temporary.until.CopyFrom(date_pb2.Date(year=last.year, month=last.month, day=last.day))
    message.held_lines.lines.add(
        holder=types_pb2.LINE_HOLDER_OWN, amount=card.line.amount, decision_id=card.decision_id
    )
    return message


def _codes(decision: types_pb2.Decision) -> list[tuple[str, str]]:
    return [(reason.code, reason.source) for reason in decision.reasons]


async def test_a_supplementary_card_holds_a_part_of_the_primary_cards_line(tmp_path: Path) -> None:
    """Recorded, replayed to the byte, told in sentences; the second one takes what is left."""
    async with _served(tmp_path) as (running, service):
        card = await _card(service, 9101)
        first = await _decide(service, _part(9102, card.decision_id, expected_limit=20_000))
        second = await _decide(service, _part(9103, card.decision_id))
        third = await _decide(service, _part(9104, card.decision_id))

        assert first.line_kind == types_pb2.LINE_KIND_SUPPLEMENTARY
        assert (card.line.amount.units, first.line.amount.units) == (16_000, 8_000)
        assert first.line.binding_cap == "parent"
        assert first.line.parent_decision_id == card.decision_id
        assert first.line.parent_amount == card.line.amount
        assert not first.line.HasField("valid_until")
        assert _codes(first) == [("LINE_CAP_PARENT", "line:parent")]
        assert second.line.amount.units == 8_000
        assert third.outcome == types_pb2.OUTCOME_DECLINE
        assert ("LINE_BELOW_MINIMUM", "line:minimum") in _codes(third)
        said = await service.ExplainDecision(
            pb.ExplainDecisionRequest(decision_id=first.decision_id, language="en")
        )
        assert any("part of the primary card's line of CNY 16,000.00" in s for s in said.sentences)
        listed = (await service.ListDecisions(pb.ListDecisionsRequest())).decisions
        assert [row.shares_line_of for row in listed] == [
            "",
            card.decision_id,
            card.decision_id,
            "",
        ]
        policy = load_policy(POLICY)
        for _, body in await running.ledger.bodies("decision", after=0, limit=10):
            assert replay(policy, body).same
        policy.rules.close()
        assert not (await running.ledger.verify()).problem


async def test_a_raise_is_the_total_for_a_time(tmp_path: Path) -> None:
    """Its own line is not deducted from it, and it is no line beside the card's afterwards."""
    async with _served(tmp_path) as (running, service):
        card = await _card(service, 9111)
        raised = await _decide(service, _raise(9111, card))
        again = await _decide(service, _message(9111))

        assert raised.line_kind == types_pb2.LINE_KIND_TEMPORARY
        assert raised.outcome == types_pb2.OUTCOME_APPROVE
        assert raised.line.amount.units == 24_000
        assert raised.line.binding_cap == "parent"
        exposure = {cap.name: cap.amount.units for cap in raised.line.caps}["total_exposure"]
        assert exposure == 300_000 - 20_000
        ends = raised.line.valid_until.ToDatetime(UTC)
        assert timedelta(days=29) < ends - datetime.now(UTC) < timedelta(days=32)
        assert raised.line.valid_from == raised.decided_at
        bodies = await running.ledger.bodies("decision", after=0, limit=10)
        last = decode(bodies[-1][1], DecisionRecord)
        assert last.decision.decision_id == again.decision_id
        assert last.gathered.history is not None
        lines = [one.line_minor for one in last.gathered.history.applications]
        assert lines == [800_000, 1_600_000]
        said = await service.ExplainDecision(
            pb.ExplainDecisionRequest(decision_id=raised.decision_id, language="zh")
        )
        assert any("临时提升" in sentence for sentence in said.sentences)


async def test_two_at_once_do_not_both_take_what_is_left(tmp_path: Path) -> None:
    """Ten supplementary cards together: they share the line, and not one fen more."""
    async with _served(tmp_path) as (_, service):
        card = await _card(service, 9121)
        asked = (_part(9130 + n, card.decision_id) for n in range(10))
        found = await asyncio.gather(*(_decide(service, one) for one in asked))
        granted = [one.line.amount.units for one in found if one.outcome == 1]
        assert sorted(granted) == [8_000, 8_000]


async def test_a_card_that_does_not_fit_is_told(tmp_path: Path) -> None:
    """Unknown, another caller's, erased, without a line, another's, shared itself."""
    async with _served(tmp_path) as (running, service):
        card = await _card(service, 9141)
        declined = await _decide(service, _message(9142, lines_elsewhere=(900_000,)))
        assert declined.outcome == types_pb2.OUTCOME_DECLINE
        referred = await _decide(service, _message(9143, monthly_income=None))
        assert referred.outcome == types_pb2.OUTCOME_REFER
        part = await _decide(service, _part(9144, card.decision_id))
        refer, decline = types_pb2.OUTCOME_REFER, types_pb2.OUTCOME_DECLINE
        gold = _part(9145, card.decision_id, product="gold")
        for message, outcome, code in (
            (_part(9151, "6222020200012345678"), refer, "PARENT_UNKNOWN"),
            (_part(9152, "dec_" + "0" * 32), refer, "PARENT_UNKNOWN"),
            (_part(9153, declined.decision_id), decline, "PARENT_WITHOUT_LINE"),
            (_part(9154, referred.decision_id), refer, "PARENT_WITHOUT_LINE"),
            (_part(9155, part.decision_id), decline, "PARENT_NOT_SUITABLE"),
            (gold, decline, "PARENT_NOT_SUITABLE"),
            (_raise(9156, card), refer, "PARENT_NOT_SUITABLE"),
        ):
            found = await _decide(service, message)
            assert (found.outcome, found.reasons[0].code) == (outcome, code)
            assert not found.line.amount.units
        strange = await _decide(service, _part(9157, card.decision_id), caller="partner")
        assert _codes(strange) == [("PARENT_UNKNOWN", "line:parent:unknown")]
        bodies = await running.ledger.bodies("decision", after=0, limit=1)
        subject = decode(bodies[0][1], DecisionRecord).admission.application.links
        await running.ledger.erase(
            next(link.identifier.key for link in subject if link.identifier.kind == "id_number")
        )
        erased = await _decide(service, _part(9158, card.decision_id))
        assert erased.outcome == types_pb2.OUTCOME_REFER
        assert _codes(erased) == [("PARENT_UNKNOWN", "line:parent:erased")]


async def test_proofs_that_come_later_bring_the_raise(tmp_path: Path) -> None:
    """SupplementEvidence as for any application; the raise is not its own hindrance."""
    async with _served(tmp_path) as (running, service):
        card = await _card(service, 9161)
        asked = _raise(9161, card)
        asked.evidence[0].amount.units = 8_000
        asked.expected_limit.CopyFrom(yuan(20_000))
        first = await _decide(service, asked)
        assert first.expected_limit.status == types_pb2.LIMIT_STATUS_NEEDS_EVIDENCE
        proofs = [
            types_pb2.Evidence(
                evidence_id=f"more-{item.kind}",
                kind=item.kind,
                amount=item.least_amount,
                source="tax_bureau",
                status=types_pb2.VERIFICATION_STATUS_VERIFIED,
            )
            for item in first.expected_limit.evidence_plan
        ]
        second = (
            await service.SupplementEvidence(
                pb.SupplementEvidenceRequest(
                    request_id="later", decision_id=first.decision_id, evidence=proofs
                )
            )
        ).decision
        assert second.expected_limit.status == types_pb2.LIMIT_STATUS_MET
        assert second.line.amount.units >= 20_000
        assert second.line.parent_amount == card.line.amount
        policy = load_policy(POLICY)
        for _, body in await running.ledger.bodies("decision", after=0, limit=10):
            assert replay(policy, body).same
        policy.rules.close()


async def test_a_trial_calculation_takes_the_card_as_it_is_told(tmp_path: Path) -> None:
    """Nothing is looked up for it; without the card's line in `held_lines` there is no line."""
    async with _served(tmp_path) as (_, service):
        card = await _card(service, 9171)
        asked = _raise(9171, card)
        trial = await service.EstimateLimit(pb.EstimateLimitRequest(application=asked))
        assert trial.line.amount.units == 24_000
        del asked.held_lines.lines[-1]
        blind = await service.EstimateLimit(pb.EstimateLimitRequest(application=asked))
        assert not blind.line.amount.units
        assert [reason.code for reason in blind.reasons] == ["PARENT_UNKNOWN"]


async def test_a_card_and_a_raise_at_once_are_refused(tmp_path: Path) -> None:
    """By the name of the field; nothing is recorded."""
    async with _served(tmp_path) as (_, service):
        asked = _part(9181, "dec_" + "0" * 32)
        asked.temporary.parent = "dec_" + "0" * 32
        with pytest.raises(aio.AioRpcError) as error:
            await _decide(service, asked)
        assert dict(problem(error.value).fields).keys() == {"application.temporary"}


async def test_the_line_of_a_marked_card_is_shared_with_nobody(tmp_path: Path) -> None:
    """The answer does not tell that it was marked; once the mark is taken back it can be."""
    async with _served(tmp_path) as (running, service):
        card = await _card(service, 9191)
        channel = aio.insecure_channel(running.address, options=OPTIONS)
        graph: Any = graph_pb2_grpc.GraphServiceStub(channel)
        await graph.MarkFraud(
            graph_pb2.MarkFraudRequest(
                request_id="m1",
                decision_id=card.decision_id,
                fraud_type="bust_out",
                source="chargeback_desk",
            )
        )
        refused = await _decide(service, _part(9192, card.decision_id))
        assert refused.outcome == types_pb2.OUTCOME_DECLINE
        assert _codes(refused) == [("PARENT_NOT_SUITABLE", "line:parent:shared")]
        await graph.UnmarkFraud(
            graph_pb2.UnmarkFraudRequest(
                request_id="m2", decision_id=card.decision_id, source="chargeback_desk"
            )
        )
        granted = await _decide(service, _part(9193, card.decision_id))
        assert granted.line.amount.units == 8_000
        await channel.close()
