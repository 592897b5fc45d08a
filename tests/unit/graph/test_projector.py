from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from graph.embedded import EmbeddedGraphStore
from graph.model import GraphEvent
from graph.pending import PendingIndex
from graph.projector import Projector, ProjectorSettings
from graph.store import GraphForeign, GraphUnavailable, OutboxEvent
from tests.graph_histories import application, uses
from tests.reference_graph import ReferenceGraphStore

FAST = ProjectorSettings(
    batch=3, prime_batch=4, idle_wait_s=0.01, backoff_first_s=0.001, backoff_most_s=0.01
)


class ListOutbox:
    """An outbox in memory; a record joins it whole, as after a commit."""

    def __init__(self) -> None:
        self.events: list[OutboxEvent] = []
        self.reads_to_fail = 0
        self._more = asyncio.Event()

    def append(self, event: GraphEvent) -> None:
        """Record an event."""
        self.events.append((2 * len(self.events) + 1, event))
        self._more.set()

    async def read_after(self, position: int, limit: int) -> Sequence[OutboxEvent]:
        """As the ledger: committed events only."""
        if self.reads_to_fail:
            self.reads_to_fail -= 1
            raise RuntimeError("database is locked")
        return [item for item in self.events if item[0] > position][:limit]

    async def wait_for_more(self, position: int, timeout: float) -> None:  # noqa: ASYNC109
        """Woken by the next record."""
        self._more.clear()
        if self.events and self.events[-1][0] > position:
            return
        try:
            async with asyncio.timeout(timeout):
                await self._more.wait()
        except TimeoutError:
            return


