"""Tell the engine what a reviewer decided: approved with a line, or declined without one.

python -m client_examples.report_outcome 127.0.0.1:50051 DECISION_ID 30000
"""

from __future__ import annotations

import sys
import uuid

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from client_examples.applications import yuan
from client_examples.channel import OPTIONS, problem
from touchstone.v1 import outcome_pb2, outcome_pb2_grpc, types_pb2


def main(target: str, decision_id: str, line: int) -> int:
    """Report it and print since when it counts; 1 if it was refused. ``line``: yuan; 0 declines."""
    review = outcome_pb2.Review(outcome=types_pb2.OUTCOME_DECLINE, reviewer="r-17")
    if line:
        review.outcome = types_pb2.OUTCOME_APPROVE
        review.line.CopyFrom(yuan(line))
    happened = Timestamp()
    happened.GetCurrentTime()
    request = outcome_pb2.ReportOutcomeRequest(
        # Keep the id with the review: a retry with it is never a second report.
        request_id=str(uuid.uuid4()),
        decision_id=decision_id,
        happened_at=happened,
        review=review,
    )
    with grpc.insecure_channel(target, options=OPTIONS) as channel:
        service = outcome_pb2_grpc.OutcomeServiceStub(channel)
        try:
            answer = service.ReportOutcome(request, timeout=3)
        except grpc.RpcError as error:
            print(problem(error))
            return 1
    print(f"{answer.decision_id} counts as reviewed since {answer.reported_at.ToJsonString()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
