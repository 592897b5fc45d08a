"""``python -m tests.bench.reviews``: what reviews cost the reads of a decision, in microseconds.

Medians over a ledger of 100,000 decisions of others, each beside the plain decisions of one run.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from engine.ledger import NewRecord, SqliteLedger
from engine.ledger.sqlite import FILE_NAME
from engine.privacy import Keyring
from tests.ledger_records import record

_DECISIONS = 100_000
_APPLICATIONS = 5
_CIRCLE = 50
_REPORTS = 200
_TIMES = 300
_LATER_US = 10**12


def _report(number: int, subject: str, root: str = "") -> NewRecord:
    """A review of an application, or without ``root`` a report of performance."""
    plain: dict[str, Any] = {"outcome": "approve", "line_minor": 5} if root else {"outcome": ""}
    return record(
        number, kind="reported_outcome", subject=subject, root=root, graph_events=(), **plain
    )


async def _fill(ledger: SqliteLedger) -> None:
    body = os.urandom(2000)
    for start in range(0, _DECISIONS, 2000):
        rows = (
            record(number, subject=f"other:{number % 40_000}", body=body)
            for number in range(start, start + 2000)
        )
        await asyncio.gather(*map(ledger.append, rows))
    number = _DECISIONS
    for subject, reports in (("plain", 0), ("reviewed", 1), ("serviced", _REPORTS)):
        for _ in range(_APPLICATIONS):
            decision = record(number, subject=subject)
            await ledger.append(decision)
            number += 1
            for _ in range(reports):
                root = decision.decision_id if subject == "reviewed" else ""
                await ledger.append(_report(number, subject, root))
                number += 1


async def _median_us(read: Callable[[], Awaitable[object]]) -> float:
    spent = []
    for _ in range(_TIMES):
        start = time.perf_counter()
        await read()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1e6


async def _measure(directory: Path) -> None:
    keyring = Keyring.open(directory / "keys", ledger_exists=False)
    ledger = await SqliteLedger.open(directory, keyring)
    await _fill(ledger)
    circle = [f"dec_mobile_{number}" for number in range(1000, 1000 + _CIRCLE)]
    rows: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        (
            f"history of {_APPLICATIONS} applications, {subject}",
            partial(ledger.history, subject, before_us=_LATER_US, limit=200),
        )
        for subject in ("plain", "reviewed", "serviced")
    ]
    rows += [
        (f"lines of a circle of {_CIRCLE}", partial(ledger.granted, circle, before_us=_LATER_US)),
        ("1,000 reports", partial(ledger.bodies, "reported_outcome", after=0, limit=1000)),
    ]
    for told, read in rows:
        print(f"{told:45}{await _median_us(read):>10,.0f}")
    size = (directory / FILE_NAME).stat().st_size
    await ledger.close()
    print(f"{'ledger, MB':45}{size / 1e6:>10,.0f}")


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(_measure(Path(name)))


if __name__ == "__main__":
    main()
