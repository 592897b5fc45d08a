"""Marks, declarations, notes and files over real gRPC: durable, listed, and seen by decisions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import defusedxml.ElementTree as SafeET
import grpc
import pytest

from engine.codec import decode
from engine.record import DecisionRecord
from tests.investigators import Office, decision, office, raw
from tests.neo4j_server import Neo4jServer
from tests.unit.api.harness import Told, told_by
from touchstone.v1 import graph_pb2 as pb
from touchstone.v1 import graph_types_pb2 as types

RING = "ring-device"
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.xdist_group("neo4j"))])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """A server with an empty graph of each kind."""
    server: Neo4jServer | None = None
    if request.param == "neo4j":
        server = request.getfixturevalue("neo4j_database")
    async with office(tmp_path, server) as opened:
        yield opened


async def refusal(desk: Office, method: str, request: object, caller: str = "ivy") -> Told:
    """What a refused call told."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await desk.ask(method, request, caller)
    return told_by(caught.value)


def holding(directory: Path, text: str) -> list[Path]:
    """The files that hold the text."""
    files = [file for file in directory.rglob("*") if file.is_file()]
    return [file for file in files if text.encode() in file.read_bytes()]


async def seen_by(desk: Office, decision_id: str) -> object:
    """The neighbourhood that a decision recorded."""
    stored = await desk.app.ledger.get(decision_id)
    assert stored is not None
    seen = decode(stored.body, DecisionRecord).gathered.graph
    assert seen is not None
    return seen


class TestMarks:
    """Fraud, one by one or a hundred at once."""

    async def test_each_line_of_a_batch_has_its_own_result_and_repeats_change_nothing(
        self, desk: Office
    ) -> None:
        """Wrong lines do not keep the others from being made; the next decision sees them."""
        made = [await desk.decide(n, device=RING) for n in range(2)]
        since = datetime.now(UTC) - timedelta(days=30)
        marks = [
            pb.FraudMark(
                request_id="m:1", decision_id=made[0], fraud_type="bust_out", source="desk"
            ),
            pb.FraudMark(request_id="m:2", decision_id="dec_no", fraud_type="x", source="desk"),
            pb.FraudMark(
                request_id="m:3", decision_id=made[1], fraud_type="Bad Type", source="desk"
            ),
            pb.FraudMark(request_id="m:4", decision_id=made[1], fraud_type="mule", source="desk"),
            pb.FraudMark(request_id="m:5", decision_id=made[1], fraud_type="", source="desk"),
        ]
        marks[0].known_since.FromDatetime(since)
        batch = pb.BatchMarkFraudRequest(marks=marks, case_id="case-1")
        first = await desk.ask("BatchMarkFraud", batch)
        again = await desk.ask("BatchMarkFraud", batch)
        assert first == again
        assert [x.request_id for x in first.results] == [f"m:{n}" for n in range(1, 6)]
        assert [x.status.code for x in first.results] == [0, 5, 3, 0, 0]
        seen = await seen_by(desk, await desk.decide(9, device=RING))
        frauds = {row.applicant: row.fraud_at_us for row in seen.near}  # type: ignore[attr-defined]
        assert frauds == {made[0]: int(since.timestamp() * 1_000_000), made[1]: None}
        listed = await desk.ask("ListFraudMarks", pb.ListFraudMarksRequest())
        told = [(x.decision_id, x.fraud_type, x.caller, x.case_id) for x in listed.marks]
        assert told == [
            (made[1], "", "ivy", "case-1"),
            (made[1], "mule", "ivy", "case-1"),
            (made[0], "bust_out", "ivy", "case-1"),
        ]
        own = await desk.ask("ListFraudMarks", pb.ListFraudMarksRequest(decision_id=made[0]))
        assert [x.known_since.ToDatetime(UTC) for x in own.marks] == [since]

    async def test_bounds_and_times_are_held(self, desk: Office) -> None:
        """At most a hundred, none from the future, by investigators only."""
        made = await desk.decide(1)
        many = pb.BatchMarkFraudRequest(marks=[pb.FraudMark()] * 101)
        assert list((await refusal(desk, "BatchMarkFraud", many)).fields) == ["marks"]
        mark = pb.MarkFraudRequest(
            request_id="f", decision_id=made, fraud_type="bust_out", source="desk"
        )
        mark.known_since.FromDatetime(datetime.now(UTC) + timedelta(days=1))
        assert list((await refusal(desk, "MarkFraud", mark)).fields) == ["known_since"]
        one = pb.BatchMarkFraudRequest(marks=[pb.FraudMark()])
        assert (await refusal(desk, "BatchMarkFraud", one, "ada")).code == "PERMISSION_DENIED"


