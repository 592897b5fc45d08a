"""What every call goes through, over a real channel: errors, identity, bounds, deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from engine.api.access import METHOD_ROLES
from engine.api.server import SERVICES
from engine.errors import (
    FieldViolation,
    InvalidApplication,
    LedgerUnavailable,
    NotFound,
    Overloaded,
    RequestIdReused,
    TouchstoneError,
)
from engine.settings import ROLES, Access, Deadlines, Limits, Settings
from tests.unit.api.harness import DECISION, SETTINGS, ScriptedEngine, Told, served, told_by
from tests.unit.api.requests import full_request
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import graph_pb2, outcome_pb2, policy_pb2, types_pb2

_DECIDE = "/touchstone.v1.DecisionService/Decide"
_BATCH = "/touchstone.v1.DecisionService/BatchDecide"
_MARK = "/touchstone.v1.GraphService/MarkFraud"
_LIST = "/touchstone.v1.DecisionService/ListDecisions"

Send = Callable[..., Coroutine[Any, Any, bytes]]


@asynccontextmanager
async def _calling(
    engine: ScriptedEngine | None = None, settings: Settings = SETTINGS
) -> AsyncIterator[Send]:
    """Sends a message, or any bytes, to a method and returns the raw answer."""
    async with (
        served(engine or ScriptedEngine(), settings) as (found, _),
        grpc.aio.insecure_channel(found.listen) as channel,
    ):

        async def send(
            method: str,
            request: Message | bytes,
            caller: str = "",
            timeout_s: float | None = 5,
        ) -> bytes:
            body = request if isinstance(request, bytes) else request.SerializeToString()
            metadata = (("touchstone-caller", caller),) if caller else None
            call: Any = channel.unary_unary(method)
            answer: bytes = await call(body, metadata=metadata, timeout=timeout_s)
            return answer

        yield send


async def _refusal(call: Awaitable[bytes]) -> Told:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call
    return told_by(refused.value)


def _raising(error: Exception) -> ScriptedEngine:
    async def script() -> None:
        raise error

    return ScriptedEngine(script)


async def test_an_answer_holds_the_decision_and_its_timings() -> None:
    """The servicer converts, calls and converts."""
    async with _calling() as send:
        answer = pb.DecideResponse.FromString(await send(_DECIDE, full_request()))

    assert DECISION.decision_id == answer.decision.decision_id
    assert answer.decision.request_id == "request-1"
    assert answer.decision.outcome == types_pb2.OUTCOME_APPROVE
    assert answer.decision.decided_at.nanos // 1000 == 1
    assert [timing.step for timing in answer.decision.trace.timings] == ["evaluate"]


@pytest.mark.parametrize(
    "error, code, reason",
    [
        (NotFound("no decision with that id"), "NOT_FOUND", "NOT_FOUND"),
        (RequestIdReused("used before"), "FAILED_PRECONDITION", "REQUEST_ID_REUSED"),
        (LedgerUnavailable("cannot write"), "UNAVAILABLE", "LEDGER_UNAVAILABLE"),
        (Overloaded("too many", 1.5), "RESOURCE_EXHAUSTED", "OVERLOADED"),
        (
            InvalidApplication((FieldViolation("application.product", "no such product"),)),
            "INVALID_ARGUMENT",
            "INVALID_APPLICATION",
        ),
    ],
)
async def test_an_error_becomes_code_reason_and_text(
    error: TouchstoneError, code: str, reason: str
) -> None:
    """The reason is in ErrorInfo, the fields are in BadRequest."""
    async with _calling(_raising(error)) as send:
        told = await _refusal(send(_DECIDE, full_request()))

    assert (code, reason) == (told.code, told.reason)
    violations = error.violations if isinstance(error, InvalidApplication) else ()
    assert {v.field: v.description for v in violations} == told.fields


async def test_the_text_of_a_defect_never_leaves_the_process(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The caller gets an id; the log gets id, type and place; nobody gets the text."""
    async with _calling(_raising(RuntimeError("secret 110101199005170016"))) as send:
        told = await _refusal(send(_DECIDE, full_request()))
    shown = capsys.readouterr()

    assert (told.code, told.reason) == ("INTERNAL", "INTERNAL")
    assert "110101199005170016" not in str(told) + shown.out + shown.err
    assert "RuntimeError" not in str(told)


