"""``python -m tests.bench.ledger``: rows a second by how many wait, and the disk's own sync.

The sync is measured before and after, because it swings: a figure without it says little.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from engine.ledger import SqliteLedger
from engine.privacy import Keyring
from tests.ledger_records import record

_WAITING = (1, 8, 32, 64)
_SECONDS = 2.0
_SYNCS = 200
_ROW_BYTES = 2000


def sync_p50_ms(directory: Path) -> float:
    """Median of appending 2 kB to a file and syncing it."""
    spent = []
    with (directory / "sync").open("wb") as file:
        for _ in range(_SYNCS):
            file.write(bytes(_ROW_BYTES))
            file.flush()
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1000


async def rows_per_second(directory: Path, waiting: int) -> tuple[float, float]:
    """Rows a second, and rows a commit, with ``waiting`` appends under way at any time."""
    ledger = await SqliteLedger.open(
        directory, Keyring.open(directory / "keys", ledger_exists=False)
    )
    end = time.perf_counter() + _SECONDS
    numbers = iter(range(10_000_000))
    body = os.urandom(_ROW_BYTES)

    async def worker() -> int:
        done = 0
        while time.perf_counter() < end:
            await ledger.append(record(next(numbers), body=body))
            done += 1
        return done

    start = time.perf_counter()
    rows = sum(await asyncio.gather(*(worker() for _ in range(waiting))))
    spent = time.perf_counter() - start
    commits = ledger.commits
    await ledger.close()
    return rows / spent, rows / commits


def main() -> None:
    """Print the table."""
    print(f"{'waiting':>8}{'rows/s':>10}{'rows/commit':>13}{'sync p50 before, after (ms)':>30}")
    for waiting in _WAITING:
        with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
            directory = Path(name)
            before = sync_p50_ms(directory)
            rate, shared = asyncio.run(rows_per_second(directory / "data", waiting))
            after = sync_p50_ms(directory)
        print(f"{waiting:>8}{rate:>10,.0f}{shared:>13.1f}{f'{before:.2f}, {after:.2f}':>30}")


if __name__ == "__main__":
    main()
