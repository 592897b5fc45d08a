"""Proofs added to a decision over real gRPC: the promised line, the chain, the refusals."""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio

from client_examples.applications import Person, application, clean_bureau, yuan
from client_examples.channel import OPTIONS, problem
from engine.codec import decode
from engine.policy import load_policy
from engine.record import DecisionRecord, replay
from tests.running_app import POLICY, RunningApp, running_app
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc, graph_pb2, graph_pb2_grpc, graph_types_pb2, types_pb2

_PROMISES = int(os.environ.get("PROMISES", "50"))
"""How many promises are tried over the wire."""


@asynccontextmanager
async def _served(data_dir: Path, policy: Path = POLICY) -> AsyncIterator[tuple[RunningApp, Any]]:
    async with (
        running_app(data_dir, policy_dir=policy) as running,
        aio.insecure_channel(running.address, options=OPTIONS) as channel,
    ):
        yield running, channel


def _service(channel: Any) -> Any:
    return decision_pb2_grpc.DecisionServiceStub(channel)


def _asked(number: int, *, income: int = 3_000) -> pb.DecideRequest:
    return pb.DecideRequest(
        request_id=str(uuid.uuid4()),
        application=application(
            Person(number=number),
            bureau=clean_bureau(),
            monthly_income=income,
            expected_limit=25_000,
        ),
    )


def _planned(decision: types_pb2.Decision) -> pb.SupplementEvidenceRequest:
    """All that the plan asks for, at its least."""
    proofs = [
        types_pb2.Evidence(
            evidence_id=f"more-{item.kind}",
            kind=item.kind,
            amount=item.least_amount,
            source="tax_bureau",
            status=types_pb2.VERIFICATION_STATUS_VERIFIED,
        )
        for item in decision.expected_limit.evidence_plan
    ]
    return pb.SupplementEvidenceRequest(
        request_id=str(uuid.uuid4()), decision_id=decision.decision_id, evidence=proofs
    )


async def _refused(call: Any, code: grpc.StatusCode, reason: str) -> str:
    with pytest.raises(aio.AioRpcError) as error:
        await call
    found = problem(error.value)
    assert (error.value.code(), found.reason) == (code, reason)
    return str(found)


async def test_the_planned_proofs_bring_the_planned_line(tmp_path: Path) -> None:
    """The customer's road: hoped for, told what is missing, brought it, got it. All is recorded."""
    async with _served(tmp_path) as (running, channel):
        service = _service(channel)
        first = (await service.Decide(_asked(9001))).decision
        assert first.expected_limit.status == types_pb2.LIMIT_STATUS_NEEDS_EVIDENCE
        assert first.expected_limit.HasField("evidence_plan_expires_at")
        request = _planned(first)
        answer = await service.SupplementEvidence(request)
        second = answer.decision

        assert second.expected_limit.status == types_pb2.LIMIT_STATUS_MET
        assert second.line.amount.units >= first.expected_limit.target.units
        assert second.supplements == first.decision_id
        assert second.policy_digest == first.policy_digest
        # The same request again: the stored bytes, no further decision.
        assert await service.SupplementEvidence(request) == answer
        listed = (await service.ListDecisions(pb.ListDecisionsRequest())).decisions
        assert [row.supplements for row in listed] == [first.decision_id, ""]
        policy = load_policy(POLICY)
        for _, body in await running.ledger.bodies("decision", after=0, limit=10):
            assert replay(policy, body).same
        policy.rules.close()
        assert not (await running.ledger.verify()).problem


async def test_a_supplement_is_the_same_application(tmp_path: Path) -> None:
    """It is not seen as an earlier one, nor counted twice by the next, nor twice in the graph."""
    async with _served(tmp_path) as (running, channel):
        service = _service(channel)
        first = (await service.Decide(_asked(9002))).decision
        second = (await service.SupplementEvidence(_planned(first))).decision
        third = (await service.Decide(_asked(9002))).decision
        bodies = await running.ledger.bodies("decision", after=0, limit=10)
        records = [decode(body, DecisionRecord) for _, body in bodies]
        seen = [record.gathered.history for record in records]
        assert [len(h.applications) for h in seen if h is not None] == [0, 0, 1]
        assert seen[2] is not None
        counted = seen[2].applications[0]
        assert counted.decision_id == second.decision_id
        assert counted.line_minor == second.line.amount.units * 100
        assert not second.graph_findings
        near = records[2].gathered.graph
        assert near is not None
        assert {row.applicant for row in near.near} == {first.decision_id}
        assert third.decision_id not in {first.decision_id, second.decision_id}
        async with asyncio.timeout(20):
            while running.app.projector.lag().events:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.05)
        assert (await running.app.graph.counts(timeout_s=30)).applicants == 2


