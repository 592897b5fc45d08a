"""Pages of a hub: everything once and in order, also where many began in one moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.deadline import Deadline
from graph.embedded import EmbeddedGraphStore
from graph.investigate.explorer import Explorer
from graph.investigate.model import Answer, Cursor, LinkRow, LookPage, Question
from tests.graph_histories import application, uses

MOMENT = 500


class Counting:
    """The store, and the largest part of the hub that a page had sorted."""

    def __init__(self, store: EmbeddedGraphStore, times: list[int]) -> None:
        self.store, self.times, self.sorted = store, times, 0

    async def look(self, question: Question, *, timeout_s: float) -> Answer:
        """As the store."""
        if isinstance(question, LookPage):
            self.sorted = max(self.sorted, sum(at >= question.since_us for at in self.times))
        return await self.store.look(question, timeout_s=timeout_s)


@pytest.mark.parametrize("size", [7, 100, 333])
async def test_pages_of_a_hub_are_the_whole_of_it(tmp_path: Path, size: int) -> None:
    """Three thousand links, ten in each moment, and six hundred in one of them."""
    times = [n // 10 + 1 for n in range(3000)] + [MOMENT] * 600
    events = [
        (place, application(f"a{place:05}", at, uses("device", 1)))
        for place, at in enumerate(times, start=1)
    ]
    store = await EmbeddedGraphStore.open(tmp_path)
    for start in range(0, len(events), 600):
        batch = events[start : start + 600]
        await store.project(batch, after=start, timeout_s=60)
    counting = Counting(store, times)
    seen: list[LinkRow] = []
    after = None
    while True:
        explorer = Explorer(counting, 10_000, Deadline(60))
        page = await explorer.page("device:1", most=size, after=after)
        seen += page
        if len(page) < size:
            break
        last = page[-1]
        after = Cursor(last.at_us, last.application, last.role)
    wanted = sorted((-at, f"a{place:05}") for place, at in enumerate(times, start=1))
    assert [(-x.at_us, x.application) for x in seen] == wanted
    await store.close()


async def test_a_page_sorts_little_of_a_hub(tmp_path: Path) -> None:
    """A decision must not wait until all of a hub is sorted."""
    times = list(range(1, 6001))
    events = [(n, application(f"a{n:05}", n, uses("device", 1))) for n in times]
    store = await EmbeddedGraphStore.open(tmp_path)
    for start in range(0, len(events), 1000):
        await store.project(events[start : start + 1000], after=start, timeout_s=60)
    counting = Counting(store, times)
    page = await Explorer(counting, 10_000, Deadline(60)).page("device:1", most=50)
    assert [x.at_us for x in page] == times[:-51:-1]
    assert counting.sorted <= 400
    await store.close()
