"""Promise P8 at the API: raw identifiers reach neither log, nor metrics, nor error texts."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from client_examples.applications import Person, application, clean_bureau
from tests.conftest import RunningServer
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import outcome_pb2, types_pb2

_DECIDE = "/touchstone.v1.DecisionService/Decide"
_REPORT = "/touchstone.v1.OutcomeService/ReportOutcome"
_REPORTS = "/touchstone.v1.OutcomeService/BatchReportOutcome"


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
    with urllib.request.urlopen(url, timeout=30) as answer:
        said.append(answer.read().decode())
    said.append(touchstone_server.log.read_text(encoding="utf-8"))

    everything = "\n".join(said).casefold()
    raws = _raw(good) + [value for _, value in _spoiled()]
    assert [raw for raw in raws if raw.casefold() in everything] == []
    assert len(said) > len(_spoiled())


def test_what_a_report_holds_is_not_told_again(touchstone_server: RunningServer) -> None:
    """A name where an opaque id belongs reaches neither error, nor log, nor metrics."""
    good = outcome_pb2.ReportOutcomeRequest(
        request_id="canary-report", decision_id="dec_canary", happened_at=Timestamp(seconds=1)
    )
    good.review.outcome = types_pb2.OUTCOME_DECLINE
    good.review.reviewer = good.review.reason = "canary4712"
    spoiled = []
    for field in ("reviewer", "reason"):
        request = outcome_pb2.ReportOutcomeRequest()
        request.CopyFrom(good)
        setattr(request.review, field, "Canary Kanarienvogel 4712")
        spoiled.append(request)
    unnamed = outcome_pb2.ReportOutcomeRequest()
    unnamed.CopyFrom(good)
    unnamed.decision_id = "Canary Kanarienvogel 4712"
    said = []
    with grpc.insecure_channel(touchstone_server.addresses.listen) as channel:
        report: Any = channel.unary_unary(_REPORT)
        for request in (good, unnamed, *spoiled):
            with pytest.raises(grpc.RpcError) as refused:
                report(request.SerializeToString())
            said.append(f"{refused.value.details()} {refused.value.trailing_metadata()}")
        batch: Any = channel.unary_unary(_REPORTS)
        reports = outcome_pb2.BatchReportOutcomeRequest(reports=[good, unnamed, *spoiled])
        answer = outcome_pb2.BatchReportOutcomeResponse.FromString(
            batch(reports.SerializeToString())
        )
        assert [result.status.code for result in answer.results] == [5, 3, 3, 3]
        said.append(str(answer))
    url = f"http://{touchstone_server.addresses.metrics}/metrics"
    with urllib.request.urlopen(url, timeout=30) as metrics:
        said.append(metrics.read().decode())
    said.append(touchstone_server.log.read_text(encoding="utf-8"))

    assert "4712" not in "\n".join(said)
    assert len(said) == 7


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