async def test_twenty_long_violations_fit_the_metadata_of_a_client_with_defaults() -> None:
    """The answer arrives whole or shortened, never as a transport error."""
    violations = tuple(
        FieldViolation(f"application.{'x' * 150}[{n}]", "y" * 500) for n in range(20)
    )
    async with _calling(_raising(InvalidApplication(violations))) as send:
        told = await _refusal(send(_DECIDE, full_request()))

    assert told.reason == "INVALID_APPLICATION"
    assert told.fields


async def test_a_list_of_violations_that_was_cut_says_so() -> None:
    """Whoever mends what is listed knows that there is more."""
    violations = tuple(FieldViolation(f"application.x[{n}]", "y") for n in range(27))
    async with _calling(_raising(InvalidApplication(violations))) as send:
        told = await _refusal(send(_DECIDE, full_request()))

    assert len(told.fields) == 20
    assert told.text == "the request has invalid fields; 7 more than are listed"


@pytest.mark.parametrize(
    "body", [b"\xff\xff\xff", b"\x0a\x02\xc3\x28"], ids=["broken", "not UTF-8"]
)
async def test_bytes_that_are_no_message_are_refused_as_a_bad_request(body: bytes) -> None:
    """Not UNKNOWN with a parser's text, which is what grpcio would answer."""
    async with _calling() as send:
        told = await _refusal(send(_DECIDE, body))

    assert (told.code, told.reason) == ("INVALID_ARGUMENT", "INVALID_APPLICATION")


async def test_an_oversized_request_is_refused() -> None:
    """A single application has a bound of its own below that of a batch."""
    async with _calling() as send:
        told = await _refusal(send(_DECIDE, b"\x0a" * 70_000))
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await send(_BATCH, b"\x0a" * (1 << 20 | 1))

    assert told.fields == {"request": "must not be larger than 65536 bytes"}
    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_caller_without_a_deadline_gets_the_default_one() -> None:
    """Nothing waits without a bound, and nobody sets a bound beyond the maximum."""
    engine = ScriptedEngine()
    settings = replace(
        SETTINGS,
        deadlines=Deadlines(default_deadline_ms=800, max_deadline_ms=2000, drain_wait_ms=0),
    )
    async with _calling(engine, settings) as send:
        await send(_DECIDE, full_request(), timeout_s=None)
        await send(_DECIDE, full_request(), timeout_s=60)
        await send(_DECIDE, full_request(), timeout_s=1)

    default, longest, own = engine.deadlines
    assert 0.5 < default <= 0.8
    assert 1.5 < longest <= 2.0
    assert 0.5 < own <= 1.1  # the wire rounds up


async def test_a_call_that_takes_too_long_is_ended() -> None:
    """By the server, also when the caller set no deadline."""
    engine = ScriptedEngine(asyncio.Event().wait)  # type: ignore[arg-type]
    settings = replace(SETTINGS, deadlines=Deadlines(default_deadline_ms=100, drain_wait_ms=0))
    async with _calling(engine, settings) as send:
        told = await _refusal(send(_DECIDE, full_request(), timeout_s=None))

    assert (told.code, told.reason) == ("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED")


async def test_calls_beyond_the_bound_are_told_when_to_come_back() -> None:
    """The first is served all the same."""
    release, arrived = asyncio.Event(), asyncio.Event()

    async def script() -> None:
        arrived.set()
        await release.wait()

    settings = replace(SETTINGS, limits=replace(Limits(), max_calls=1))
    async with _calling(ScriptedEngine(script), settings) as send:
        first = asyncio.create_task(send(_DECIDE, full_request()))
        await arrived.wait()
        told = await _refusal(send(_DECIDE, full_request()))
        release.set()
        await first

    assert (told.code, told.reason) == ("RESOURCE_EXHAUSTED", "OVERLOADED")


