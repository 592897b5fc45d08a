"""A search for rings on a running server: over gRPC, beside decisions, seen by the next of them."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from engine.cli import main
from engine.codec import decode
from engine.record import DecisionRecord
from tests.investigators import Office, office
from touchstone.v1 import graph_pb2 as pb

RING = "ring-device-1"
SIZE = 7


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    """A server of one test."""
    async with office(tmp_path) as opened:
        yield opened


async def ring(desk: Office) -> list[str]:
    """Strangers on one device; the first two become known as fraud."""
    made = [await desk.decide(n, device=RING) for n in range(SIZE)]
    for number, decision_id in enumerate(made[:2]):
        mark = pb.MarkFraudRequest(
            request_id=f"m{number}", decision_id=decision_id, fraud_type="bust_out", source="desk"
        )
        await desk.ask("MarkFraud", mark)
    return made


async def searched(desk: Office, **options: Any) -> dict[str, Any]:
    """The report of a search that is waited for."""
    started = await desk.ask("StartRingSearch", pb.StartRingSearchRequest(**options))
    request = pb.GetRingSearchRequest(search_id=started.search_id)
    while True:
        found = await desk.ask("GetRingSearch", request)
        if found.state != "running":
            break
        await asyncio.sleep(0.1)
    assert (found.state, found.problem) == ("passed", "")
    report: dict[str, Any] = json.loads(found.report_json)
    return report


async def test_a_search_is_seen_by_the_next_decision_and_listed(desk: Office) -> None:
    """Its places are in what that decision saw; the list leads to members and reasons."""
    made = await ring(desk)
    report = await searched(desk)
    assert report["rings_told"] == 1
    listed = await desk.ask("ListRings", pb.ListRingsRequest())
    (summary,) = listed.rings
    assert (summary.members, summary.fraud) == (SIZE, 2)
    assert summary.score >= listed.alarm_score
    explained = await desk.ask("ExplainRing", pb.ExplainRingRequest(ring_id=summary.ring_id))
    assert [m.decision_id for m in explained.members] == made
    assert [m.HasField("fraud_since") for m in explained.members] == [True] * 2 + [False] * 5
    assert sum(sign.points for sign in explained.signs) >= summary.score
    assert "2 of 7 applications are known fraud" in [sign.en for sign in explained.signs]
    assert [(s.kind, s.users) for s in explained.shared if s.kind == "device"] == [("device", SIZE)]

    late = await desk.decide(50, device=RING)
    stored = await desk.app.ledger.get(late)
    assert stored is not None
    graph = decode(stored.body, DecisionRecord).gathered.graph
    assert graph is not None
    assert {row.place.ring for row in graph.places} == {summary.ring_id}
    assert len(graph.places) == SIZE


async def test_alerts_are_raised_once_and_come_in_pages(desk: Office) -> None:
    """For what was approved or referred; a second search raises none."""
    made = await ring(desk)
    first = await searched(desk)
    second = await searched(desk)
    assert first["new_alerts"] == second["known_alerts"] > 0
    assert second["new_alerts"] == second["changed"] == 0
    found: list[pb.RingAlert] = []
    request = pb.ListRingAlertsRequest(page_size=2)
    while True:
        page = await desk.ask("ListRingAlerts", request, "ada")
        found += page.alerts
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert len({alert.alert_id for alert in found}) == len(found) == first["new_alerts"]
    assert {alert.decision_id for alert in found} <= set(made[2:])
    assert {alert.outcome for alert in found} <= {"approve", "refer"}


async def test_a_dry_search_writes_nothing(desk: Office) -> None:
    """Neither rings nor alerts."""
    await ring(desk)
    report = await searched(desk, dry_run=True)
    assert report["rings_told"] == 1
    assert (await desk.ask("ListRings", pb.ListRingsRequest())).run == ""
    assert not (await desk.ask("ListRingAlerts", pb.ListRingAlertsRequest())).alerts


async def test_searches_come_one_at_a_time_and_from_who_may(desk: Office) -> None:
    """A second one is told to wait; auditors look only; what is not there is said."""
    await ring(desk)
    await desk.ask("StartRingSearch", pb.StartRingSearchRequest(dry_run=True))
    for caller, method, request, code in (
        ("ivy", "StartRingSearch", pb.StartRingSearchRequest(), "RESOURCE_EXHAUSTED"),
        ("ada", "StartRingSearch", pb.StartRingSearchRequest(), "PERMISSION_DENIED"),
        ("mobile", "ListRings", pb.ListRingsRequest(), "PERMISSION_DENIED"),
        ("ivy", "ExplainRing", pb.ExplainRingRequest(ring_id="ring_abc"), "NOT_FOUND"),
        ("ivy", "GetRingSearch", pb.GetRingSearchRequest(search_id="0" * 32), "NOT_FOUND"),
        ("ivy", "ListRings", pb.ListRingsRequest(page_size=201), "INVALID_ARGUMENT"),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await desk.ask(method, request, caller)
        assert refused.value.code().name == code, method


async def test_who_looked_at_a_ring_is_recorded(desk: Office) -> None:
    """With the ring as the subject."""
    await ring(desk)
    await searched(desk)
    (summary,) = (await desk.ask("ListRings", pb.ListRingsRequest())).rings
    await desk.ask("ExplainRing", pb.ExplainRingRequest(ring_id=summary.ring_id))
    page = await desk.ask("ListAccess", pb.ListAccessRequest(), "ada")
    methods = {entry.method: list(entry.subjects) for entry in page.accesses}
    assert methods["ExplainRing"] == [summary.ring_id]
    assert {"StartRingSearch", "GetRingSearch", "ListRings"} <= methods.keys()


async def test_the_command_line_searches_lists_explains_and_alerts(
    desk: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """As an investigator would, one command after another."""
    await ring(desk)

    async def said(*arguments: str) -> str:
        given = ["graph", *arguments, "--server", desk.app.address, "--caller", "ivy"]
        assert await asyncio.to_thread(main, given) == 0
        lines = capsys.readouterr().out.splitlines()
        # The server of the test logs its calls here as well.
        return "\n".join(line for line in lines if "GraphService" not in line)

    assert "nobody has searched" in await said("ring")
    assert "no alerts" in await said("alerts")
    assert "written: 1 rings, 7 places" in await said("rings", "--case", "K-1")
    listed = await said("ring")
    assert "7 members, 2 known fraud" in listed
    ring_id = listed.split()[0]
    assert "2 of 7 applications are known fraud" in await said("ring", ring_id)
    assert "7笔申请中有2笔已确认为欺诈" in await said("ring", ring_id, "--language", "zh")
    assert f"{ring_id}  score" in await said("alerts")
    told = json.loads(await said("ring", ring_id, "--format", "json"))
    assert told["summary"]["ring_id"] == ring_id


async def test_alerts_are_a_metric(desk: Office) -> None:
    """Counted since the start."""
    await ring(desk)
    report = await searched(desk)
    await asyncio.sleep(1)
    shown = await asyncio.to_thread(metrics, desk)
    assert f"touchstone_ring_alerts_raised {float(report['new_alerts'])}" in shown


def metrics(desk: Office) -> str:
    """What the server's metrics say."""
    with urllib.request.urlopen(f"http://{desk.app.metrics}/metrics", timeout=30) as answer:
        return str(answer.read(), "utf-8")


async def test_a_search_whose_process_dies_says_so_and_the_next_one_works(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written, and nothing is left running."""
    await ring(desk)
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/bin/false")
        started = await desk.ask("StartRingSearch", pb.StartRingSearchRequest())
        await asyncio.sleep(0.5)
    request = pb.GetRingSearchRequest(search_id=started.search_id)
    found = await desk.ask("GetRingSearch", request)
    assert (found.state, found.problem) == ("broken", "the process that searched ended with 1")
    assert (await searched(desk))["rings_told"] == 1


async def test_a_page_of_an_earlier_search_is_not_gone_on_with(desk: Office) -> None:
    """Half of one list and half of another would hide rings."""
    await ring(desk)
    for number in range(SIZE):
        await desk.decide(100 + number, device="ring-device-2")
    await searched(desk)
    first = await desk.ask("ListRings", pb.ListRingsRequest(page_size=1))
    assert len(first.rings) == 1
    assert first.next_page_token
    request = pb.ListRingsRequest(page_size=1, page_token=first.next_page_token)
    second = await desk.ask("ListRings", request)
    assert second.rings[0].ring_id != first.rings[0].ring_id
    await searched(desk)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await desk.ask("ListRings", request)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
