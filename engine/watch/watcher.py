"""The monitoring process of a running server: started late, started again if it dies."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from engine.lifecycle.processes import end_of, start
from engine.watch.worker import Snapshot, Task

# Modest from the very start: importing what it needs takes a second of a core.
_WORKER = "import os; os.nice(10); from engine.watch.worker import run; run()"
_MOST_LINE = 8 << 20
_PAUSE_MOST_S = 300.0
_STOP_S = 5.0


class Watcher:
    """Keeps the latest readings. Everything is on the event loop, which never waits for it."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.latest: Snapshot | None = None
        self.restarts = 0
        self._running: asyncio.Task[None] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin a period from now: a server that has just started has better things to do."""
        self._running = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End the process."""
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.wait([running])

    async def _keep(self) -> None:
        pause = self._task.every_s
        while True:
            await asyncio.sleep(pause)
            seen = self.latest
            await self._follow()
            self.restarts += 1
            # What has never worked is tried more and more rarely.
            worked = self.latest is not seen
            pause = self._task.every_s if worked else min(2 * pause, _PAUSE_MOST_S)

    async def _follow(self) -> None:
        """One life of the process."""
        arguments: Sequence[str] = (sys.executable, "-c", _WORKER)
        process = await start(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        loop, told = asyncio.get_running_loop(), asyncio.StreamReader(limit=_MOST_LINE)
        given, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, process.stdin)
        output, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(told), process.stdout
        )
        try:
            given.write(msgspec.json.encode(self._task) + b"\n")
            while line := await told.readline():
                self.latest = msgspec.json.decode(line, type=Snapshot)
        except (ValueError, OSError):
            # Neither a line too long nor a broken pipe is a matter of decisions: start again.
            return
        finally:
            given.close()
            output.close()
            process.kill()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STOP_S):
                    await end_of(process)
