from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from graph.embedded import EmbeddedGraphStore
from graph.model import NeighbourhoodQuery
from graph.store import NOTHING_PENDING
from tests.graph_histories import application, bare, uses
from tests.reference_graph import ReferenceGraph

WRITER = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = [{root!r}, {proto!r}]
from graph.embedded import EmbeddedGraphStore
from tests.graph_histories import application, uses

async def main():
    store = await EmbeddedGraphStore.open(Path({directory!r}))
    after = await store.position(timeout_s=30)
    while True:
        at = after + 1
        event = application(f"a{{at}}", at, uses("device", at % 50), uses("phone", at % 70))
        await store.project([(at, event)], after=after, timeout_s=30)
        after = at
        print(after, flush=True)

asyncio.run(main())
"""


def test_kill_9_loses_nothing_and_catches_up(tmp_path: Path) -> None:
    """Killed in the middle of projecting, again and again: position and data agree."""
    root = Path(__file__).parents[2]
    program = WRITER.format(
        root=str(root), proto=str(root / "proto"), directory=str(tmp_path / "graph")
    )
    acknowledged = 0
    for wait in (40, 17, 90):
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for line, _ in zip(child.stdout, range(wait), strict=False):
                acknowledged = int(line)
            child.send_signal(signal.SIGKILL)
    asyncio.run(check(tmp_path / "graph", acknowledged))


async def check(directory: Path, acknowledged: int) -> None:
    """Position and data of the reopened graph agree with the reference."""
    store = await EmbeddedGraphStore.open(directory)
    position = await store.position(timeout_s=30)
    assert position >= acknowledged
    reference = ReferenceGraph()
    reference.events = [
        application(f"a{at}", at, uses("device", at % 50), uses("phone", at % 70))
        for at in range(1, position + 1)
    ]
    for number in range(50):
        query = NeighbourhoodQuery(
            applicant_key="me",
            links=(uses("device", number), uses("phone", number)),
            as_of_us=position + 1,
            since_us=0,
        )
        answer = await store.neighbourhood(query, NOTHING_PENDING, timeout_s=30)
        assert bare(answer) == reference.neighbourhood(query)
    await store.close()
