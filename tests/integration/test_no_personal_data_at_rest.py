"""Promise P8 on disk: no raw identifier in any file of the data directory."""

from __future__ import annotations

from pathlib import Path

import grpc

from client_examples.applications import Person, application, clean_bureau
from tests.running_app import running_app
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc, types_pb2


async def test_no_file_holds_a_raw_identifier(tmp_path: Path) -> None:
    """Ledger, its write-ahead log, graph, keys: whatever is there is searched byte by byte."""
    message = application(
        Person(number=81472, device="canary-device-81472", ip="198.51.100.47"),
        bureau=clean_bureau(),
        monthly_income=15_000,
    )
    message.applicant.full_name = "Canary Kanarienvogel"
    message.applicant.employer.CopyFrom(types_pb2.Employer(name="Canary Employer Limited"))
    person = message.applicant
    canaries = [
        person.full_name,
        person.id_document.number,
        person.phones[0],
        person.emails[0],
        person.bank_accounts[0],
        person.addresses[0].text,
        person.employer.name,
        message.session.device_fingerprint,
        message.session.ip,
    ]
    found: list[tuple[str, str]] = []
    sizes = 0
    async with (
        running_app(tmp_path) as app,
        grpc.aio.insecure_channel(app.address) as channel,
    ):
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        for _ in range(2):
            await service.Decide(pb.DecideRequest(request_id="canary", application=message))
        while_running = _files(tmp_path)
    for path, data in (while_running | _files(tmp_path)).items():
        sizes += len(data)
        lowered = data.lower()
        found += [(path, text) for text in canaries if text.lower().encode() in lowered]

    assert found == []
    assert sizes > 10_000


def _files(directory: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in directory.rglob("*") if path.is_file()}
