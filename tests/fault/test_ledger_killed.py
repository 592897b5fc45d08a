"""kill -9 of a process that appends: what it acknowledged is there, once, and the chain holds."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from pathlib import Path

import pytest

from engine.ledger import SqliteLedger
from engine.ledger.sqlite import FILE_NAME
from engine.privacy import Keyring
from tests.ledger_records import record

_ROOT = Path(__file__).resolve().parents[2]
_WAITING = 32


async def _open(directory: Path) -> SqliteLedger:
    exists = (directory / FILE_NAME).exists()
    keyring = Keyring.open(directory / "keys", ledger_exists=exists)
    return await SqliteLedger.open(directory, keyring)


async def _append_for_ever(directory: Path, start: int) -> None:
    """Print each number once it is durable; 32 wait at any time."""
    ledger = await _open(directory)
    numbers = iter(range(start, start + 10_000_000))

    async def worker() -> None:
        for number in numbers:
            await ledger.append(record(number))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()

    await asyncio.gather(*(worker() for _ in range(_WAITING)))


def _acknowledged_until_killed(directory: Path, start: int, after_s: float) -> list[int]:
    """What the process said it had stored; a line cut in the middle was not said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fault.test_ledger_killed", str(directory), str(start)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        process.kill()
    said, _ = process.communicate()
    return [int(line) for line in (first + said).splitlines(keepends=True) if line.endswith("\n")]


async def _rounds(directory: Path, rounds: int) -> None:
    chance = random.Random(7)
    acknowledged: list[int] = []
    for number in range(rounds):
        said = await asyncio.to_thread(
            _acknowledged_until_killed, directory, number * 1_000_000, chance.uniform(0.02, 0.4)
        )
        assert said
        acknowledged += said

        ledger = await _open(directory)
        report = await ledger.verify()
        found = [await ledger.find("mobile", f"request-{n}") for n in said]
        events = await ledger.read_after(0, 10_000_000)
        await ledger.close()

        assert report.problem == ""
        assert report.records >= len(acknowledged)
        assert all(found)
        assert len(events) == report.records
    assert len(set(acknowledged)) == len(acknowledged)


async def test_no_acknowledged_record_is_lost(tmp_path: Path) -> None:
    """Three times in a row, into the same file."""
    await _rounds(tmp_path, 3)


@pytest.mark.fault
async def test_no_acknowledged_record_is_lost_in_fifty_rounds(tmp_path: Path) -> None:
    """The long form."""
    await _rounds(tmp_path, 50)


if __name__ == "__main__":
    asyncio.run(_append_for_ever(Path(sys.argv[1]), int(sys.argv[2])))
