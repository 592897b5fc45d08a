"""Calls of a running server: where it is, who calls, and what its refusals say."""

from __future__ import annotations

import argparse
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2

from engine.errors import TouchstoneError
from touchstone.v1 import graph_pb2_grpc, outcome_pb2_grpc, policy_pb2_grpc
from touchstone.v1 import policy_pb2 as pb

_STATUS_KEY = "grpc-status-details-bin"
_WAIT_S = 29.0
_TRIES = 20
_PART = 48 * 1024
_EVERY_S = 0.5
_RETRY = (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE)


class Refused(TouchstoneError):
    """The server refused; the text is what it said."""


def add_server(parser: argparse.ArgumentParser) -> None:
    """The options of every command that calls a server."""
    parser.add_argument(
        "--server",
        default=os.environ.get("TOUCHSTONE_SERVER", "127.0.0.1:50051"),
        help="host:port of the services; TOUCHSTONE_SERVER if it is set",
    )
    parser.add_argument("--caller", help="who calls, on a plaintext connection")
    parser.add_argument("--tls-ca", type=Path, help="PEM file: authorities of the server; TLS")
    parser.add_argument("--tls-certificate", type=Path, help="PEM file: the caller's certificate")
    parser.add_argument("--tls-key", type=Path, help="PEM file: the caller's private key")


class Client:
    """A service of one server. A call waits, and is repeated with the same request id."""

    def __init__(self, stub: object, caller: str | None) -> None:
        self._stub: Any = stub
        self._metadata = (("touchstone-caller", caller),) if caller else ()

    def call(self, method: str, request: Any) -> Any:  # noqa: ANN401 - any message of the service
        """The answer. Raises ``Refused``."""
        for left in reversed(range(_TRIES)):
            try:
                return getattr(self._stub, method)(
                    request, timeout=_WAIT_S, metadata=self._metadata
                )
            except grpc.RpcError as error:
                if left and error.code() in _RETRY and _may_repeat(request):
                    time.sleep(_EVERY_S)
                    continue
                raise Refused(_said(error)) from None
        raise AssertionError("the last try returns or raises")

    def upload(self, contents: dict[str, bytes]) -> str:
        """Send a policy as a draft; its digest."""
        upload_id = uuid.uuid4().hex
        for path, raw in contents.items():
            for offset in range(0, max(len(raw), 1), _PART):
                part = raw[offset : offset + _PART]
                self.call(
                    "UploadPolicyPart",
                    pb.UploadPolicyPartRequest(
                        upload_id=upload_id, path=path, offset=offset, content=part
                    ),
                )
        done = self.call("FinishPolicyUpload", pb.FinishPolicyUploadRequest(upload_id=upload_id))
        return str(done.digest)


@contextmanager
def connected(options: argparse.Namespace) -> Iterator[Client]:
    """A client of ``PolicyService`` on the server that the options name."""
    with _channel(options) as channel:
        yield Client(policy_pb2_grpc.PolicyServiceStub(channel), options.caller)


@contextmanager
def connected_to_graph(options: argparse.Namespace) -> Iterator[Client]:
    """A client of ``GraphService`` on the server that the options name."""
    with _channel(options) as channel:
        yield Client(graph_pb2_grpc.GraphServiceStub(channel), options.caller)


@contextmanager
def connected_to_outcomes(options: argparse.Namespace) -> Iterator[Client]:
    """A client of ``OutcomeService`` on the server that the options name."""
    with _channel(options) as channel:
        yield Client(outcome_pb2_grpc.OutcomeServiceStub(channel), options.caller)


def _channel(options: argparse.Namespace) -> grpc.Channel:
    if options.tls_ca is None:
        return grpc.insecure_channel(options.server)
    files = (options.tls_ca, options.tls_key, options.tls_certificate)
    raw = [None if path is None else path.read_bytes() for path in files]
    return grpc.secure_channel(options.server, grpc.ssl_channel_credentials(*raw))


def new_request_id() -> str:
    """An id of its own for each command that was typed."""
    return uuid.uuid4().hex


def say(event: pb.PolicyEvent) -> None:
    """What became of a command."""
    moment = event.at.ToDatetime().strftime("%Y-%m-%d %H:%M:%S")
    share = f" for {event.canary_percent} % of the applicants" if event.canary_percent else ""
    note = f": {event.note}" if event.note else ""
    print(f"{moment} UTC  {event.kind}{share}  {event.digest[:16]}  by {event.actor}{note}")


def _may_repeat(request: Any) -> bool:  # noqa: ANN401
    """What only looks, and what carries an id."""
    return hasattr(request, "request_id") or not hasattr(request, "task")


def _said(error: grpc.RpcError) -> str:
    """The text and, for a bad request, every field that is wrong."""
    lines = [f"{error.code().name}: {error.details()}"]
    trailing: Any = error.trailing_metadata() or ()
    for key, value in trailing:
        if key == _STATUS_KEY:
            status = status_pb2.Status.FromString(value)
            lines += (f"  {told}" for told in violations_of(status))
    return "\n".join(lines)


def violations_of(status: status_pb2.Status) -> Iterator[str]:
    """Each field that is wrong, and how."""
    for detail in status.details:
        found = error_details_pb2.BadRequest()
        if detail.Unpack(found):
            yield from (f"{v.field}: {v.description}" for v in found.field_violations)
