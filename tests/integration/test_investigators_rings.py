"""Rings that a search has found, told to investigators over real gRPC."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import grpc
import pytest

from engine.cli import main
from engine.rings import NobodyDecides, record, search
from graph.rings import RingSettings
from tests.investigators import Office, office
from tests.unit.api.harness import told_by
from touchstone.v1 import graph_pb2 as pb
from touchstone.v1 import graph_types_pb2 as types

ALARM = 1


async def searched(desk: Office) -> str:
    """A search over all that was decided; its id."""
    ledger = desk.app.ledger
    found = await search(ledger, time.time_ns() // 1000 + 1, RingSettings())
    report = await record(
        ledger,
        found,
        ALARM,
        pending=NobodyDecides(),
        next_us=lambda: max(time.time_ns() // 1000, found.as_of_us + 1),
    )
    return report.run.run


async def test_rings_are_listed_explained_and_alerted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the reasons of the score, the members, what they share now, in both languages."""
    async with office(tmp_path) as desk:
        nothing = await desk.ask("ListRings", pb.ListRingsRequest())
        assert (nothing.run, list(nothing.rings)) == ("", [])
        one = [await desk.decide(n, device="d-1", address="某路1号") for n in range(6)]
        two = [await desk.decide(n, device="d-2", address="某路2号") for n in range(10, 16)]
        for member in one[:2]:
            await desk.ask(
                "MarkFraud",
                pb.MarkFraudRequest(
                    request_id=member, decision_id=member, fraud_type="bust_out", source="desk"
                ),
            )
        run = await searched(desk)
        listed = await desk.ask("ListRings", pb.ListRingsRequest())
        assert listed.run == run
        assert [x.members for x in listed.rings] == [6, 6]
        assert (listed.rings[0].fraud, listed.rings[1].fraud) == (2, 0)
        assert listed.rings[0].score > listed.rings[1].score
        ring_id = listed.rings[0].ring_id
        explained = await desk.ask("ExplainRing", pb.ExplainRingRequest(ring_id=ring_id))
        assert sorted(x.decision_id for x in explained.members) == sorted(one)
        request = pb.GetEvidenceRequest(ring_id=ring_id)
        ring = await desk.ask("GetEvidence", request)
        assert {x.decision_id for x in ring.part.applications} == set(one)
        assert {x.users for x in ring.shared} == {6}
        assert "2 of 6 known as fraud: 2 bust_out." in ring.sentences
        request.language = "zh"
        assert "已知欺诈" in "".join((await desk.ask("GetEvidence", request)).sentences)
        told = await desk.ask(
            "GetTimeline", pb.GetTimelineRequest(subject=types.GraphSubject(ring_id=ring_id))
        )
        kinds = [x.kind for x in told.moments]
        assert (kinds.count("linked"), kinds.count("fraud")) == (12, 2)
        export = pb.ExportGraphRequest(ring_id=ring_id, format="json")
        (file,) = (await desk.ask("ExportGraph", export)).files
        nodes = {x["id"] for x in json.loads(file.content)["nodes"]}
        assert {x for x in nodes if x.startswith("dec_")} == set(one)

        alerts = (await desk.ask("ListRingAlerts", pb.ListRingAlertsRequest())).alerts
        assert {x.decision_id for x in alerts} <= {*one[2:], *two}
        assert {x.ring_id for x in alerts} <= {x.ring_id for x in listed.rings}
        assert alerts
        pages = await desk.ask("ListRingAlerts", pb.ListRingAlertsRequest(page_size=1))
        rest = pb.ListRingAlertsRequest(page_size=1, page_token=pages.next_page_token)
        assert (await desk.ask("ListRingAlerts", rest)).alerts[0] == alerts[1]

        for command in (["ring"], ["ring", ring_id], ["evidence", ring_id], ["alerts"]):
            asked = ["graph", *command, "--server", desk.app.address, "--caller", "ivy"]
            assert await asyncio.to_thread(main, asked) == 0
        said = capsys.readouterr().out
        assert ring_id in said
        assert "6 applications hang together" in said
        assert alerts[0].decision_id in said

        subject = types.GraphSubject(ring_id=listed.rings[0].ring_id)
        note = pb.AddNoteRequest(request_id="n", subject=subject, text="the same handwriting")
        await desk.ask("AddNote", note)
        notes = await desk.ask("ListNotes", pb.ListNotesRequest(subject=subject))
        assert [x.text for x in notes.notes] == ["the same handwriting"]


async def test_what_is_no_ring_is_refused(tmp_path: Path) -> None:
    """Unknown rings, and rings where only applications and identifiers can be asked about."""
    async with office(tmp_path) as desk:
        await desk.decide(1)
        for method, request, code in (
            ("GetEvidence", pb.GetEvidenceRequest(ring_id="ring_none"), "NOT_FOUND"),
            ("GetEvidence", pb.GetEvidenceRequest(), "INVALID_ARGUMENT"),
            (
                "ExportGraph",
                pb.ExportGraphRequest(ring_id="ring_none", format="csv", as_decided=True),
                "INVALID_ARGUMENT",
            ),
            (
                "SearchGraph",
                pb.SearchGraphRequest(subject=types.GraphSubject(ring_id="ring_1")),
                "INVALID_ARGUMENT",
            ),
        ):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await desk.ask(method, request)
            assert told_by(caught.value).code == code