class FlakyStore(ReferenceGraphStore):
    """Fails as told: before applying a batch, or after it, when nobody hears of the success."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[str] = []
        self.applied: list[int] = []

    async def project(self, events: Sequence[OutboxEvent], *, after: int, timeout_s: float) -> None:
        """Fail as told."""
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "before":
            raise GraphUnavailable("down")
        before = self._position
        await super().project(events, after=after, timeout_s=timeout_s)
        self.applied += [position for position, _ in events if position > before]
        if failure == "after":
            raise GraphUnavailable("the answer was lost")

    def wipe(self) -> None:
        """Lose everything, as a restored backup would."""
        self._graph.events.clear()
        self._position = 0


def event(number: int) -> GraphEvent:
    """The same event for the same number."""
    return application(f"a{number}", number, uses("device", number % 3))


@pytest.fixture
def outbox() -> ListOutbox:
    """An empty outbox."""
    return ListOutbox()


async def settled(projector: Projector, position: int) -> None:
    """Wait until everything up to the position is projected."""
    async with asyncio.timeout(5):
        while projector.position != position or projector.lag().seconds > 0:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def test_projects_in_order_and_lets_go(outbox: ListOutbox) -> None:
    """Events leave the index once they are in the graph, in the order of the outbox."""
    store, pending = FlakyStore(), PendingIndex()
    projector = Projector(outbox, store, pending, FAST)
    await projector.start()
    for number in range(1, 11):
        pending.add(event(number))
        outbox.append(event(number))
    await settled(projector, 19)
    assert store.applied == [2 * n + 1 for n in range(10)]
    assert len(pending) == 0
    assert projector.lag().events == 0
    assert await projector.stop(drain_s=1)


async def test_backlog_is_visible_before_the_first_decision(outbox: ListOutbox) -> None:
    """What an earlier process recorded is pending as soon as the projector has started."""
    for number in range(1, 8):
        outbox.append(event(number))
    pending = PendingIndex()
    store = FlakyStore()
    projector = Projector(outbox, store, pending, FAST)
    await projector.start()
    assert projector.is_trusted
    assert len(pending) == 7
    assert store.applied == []
    await projector.stop(drain_s=1)
    assert pending.is_clear()


async def test_backlog_beyond_the_index_is_projected_first(outbox: ListOutbox) -> None:
    """A rebuild does not need the whole ledger in memory."""
    for number in range(1, 51):
        outbox.append(event(number))
    pending = PendingIndex(capacity=5)
    store = FlakyStore()
    projector = Projector(outbox, store, pending, FAST)
    await projector.start()
    assert len(pending) <= 5
    assert len(store.applied) + len(pending) == 50
    await projector.stop(drain_s=1)
    assert store.applied == [2 * n + 1 for n in range(50)]


@pytest.mark.parametrize("failures", [["before"], ["after"], ["before", "after", "after"]])
async def test_failures_neither_lose_nor_double(outbox: ListOutbox, failures: list[str]) -> None:
    """A batch whose outcome is unknown is repeated, applied once, and let go."""
    store, pending = FlakyStore(), PendingIndex()
    store.failures = list(failures)
    outbox.reads_to_fail = 0
    projector = Projector(outbox, store, pending, FAST)
    await projector.start()
    outbox.reads_to_fail = 2
    for number in range(1, 6):
        pending.add(event(number))
        outbox.append(event(number))
    await settled(projector, 9)
    assert store.applied == [1, 3, 5, 7, 9]
    assert len(pending) == 0
    assert projector.lag().failures == 0
    await projector.stop(drain_s=1)


async def test_a_wiped_graph_is_rebuilt(outbox: ListOutbox) -> None:
    """A graph that lost its data is rebuilt from the start, and not trusted meanwhile."""
    store, pending = FlakyStore(), PendingIndex()
    projector = Projector(outbox, store, pending, FAST)
    await projector.start()
    for number in range(1, 5):
        outbox.append(event(number))
    await settled(projector, 7)
    store.wipe()
    store.applied.clear()
    outbox.append(event(5))
    await settled(projector, 9)
    assert store.applied == [1, 3, 5, 7, 9]
    assert projector.is_trusted
    await projector.stop(drain_s=1)


async def test_stop_is_bounded(outbox: ListOutbox) -> None:
    """With a store that stays down, stopping ends all the same and says that work is left."""
    store, pending = FlakyStore(), PendingIndex()
    store.failures = ["before"] * 10_000
    projector = Projector(outbox, store, pending, FAST)
    await projector.start()
    outbox.append(event(1))
    await asyncio.sleep(0.01)
    assert projector.lag().failures > 0
    assert not await projector.stop(drain_s=0.05)


async def test_restarts_resume_exactly(outbox: ListOutbox, tmp_path: Path) -> None:
    """Stopped at random moments and started again over the stored graph, nothing is missing."""
    for number in range(1, 61):
        outbox.append(event(number))
    for _ in range(6):
        store = await EmbeddedGraphStore.open(tmp_path)
        projector = Projector(outbox, store, PendingIndex(), FAST)
        await projector.start()
        await asyncio.sleep(0.002)
        await projector.stop(drain_s=0)
        await store.close()
    store = await EmbeddedGraphStore.open(tmp_path)
    projector = Projector(outbox, store, PendingIndex(), FAST)
    await projector.start()
    assert await projector.stop(drain_s=5)
    counts = await store.counts(timeout_s=5)
    assert (counts.applicants, counts.links) == (60, 60)
    assert await store.position(timeout_s=5) == 119
    await store.close()


class AwayStore(FlakyStore):
    """Not there until told."""

    def __init__(self) -> None:
        super().__init__()
        self.is_there = False

    async def position(self, *, timeout_s: float) -> int:
        """Asked first."""
        if not self.is_there:
            raise GraphUnavailable("away")
        return await super().position(timeout_s=timeout_s)


async def test_starts_without_the_store_and_begins_when_it_is_there(outbox: ListOutbox) -> None:
    """What was recorded before and meanwhile is projected once, in order, and then trusted."""
    store, pending = AwayStore(), PendingIndex()
    for number in range(1, 4):
        outbox.append(event(number))
    projector = Projector(outbox, store, pending, FAST)
    with pytest.raises(GraphUnavailable):
        await projector.start()
    await projector.start(wait_for_store=False)
    await asyncio.sleep(0.01)
    assert (projector.is_trusted, projector.position) == (False, None)
    assert projector.lag().failures > 0
    pending.add(event(4))
    outbox.append(event(4))
    store.is_there = True
    await settled(projector, 7)
    assert projector.is_trusted
    assert store.applied == [1, 3, 5, 7]
    assert projector.lag().failures == 0
    assert await projector.stop(drain_s=1)
    assert pending.is_clear()


async def test_stop_before_the_store_was_ever_there(outbox: ListOutbox) -> None:
    """It ends in its time."""
    projector = Projector(outbox, AwayStore(), PendingIndex(), FAST)
    await projector.start(wait_for_store=False)
    assert not await projector.stop(drain_s=0.05)


async def test_constant_traffic_does_not_hide_that_all_is_there(outbox: ListOutbox) -> None:
    """The outbox need never be found empty for a rebuilt graph to be trusted again."""
    store = FlakyStore()
    projector = Projector(outbox, store, PendingIndex(), FAST)
    await projector.start()
    outbox.append(event(1))
    await settled(projector, 1)
    store.wipe()
    for number in range(2, 200):
        outbox.append(event(number))
        await asyncio.sleep(0.001)
    assert store.applied[1:3] == [1, 3]
    assert projector.is_trusted
    await projector.stop(drain_s=1)


async def test_the_log_says_what_failed(
    outbox: ListOutbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Our own errors with their text, others by their name."""
    store = FlakyStore()
    projector = Projector(outbox, store, PendingIndex(), FAST)
    await projector.start()
    store.failures = ["before"]
    outbox.reads_to_fail = 1
    outbox.append(event(1))
    await settled(projector, 1)
    await projector.stop(drain_s=1)
    assert "GraphUnavailable: down" in caplog.text
    assert "RuntimeError)" in caplog.text
    assert "database is locked" not in caplog.text


async def test_a_graph_of_another_ledger_is_refused(outbox: ListOutbox) -> None:
    """Its position means nothing here: what is recorded would never be projected."""
    store = FlakyStore()
    for number in range(1, 6):
        outbox.append(event(number))
    projector = Projector(outbox, store, PendingIndex(), FAST)
    await projector.start()
    await projector.stop(drain_s=1)
    restored = ListOutbox()
    for number in range(1, 4):
        restored.append(event(number))
    with pytest.raises(GraphForeign, match="another ledger"):
        await Projector(restored, store, PendingIndex(), FAST).start()
    away = Projector(restored, store, PendingIndex(), FAST)
    await away.start(wait_for_store=False)
    await asyncio.sleep(0.01)
    assert (away.is_trusted, away.position) == (False, None)
    assert not await away.stop(drain_s=0.01)
