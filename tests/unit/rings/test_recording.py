"""Writing a search back: in bounded events, and nothing is promised that was not recorded."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import LedgerUnavailable
from engine.ledger import NewRecord, RecordRef, StoredAnswer
from engine.rings import Found, record, search
from engine.rings.recording import PLACES_EACH
from graph.model import GraphEvent, RingsFound
from graph.pending import PendingIndex
from graph.rings import RingSettings
from tests.planted_rings import DAY_US, START_US, Recorded, account_ring, fraud

_NOW_US = START_US + 100 * DAY_US


class Target:
    """Keeps records until it breaks."""

    def __init__(self, *, most: int = 1_000_000) -> None:
        self.records: list[NewRecord] = []
        self._most = most

    async def append(self, record: NewRecord) -> RecordRef:
        """Keep it, or fail."""
        await asyncio.sleep(0)
        if len(self.records) >= self._most:
            raise LedgerUnavailable("the disk is full")
        self.records.append(record)
        return RecordRef(len(self.records))

    async def find(self, _caller: str, _request_id: str) -> StoredAnswer | None:
        """Nothing was asked before."""
        return None

    @property
    def events(self) -> list[GraphEvent]:
        """All recorded events."""
        return [event for record in self.records for event in record.graph_events]


def found(rings: int, size: int) -> Found:
    """A search of so many rings, with a known fraud in each."""
    events: list[GraphEvent] = []
    for number in range(rings):
        events += [*account_ring(f"r{number}x", size, step=0.5), fraud(f"r{number}x00", 50)]
    return asyncio.run(search(Recorded(events), _NOW_US, RingSettings()))


def write(target: Target, result: Found, pending: PendingIndex) -> None:
    """Record it a moment later."""
    asyncio.run(record(target, result, 60, pending=pending, next_us=lambda: _NOW_US + 1))


def test_events_are_bounded_and_each_is_told_apart() -> None:
    """However large the ring: a decision may have to wait for one commit of them."""
    target, pending = Target(), PendingIndex()
    result = found(3, 16)
    write(target, result, pending)
    events = [event for event in target.events if isinstance(event, RingsFound)]
    assert sum(len(event.places) for event in events) == 48
    assert all(len(event.places) <= PLACES_EACH for event in events)
    assert len({(event.run, event.part) for event in events}) == len(events) == len(pending)
    assert {event.at_us for event in events} == {_NOW_US + 1}
    assert target.records[-1].kind == "ring_run"
    pending.projected(events)
    assert pending.is_clear()


@pytest.mark.parametrize("most", [0, 1, 4])
def test_what_could_not_be_recorded_is_not_seen_by_decisions(most: int) -> None:
    """What was recorded stays; there is no list of rings that are not there."""
    target, pending = Target(most=most), PendingIndex()
    with pytest.raises(LedgerUnavailable):
        write(target, found(6, 8), pending)
    assert len(pending) == len(target.events) == most
    assert "ring_run" not in {record.kind for record in target.records}


def test_a_search_goes_on_where_an_interrupted_one_stopped() -> None:
    """What was told is not told again; the rest is."""
    target, pending = Target(most=2), PendingIndex()
    planted: list[GraphEvent] = []
    for number in range(4):
        planted += [*account_ring(f"r{number}x", 8, step=0.5), fraud(f"r{number}x00", 50)]
    first = asyncio.run(search(Recorded(planted), _NOW_US, RingSettings()))
    with pytest.raises(LedgerUnavailable):
        write(target, first, pending)
    later_us = _NOW_US + DAY_US
    second = asyncio.run(search(Recorded([*planted, *target.events]), later_us, RingSettings()))
    assert len(second.rings) == 4
    assert len(second.changed) == 2
    assert set(second.told_in.values()) == {first.run}
