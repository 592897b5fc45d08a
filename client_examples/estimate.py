"""Ask what line is within reach before there is an application, as a marketing desk does.

python -m client_examples.estimate 127.0.0.1:50051
"""

from __future__ import annotations

import sys

import grpc

from client_examples.applications import yuan
from client_examples.channel import OPTIONS, problem, server
from touchstone.v1 import decision_pb2, decision_pb2_grpc


def main(target: str) -> int:
    """Print the answer in both languages, and what is missing; 1 if the request was refused."""
    # Only the product is needed; what is left out is "not known yet", never zero.
    facts = decision_pb2.LimitFacts(
        product="classic",
        channel="partner_h5",
        age=36,
        is_student=False,
        declared_monthly_income=yuan(15_000),
        expected_limit=yuan(25_000),
        elsewhere_lines=yuan(20_000),
    )
    request = decision_pb2.EstimateLimitRequest(facts=facts)
    with grpc.insecure_channel(target, options=OPTIONS) as channel:
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        try:
            answer = service.EstimateLimit(request, timeout=3)
        except grpc.RpcError as error:
            print(problem(error))
            return 1
    for told in (answer, answer.expected_limit):
        print(told.text_en)
        print(told.text_zh)
    print("missing:", ", ".join(fact.topic for fact in answer.missing_facts))
    return 0


if __name__ == "__main__":
    sys.exit(main(server()))
