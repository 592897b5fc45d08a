from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from engine.model import IdentifierKind
from graph.embedded import EmbeddedGraphStore
from graph.expiry import Retention
from graph.keeper import Keeper, KeeperSettings, Swept
from graph.store import GraphUnavailable, OutboxEvent
from tests.graph_histories import application, uses

DAY_US = 86_400_000_000
QUICK = KeeperSettings(page=7, most=3, pause_s=0, every_s=0.01, retry_s=0.01)


class Recorded:
    """An outbox of a list. ``failures``: reads that fail first."""

    def __init__(self, events: Sequence[OutboxEvent]) -> None:
        self.events = list(events)
        self.failures = 0
        self.reads: list[int] = []

    async def read_after(self, position: int, limit: int) -> Sequence[OutboxEvent]:
        """The events after the position."""
        self.reads.append(position)
        if self.failures:
            self.failures -= 1
            raise GraphUnavailable("no")
        return [event for event in self.events if event[0] > position][:limit]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[EmbeddedGraphStore]:
    """Sixty applications, one a day, in fives on a device; each with its own phone."""
    opened = await EmbeddedGraphStore.open(tmp_path / "graph")
    await opened.project(days(60).events, after=0, timeout_s=10)
    yield opened
    await opened.close()


def days(count: int) -> Recorded:
    """What was recorded in so many days."""
    return Recorded(
        [
            (n, application(f"a{n}", n * DAY_US, uses("device", n // 5), uses("phone", n)))
            for n in range(1, count + 1)
        ]
    )


async def test_a_pass_lets_go_what_is_old(store: EmbeddedGraphStore) -> None:
    """Whatever was last seen before the cutoff of its kind, and applicants without a link."""
    retention = Retention(own_days=30, kinds={IdentifierKind.DEVICE: 10})
    keeper = Keeper(days(60), store, retention, QUICK, now_us=lambda: 60 * DAY_US)

    assert await keeper.sweep() == Swept(links=29 + 49, applicants=29)
    assert await keeper.sweep() == Swept(links=0, applicants=0)
    assert (await store.counts(timeout_s=5)).applicants == 31


async def test_what_cannot_go_any_more_is_not_read_again(store: EmbeddedGraphStore) -> None:
    """The next pass begins where the first stopped finding only old things."""
    recorded = days(60)
    keeper = Keeper(recorded, store, Retention(own_days=30), QUICK, now_us=lambda: 60 * DAY_US)
    await keeper.sweep()
    recorded.reads.clear()
    await keeper.sweep()
    assert recorded.reads[0] == 28


async def test_identifiers_are_forgotten_when_nothing_is_left(store: EmbeddedGraphStore) -> None:
    """After their own time; a phone that is still linked stays."""
    retention = Retention(own_days=20, named_days=20, forget_days=40)
    keeper = Keeper(days(60), store, retention, QUICK, now_us=lambda: 60 * DAY_US)
    await keeper.sweep()
    await keeper.sweep()

    def left() -> int:
        rows = store._session.cypher("MATCH (i:Identifier) RETURN count(i) AS n").to_list()
        return int(rows[0]["n"])

    # Days 1 to 19 are forgotten: their phones, and devices 0 to 3 (of days 1 to 19).
    assert left() == 41 + 9


async def test_it_goes_on_after_a_failure_and_ends_when_told(store: EmbeddedGraphStore) -> None:
    """In the background, for as long as the server runs."""
    recorded = days(60)
    recorded.failures = 3
    keeper = Keeper(recorded, store, Retention(own_days=30), QUICK, now_us=lambda: 60 * DAY_US)
    keeper.start()
    async with asyncio.timeout(10):
        while (await store.counts(timeout_s=5)).applicants > 31:  # noqa: ASYNC110 - a real store
            await asyncio.sleep(0.02)
    await keeper.stop()
    assert recorded.failures == 0


async def test_for_ever_means_that_nothing_is_done(store: EmbeddedGraphStore) -> None:
    """The default: no task, no reads."""
    recorded = days(60)
    keeper = Keeper(recorded, store, Retention(), QUICK)
    keeper.start()
    await asyncio.sleep(0.05)
    await keeper.stop()
    assert recorded.reads == []