async def test_the_same_request_has_the_same_content_and_methods_differ() -> None:
    """What is fingerprinted: the method and every field, in fixed bytes."""
    engine = ScriptedEngine()
    mark = graph_pb2.MarkFraudRequest(
        request_id="m", decision_id="dec_1", fraud_type="bust_out", source="desk"
    )
    async with _calling(engine) as send:
        await send(_DECIDE, full_request())
        await send(_DECIDE, full_request())
        await send(_MARK, mark)

    first, second, marked = engine.contents
    assert first == second
    assert marked.startswith(b"MarkFraud\0")


async def test_a_batch_answers_each_request_on_its_own() -> None:
    """A bad one has its own status; order and ids are kept; validate_only has no decision."""
    bad, checked = full_request(), full_request()
    bad.application.product = "Not A Product"
    checked.validate_only = True
    batch = pb.BatchDecideRequest(requests=[full_request(), bad, checked])
    async with _calling() as send:
        results = pb.BatchDecideResponse.FromString(await send(_BATCH, batch)).results
        empty = await _refusal(send(_BATCH, pb.BatchDecideRequest()))

    assert [result.status.code for result in results] == [0, 3, 0]
    assert [result.HasField("decision") for result in results] == [True, False, False]
    assert empty.fields == {"requests": "must be 1 to 100 requests"}


async def test_a_defect_in_one_request_of_a_batch_leaves_the_others() -> None:
    """It is INTERNAL for its own request, with an id and no text."""
    turns = iter([None, RuntimeError("secret"), None])

    async def script() -> None:
        if (error := next(turns)) is not None:
            raise error

    batch = pb.BatchDecideRequest(requests=[full_request() for _ in range(3)])
    async with _calling(ScriptedEngine(script)) as send:
        results = pb.BatchDecideResponse.FromString(await send(_BATCH, batch)).results

    assert [result.status.code for result in results] == [0, 13, 0]
    assert "secret" not in str(results)


def _every_method() -> list[str]:
    files = (pb.DESCRIPTOR, graph_pb2.DESCRIPTOR, outcome_pb2.DESCRIPTOR, policy_pb2.DESCRIPTOR)
    return [
        f"/{service.full_name}/{method.name}"
        for file in files
        for service in file.services_by_name.values()
        for method in service.methods
    ]


def test_every_method_of_every_service_has_roles_and_none_is_left_over() -> None:
    """A new method is closed until somebody says who may call it."""
    assert sorted(_every_method()) == sorted(METHOD_ROLES)
    assert {method.split("/")[1] for method in METHOD_ROLES} == set(SERVICES)


@pytest.mark.parametrize("method", _every_method())
async def test_a_method_is_open_to_its_roles_only(method: str) -> None:
    """Every role is tried on every method, and a caller without any."""
    roles = {role: (role,) for role in ROLES}
    settings = replace(SETTINGS, access=Access(roles=roles, loopback_roles=()))
    opened = set()
    async with _calling(settings=settings) as send:
        for caller in (*roles, "stranger"):
            try:
                await send(method, b"", caller)
            except grpc.aio.AioRpcError as error:
                if error.code() is grpc.StatusCode.PERMISSION_DENIED:
                    continue
            opened.add(caller)

    assert METHOD_ROLES[method] == opened


@pytest.mark.parametrize("caller", ["a b", "*", "x" * 129, "a;b"])
async def test_a_caller_must_have_a_usable_name(caller: str) -> None:
    """It becomes part of keys, so it is held to a pattern."""
    async with _calling() as send:
        told = await _refusal(send(_DECIDE, full_request(), caller))

    assert told.code == "UNAUTHENTICATED"


async def test_a_channel_reads_its_own_decisions_and_an_auditor_all() -> None:
    """Whoever may decide is held to what it decided."""
    engine = ScriptedEngine()
    access = Access(roles={"mobile": ("channel", "auditor"), "audit": ("auditor",)})
    async with _calling(engine, replace(SETTINGS, access=access)) as send:
        await send(_LIST, b"", "mobile")
        await send(_LIST, b"", "audit")

    assert engine.seen == [("list", "mobile"), ("list", None)]


async def test_a_method_that_does_not_exist_is_unimplemented() -> None:
    """As gRPC says it."""
    async with _calling() as send:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await send("/touchstone.v1.DecisionService/Guess", b"")

    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
