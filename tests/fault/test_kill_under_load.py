"""kill -9 of the server during load: every answered decision is there after restart, none twice.

The suite runs three rounds; `make fault` runs twenty.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import grpc
import pytest

from client_examples.applications import Person, application, clean_bureau
from client_examples.local_server import LocalServer, local_server
from tests.raw_calls import RawCall
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc

_PER_ROUND = 400
_IN_FLIGHT = 16


def _request(number: int, run: int) -> pb.DecideRequest:
    message = application(
        Person(number=number, device=f"device-{number % 50}"),
        bureau=clean_bureau(),
        monthly_income=15_000,
    )
    return pb.DecideRequest(request_id=f"kill:{run}:{number}", application=message)


async def _load_until_killed(server: LocalServer, run: int, after_s: float) -> dict[str, bytes]:
    """The answers that arrived, by request_id, until the server was killed."""
    answered: dict[str, bytes] = {}
    numbers = iter(range(run * _PER_ROUND, (run + 1) * _PER_ROUND))

    async with grpc.aio.insecure_channel(server.address) as channel:
        decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")

        async def worker() -> None:
            for number in numbers:
                request = _request(number, run)
                try:
                    answer = await decide(request.SerializeToString(), timeout=10)
                except grpc.aio.AioRpcError:
                    return
                answered[request.request_id] = answer

        async def killer() -> None:
            await asyncio.sleep(after_s)
            server.process.kill()
            await asyncio.to_thread(server.process.wait)

        await asyncio.gather(killer(), *(worker() for _ in range(_IN_FLIGHT)))
    return answered


async def _stored(server: LocalServer, answered: dict[str, bytes]) -> tuple[list[str], list[str]]:
    """What is missing or differs, and the request_ids that are there twice."""
    async with grpc.aio.insecure_channel(server.address) as channel:
        get: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/GetDecision")
        wrong = []
        for request_id, answer in answered.items():
            decision = pb.DecideResponse.FromString(answer).decision
            body = pb.GetDecisionRequest(decision_id=decision.decision_id).SerializeToString()
            stored = pb.GetDecisionResponse.FromString(await get(body, timeout=10))
            if stored.decision != decision:
                wrong.append(request_id)
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        counts: Counter[str] = Counter()
        token = ""
        while True:
            page = await service.ListDecisions(
                pb.ListDecisionsRequest(page_size=1000, page_token=token)
            )
            counts.update(row.request_id for row in page.decisions)
            token = page.next_page_token
            if not token:
                break
    return wrong, [request_id for request_id, count in counts.items() if count > 1]


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(3, marks=[pytest.mark.slow, pytest.mark.timeout(300)]),
        pytest.param(20, marks=[pytest.mark.fault, pytest.mark.timeout(1800)]),
    ],
)
def test_no_answered_decision_is_lost_and_none_is_there_twice(tmp_path: Path, rounds: int) -> None:
    """Promise P10, and P1 under a crash."""
    chance = random.Random(20260101)
    data_dir = tmp_path / "data"
    answered: dict[str, bytes] = {}
    for run in range(rounds):
        with local_server(data_dir=data_dir) as server:
            answered |= asyncio.run(_load_until_killed(server, run, chance.uniform(0.2, 1.0)))

    with local_server(data_dir=data_dir) as server:
        wrong, twice = asyncio.run(_stored(server, answered))
        again = _request(0, 0)
        with grpc.insecure_channel(server.address) as channel:
            decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")
            repeated = decide(again.SerializeToString(), timeout=10)

    assert len(answered) > rounds
    assert wrong == []
    assert twice == []
    if again.request_id in answered:
        assert answered[again.request_id] == repeated
