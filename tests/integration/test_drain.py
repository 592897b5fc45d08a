"""SIGTERM under load: what was accepted is answered or can be fetched, and the exit is clean."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import grpc

from client_examples.applications import Person, application, clean_bureau
from client_examples.local_server import LocalServer, local_server
from tests.raw_calls import RawCall
from touchstone.v1 import decision_pb2 as pb

_CALLS = 300


def _request(number: int) -> bytes:
    message = application(Person(number=number), bureau=clean_bureau(), monthly_income=15_000)
    request = pb.DecideRequest(request_id=f"drain:{number}", application=message)
    return request.SerializeToString()


async def _load_with_sigterm(server: LocalServer) -> tuple[dict[int, bytes], set[grpc.StatusCode]]:
    answers: dict[int, bytes] = {}
    refusals: set[grpc.StatusCode] = set()
    numbers = iter(range(_CALLS))
    async with grpc.aio.insecure_channel(server.address) as channel:
        decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")

        async def worker() -> None:
            for number in numbers:
                if number == _CALLS // 3:
                    server.process.send_signal(signal.SIGTERM)
                try:
                    answers[number] = await decide(_request(number), timeout=10)
                except grpc.aio.AioRpcError as error:
                    refusals.add(error.code())

        await asyncio.gather(*(worker() for _ in range(16)))
    return answers, refusals


def test_sigterm_loses_no_accepted_request(tmp_path: Path) -> None:
    """Refused calls have a status that the clients' retry policy takes; the rest is kept.

    CANCELLED is what gRPC's own shutdown says of a call that no handler has seen yet.
    """
    data_dir = tmp_path / "data"
    with local_server(data_dir=data_dir) as server:
        answers, refusals = asyncio.run(_load_with_sigterm(server))
        code = server.process.wait(timeout=30)
    with (
        local_server(data_dir=data_dir) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")
        again = {number: decide(_request(number), timeout=10) for number in answers}

    assert code == 0
    assert len(answers) >= _CALLS // 3
    assert refusals <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    assert answers == again
