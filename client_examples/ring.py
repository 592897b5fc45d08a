"""Decide the applications of a small ring, and print their decision ids.

python -m client_examples.ring 127.0.0.1:50051

Five share one device, the fifth and a sixth one address; a family of three is apart from them.
"""

from __future__ import annotations

import sys
import uuid

import grpc

from client_examples.applications import Person, application, clean_bureau
from client_examples.channel import OPTIONS, problem, server
from touchstone.v1 import decision_pb2, decision_pb2_grpc

_HIDEOUT = "上海市静安区示例里7号"
_HOME = "上海市浦东新区示例路88号501室"
PEOPLE = (
    *(Person(number=700 + n, device="walk-device") for n in range(4)),
    Person(number=704, device="walk-device", address=_HIDEOUT),
    Person(number=705, address=_HIDEOUT),
    *(Person(number=710 + n, address=_HOME) for n in range(3)),
)


def main(target: str) -> int:
    """Send the applications in turn; 1 if one was refused."""
    run = uuid.uuid4().hex[:8]
    with grpc.insecure_channel(target, options=OPTIONS) as channel:
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        for person in PEOPLE:
            request = decision_pb2.DecideRequest(
                request_id=f"ring:{run}:{person.number}",
                application=application(person, bureau=clean_bureau(), monthly_income=15_000),
            )
            try:
                print(service.Decide(request, timeout=5).decision.decision_id)
            except grpc.RpcError as error:
                print(problem(error), file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(server()))
