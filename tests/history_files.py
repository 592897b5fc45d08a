"""Files of history for the tests: raw identifiers on the way in, as a bank has them."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2023, 1, 1, tzinfo=UTC)
COLUMNS = ("application", "at", "status", "phone", "device", "address", "guarantor_phone")


def application_rows(count: int, seed: int = 1, start: datetime = START) -> list[tuple[str, ...]]:
    """Applications that share phones, devices and addresses; the same for the same seed."""
    rng = random.Random(seed)
    crowd = max(2, count // 3)
    rows: list[tuple[str, ...]] = []
    for number in range(count):
        at = start + timedelta(minutes=7 * number, seconds=rng.randrange(60))
        rows.append(
            (
                f"A-{seed}-{number}",
                at.isoformat(),
                rng.choice(("approve", "refer", "decline", "")),
                f"138{rng.randrange(crowd):08d}",
                f"device-{rng.randrange(crowd)}",
                f"Road {rng.randrange(crowd)}, Building 2",
                f"139{rng.randrange(crowd):08d}" if rng.random() < 0.2 else "",
            )
        )
    return rows


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """The file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path
