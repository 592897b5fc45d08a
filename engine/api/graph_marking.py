"""The methods of ``GraphService`` that mark fraud."""

from __future__ import annotations

import re
import time

from engine.api.calls import current_call
from engine.api.converters import check
from engine.api.dates import to_micros, to_timestamp
from engine.api.presenter import present
from engine.api.problems import Problems
from engine.api.service import Engine
from engine.api.servicers import content_of
from engine.errors import FieldViolation, InvalidApplication
from touchstone.v1 import graph_pb2 as pb

_MOST_MARKS = 100
_CASE = re.compile(r"[A-Za-z0-9_.:/-]{0,80}", re.ASCII)
_CLOCKS_APART_US = 5_000_000


class MarkingMethods:
    """A part of the servicer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def MarkFraud(  # noqa: N802
        self, request: pb.MarkFraudRequest, _context: object
    ) -> pb.MarkFraudResponse:
        """Mark the application behind a decision as known fraud."""
        known_at_us = await self._mark(request, "MarkFraud", request.fraud_type, request.case_id)
        return pb.MarkFraudResponse(
            decision_id=request.decision_id, known_at=to_timestamp(known_at_us)
        )

    async def UnmarkFraud(  # noqa: N802
        self, request: pb.UnmarkFraudRequest, _context: object
    ) -> pb.UnmarkFraudResponse:
        """Take a mark back."""
        known_at_us = await self._mark(request, "UnmarkFraud", None, request.case_id)
        return pb.UnmarkFraudResponse(
            decision_id=request.decision_id, known_at=to_timestamp(known_at_us)
        )

    async def BatchMarkFraud(  # noqa: N802
        self, request: pb.BatchMarkFraudRequest, _context: object
    ) -> pb.BatchMarkFraudResponse:
        """One after another, so that a mark and its withdrawal keep their order."""
        if not 1 <= len(request.marks) <= _MOST_MARKS:
            raise InvalidApplication(
                (FieldViolation("marks", f"must be 1 to {_MOST_MARKS} marks"),)
            )
        return pb.BatchMarkFraudResponse(
            results=[await self._mark_item(mark, request.case_id) for mark in request.marks]
        )

    async def _mark_item(self, mark: pb.FraudMark, case_id: str) -> pb.FraudMarkResult:
        result = pb.FraudMarkResult(request_id=mark.request_id)
        try:
            known_at_us = await self._mark(mark, "FraudMark", mark.fraud_type or None, case_id)
        except Exception as error:  # noqa: BLE001 - shown as a call of its own would be
            result.status.CopyFrom(present(error, current_call().method)[0])
        else:
            result.known_at.CopyFrom(to_timestamp(known_at_us))
        return result

    async def _mark(
        self,
        request: pb.MarkFraudRequest | pb.UnmarkFraudRequest | pb.FraudMark,
        method: str,
        fraud_type: str | None,
        case_id: str,
    ) -> int:
        check(request)
        call = current_call()
        call.decision_id = request.decision_id
        return await self._engine.mark_fraud(
            call.caller,
            request.request_id,
            content_of(method, request),
            request.decision_id,
            fraud_type,
            request.source,
            _since(request),
            case_id,
        )


def _since(request: pb.MarkFraudRequest | pb.UnmarkFraudRequest | pb.FraudMark) -> int | None:
    """Since when it was known; raises ``InvalidApplication`` for a time in the future."""
    if isinstance(request, pb.UnmarkFraudRequest) or not request.HasField("known_since"):
        return None
    problems = Problems()
    since_us = problems.attempt("known_since", lambda: to_micros(request.known_since))
    if since_us is not None and since_us > time.time_ns() // 1000 + _CLOCKS_APART_US:
        problems.add("known_since", "must not be in the future")
    problems.raise_if_any()
    return since_us
