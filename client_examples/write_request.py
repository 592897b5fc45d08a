"""Write one Decide request as a gRPC frame, for load tools that speak HTTP/2 but not gRPC.

python -m client_examples.write_request request.bin
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from client_examples.applications import Person, application, clean_bureau
from touchstone.v1 import decision_pb2


def main(path: str) -> None:
    """One byte "not compressed", four bytes of length, the message."""
    request = decision_pb2.DecideRequest(
        request_id="load-1",
        application=application(
            Person(number=1), bureau=clean_bureau(), monthly_income=15_000, expected_limit=30_000
        ),
    ).SerializeToString()
    Path(path).write_bytes(struct.pack(">BI", 0, len(request)) + request)


if __name__ == "__main__":
    main(sys.argv[1])
