"""Decide one application, synchronously.

python -m client_examples.sync_client 127.0.0.1:50051
"""

from __future__ import annotations

import sys
import uuid

import grpc

from client_examples.applications import Person, application, clean_bureau
from client_examples.channel import OPTIONS, problem
from touchstone.v1 import decision_pb2, decision_pb2_grpc, types_pb2


def main(target: str) -> int:
    """Send one application and print the answer; 1 if it was refused."""
    request = decision_pb2.DecideRequest(
        # Keep the id with the application: a retry with it can never decide twice.
        request_id=str(uuid.uuid4()),
        application=application(
            Person(number=7), expected_limit=30_000, bureau=clean_bureau(), monthly_income=15_000
        ),
    )
    with grpc.insecure_channel(target, options=OPTIONS) as channel:
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        try:
            decision = service.Decide(request, timeout=3).decision
        except grpc.RpcError as error:
            print(problem(error))
            return 1
    line = decision.line.amount
    print(decision.decision_id, types_pb2.Outcome.Name(decision.outcome))
    print(f"line {line.currency_code} {line.units}", [r.text_en for r in decision.reasons])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051"))
