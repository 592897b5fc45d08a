"""``touchstone.v1.GraphService``: looking, marking, and who did."""

from __future__ import annotations

from collections.abc import Callable

from engine.api.calls import current_call
from engine.api.converters import check
from engine.api.dates import to_timestamp
from engine.api.graph_looking import Investigation, LookingMethods
from engine.api.graph_window import WindowMethods
from engine.api.identifiers import Tokens
from engine.api.service import Engine
from engine.api.servicers import content_of
from touchstone.v1 import graph_pb2, graph_pb2_grpc


class GraphServicer(LookingMethods, WindowMethods, graph_pb2_grpc.GraphServiceServicer):
    """All methods of the service."""

    def __init__(self, engine: Engine, parts: Callable[[], Investigation], tokens: Tokens) -> None:
        LookingMethods.__init__(self, parts, tokens)
        WindowMethods.__init__(self, parts, tokens)
        self._engine = engine

    async def MarkFraud(  # noqa: N802
        self, request: graph_pb2.MarkFraudRequest, _context: object
    ) -> graph_pb2.MarkFraudResponse:
        """Mark the application behind a decision as known fraud."""
        known_at_us = await self._mark(request, "MarkFraud", request.fraud_type)
        return graph_pb2.MarkFraudResponse(
            decision_id=request.decision_id, known_at=to_timestamp(known_at_us)
        )

    async def UnmarkFraud(  # noqa: N802
        self, request: graph_pb2.UnmarkFraudRequest, _context: object
    ) -> graph_pb2.UnmarkFraudResponse:
        """Take a mark back."""
        known_at_us = await self._mark(request, "UnmarkFraud", None)
        return graph_pb2.UnmarkFraudResponse(
            decision_id=request.decision_id, known_at=to_timestamp(known_at_us)
        )

    async def _mark(
        self,
        request: graph_pb2.MarkFraudRequest | graph_pb2.UnmarkFraudRequest,
        method: str,
        fraud_type: str | None,
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
        )
