"""What every call goes through, outermost first.

present errors, log, count -> admission bound -> identity and role -> deadline -> size and parse

All in one interceptor: the order is then one function to read, and a call pays for it once.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import grpc
import structlog
from google.protobuf.message import DecodeError, Message
from google.rpc import status_pb2

from engine.api.access import Gatekeeper
from engine.api.calls import Call, enter
from engine.api.metrics import Metrics
from engine.api.presenter import present
from engine.deadline import Deadline
from engine.errors import FieldViolation, InvalidApplication, Overloaded
from engine.settings import Deadlines, Limits

_RETRY_AFTER_S = 0.5
_STATUS_KEY = "grpc-status-details-bin"
_BATCH = "BatchDecide"
_CODES = {code.value[0]: code for code in grpc.StatusCode}

if TYPE_CHECKING:  # grpcio's own classes take no parameters at run time
    _Context = grpc.aio.ServicerContext[bytes, bytes]
    _Handler = grpc.RpcMethodHandler[Any, Any]
    _Find = Callable[[grpc.HandlerCallDetails], Awaitable[_Handler | None]]
    _Parse = Callable[[bytes], Message]
    _Method = Callable[[Message, _Context], Awaitable[Message | bytes]]


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a call ended: the answer, or the status of its error."""

    code: str = "OK"
    reason: str = ""
    answer: bytes = b""
    status: status_pb2.Status | None = None


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Guards every unary method. ``now``: seconds, monotonic, injected by tests."""

    def __init__(
        self,
        *,
        gatekeeper: Gatekeeper,
        limits: Limits,
        deadlines: Deadlines,
        metrics: Metrics,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gatekeeper = gatekeeper
        self._limits = limits
        self._default_s = deadlines.default_deadline_ms / 1000
        self._max_s = deadlines.max_deadline_ms / 1000
        self._metrics = metrics
        self._now = now
        self._in_flight = 0
        self._log = structlog.get_logger()

    async def intercept_service(
        self, continuation: _Find, handler_call_details: grpc.HandlerCallDetails
    ) -> _Handler | None:
        """The guarded method; ``None`` where there is no such method."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        method = handler_call_details.method

        async def guarded(request: bytes, context: _Context) -> bytes:
            try:
                return await self._guard(method, handler, request, context)
            except grpc.aio.AbortError:
                raise
            except Exception:  # noqa: BLE001 - grpcio would send its text to the caller
                await context.abort(grpc.StatusCode.INTERNAL, "internal error")

        # Parsing happens inside: grpcio would answer broken bytes with UNKNOWN and their text.
        return grpc.unary_unary_rpc_method_handler(guarded)

    async def _guard(
        self,
        method: str,
        handler: _Handler,
        request: bytes,
        context: _Context,
    ) -> bytes:
        call = Call(method=method, deadline=self._deadline(context))
        started = self._now()
        self._in_flight += 1
        self._metrics.started()
        ended = _Ended(code="CANCELLED")
        try:
            ended = await self._serve(call, handler, request, context)
        finally:
            self._in_flight -= 1
            self._report(call, ended, self._now() - started)
        if ended.status is not None:
            await context.abort(
                _CODES[ended.status.code],
                ended.status.message,
                ((_STATUS_KEY, ended.status.SerializeToString()),),
            )
        return ended.answer

    async def _serve(
        self,
        call: Call,
        handler: _Handler,
        request: bytes,
        context: _Context,
    ) -> _Ended:
        try:
            self._admit()
            call.caller, call.roles = self._gatekeeper.identify(context)
            self._gatekeeper.authorise(call.method, call.roles)
            enter(call)
            message = self._parse(call.method, handler, request)
            run = cast("_Method", handler.unary_unary)
            answer = await call.deadline.wait_for(run(message, context))
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not get out
            status, reason = present(error, call.method)
            return _Ended(_CODES[status.code].name, reason, status=status)
        return _Ended(answer=_serialised(answer))

    def _admit(self) -> None:
        if self._in_flight > self._limits.max_calls:
            raise Overloaded("too many calls under way", retry_after_s=_RETRY_AFTER_S)

    def _deadline(self, context: _Context) -> Deadline:
        # The published types say float; without a deadline of the caller it is None.
        remaining = cast("float | None", context.time_remaining())
        seconds = self._default_s if remaining is None else min(remaining, self._max_s)
        return Deadline(seconds, self._now)

    def _parse(self, method: str, handler: _Handler, request: bytes) -> Message:
        batch = method.endswith(_BATCH)
        most = self._limits.max_batch_bytes if batch else self._limits.max_request_bytes
        if len(request) > most:
            raise _bad_request(f"must not be larger than {most} bytes")
        try:
            return cast("_Parse", handler.request_deserializer)(request)
        except DecodeError:
            raise _bad_request("is not a message of the expected type") from None

    def _report(self, call: Call, ended: _Ended, seconds: float) -> None:
        self._metrics.finished(call.method, ended.code, seconds)
        details = {"reason": ended.reason, "decision_id": call.decision_id}
        self._log.info(
            "call",
            method=call.method,
            caller=call.caller,
            code=ended.code,
            micros=round(seconds * 1_000_000),
            **{name: value for name, value in details.items() if value},
        )


def _serialised(answer: Message | bytes) -> bytes:
    """Stored answers are bytes already and stay as they are."""
    return answer if isinstance(answer, bytes) else answer.SerializeToString(deterministic=True)


def _bad_request(description: str) -> InvalidApplication:
    return InvalidApplication((FieldViolation("request", description),))