async def test_a_mark_on_a_supplemented_decision_marks_the_applicant(tmp_path: Path) -> None:
    """Whichever decision of the chain the investigator names."""
    async with _served(tmp_path) as (running, channel):
        service = _service(channel)
        first = (await service.Decide(_asked(9003))).decision
        second = (await service.SupplementEvidence(_planned(first))).decision
        graph: Any = graph_pb2_grpc.GraphServiceStub(channel)
        await graph.MarkFraud(
            graph_pb2.MarkFraudRequest(
                request_id="m1",
                decision_id=second.decision_id,
                fraud_type="bust_out",
                source="chargeback_desk",
            )
        )
        await service.Decide(_asked(9003))
        async with asyncio.timeout(20):
            while running.app.projector.lag().events:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.05)
        for decision in (first, second):
            found = await graph.SearchGraph(
                graph_pb2.SearchGraphRequest(
                    subject=graph_types_pb2.GraphSubject(decision_id=decision.decision_id)
                )
            )
            assert [one.decision_id for one in found.part.applications] == [first.decision_id]
        *_, (_, body) = await running.ledger.bodies("decision", after=0, limit=10)
        near = decode(body, DecisionRecord).gathered.graph
        assert near is not None
        assert {row.applicant for row in near.near if row.fraud_at_us} == {first.decision_id}


async def test_each_decision_is_supplemented_once(tmp_path: Path) -> None:
    """Of ten at once one wins; the others are told which decision to supplement."""
    async with _served(tmp_path) as (_, channel):
        service = _service(channel)
        first = (await service.Decide(_asked(9004))).decision
        requests = [_planned(first) for _ in range(10)]
        results = await asyncio.gather(
            *(service.SupplementEvidence(request) for request in requests), return_exceptions=True
        )
        won = [r for r in results if not isinstance(r, BaseException)]
        lost = [r for r in results if isinstance(r, aio.AioRpcError)]
        assert (len(won), len(lost)) == (1, 9)
        for error in lost:
            found = problem(error)
            assert (found.code, found.reason) == ("FAILED_PRECONDITION", "ALREADY_SUPPLEMENTED")
            assert won[0].decision.decision_id in found.message


async def test_what_cannot_be_supplemented_is_refused(tmp_path: Path) -> None:
    """No plan, no such decision, no proof."""
    async with _served(tmp_path) as (_, channel):
        service = _service(channel)
        met = (await service.Decide(_asked(9005, income=20_000))).decision
        proof = types_pb2.Evidence(
            evidence_id="p",
            kind=types_pb2.EVIDENCE_KIND_TAX,
            amount=yuan(9_000),
            source="tax_bureau",
            status=types_pb2.VERIFICATION_STATUS_VERIFIED,
        )
        wanted = pb.SupplementEvidenceRequest(
            request_id="s1", decision_id=met.decision_id, evidence=[proof]
        )
        await _refused(
            service.SupplementEvidence(wanted),
            grpc.StatusCode.FAILED_PRECONDITION,
            "NOTHING_TO_SUPPLEMENT",
        )
        wanted.decision_id = "dec_unknown"
        await _refused(service.SupplementEvidence(wanted), grpc.StatusCode.NOT_FOUND, "NOT_FOUND")
        del wanted.evidence[:]
        said = await _refused(
            service.SupplementEvidence(wanted),
            grpc.StatusCode.INVALID_ARGUMENT,
            "INVALID_APPLICATION",
        )
        assert "evidence" in said


async def test_the_policy_that_promised_decides_although_another_is_live(tmp_path: Path) -> None:
    """A change of policy does not break a promise; a new application is judged by the new one."""
    place = tmp_path / "policy"
    shutil.copytree(POLICY, place)
    async with _served(tmp_path / "data", place) as (_, channel):
        service = _service(channel)
        first = (await service.Decide(_asked(9006))).decision
    products = place / "products.yaml"
    lower = re.sub(r"income_multiple: [\d.]+", "income_multiple: 0.5", products.read_text("utf-8"))
    products.write_text(lower, "utf-8")
    async with _served(tmp_path / "data", place) as (_, channel):
        service = _service(channel)
        second = (await service.SupplementEvidence(_planned(first))).decision
        fresh = (await service.Decide(_asked(9007))).decision

        assert second.policy_digest == first.policy_digest != fresh.policy_digest
        assert second.line.amount.units >= first.expected_limit.target.units


