"""``touchstone graph rings`` on a data directory: ledger, graph, alerts, and what decisions see."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from engine.cli import main
from engine.ledger import NewRecord, SqliteLedger
from engine.model import IdentifierKind
from engine.privacy import Keyring
from engine.rings import Alert, last_run, list_alerts, ring_of
from graph.embedded import EmbeddedGraphStore
from graph.model import GraphEvent, NeighbourhoodQuery, PlaceRow, RingsFound
from graph.store import NOTHING_PENDING
from tests.graph_histories import moved
from tests.planted_rings import (
    DAY_US,
    START_US,
    account_ring,
    application,
    cleared_mark,
    declared,
    fraud,
    links,
)

_T = TypeVar("_T")
_FAR_US = 4_000_000_000_000_000
_LATER_US = time.time_ns() // 1000 - 100 * DAY_US - START_US
"""The search looks back two years from now."""


def with_ledger(data: Path, work: Callable[[SqliteLedger], Awaitable[_T]]) -> _T:
    """Open the ledger, work, close it."""
    exists = (data / "keys").exists()
    data.mkdir(exist_ok=True)

    async def run() -> _T:
        ledger = await SqliteLedger.open(data, Keyring.open(data / "keys", ledger_exists=exists))
        try:
            return await work(ledger)
        finally:
            await ledger.close()

    return asyncio.run(run())


def recorded(data: Path, events: Sequence[GraphEvent]) -> None:
    """The events in the ledger, each in a record of its own."""

    async def append(ledger: SqliteLedger) -> None:
        start = ledger.last_position
        for place, planted in enumerate(events):
            event = moved(planted, _LATER_US)
            await ledger.append(
                NewRecord(
                    caller="test",
                    request_id=f"{start}-{place}",
                    fingerprint=b"",
                    decision_id=f"record-{start}-{place}",
                    subject="somebody",
                    kind="test",
                    at_us=event.at_us,
                    body=b"",
                    answer=b"",
                    graph_events=(event,),
                )
            )

    with_ledger(data, append)


def rings(data: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What the command says, as a program reads it."""
    capsys.readouterr()
    assert main(["graph", "rings", "--data-dir", str(data), "--format", "json", *arguments]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def alerts_of(data: Path) -> list[Alert]:
    """All recorded alerts, by pages of two."""

    async def read(ledger: SqliteLedger) -> list[Alert]:
        found: list[Alert] = []
        before: int | None = None
        while True:
            page, before = await list_alerts(ledger, before=before, size=2)
            found += page
            if before is None:
                return found

    return with_ledger(data, read)


def places_seen(directory: Path) -> tuple[PlaceRow, ...]:
    """What a later decision on the ring's account sees of the graph."""

    async def ask() -> tuple[PlaceRow, ...]:
        store = await EmbeddedGraphStore.open(directory)
        query = NeighbourhoodQuery(
            applicant_key="me",
            links=links({IdentifierKind.BANK_ACCOUNT: "of-a"}),
            as_of_us=_FAR_US,
            since_us=0,
        )
        seen = await store.neighbourhood(query, NOTHING_PENDING, timeout_s=10)
        await store.close()
        return seen.places

    return asyncio.run(ask())


def history() -> list[GraphEvent]:
    """A ring of six, of whom two are known as fraud and one was declined; and a stranger."""
    declined = application("a06", 7, {IdentifierKind.BANK_ACCOUNT: "of-a"}, status="decline")
    return [
        *account_ring("a", 5),
        declined,
        application("other", 3, {}),
        fraud("a00", 20),
        fraud("a01", 21),
    ]


def test_a_ring_is_written_back_seen_by_later_decisions_and_alerted_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Approved members who are not known as fraud yet; a second run adds nothing."""
    data = tmp_path / "data"
    recorded(data, history())

    first = rings(data, capsys)
    (ring,) = first["rings"]
    assert [a["decision_id"] for a in first["alerts"]] == ["a02", "a03", "a04"]
    assert first["changed"] == 1
    seen = places_seen(data / "graph")
    assert [row.place.applicant for row in seen] == ["a00", "a01", "a02", "a03", "a04", "a06"]
    assert {(r.place.ring, r.place.score, r.place.members) for r in seen} == {
        (ring["ring"], ring["score"], 6)
    }

    second = rings(data, capsys)
    assert [r["ring"] for r in second["rings"]] == [ring["ring"]]
    assert (second["changed"], second["placed"], second["alerts"]) == (0, 0, [])
    assert second["known_alerts"] == 3
    assert sorted(a.decision_id for a in alerts_of(data)) == ["a02", "a03", "a04"]
    assert places_seen(data / "graph") == seen


def test_a_run_is_explained_from_its_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list of the last run leads to each ring, also to one that an earlier run has written."""
    data = tmp_path / "data"
    recorded(data, history())
    told = rings(data, capsys)["rings"][0]
    rings(data, capsys)

    async def explained(ledger: SqliteLedger) -> tuple[str, int, list[str]]:
        run = await last_run(ledger)
        assert run is not None
        ring = await ring_of(ledger, run, told["ring"])
        assert ring is not None
        assert await ring_of(ledger, run, "ring_unknown") is None
        return ring.ring, ring.score, [part.zh for part in ring.parts]

    ring, score, why = with_ledger(data, explained)
    assert (ring, score) == (told["ring"], told["score"])
    assert "6笔申请中有2笔已确认为欺诈" in why


def test_a_member_that_joins_later_gets_an_alert_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ring keeps its id, so the others are not alerted again."""
    data = tmp_path / "data"
    recorded(data, history())
    first = rings(data, capsys)
    recorded(data, [application("late", 22, {IdentifierKind.BANK_ACCOUNT: "of-a"}, status="refer")])
    second = rings(data, capsys)
    assert second["rings"][0]["ring"] == first["rings"][0]["ring"]
    assert [(a["decision_id"], a["outcome"]) for a in second["alerts"]] == [("late", "refer")]
    assert second["known_alerts"] == 3


def test_a_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither ring, place nor alert; it says what it would."""
    data = tmp_path / "data"
    recorded(data, history())
    before = with_ledger(data, position_of)
    told = rings(data, capsys, "--dry-run")
    assert len(told["alerts"]) == 3
    assert with_ledger(data, position_of) == before
    assert alerts_of(data) == []
    assert with_ledger(data, last_run) is None
    assert rings(data, capsys)["changed"] == 1


def test_a_ring_that_is_no_more_is_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mark that was an error is taken back, and the account turns out to be shared honestly."""
    data = tmp_path / "data"
    recorded(data, history())
    first = rings(data, capsys)
    cleared: list[GraphEvent] = [
        cleared_mark("a00", 30),
        cleared_mark("a01", 30),
        declared("a", 31),
    ]
    recorded(data, cleared)
    second = rings(data, capsys)
    assert second["rings"] == []
    assert second["ended"] == [first["rings"][0]["ring"]]
    assert places_seen(data / "graph") == ()


def test_a_rebuilt_graph_holds_the_same_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are events of the ledger like any other."""
    data = tmp_path / "data"
    recorded(data, history())
    rings(data, capsys)
    seen = places_seen(data / "graph")

    async def project(ledger: SqliteLedger) -> None:
        store = await EmbeddedGraphStore.open(tmp_path / "again")
        events = [*await ledger.read_after(0, 1000)]
        assert any(isinstance(event, RingsFound) for _, event in events)
        for position, event in events:
            await store.project([(position, event)], after=position - 1, timeout_s=10)
        await store.close()

    with_ledger(data, project)
    assert places_seen(tmp_path / "again") == seen
    assert main(["graph", "verify", "--data-dir", str(data)]) == 0


def test_people_read_a_table_with_the_reasons(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And how much was written."""
    data = tmp_path / "data"
    recorded(data, history())
    assert main(["graph", "rings", "--data-dir", str(data)]) == 0
    out = capsys.readouterr().out
    assert "rings worth telling: 1, of them alarms: 1" in out
    assert "+45" in out
    assert "written: 1 rings, 6 places, 3 new alerts" in out


@pytest.mark.parametrize("arguments", [["--alarm-score", "0"], ["--top", "many"]])
def test_options_out_of_range_are_usage_errors(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With what would be right."""
    with pytest.raises(SystemExit) as ended:
        main(["graph", "rings", *arguments])
    assert ended.value.code == 2
    assert "must be a number from 1 to" in capsys.readouterr().err


async def position_of(ledger: SqliteLedger) -> int:
    """How much is recorded."""
    return ledger.last_position
