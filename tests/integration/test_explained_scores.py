"""Where a score comes from, asked of stored decisions: of approvals, and of earlier policies."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from grpc import aio

from client_examples.applications import Person, application, clean_bureau
from client_examples.channel import OPTIONS
from tests.running_app import POLICY, running_app
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc, types_pb2


async def _approved(service: Any, number: int) -> types_pb2.Decision:
    request = pb.DecideRequest(
        request_id=str(uuid.uuid4()),
        application=application(
            Person(number=number),
            bureau=clean_bureau(),
            monthly_income=15_000,
            expected_limit=20_000,
        ),
    )
    decision: types_pb2.Decision = (await service.Decide(request)).decision
    assert decision.outcome == types_pb2.OUTCOME_APPROVE
    return decision


async def _explained(service: Any, decision: types_pb2.Decision, language: str = "en") -> Any:
    return await service.ExplainDecision(
        pb.ExplainDecisionRequest(decision_id=decision.decision_id, language=language)
    )


def _adds(score: types_pb2.Score) -> bool:
    return score.HasField("base_points") and score.points == score.base_points + sum(
        part.points for part in score.contributions
    )


@asynccontextmanager
async def _served(data: Path, policy: Path) -> AsyncIterator[Any]:
    async with (
        running_app(data, policy_dir=policy) as running,
        aio.insecure_channel(running.address, options=OPTIONS) as channel,
    ):
        yield decision_pb2_grpc.DecisionServiceStub(channel)


async def test_parts_of_an_approval_are_told_when_somebody_asks(tmp_path: Path) -> None:
    """They add to the points of the answer; the stored answer stays as it was given."""
    async with _served(tmp_path, POLICY) as service:
        decision = await _approved(service, 9101)
        for score in (decision.score, decision.fraud_score):
            assert not score.HasField("base_points")
            assert not score.contributions

        told = await _explained(service, decision)
        in_chinese = await _explained(service, decision, "zh")

        for asked, score in (
            (decision.score, told.score),
            (decision.fraud_score, told.fraud_score),
        ):
            assert _adds(score)
            assert asked.points == score.points
            assert asked.probability_of_default == score.probability_of_default
            assert asked.scorecard == score.scorecard
        assert any(line.startswith("The score is made of: ") for line in told.sentences)
        assert any(line.startswith("信用评分构成: 基础分 ") for line in in_chinese.sentences)
        stored = await service.GetDecision(pb.GetDecisionRequest(decision_id=decision.decision_id))
        assert stored.decision == decision


async def test_parts_are_those_of_the_policy_that_decided(tmp_path: Path) -> None:
    """Although another is live; once its files are gone, what was stored is what can be told."""
    place = Path(shutil.copytree(POLICY, tmp_path / "policy"))
    async with _served(tmp_path / "data", place) as service:
        decision = await _approved(service, 9102)
        first = await _explained(service, decision)
    products = place / "products.yaml"
    lower = re.sub(r"income_multiple: [\d.]+", "income_multiple: 0.5", products.read_text("utf-8"))
    products.write_text(lower, "utf-8")
    async with _served(tmp_path / "data", place) as service:
        assert await _explained(service, decision) == first
    shutil.rmtree(next((tmp_path / "data").rglob(decision.policy_digest)))
    async with _served(tmp_path / "data", place) as service:
        left = await _explained(service, decision)
        assert left.score == decision.score
        assert left.fraud_score == decision.fraud_score
        assert any(f"{decision.score.points} points" in line for line in left.sentences)
