"""Takes changes of the policy directory while the server runs, for development.

What can be used goes live at once and is an event like any other; what cannot is shown, and the
policy before stays live.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from watchfiles import awatch

from engine.errors import PolicyError, TouchstoneError
from engine.lifecycle.desk import PolicyDesk
from engine.lifecycle.loading import aside
from engine.policy import Policy, load_policy
from engine.rules.contents import digest, read_contents
from engine.rules.diagnostics import Diagnostics

#: Quiet after which a save counts as done, and the longest that quiet is waited for.
_QUIET_MS = 100
_GATHER_MS = 1_000
#: How often it is looked whether the directory is still the same one: a link may have been moved.
_LOOK_MS = 500
#: A file that an editor is still writing is broken for a moment; only what stays broken is told.
_SETTLE_S = 0.4
_MOST_TURNS = 10
_PLAIN = 0.5


class DirectoryWatch:
    """Watches one directory from its creation until ``stop``. Belongs to the desk's event loop.

    ``tell`` is given each finding once, as a compiler shows it. It may block: it has a thread.
    """

    def __init__(
        self, root: Path, desk: PolicyDesk, tell: Callable[[str], None] | None = None
    ) -> None:
        self._root, self._desk, self._tell = root, desk, tell or _to_terminal
        self._told = ""
        self._ending = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the watch, and finish a change that is being taken."""
        self._ending.set()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        while not self._ending.is_set():
            # What changed while nobody looked: before the start, or while it was not there.
            await self._take()
            try:
                await self._follow()
            except OSError:
                # It is not there, which was told when it was tried.
                await self._pause()

    async def _follow(self) -> None:
        """Take every change of the directory that the path leads to now."""
        there = _identity(self._root)
        async for changes in awatch(
            self._root,
            debounce=_GATHER_MS,
            step=_QUIET_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            stop_event=self._ending,
        ):
            if _identity(self._root) != there:
                return
            if changes:
                await self._take()

    async def _take(self) -> None:
        try:
            await self._take_settled()
        except TouchstoneError as error:
            await self._say(f"the change is not taken, the policy before stays live:\n{error}")
        except Exception:
            # The watch outlives whatever a half-made directory may do to a loader.
            logging.getLogger(__name__).exception("the policy directory could not be taken")

    async def _take_settled(self) -> None:
        """Load what stands there once it stays the same. Raises ``TouchstoneError``."""
        live = self._desk.status().state.live
        for _ in range(_MOST_TURNS):
            before = await asyncio.to_thread(_digest_of, self._root)
            if before == live:
                self._told = ""
                return
            try:
                policy = await aside(lambda: _kept(self._desk, self._root))
            except PolicyError:
                await asyncio.sleep(_SETTLE_S)
                if await asyncio.to_thread(_digest_of, self._root) == before:
                    raise
                continue
            if policy is not None:
                await self._desk.take(policy, f"saved in {self._root}")
                self._told = ""
                await self._say(f"policy {policy.digest[:16]} is live")
                return
        raise PolicyError("the directory changes all the time; save once more")

    async def _say(self, text: str) -> None:
        if text != self._told:
            self._told = text
            await asyncio.to_thread(self._tell, text)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_PLAIN):
                await self._ending.wait()
        except TimeoutError:
            return


def _kept(desk: PolicyDesk, root: Path) -> Policy | None:
    """The policy there, its bundle in the store; ``None`` if it changed meanwhile."""
    policy = load_policy(root.resolve())
    try:
        if desk.store.put_directory(root) == policy.digest:
            return policy
    except BaseException:
        policy.rules.close()
        raise
    policy.rules.close()
    return None


def _digest_of(root: Path) -> str:
    return digest(read_contents(root.resolve(), Diagnostics()))


def _identity(root: Path) -> tuple[int, int]:
    found = os.stat(root)  # noqa: PTH116 - what a link leads to
    return found.st_dev, found.st_ino


def _to_terminal(text: str) -> None:
    sys.stderr.write(f"touchstone: {text}\n")
    sys.stderr.flush()
