"""Time of one neighbourhood with its features, of projection and its lag, and memory.

    python -m tests.bench.graph --applicants 200000 [--generated] [--rounds 5]
    NEO4J_URI=... NEO4J_PASSWORD=... python -m tests.bench.graph --applicants 200000 --neo4j

Every question is asked once in each round; what is printed are the percentiles, over the
questions, of each one's median. On a machine that others use as well that tells how long questions
take, not how busy the machine was. Behind them p50 and p99 of all single calls, and of the
processor time that this process spent on each. On Neo4j the
database must be empty (``make neo4j`` starts one), and what was written stays there;
``--server-pid`` tells its memory. ``--directory`` keeps the graph, and measures one that is there.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import psutil

from graph.embedded import EmbeddedGraphStore
from graph.features import findings, graph_facts
from graph.model import GraphEvent, Neighbourhood, NeighbourhoodQuery
from graph.neo4j_client import Neo4jClient
from graph.neo4j_settings import Neo4jSettings
from graph.neo4j_store import Neo4jGraphStore
from graph.pending import PendingIndex
from graph.projector import Projector
from graph.store import GraphStore, OutboxEvent
from tests.bench.graph_events import DAY_US, Ask, Filling, Generated, Plain

ASKS = 1000
WINDOW_US = 365 * DAY_US


def percentiles(times: Sequence[float]) -> tuple[float, float, float]:
    """Milliseconds: p50, p99, max."""
    ordered = sorted(1000 * t for t in times)
    return ordered[len(ordered) // 2], ordered[int(0.99 * (len(ordered) - 1))], ordered[-1]


def report(name: str, times: Sequence[float], note: str = "") -> None:
    """One line of percentiles."""
    p50, p99, most = percentiles(times)
    print(f"{name:<40} p50 {p50:7.2f}  p99 {p99:7.2f}  max {most:7.2f} ms  {note}", flush=True)


async def ask(store: GraphStore, pending: PendingIndex, whom: Ask, as_of_us: int) -> Neighbourhood:
    """One decision's part of the graph."""
    query = NeighbourhoodQuery(
        applicant_key=whom.applicant,
        links=whom.links,
        as_of_us=as_of_us,
        since_us=max(0, as_of_us - WINDOW_US),
    )
    with pending.view() as view:
        answer = await store.neighbourhood(query, view, timeout_s=10)
    findings(answer, graph_facts(answer, whom.links, as_of_us))
    return answer


async def empty_store(directory: Path, *, neo4j: bool) -> GraphStore:
    """The store to measure; on Neo4j only one that nobody has written to."""
    if not neo4j:
        return await EmbeddedGraphStore.open(directory)
    settings = Neo4jSettings(
        uri=os.environ["NEO4J_URI"],
        user=os.environ.get("NEO4J_USER", "neo4j"),
        password=os.environ.get("NEO4J_PASSWORD", ""),
    )
    store = Neo4jGraphStore(Neo4jClient(settings))
    if await store.position(timeout_s=60):
        await store.close()
        raise SystemExit("the database is not empty")
    return store


async def fill(store: GraphStore, filling: Filling) -> int:
    """In batches of a thousand, as a bulk load or a rebuild does; the position."""
    position, spent, batches = 0, 0.0, []
    events = filling.applications()
    while chunk := list(islice(events, 1000)):
        batch = [(position + n, event) for n, event in enumerate(chunk, start=1)]
        begun = time.perf_counter()
        await store.project(batch, after=position, timeout_s=120)
        batches.append(time.perf_counter() - begun)
        position = batch[-1][0]
    spent = sum(batches)
    print(f"{await store.counts(timeout_s=120)}, {os.cpu_count()} cores")
    print(f"filled in {spent:.1f} s, {position / spent:.0f} applications/s")
    report("projection of 1000, while filling", batches)
    return position


async def reopened(store: GraphStore, filling: Filling) -> int:
    """The position of a graph that was filled before with the same applicants."""
    count = sum(1 for _ in filling.applications())
    position = await store.position(timeout_s=60)
    if position < count:
        raise SystemExit("the directory holds another graph")
    print(f"{await store.counts(timeout_s=120)}, {os.cpu_count()} cores")
    filling.now_us += position * 1_000_000
    return position


async def measure_asks(store: GraphStore, filling: Filling, rounds: int) -> None:
    """Ordinary applicants and members of rings, one after another."""
    pending = PendingIndex()
    for name, ring in (("ordinary", False), ("ring member", True)):
        asks = filling.asks(ring=ring, count=ASKS)
        found: list[list[float]] = [[] for _ in asks]
        spent: list[float] = []
        rows = 0
        for _ in range(rounds):
            for whom, times in zip(asks, found, strict=True):
                begun, before = time.perf_counter(), time.process_time()
                answer = await ask(store, pending, whom, filling.now_us)
                times.append(time.perf_counter() - begun)
                spent.append(time.process_time() - before)
                rows += len(answer.near) + len(answer.far)
        medians = [statistics.median(times) for times in found]
        single = percentiles([time for times in found for time in times])
        cpu = percentiles(spent)
        note = (
            f"{rows / ASKS / rounds:.1f} rows; single calls {single[0]:.2f}, {single[1]:.2f}; "
            f"processor {cpu[0]:.2f}, {cpu[1]:.2f}"
        )
        report(f"neighbourhood + features, {name}", medians, note)


