"""Errors as google.rpc.Status. The only place that makes a status of an error."""

from __future__ import annotations

from functools import cache

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from engine.errors import InvalidApplication, Overloaded, TouchstoneError

DOMAIN = "touchstone"

_MAX_STATUS_BYTES = 4096
"""Base64 and the other metadata come on top; peers refuse more than 8 KiB by default."""


def to_status(error: TouchstoneError) -> status_pb2.Status:
    """Code, reason, text and details of an error that callers may see."""
    status = status_pb2.Status(code=code_number(error.code), message=str(error)[: error.most_text])
    status.details.append(_packed(_info(error.reason)))
    if isinstance(error, InvalidApplication):
        told = _bad_request(error)
        more = len(error.violations) - len(told.field_violations) + error.more
        status.message = "the request has invalid fields" + (
            f"; {more} more than are listed" if more else ""
        )
        status.details.append(_packed(told))
    if isinstance(error, Overloaded):
        delay = Duration()
        delay.FromMilliseconds(round(error.retry_after_s * 1000))
        status.details.append(_packed(error_details_pb2.RetryInfo(retry_delay=delay)))
    return status


def internal_status(error_id: str) -> status_pb2.Status:
    """The status of a defect: an id to be looked up in the log, and no text of the exception."""
    info = error_details_pb2.ErrorInfo(
        reason="INTERNAL", domain=DOMAIN, metadata={"error_id": error_id}
    )
    return status_pb2.Status(
        code=code_number("INTERNAL"),
        message=f"internal error {error_id}; retry with the same request_id",
        details=[_packed(info)],
    )


@cache
def code_number(name: str) -> int:
    """The number of a gRPC code by its name."""
    number: int = grpc.StatusCode[name].value[0]
    return number


def _info(reason: str) -> error_details_pb2.ErrorInfo:
    return error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN)


def _bad_request(error: InvalidApplication) -> error_details_pb2.BadRequest:
    """As many violations as fit."""
    details = error_details_pb2.BadRequest()
    for violation in error.violations:
        details.field_violations.add(
            field=violation.field, description=violation.description[: error.most_text]
        )
        if details.ByteSize() > _MAX_STATUS_BYTES:
            del details.field_violations[-1]
            break
    return details


def _packed(message: Message) -> Any:
    packed = Any()
    packed.Pack(message)
    return packed
