"""Whatever is sent, the server says what is wrong with it and lives on."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast
from zlib import crc32

import grpc
import pytest
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import RunningServer
from tests.strategies_proto import messages
from tests.unit.api.requests import full_request
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import graph_pb2, outcome_pb2

_METHODS = [
    method
    for file in (pb.DESCRIPTOR, graph_pb2.DESCRIPTOR, outcome_pb2.DESCRIPTOR)
    for service in file.services_by_name.values()
    for method in service.methods
]
_DOCUMENTED = {
    grpc.StatusCode.OK,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
}
_ONE_AT_A_TIME = {"StartRingSearch"}
_EXAMPLES = settings(
    max_examples=1000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)


def _code(server: RunningServer, method: MethodDescriptor, body: bytes) -> grpc.StatusCode:
    path = f"/{method.containing_service.full_name}/{method.name}"
    call: Any = _channel(server.addresses.listen).unary_unary(path)
    code: grpc.StatusCode = call.future(body, timeout=20).code()
    return code


def _documented(method: MethodDescriptor) -> set[grpc.StatusCode]:
    if method.name in _ONE_AT_A_TIME:
        return _DOCUMENTED | {grpc.StatusCode.RESOURCE_EXHAUSTED}
    return _DOCUMENTED


_channels: dict[str, grpc.Channel] = {}


def _channel(address: str) -> grpc.Channel:
    if address not in _channels:
        _channels[address] = grpc.insecure_channel(address)
    return _channels[address]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("method", _METHODS, ids=lambda method: method.name)
def test_an_arbitrary_message_gets_a_documented_status(
    touchstone_server: RunningServer, method: MethodDescriptor
) -> None:
    """1,000 messages of every method: never INTERNAL or UNKNOWN, and alive at the end."""
    seen: Counter[grpc.StatusCode] = Counter()

    @_EXAMPLES
    @given(messages(method.input_type))
    def run(message: Message) -> None:
        code = _code(touchstone_server, method, message.SerializeToString())
        seen[code] += 1
        assert code in _documented(method)

    run()

    assert seen
    assert _code(touchstone_server, _METHODS[0], full_request().SerializeToString()) in _DOCUMENTED


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_right_request_spoiled_in_places_gets_a_documented_status(
    touchstone_server: RunningServer,
) -> None:
    """Arbitrary parts in an application that is right elsewhere reach deeper than noise."""
    base = full_request()
    seen: Counter[grpc.StatusCode] = Counter()

    @_EXAMPLES
    @given(
        messages(cast("Descriptor", base.application.DESCRIPTOR)),
        st.sets(st.integers(1, 13), max_size=2),
    )
    def run(noise: Message, spoiled: set[int]) -> None:
        request = pb.DecideRequest()
        request.CopyFrom(base)
        request.request_id = f"spoiled:{crc32(noise.SerializeToString()):x}"
        for field in base.application.DESCRIPTOR.fields:
            if field.number in spoiled:
                request.application.ClearField(field.name)
                part = type(base.application)()
                part.MergeFrom(noise)  # type: ignore[arg-type]
                for other in part.DESCRIPTOR.fields:
                    if other.number != field.number:
                        part.ClearField(other.name)
                request.application.MergeFrom(part)
        code = _code(touchstone_server, _METHODS[0], request.SerializeToString())
        seen[code] += 1
        assert code in _DOCUMENTED

    run()

    assert seen[grpc.StatusCode.OK]
    assert seen[grpc.StatusCode.INVALID_ARGUMENT]


@pytest.mark.slow
@given(body=st.binary(max_size=200))
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_arbitrary_bytes_get_a_documented_status(
    touchstone_server: RunningServer, body: bytes
) -> None:
    """Bytes that are no message are a bad request, not a defect."""
    for method in _METHODS:
        assert _code(touchstone_server, method, body) in _documented(method)
