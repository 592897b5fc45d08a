"""How an exception is shown: what callers may know as a status, everything else as an id."""

from __future__ import annotations

import secrets
import traceback

import structlog
from google.rpc import status_pb2

from engine.api.statuses import internal_status, to_status
from engine.errors import TouchstoneError


def present(error: Exception, method: str) -> tuple[status_pb2.Status, str]:
    """The status of ``error`` and its reason.

    A defect, which is also any error without a code for callers, is logged with its type and the
    places of its stack under an id that the caller also gets. Its text is neither sent nor
    logged: it may hold what the request held.
    """
    if isinstance(error, TouchstoneError) and error.code != "INTERNAL":
        return to_status(error), error.reason
    error_id = secrets.token_hex(8)
    frames = traceback.extract_tb(error.__traceback__)
    structlog.get_logger().error(
        "internal_error",
        error_id=error_id,
        method=method,
        exception=type(error).__name__,
        at=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    )
    return internal_status(error_id), "INTERNAL"
