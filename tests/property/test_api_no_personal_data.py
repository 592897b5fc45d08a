"""Promise P8 at the API: raw identifiers reach neither log, nor metrics, nor error texts."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path
from typing import Any

import grpc
import pytest

from client_examples.applications import Person, application, clean_bureau
from tests.conftest import RunningServer
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import types_pb2

_DECIDE = "/touchstone.v1.DecisionService/Decide"


def _canaries() -> pb.DecideRequest:
    message = application(
        Person(number=4711, device="canary-device-4711", ip="198.51.100.47"),
        bureau=clean_bureau(),
        monthly_income=15_000,
    )
    message.applicant.full_name = "Canary Kanarienvogel"
    message.applicant.emails[:] = ["canary.kanarienvogel@example.com"]
    message.applicant.addresses[0].text = "Canary Street 4711"
    message.applicant.employer.CopyFrom(types_pb2.Employer(name="Canary Employer Limited"))
    message.relations.guarantor.phone = "13947110001"
    return pb.DecideRequest(request_id="canary-1", application=message)


def _raw(request: pb.DecideRequest) -> list[str]:
    applicant = request.application.applicant
    return [
        applicant.full_name,
        applicant.id_document.number,
        *applicant.phones,
        *applicant.emails,
        *applicant.bank_accounts,
        applicant.addresses[0].text,
        applicant.employer.name,
        request.application.session.device_fingerprint,
        request.application.session.ip,
        request.application.relations.guarantor.phone,
    ]


def _spoiled() -> list[tuple[pb.DecideRequest, str]]:
    """Requests whose identifiers are wrong, and the wrong value, which is personal data too."""
    spoiled = []
    for value in ("canary@@4711", "CANARY 47 11 !!", "1101011990051747110"):
        for spoil in (
            lambda a, v: a.phones.append(v),
            lambda a, v: a.emails.append(v + " "),
            lambda a, v: a.bank_accounts.append(v + "#"),
            lambda a, v: setattr(a.id_document, "number", v),
            lambda a, v: setattr(a, "occupation", v),
            lambda a, v: setattr(a, "nationality", v),
            lambda a, v: setattr(a.employer, "unified_social_credit_code", v),
        ):
            request = _canaries()
            spoil(request.application.applicant, value)
            spoiled.append((request, value))
    whole = _canaries()
    whole.request_id = "canary kanarienvogel"
    whole.application.product = "Canary-Product"
    spoiled.append((whole, "canary kanarienvogel"))
    return spoiled


def test_canaries_are_nowhere_but_in_the_request(touchstone_server: RunningServer) -> None:
    """Right and wrong values alike; the answer shows masked identifiers at most."""
    good = _canaries()
    said = []
    with grpc.insecure_channel(touchstone_server.addresses.listen) as channel:
        decide: Any = channel.unary_unary(_DECIDE)
        said.append(str(pb.DecideResponse.FromString(decide(good.SerializeToString()))))
        for request, _ in _spoiled():
            with pytest.raises(grpc.RpcError) as refused:
                decide(request.SerializeToString())
            said.append(f"{refused.value.details()} {refused.value.trailing_metadata()}")
    url = f"http://{touchstone_server.addresses.metrics}/metrics"
    with urllib.request.urlopen(url, timeout=5) as answer:
        said.append(answer.read().decode())
    said.append(touchstone_server.log.read_text(encoding="utf-8"))

    everything = "\n".join(said).casefold()
    raws = _raw(good) + [value for _, value in _spoiled()]
    assert [raw for raw in raws if raw.casefold() in everything] == []
    assert len(said) > len(_spoiled())


def _calls(log: Path, least: int) -> list[dict[str, object]]:
    """The lines of calls, once there are so many: the log is written beside the calls."""
    found: list[dict[str, object]] = []
    for _ in range(200):
        whole = log.read_text("utf-8").rpartition("\n")[0]
        lines = [json.loads(line) for line in whole.splitlines()]
        found = [line for line in lines if line["event"] == "call"]
        if len(found) >= least:
            break
        time.sleep(0.05)
    return found


def test_each_call_is_one_line_of_json(touchstone_server: RunningServer) -> None:
    """Method, caller, code and time are in the log, and nothing else of the request."""
    request = _canaries()
    with grpc.insecure_channel(touchstone_server.addresses.listen) as channel:
        decide: Any = channel.unary_unary(_DECIDE)
        decide(request.SerializeToString())
        request.application.product = "no_such_product"
        request.request_id = "canary-2"
        with pytest.raises(grpc.RpcError):
            decide(request.SerializeToString())

    calls = _calls(touchstone_server.log, 2)
    allowed = {
        "event",
        "method",
        "caller",
        "code",
        "micros",
        "reason",
        "decision_id",
        "level",
        "timestamp",
    }
    assert {"OK", "INVALID_ARGUMENT"} <= {line["code"] for line in calls}
    assert all(set(line) <= allowed for line in calls)
