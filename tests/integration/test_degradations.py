"""A graph that is down or late: the declared fallback, listed; never a silent approval."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import grpc

from client_examples.applications import Person, application, clean_bureau
from graph.embedded import EmbeddedGraphStore
from tests.running_app import SHIPPED, RunningApp, running_app
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc, types_pb2


async def _decide(app: RunningApp, number: int) -> types_pb2.Decision:
    message = application(Person(number=number), bureau=clean_bureau(), monthly_income=15_000)
    async with grpc.aio.insecure_channel(app.address) as channel:
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        request = pb.DecideRequest(request_id=f"degraded:{number}", application=message)
        answer: pb.DecideResponse = await service.Decide(request, timeout=10)
        return answer.decision


def _told(decision: types_pb2.Decision) -> list[tuple[str, str, str]]:
    return [(d.source, d.status, d.fallback) for d in decision.degradations]


async def test_without_the_graph_a_good_customer_is_referred(tmp_path: Path) -> None:
    """The outcome is more conservative, the reason says why, and the answer is durable."""
    async with running_app(tmp_path) as app:
        before = await _decide(app, 1)
        await app.app.graph.close()
        after = await _decide(app, 2)

    assert (before.outcome, _told(before)) == (types_pb2.OUTCOME_APPROVE, [])
    assert after.outcome == types_pb2.OUTCOME_REFER
    assert _told(after) == [("graph", "down", "refer")]
    assert after.reasons[0].code == "SOURCE_UNAVAILABLE"


async def test_a_late_graph_costs_its_budget_and_no_more(tmp_path: Path) -> None:
    """The stage waits as long as the strategy allows, then the fallback applies."""
    async with running_app(tmp_path, policy_dir=SHIPPED) as app:
        await _decide(app, 1)
        assert isinstance(app.app.graph, EmbeddedGraphStore)
        blocked = asyncio.create_task(
            app.app.graph._worker.run(lambda _left_s: time.sleep(1.0), 10.0)
        )
        await asyncio.sleep(0.05)
        late = await _decide(app, 2)
        await blocked
        again = await _decide(app, 3)

    assert _told(late) == [("graph", "late", "refer")]
    assert late.outcome == types_pb2.OUTCOME_REFER
    assert (_told(again), again.outcome) == ([], types_pb2.OUTCOME_APPROVE)
