"""What the examples for channel developers promise."""

from __future__ import annotations

import json

import pytest

from client_examples.channel import SERVICE_CONFIG, server
from touchstone.v1 import decision_pb2, graph_pb2, outcome_pb2


def _retried() -> set[str]:
    """Names of services whose calls are retried."""
    configs = json.loads(SERVICE_CONFIG)["methodConfig"]
    retried = [name for one in configs if "retryPolicy" in one for name in one["name"]]
    return {name["service"] for name in retried}


def _excepted() -> set[str]:
    configs = json.loads(SERVICE_CONFIG)["methodConfig"]
    once = [name for one in configs if "retryPolicy" not in one for name in one["name"]]
    return {f"{name['service']}/{name['method']}" for name in once}


def test_every_service_of_a_channel_is_retried() -> None:
    """Decisions, reports of outcomes, investigations."""
    assert _retried() == {
        "touchstone.v1.DecisionService",
        "touchstone.v1.GraphService",
        "touchstone.v1.OutcomeService",
    }


def test_only_what_may_be_repeated_is_retried() -> None:
    """What writes carries an id, in the request or in each of its parts; all else only looks."""
    looks = (
        "Get",
        "List",
        "Explain",
        "Estimate",
        "Search",
        "Expand",
        "Find",
        "Compare",
        "Run",
        "Export",
    )
    for file in (decision_pb2, graph_pb2, outcome_pb2):
        for service in file.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                name = f"{service.full_name}/{method.name}"
                asked = method.input_type.fields_by_name
                parts = [field.message_type for field in asked.values() if field.message_type]
                has_id = "request_id" in asked or any(
                    "request_id" in part.fields_by_name for part in parts
                )
                assert has_id or method.name.startswith(looks) or name in _excepted(), name


def test_the_server_is_named_as_for_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The argument, else the environment, else the default."""
    monkeypatch.delenv("TOUCHSTONE_SERVER", raising=False)
    assert server([]) == "127.0.0.1:50051"
    monkeypatch.setenv("TOUCHSTONE_SERVER", "127.0.0.1:7")
    assert server([]) == "127.0.0.1:7"
    assert server(["127.0.0.1:8"]) == "127.0.0.1:8"