class TestSharing:
    """What is legitimately shared is told, and not followed."""

    async def test_the_next_decision_sees_a_declaration_and_its_withdrawal(
        self, desk: Office
    ) -> None:
        """From then on the identifier is a hub, until it is taken back."""
        await desk.decide(1, device=RING)
        request = pb.DeclareSharingRequest(
            request_id="s:1", subject=raw("device", RING), reason="dormitory", note="block 4"
        )
        made = await desk.ask("DeclareSharing", request)
        assert await desk.ask("DeclareSharing", request) == made
        shared = await seen_by(desk, await desk.decide(2, device=RING))
        reasons = {x.kind: x.hub_reason for x in shared.identifiers}  # type: ignore[attr-defined]
        assert (reasons["device"], shared.near) == ("dormitory", ())  # type: ignore[attr-defined]
        found = await desk.ask("SearchGraph", pb.SearchGraphRequest(subject=raw("device", RING)))
        assert found.part.identifiers[0].hub_reason == "dormitory"
        back = pb.WithdrawSharingRequest(
            request_id="s:2", subject=types.GraphSubject(key=made.sharing.key), note="moved out"
        )
        await desk.ask("WithdrawSharing", back)
        again = await seen_by(desk, await desk.decide(3, device=RING))
        assert len(again.near) == 2  # type: ignore[attr-defined]
        listed = await desk.ask("ListSharing", pb.ListSharingRequest(page_size=1))
        assert (listed.sharing[0].reason, listed.sharing[0].note) == ("", "moved out")
        rest = pb.ListSharingRequest(page_size=1, page_token=listed.next_page_token)
        assert (await desk.ask("ListSharing", rest)).sharing[0].reason == "dormitory"

    async def test_wrong_declarations_are_refused(self, desk: Office) -> None:
        """An application cannot be declared; a used request id must say the same."""
        made = await desk.decide(1)
        wrong = pb.DeclareSharingRequest(
            request_id="s:1", subject=decision(made), reason="dormitory", note="n"
        )
        assert list((await refusal(desk, "DeclareSharing", wrong)).fields) == ["subject"]
        right = pb.DeclareSharingRequest(
            request_id="s:1", subject=raw("device", RING), reason="dormitory", note="n"
        )
        await desk.ask("DeclareSharing", right)
        right.note = "other"
        assert (await refusal(desk, "DeclareSharing", right)).reason == "REQUEST_ID_REUSED"
        right.reason = "because"
        assert list((await refusal(desk, "DeclareSharing", right)).fields) == ["reason"]


async def test_notes_are_kept_listed_and_erased_with_the_person(tmp_path: Path) -> None:
    """On applications and identifiers apart; sealed at rest; gone with the person's key."""
    secret = "canary-note-4711"
    async with office(tmp_path) as desk:
        made = await desk.decide(1)
        for number, subject in enumerate((decision(made), raw("device", "device-1"))):
            await desk.ask(
                "AddNote",
                pb.AddNoteRequest(
                    request_id=f"n:{number}", subject=subject, text=f"{secret}\nline {number}"
                ),
            )
        listed = await desk.ask("ListNotes", pb.ListNotesRequest(subject=decision(made)))
        assert [(x.text, x.caller, x.subject) for x in listed.notes] == [
            (f"{secret}\nline 0", "ivy", made)
        ]
        device = await desk.ask("ListNotes", pb.ListNotesRequest(subject=raw("device", "device-1")))
        assert [x.text for x in device.notes] == [f"{secret}\nline 1"]
        for text in ("", "x" * 2001, "\x1b[31mred", "a\u202eb"):
            bad = pb.AddNoteRequest(request_id="n:9", subject=decision(made), text=text)
            assert list((await refusal(desk, "AddNote", bad)).fields) == ["text"]
        unknown = pb.AddNoteRequest(request_id="n:9", subject=decision("dec_no"), text="x")
        assert (await refusal(desk, "AddNote", unknown)).code == "NOT_FOUND"
        stored = await desk.app.ledger.get(made)
        assert stored is not None
        await desk.app.ledger.erase(stored.subject)
        gone = await desk.ask("ListNotes", pb.ListNotesRequest(subject=raw("device", "device-1")))
        assert len(gone.notes) == 1
        erased = pb.ListNotesRequest(subject=decision(made))
        assert (await refusal(desk, "ListNotes", erased)).reason == "ERASED"
    assert not holding(tmp_path, secret)


class TestExport:
    """Files that other tools can load."""

    async def test_the_three_forms_say_the_same(self, desk: Office) -> None:
        """Nodes and links, by an XML parser of its own, by csv and by json."""
        made = [await desk.decide(n, device=RING) for n in range(3)]
        await desk.ask(
            "MarkFraud",
            pb.MarkFraudRequest(
                request_id="m", decision_id=made[1], fraud_type="bust_out", source="desk"
            ),
        )
        files: dict[str, bytes] = {}
        for form in ("graphml", "csv", "json"):
            request = pb.ExportGraphRequest(decision_id=made[0], format=form)
            answer = await desk.ask("ExportGraph", request)
            assert answer.complete
            files |= {file.name: file.content for file in answer.files}
        root: ET.Element = SafeET.fromstring(files["graph.graphml"])
        xml_nodes = {node.get("id") for node in root.iter(f"{GRAPHML}node")}
        xml_links = {(x.get("source"), x.get("target")) for x in root.iter(f"{GRAPHML}edge")}
        whole = json.loads(files["graph.json"])
        rows = list(csv.DictReader(io.StringIO(files["nodes.csv"].decode())))
        links = list(csv.DictReader(io.StringIO(files["links.csv"].decode())))
        assert xml_nodes == {x["id"] for x in whole["nodes"]} == {x["id"] for x in rows}
        assert xml_nodes > set(made)
        pairs = {(x["source"], x["target"]) for x in whole["links"]}
        assert xml_links == pairs == {(x["source"], x["target"]) for x in links}
        assert len(pairs) == 3
        fraud = next(x for x in rows if x["id"] == made[1])
        assert (fraud["kind"], fraud["fraud_type"]) == ("application", "bust_out")

    async def test_what_a_decision_saw_is_exported_as_it_was(self, desk: Office) -> None:
        """Not the graph of today."""
        made = [await desk.decide(n, device=RING) for n in range(3)]
        request = pb.ExportGraphRequest(decision_id=made[1], format="json", as_decided=True)
        (file,) = (await desk.ask("ExportGraph", request)).files
        nodes = {x["id"] for x in json.loads(file.content)["nodes"]}
        assert {x for x in nodes if x.startswith("dec_")} == set(made[:2])
        cut = pb.ExportGraphRequest(decision_id=made[1], format="json", max_members=2)
        assert not (await desk.ask("ExportGraph", cut)).complete
