"""A policy evaluated beside the live one, in a process of its own, and never acted on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.lifecycle.processes import end_of, start
from engine.outcome import Outcome

#: Decisions that wait to be compared; more are dropped and counted: a shadow never holds up.
MAX_WAITING = 1_000
#: Decisions that came out differently, kept by id.
MAX_DIFFERENT = 100
_STOP_S = 5.0


@dataclass(slots=True)
class Comparison:
    """The live policy and the other on the same applications. Amounts: approved, minor units.

    ``not_compared``: dropped, in need of a source that was not asked, or failed.
    ``different``: ids of the latest decisions with another outcome or line.
    """

    compared: int = 0
    not_compared: int = 0
    outcomes: dict[tuple[Outcome, Outcome], int] = field(default_factory=dict)
    live_line_minor: int = 0
    other_line_minor: int = 0
    different: deque[str] = field(default_factory=lambda: deque(maxlen=MAX_DIFFERENT))

    def add(self, told: Mapping[str, object]) -> None:
        """Count what the process said of one decision."""
        if "skipped" in told:
            self.not_compared += 1
            return
        live, other = Outcome(str(told["live"])), Outcome(str(told["other"]))
        lines = int(str(told["live_line"])), int(str(told["other_line"]))
        self.compared += 1
        self.outcomes[live, other] = self.outcomes.get((live, other), 0) + 1
        self.live_line_minor += lines[0]
        self.other_line_minor += lines[1]
        if live is not other or lines[0] != lines[1]:
            self.different.append(str(told["decision_id"]))


class Shadow:
    """One policy in shadow. ``observe`` never waits; everything else is on the event loop."""

    def __init__(
        self,
        digest: str,
        process: subprocess.Popen[bytes],
        given: asyncio.WriteTransport,
        told: asyncio.StreamReader,
    ) -> None:
        self.digest = digest
        self.comparison = Comparison()
        self._process = process
        self._given = given
        self._told = told
        self._waiting = 0
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, digest: str, root: Path) -> Shadow:
        """Start the process; it loads the policy under ``root`` on its own time."""
        process = await start(
            (sys.executable, "-m", "engine.lifecycle.shadow_worker", str(root)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        loop, told = asyncio.get_running_loop(), asyncio.StreamReader()
        given, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, process.stdin)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), process.stdout)
        return cls(digest, process, given, told)

    @property
    def running(self) -> bool:
        """Whether decisions are still compared; false if the process has died."""
        return not self._reading.done()

    def observe(self, body: bytes) -> None:
        """Have a decision compared: its record as the ledger keeps it."""
        if not self.running or self._given.is_closing() or self._waiting >= MAX_WAITING:
            self.comparison.not_compared += 1
            return
        try:
            self._given.write(len(body).to_bytes(4, "big") + body)
        except (OSError, RuntimeError):
            # The process has just died, and its pipe with it: no matter of the decision's.
            self.comparison.not_compared += 1
            return
        self._waiting += 1

    async def _read(self) -> None:
        while line := await self._told.readline():
            self._waiting -= 1
            self.comparison.add(json.loads(line))
        self.comparison.not_compared += self._waiting
        self._waiting = 0

    async def settle(self, timeout_s: float) -> None:
        """Wait until what was observed so far is compared, for tests and reports."""
        async with asyncio.timeout(timeout_s):
            while self._waiting and self.running:  # noqa: ASYNC110 - the process tells nobody
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End the process; what waits is not compared."""
        self._given.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_S):
                await end_of(self._process)
        await self._reading