class Live:
    """An outbox that grows while it is read."""

    def __init__(self, position: int) -> None:
        self._first = position
        self.events: list[OutboxEvent] = []
        self._more = asyncio.Event()

    def add(self, event: GraphEvent) -> int:
        """Record it; its position."""
        position = self._first + len(self.events) + 1
        self.events.append((position, event))
        self._more.set()
        self._more = asyncio.Event()
        return position

    async def read_after(self, position: int, limit: int) -> Sequence[OutboxEvent]:
        """What was recorded after the position; what was filled in before, as one event."""
        if position < self._first:
            return [(self._first, self.events[0][1])] if self.events else []
        start = position - self._first
        return self.events[start : start + limit]

    async def wait_for_more(self, position: int, timeout: float) -> None:  # noqa: ASYNC109
        """Until the next is added."""
        if self._first + len(self.events) <= position:
            try:
                async with asyncio.timeout(timeout):
                    await self._more.wait()
            except TimeoutError:
                return


async def measure_lag(
    store: GraphStore, filling: Filling, position: int, per_s: int, seconds: float
) -> None:
    """Decisions at a rate: each asks, is recorded, and is projected behind it by the projector."""
    outbox, pending = Live(position), PendingIndex()
    first = filling.later(0)
    pending.expect(first)
    outbox.add(first)
    projector = Projector(outbox, store, pending)
    await projector.start()
    recorded: list[tuple[int, float]] = []
    lags: list[float] = []
    asked: list[float] = []
    begun = time.perf_counter()
    number = 1
    while (now := time.perf_counter() - begun) < seconds:
        due = int(now * per_s)
        while number <= due:
            event = filling.later(number)
            pending.expect(event)
            start = time.perf_counter()
            await ask(store, pending, Ask(event.applicant, event.links, ring=False), event.at_us)
            asked.append(time.perf_counter() - start)
            recorded.append((outbox.add(event), time.perf_counter()))
            number += 1
        settled(recorded, lags, projector.position or 0)
        await asyncio.sleep(0.0005)
    await projector.stop(drain_s=60)
    settled(recorded, lags, projector.position or 0)
    rate = number / (time.perf_counter() - begun)
    report(f"decision beside projection, {per_s} /s", asked, f"{rate:.0f} /s done")
    report(f"lag of projection, {per_s} /s", lags)


def settled(recorded: list[tuple[int, float]], lags: list[float], position: int) -> None:
    """Move what is in the graph now from one list to the other."""
    now = time.perf_counter()
    while recorded and recorded[0][0] <= position:
        lags.append(now - recorded.pop(0)[1])


def memory(name: str, process: int | None) -> None:
    """Resident megabytes."""
    if process is not None:
        resident = psutil.Process(process).memory_info().rss / 1e6
        print(f"resident memory of {name}: {resident:.0f} MB", flush=True)


async def measure(filling: Filling, directory: Path, options: argparse.Namespace) -> None:
    """Fill, then ask, then ask while projecting."""
    memory("this process, empty", os.getpid())
    if options.reopen:
        store: GraphStore = await EmbeddedGraphStore.open(directory)
        memory("this process, graph opened", os.getpid())
        position = await reopened(store, filling)
    else:
        store = await empty_store(directory, neo4j=options.neo4j)
        position = await fill(store, filling)
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(0.0005)  # as the server does
    memory("this process", os.getpid())
    memory("the server", options.server_pid)
    await measure_asks(store, filling, options.rounds)
    for per_s in options.rates:
        await measure_lag(store, filling, position, per_s, 10.0)
        position = await store.position(timeout_s=60)
        filling.now_us += 1_000_000_000
    memory("the server", options.server_pid)
    begun = time.perf_counter()
    await store.close()
    print(f"checkpoint and close {time.perf_counter() - begun:.2f} s")


def main() -> None:
    """Read the arguments and measure in a temporary directory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=20_000)
    parser.add_argument("--neo4j", action="store_true", help="on the server that NEO4J_URI names")
    parser.add_argument("--generated", action="store_true", help="the generator's applicants")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rates", type=int, nargs="*", default=[50, 200])
    parser.add_argument("--server-pid", type=int)
    parser.add_argument("--directory", type=Path, help="of an embedded graph that is kept")
    options = parser.parse_args()
    kind: Callable[[int], Filling] = Generated if options.generated else Plain
    with tempfile.TemporaryDirectory() as directory:
        where = options.directory or Path(directory) / "graph"
        options.reopen = where.exists()
        asyncio.run(measure(kind(options.applicants), where, options))


if __name__ == "__main__":
    main()
