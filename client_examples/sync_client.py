"""Decide one application, synchronously.

python -m client_examples.sync_client 127.0.0.1:50051
"""

from __future__ import annotations

import secrets
import sys
import uuid

import grpc

from client_examples.applications import Person, application, clean_bureau
from client_examples.channel import OPTIONS, problem, server
from touchstone.v1 import decision_pb2, decision_pb2_grpc, types_pb2


def main(target: str) -> int:
    """Send one application and print the answer; 1 if it was refused."""
    # Somebody else in each run: a person who applies again and again is looked at for that.
    person = Person(number=secrets.randbelow(90_000_000) + 10_000_000)
    request = decision_pb2.DecideRequest(
        # Keep the id with the application: a retry with it can never decide twice.
        request_id=str(uuid.uuid4()),
        application=application(
            person, expected_limit=30_000, bureau=clean_bureau(), monthly_income=15_000
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
    print(f"line {line.currency_code} {line.units}")
    # What a customer is shown, in their language: never texts of the channel's own making.
    for told in (decision, decision.expected_limit, *decision.reasons):
        print(told.text_en)
        print(told.text_zh)
    return 0


if __name__ == "__main__":
    sys.exit(main(server()))
