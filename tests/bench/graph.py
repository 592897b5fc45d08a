"""Time of one neighbourhood with its features, and of projection.

    python -m tests.bench.graph --applicants 200000
    NEO4J_URI=... NEO4J_PASSWORD=... python -m tests.bench.graph --applicants 200000 --neo4j

Prints milliseconds; the machine's core count and the depth of the answers beside them. On Neo4j the
database must be empty (``make neo4j`` starts one), and what was written stays there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from engine.model import Identifier, IdentifierKind, Link, Role
from graph.embedded import EmbeddedGraphStore
from graph.features import findings, graph_facts
from graph.model import NOBODY, ApplicationProjected, Neighbourhood, NeighbourhoodQuery
from graph.neo4j_client import Neo4jClient
from graph.neo4j_settings import Neo4jSettings
from graph.neo4j_store import Neo4jGraphStore
from graph.pending import PendingIndex
from graph.store import GraphStore

MINUTE_US = 60_000_000
SHARED = {
    IdentifierKind.DEVICE: 0.04,
    IdentifierKind.PHONE: 0.05,
    IdentifierKind.EMAIL: 0.02,
    IdentifierKind.ADDRESS: 0.25,
    IdentifierKind.EMPLOYER: 0.9,
    IdentifierKind.ID_NUMBER: 0.02,
    IdentifierKind.BANK_ACCOUNT: 0.02,
    IdentifierKind.IP: 0.3,
}
RING_SIZE = 18


def own_links(applicant: int, rng: random.Random) -> list[Link]:
    """An ordinary applicant: mostly identifiers of its own, some shared with earlier ones."""
    links = []
    for kind, share in SHARED.items():
        number = applicant
        if rng.random() < share:
            number = rng.randrange(max(1, applicant // (500 if share > 0.5 else 1)))
        links.append(Link(Role.USES, Identifier(kind, f"{kind}:{number:016x}", "***")))
    if rng.random() < 0.1:
        agent = Identifier(IdentifierKind.PHONE, f"phone:agent{rng.randrange(50)}", "***")
        links.append(Link(Role.REFERRER, agent))
    return links


def ring_links(ring: int, member: int, rng: random.Random) -> list[Link]:
    """A ring: one device, a few addresses and accounts, the rest of their own."""
    shared = {
        IdentifierKind.DEVICE: 1,
        IdentifierKind.ADDRESS: 3,
        IdentifierKind.BANK_ACCOUNT: 4,
        IdentifierKind.IP: 1,
    }
    links = []
    for kind in IdentifierKind:
        number = rng.randrange(shared[kind]) if kind in shared else 1000 + member
        links.append(Link(Role.USES, Identifier(kind, f"{kind}:ring{ring}-{number}", "***")))
    return links


def application(place: int, rng: random.Random) -> ApplicationProjected:
    """One in fifty belongs to a ring."""
    ring = place // 50 // RING_SIZE
    links = ring_links(ring, place // 50, rng) if place % 50 == 0 else own_links(place, rng)
    return ApplicationProjected(
        applicant=f"applicant{place}",
        at_us=(place + 1) * MINUTE_US,
        status="approved",
        links=tuple(links),
    )


def report(name: str, times: Sequence[float], note: str = "") -> None:
    """One line of percentiles."""
    ordered = sorted(1000 * t for t in times)
    p50, p99 = ordered[len(ordered) // 2], ordered[int(0.99 * (len(ordered) - 1))]
    print(f"{name:<34} p50 {p50:7.2f}  p99 {p99:7.2f}  max {ordered[-1]:7.2f} ms  {note}")


async def ask(
    store: GraphStore, pending: PendingIndex, links: tuple[Link, ...], as_of_us: int
) -> Neighbourhood:
    """One decision's part of the graph."""
    query = NeighbourhoodQuery(applicant_key=NOBODY, links=links, as_of_us=as_of_us, since_us=0)
    with pending.view() as view:
        answer = await store.neighbourhood(query, view, timeout_s=10)
    findings(answer, graph_facts(answer, links, as_of_us))
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


async def measure(applicants: int, directory: Path, *, neo4j: bool) -> None:
    """Fill, then ask, then ask while projecting."""
    rng = random.Random(7)
    store, pending = await empty_store(directory, neo4j=neo4j), PendingIndex()
    started = time.perf_counter()
    batches: list[float] = []
    for low in range(0, applicants, 1000):
        batch = [(n + 1, application(n, rng)) for n in range(low, min(applicants, low + 1000))]
        begun = time.perf_counter()
        await store.project(batch, after=low, timeout_s=120)
        batches.append(time.perf_counter() - begun)
    spent = time.perf_counter() - started
    print(f"{await store.counts(timeout_s=120)}, {os.cpu_count()} cores")
    print(f"filled in {spent:.1f} s, {applicants / spent:.0f} applications/s")
    report("projection of 1000, while filling", batches)
    now = (applicants + 1) * MINUTE_US
    for name, ring in (("ordinary", False), ("ring member", True)):
        times, rows = [], 0
        for _ in range(1000):
            # Ring numbers end before the last, which may hold few members yet.
            number = rng.randrange(max(1, applicants // 50 // RING_SIZE))
            links = tuple(ring_links(number, 9, rng) if ring else own_links(applicants, rng))
            begun = time.perf_counter()
            answer = await ask(store, pending, links, now)
            times.append(time.perf_counter() - begun)
            rows += len(answer.near) + len(answer.far)
        report(f"neighbourhood + features, {name}", times, f"{rows / 1000:.1f} rows")
    await measure_mixed(store, pending, applicants, rng)
    begun = time.perf_counter()
    await store.close()
    print(f"checkpoint and close {time.perf_counter() - begun:.2f} s")


async def measure_mixed(
    store: GraphStore, pending: PendingIndex, applicants: int, rng: random.Random
) -> None:
    """Decisions while their applications are projected, one by one and in batches."""
    for size in (1, 64):
        reads: list[float] = []
        writes: list[float] = []
        for _ in range(200 if size == 1 else 20):
            position = await store.position(timeout_s=10)
            batch = [(position + n + 1, application(position + n, rng)) for n in range(size)]
            for _, event in batch:
                pending.add(event)
            begun = time.perf_counter()
            write = asyncio.ensure_future(store.project(batch, after=position, timeout_s=60))
            await asyncio.sleep(0)
            await ask(store, pending, batch[-1][1].links, (applicants * 2 + 1) * MINUTE_US)
            reads.append(time.perf_counter() - begun)
            await write
            writes.append(time.perf_counter() - begun)
            pending.projected(event for _, event in batch)
        report(f"projection of {size}", writes)
        report(f"decision behind a projection of {size}", reads)


def main() -> None:
    """Read the arguments and measure in a temporary directory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=20_000)
    parser.add_argument("--neo4j", action="store_true", help="on the server that NEO4J_URI names")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(measure(arguments.applicants, Path(directory), neo4j=arguments.neo4j))


if __name__ == "__main__":
    main()
