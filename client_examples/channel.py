"""Channel options every client should use, and errors in a readable form.

The retry policy is safe because ``request_id`` makes every call idempotent: a retry of a decision
that was already made gets the stored answer.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

SERVICE_CONFIG = Path(__file__).with_name("service_config.json").read_text(encoding="utf-8")

OPTIONS = (
    ("grpc.service_config", SERVICE_CONFIG),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 10_000),
)


def server(arguments: list[str] = sys.argv[1:]) -> str:
    """host:port of the server: the first argument, else TOUCHSTONE_SERVER, else the default."""
    return (*arguments, os.environ.get("TOUCHSTONE_SERVER", "127.0.0.1:50051"))[0]


@dataclass(frozen=True, slots=True)
class Problem:
    """A refused call: gRPC code, stable reason, and the bad fields with what to do."""

    code: str
    reason: str
    message: str
    fields: tuple[tuple[str, str], ...]


def problem(error: grpc.RpcError) -> Problem:
    """Unpack the standard error details of a failed call."""
    if not isinstance(error, grpc.Call | grpc.aio.AioRpcError):
        raise TypeError("not the error of a call")
    reason, fields = "", []
    # It only asks for code, details and trailing metadata, which both kinds of error have.
    status = rpc_status.from_call(error)  # type: ignore[arg-type]
    for detail in status.details if status else ():
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        if detail.Unpack(info):
            reason = info.reason
        elif detail.Unpack(bad):
            fields = [(v.field, v.description) for v in bad.field_violations]
    return Problem(error.code().name, reason, error.details() or "", tuple(fields))