async def test_promises_are_kept_over_the_wire(tmp_path: Path) -> None:
    """At random: proofs all at once or one at a time, half of them after the policy changed."""
    chance = random.Random(20261125)
    place = tmp_path / "policy"
    shutil.copytree(POLICY, place)
    promised: list[types_pb2.Decision] = []
    async with _served(tmp_path / "data", place) as (_, channel):
        service = _service(channel)
        number = 20_000
        while len(promised) < _PROMISES:
            number += 1
            asked = _asked(number, income=chance.randrange(2, 9) * 1_000)
            asked.application.product = chance.choice(["classic", "gold"])
            asked.application.expected_limit.CopyFrom(yuan(chance.randrange(20, 45) * 1_000))
            decision = (await service.Decide(asked)).decision
            if decision.expected_limit.status == types_pb2.LIMIT_STATUS_NEEDS_EVIDENCE:
                promised.append(decision)
        kept = [
            await _kept(service, decision, one_at_a_time=chance.random() < 0.5)
            for decision in promised[: _PROMISES // 2]
        ]
    with (place / "products.yaml").open("a", encoding="utf-8") as file:
        file.write("# Another policy.\n")
    async with _served(tmp_path / "data", place) as (_, channel):
        kept += [
            await _kept(_service(channel), decision, one_at_a_time=chance.random() < 0.5)
            for decision in promised[_PROMISES // 2 :]
        ]
    assert sum(kept) >= _PROMISES * 4 // 5


async def _kept(service: Any, decision: types_pb2.Decision, *, one_at_a_time: bool) -> bool:
    """The line that was named is reached under the policy that named it.

    False where a source was late on a busy machine: then the facts are not the same.
    """
    target, digest = decision.expected_limit.target, decision.policy_digest
    whole = _planned(decision)
    parts = [[proof] for proof in whole.evidence] if one_at_a_time else [list(whole.evidence)]
    for part in parts:
        request = pb.SupplementEvidenceRequest(
            request_id=str(uuid.uuid4()), decision_id=decision.decision_id, evidence=part
        )
        decision = await _supplemented(service, request)
        if decision.degradations:
            return False
    assert decision.policy_digest == digest
    assert decision.expected_limit.status == types_pb2.LIMIT_STATUS_MET
    assert decision.line.amount.units >= target.units
    assert "is within the line of" in decision.expected_limit.text_en
    return True


async def _supplemented(service: Any, request: pb.SupplementEvidenceRequest) -> types_pb2.Decision:
    """As a channel does it: retried with the same id, since the first loads an earlier policy."""
    for _ in range(20):
        try:
            answer: pb.SupplementEvidenceResponse = await service.SupplementEvidence(request)
        except aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
                raise
        else:
            return answer.decision
    raise AssertionError("no answer, however often it was asked for")


async def test_what_a_channel_meets_on_the_way(tmp_path: Path) -> None:
    """Proofs not verified yet, a retry, the earlier decision named again, somebody else's."""
    async with _served(tmp_path) as (_, channel):
        service = _service(channel)
        first = (await service.Decide(_asked(9101))).decision
        unverified = _planned(first)
        for proof in unverified.evidence:
            proof.status = types_pb2.VERIFICATION_STATUS_UNVERIFIED
        second = (await service.SupplementEvidence(unverified)).decision
        # Nothing moved, the plan is still there, and the chain goes on from the new decision.
        assert second.line == first.line
        assert second.expected_limit.evidence_plan == first.expected_limit.evidence_plan
        until = first.expected_limit.evidence_plan_expires_at
        assert second.expected_limit.evidence_plan_expires_at == until
        retried = (await service.SupplementEvidence(unverified)).decision
        assert retried.decision_id == second.decision_id
        again = _planned(first)
        said = await _refused(
            service.SupplementEvidence(again),
            grpc.StatusCode.FAILED_PRECONDITION,
            "ALREADY_SUPPLEMENTED",
        )
        assert second.decision_id in said
        # The same proof, verified by now, takes the place of the unverified one.
        verified = _planned(second)
        third = (await service.SupplementEvidence(verified)).decision
        assert third.expected_limit.status == types_pb2.LIMIT_STATUS_MET
        verified.evidence[0].source = "ocr"
        await _refused(
            service.SupplementEvidence(verified),
            grpc.StatusCode.FAILED_PRECONDITION,
            "REQUEST_ID_REUSED",
        )
        done = _planned(third)
        done.evidence.extend(unverified.evidence)
        said = await _refused(
            service.SupplementEvidence(done),
            grpc.StatusCode.FAILED_PRECONDITION,
            "NOTHING_TO_SUPPLEMENT",
        )
        assert "limit hoped for is met" in said
