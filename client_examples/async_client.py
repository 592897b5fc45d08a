"""Decide several applications side by side, and repeat one of them.

python -m client_examples.async_client 127.0.0.1:50051
"""

from __future__ import annotations

import asyncio
import uuid

import grpc

from client_examples.applications import Person, application, clean_bureau
from client_examples.channel import OPTIONS, server
from touchstone.v1 import decision_pb2, decision_pb2_grpc, types_pb2


async def main(target: str) -> None:
    """Five decisions at once; then one again, which the ledger answers."""
    batch = uuid.uuid4()
    requests = [
        decision_pb2.DecideRequest(
            request_id=f"{batch}:{number}",
            application=application(
                Person(number=100 + number), bureau=clean_bureau(), monthly_income=12_000
            ),
        )
        for number in range(5)
    ]
    async with grpc.aio.insecure_channel(target, options=OPTIONS) as channel:
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        answers = await asyncio.gather(*(service.Decide(r, timeout=3) for r in requests))
        again = await service.Decide(requests[0], timeout=3)
    for answer in answers:
        decision = answer.decision
        print(decision.decision_id, types_pb2.Outcome.Name(decision.outcome))
    print("the repeated request got the same answer:", again == answers[0])


if __name__ == "__main__":
    asyncio.run(main(server()))
