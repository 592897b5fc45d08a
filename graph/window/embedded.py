"""Runs statements of the window beside the embedded store: on a copy, in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graph.store import GraphUnavailable
from graph.window.model import MOST_BYTES, Statement, WindowAnswer, WindowFailed

MEMORY_BYTES = 512 * 1_048_576
"""What a statement may use beyond the graph itself."""

COPY = "window-"
"""How the names of copies begin."""

_FRESH_S = 5.0
_START_S = 60.0
_GRACE_S = 0.5
_LONGEST_LINE = 4 * MOST_BYTES

TOO_LATE = "it did not end in time: begin with a key, and lead over fewer relationships"
TOO_LARGE = "it needed more memory than it may: collect, sort or join less"


class EmbeddedWindow:
    """``back_up`` writes a copy of the graph to a path; it is called in a thread.

    ``version`` tells whether it has changed. A process is kept with its copy while the graph does
    not change, and five seconds longer. One statement at a time: callers take turns.
    """

    def __init__(
        self, directory: Path, back_up: Callable[[str], object], version: Callable[[], int]
    ) -> None:
        self._directory, self._back_up, self._version = directory, back_up, version
        self._copied = -1
        self._child: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0

    async def run(self, statement: Statement, *, timeout_s: float) -> WindowAnswer:
        """The rows. Raises ``WindowFailed`` and ``GraphUnavailable``."""
        child = await self._ready()
        asked = {"statement": asdict(statement), "timeout_ms": max(1, int(timeout_s * 1000))}
        told = await self._exchange(child, json.dumps(asked).encode(), timeout_s + _GRACE_S)
        failed = told.get("failed")
        if failed is not None:
            raise WindowFailed(_reason(failed))
        return WindowAnswer(
            columns=statement.columns,
            rows=told["rows"],
            cut=told["cut"],
            age_s=0.0 if self._version() == self._copied else self._age_s(),
        )

    async def close(self) -> None:
        """End the process. Idempotent."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            await asyncio.to_thread(_ended, child)

    def _age_s(self) -> float:
        return time.monotonic() - self._started_at

    async def _ready(self) -> subprocess.Popen[bytes]:
        child = self._child
        is_old = self._version() != self._copied and self._age_s() > _FRESH_S
        if child is None or child.poll() is not None or is_old:
            await self.close()
            self._copied, self._started_at = self._version(), time.monotonic()
            child = self._child = await self._start()
            if "ready" not in await self._exchange(child, b"", _START_S):
                raise GraphUnavailable("the window's process did not start")
        return child

    async def _start(self) -> subprocess.Popen[bytes]:
        copy = self._directory / f"{COPY}{secrets.token_hex(8)}.kgl"
        starting = asyncio.create_task(asyncio.to_thread(_start, self._back_up, copy))
        try:
            return await asyncio.shield(starting)
        except (RuntimeError, OSError) as error:
            copy.unlink(missing_ok=True)
            name = type(error).__name__
            raise GraphUnavailable(f"the window's process did not start: {name}") from error
        except asyncio.CancelledError:
            # It is started all the same, and must not be left.
            starting.add_done_callback(_end_it)
            raise

    async def _exchange(
        self, child: subprocess.Popen[bytes], line: bytes, timeout_s: float
    ) -> dict[str, Any]:
        """Send a line if there is one, and read one. Whatever goes wrong ends the process."""
        talking = asyncio.create_task(asyncio.to_thread(_talk, child, line))
        done: set[asyncio.Task[bytes]] = set()
        try:
            done, _ = await asyncio.wait({talking}, timeout=timeout_s)
        finally:
            if not done:
                # The thread ends with the process.
                child.kill()
        raw = talking.result() if done else b""
        if not raw.endswith(b"\n"):
            await self.close()
            raise WindowFailed(TOO_LARGE if done else TOO_LATE)
        told: dict[str, Any] = json.loads(raw)
        return told


def _start(back_up: Callable[[str], object], copy: Path) -> subprocess.Popen[bytes]:
    """Not by the event loop: its fork would run the handlers of gRPC without gRPC's threads."""
    back_up(str(copy))
    return subprocess.Popen(  # noqa: S603 - our own program
        (sys.executable, "-m", "graph.window.child", str(copy), str(MEMORY_BYTES)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def _talk(child: subprocess.Popen[bytes], line: bytes) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise AssertionError("the process was started with pipes")
    try:
        if line:
            child.stdin.write(line + b"\n")
            child.stdin.flush()
        return child.stdout.readline(_LONGEST_LINE)
    except (OSError, ValueError):
        return b""


def _ended(child: subprocess.Popen[bytes]) -> None:
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _end_it(starting: asyncio.Task[subprocess.Popen[bytes]]) -> None:
    if not starting.cancelled() and starting.exception() is None:
        child = starting.result()
        child.kill()
        _ended(child)


def _reason(failed: str) -> str:
    known = {"late": TOO_LATE, "large": TOO_LARGE}
    return known.get(failed, f"the graph refused the statement: {failed}")
