"""From the ledger's outbox into the graph: in order, never twice, never losing one.

The store keeps the position it has reached together with the data, so the projector keeps none:
after a restart, a failure or a wiped graph it goes on from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from engine.errors import TouchstoneError
from graph.catch_up import Events, require_own
from graph.pending import PendingFull, PendingIndex
from graph.store import GraphBehind, GraphStore

_log = logging.getLogger(__name__)


class Outbox(Events, Protocol):
    """The ledger's outbox, as far as the projector reads it."""

    async def wait_for_more(self, position: int, timeout: float) -> None:  # noqa: ASYNC109
        """Return once there is an event after ``position``, or after ``timeout`` seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectorSettings:
    """``batch``: events per commit; a decision may have to wait for one commit, so keep it small.
    ``coalesce_s``: how long events are let gather before a commit, whose cost is mostly its own;
    decisions see them as pending meanwhile.

    Times are seconds. A failed batch is tried again after ``backoff_first_s``, doubling up to
    ``backoff_most_s``.
    """

    batch: int = 32
    coalesce_s: float = 0.025
    prime_batch: int = 1000
    store_timeout_s: float = 5.0
    idle_wait_s: float = 1.0
    backoff_first_s: float = 0.05
    backoff_most_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far the graph is behind. ``seconds``: since it last had everything; 0 if it has.

    ``events``: admitted here and not yet projected. ``failures``: tries that failed in a row.
    """

    events: int
    seconds: float
    failures: int


class Projector:
    """Reads, projects, and then lets go of what was pending. One per graph."""

    def __init__(
        self,
        outbox: Outbox,
        store: GraphStore,
        pending: PendingIndex,
        settings: ProjectorSettings | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox = outbox
        self._store = store
        self._pending = pending
        self._settings = settings or ProjectorSettings()
        self._monotonic = monotonic
        self._position: int | None = None
        self._failures = 0
        self._trusted = False
        self._complete_at: float | None = None
        self._started_at = monotonic()
        self._draining = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def position(self) -> int | None:
        """The last position known to be projected; ``None`` until the store told."""
        return self._position

    @property
    def is_trusted(self) -> bool:
        """Whether graph and pending events together hold all that is recorded.

        ``False`` before ``start`` and while a graph that was wiped or restored is rebuilt: its
        answers are stale then.
        """
        return self._trusted

    def lag(self) -> Lag:
        """How far the graph is behind."""
        behind = self._monotonic() - (self._complete_at or self._started_at)
        complete = len(self._pending) == 0 and self._failures == 0 and self._complete_at is not None
        return Lag(
            events=len(self._pending),
            seconds=0.0 if complete else behind,
            failures=self._failures,
        )

    async def start(self, *, wait_for_store: bool = True) -> None:
        """Make every recorded event visible, then project in the background.

        Call before the first decision. Events recorded by an earlier process become pending
        here; where they are more than the index may hold, they are projected first. Errors of
        the store and of the outbox are raised: without a position nothing is known.

        A store that is a server of its own need not be there yet: without ``wait_for_store`` all
        this is done in the background, again and again until it succeeds, and the graph is not
        trusted before.
        """
        if wait_for_store:
            await self._begin()
        self._task = asyncio.create_task(
            self._run() if wait_for_store else self._run_when_there(), name="graph-projector"
        )

    async def stop(self, *, drain_s: float) -> bool:
        """Project what the outbox holds, for at most ``drain_s``, then end.

        ``True`` if nothing was left. Whatever was left is projected after the next start.
        """
        self._draining.set()
        if self._task is None:
            return False
        done, _ = await asyncio.wait({self._task}, timeout=drain_s)
        if not done:
            self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        return bool(done)

    async def _begin(self) -> None:
        primed = await self._reached()
        await require_own(self._outbox, primed)
        while True:
            primed, is_end = await self._prime(primed)
            if is_end:
                break
            primed = max(primed, await self._project_once(self._settings.prime_batch))
        self._trusted = True

    async def _run_when_there(self) -> None:
        while not self._trusted:
            try:
                await self._begin()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                self._position = None
                await self._back_off(error)
        self._failures = 0
        await self._run()

    async def _prime(self, position: int) -> tuple[int, bool]:
        """Make events after ``position`` pending: the last one that fitted, and if it was all."""
        while events := await self._outbox.read_after(position, self._settings.prime_batch):
            for event_position, event in events:
                try:
                    self._pending.add(event)
                except PendingFull:
                    return position, False
                position = event_position
        return position, True

    async def _run(self) -> None:
        while True:
            try:
                position = await self._reached()
                reached = await self._project_once(self._settings.batch)
                self._failures = 0
                if reached == position and await self._idle(position):
                    return
                if reached - position < self._settings.batch:
                    await self._coalesce()
            except GraphBehind as error:
                # Somebody wiped or restored the graph. Go on from where it stands.
                self._trusted, self._position = False, None
                await self._back_off(error)
            except Exception as error:  # noqa: BLE001 - whatever it is, the outbox must go on
                await self._back_off(error)

    async def _reached(self) -> int:
        if self._position is None:
            self._position = await self._store.position(timeout_s=self._settings.store_timeout_s)
        return self._position

    async def _project_once(self, batch: int) -> int:
        """One batch; the position reached, unchanged at the end of the outbox.

        A batch that failed is read and projected again from the same position: the store skips
        what it has, and only then is the batch no longer pending.
        """
        position = await self._reached()
        asked_at = self._monotonic()
        events = await self._outbox.read_after(position, batch)
        if events:
            await self._store.project(
                events, after=position, timeout_s=self._settings.store_timeout_s
            )
            position = self._position = events[-1][0]
            self._pending.projected(event for _, event in events)
        if len(events) < batch:
            self._had_everything(asked_at)
        return position

    def _had_everything(self, at: float) -> None:
        """All that was recorded at that time is in the graph."""
        self._complete_at = at
        self._trusted = True
        self._pending.caught_up(at)

    async def _idle(self, position: int) -> bool:
        """At the end of the outbox: wait for more, or say that it is time to end."""
        if self._draining.is_set():
            return True
        more = asyncio.ensure_future(
            self._outbox.wait_for_more(position, self._settings.idle_wait_s)
        )
        drain = asyncio.ensure_future(self._draining.wait())
        try:
            await asyncio.wait(
                {more, drain},
                timeout=2 * self._settings.idle_wait_s,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if more.done():
                more.result()
        finally:
            more.cancel()
            drain.cancel()
        return False

    async def _coalesce(self) -> None:
        """Let events gather, unless it is time to end."""
        try:
            async with asyncio.timeout(self._settings.coalesce_s):
                await self._draining.wait()
        except TimeoutError:
            return

    async def _back_off(self, error: Exception) -> None:
        self._failures += 1
        wait_s = min(
            self._settings.backoff_most_s,
            self._settings.backoff_first_s * 2 ** min(self._failures - 1, 20),
        )
        _log.warning(
            "graph projection failed (%s), try %d, next in %.2f s",
            _told(error),
            self._failures,
            wait_s,
        )
        await asyncio.sleep(wait_s)


def _told(error: Exception) -> str:
    """Our own errors say what to look at, and quote no values."""
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, TouchstoneError) else name
