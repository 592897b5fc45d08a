"""Lets old links go, a page of the outbox at a time, beside decisions.

The outbox tells what is old, so nothing is scanned: a pass reads it from the start in pages, and
lets go what its applications linked. A pass that was interrupted is begun again; what has gone does
not go twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graph.catch_up import Events
from graph.expiry import Candidates, Cutoffs, Retention, candidates
from graph.model import ApplicationProjected
from graph.store import OutboxEvent
from graph.upkeep import UpkeepStore, expire_steps

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperSettings:
    """``page``: events of the outbox looked at together. ``most``: applicants let go in one step of
    the store, which a decision may have to wait for. ``pause_s``: after each step. ``every_s``:
    between two passes. ``retry_s``: after a step that failed.
    """

    page: int = 500
    most: int = 50
    pause_s: float = 0.02
    every_s: float = 6 * 3600.0
    retry_s: float = 30.0
    store_timeout_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one pass let go."""

    links: int
    applicants: int


class Keeper:
    """One for a graph. ``now_us``: the present, in microseconds since the epoch."""

    def __init__(
        self,
        events: Events,
        store: UpkeepStore,
        retention: Retention,
        settings: KeeperSettings | None = None,
        *,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._events = events
        self._store = store
        self._retention = retention
        self._settings = settings or KeeperSettings()
        self._now_us = now_us
        self._begin = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Keep order in the background, if anything is ever to go."""
        if not self._retention.is_forever:
            self._task = asyncio.create_task(self._run(), name="graph-keeper")

    async def stop(self) -> None:
        """End after the step in hand, or within it: a step is done or undone."""
        if self._task is None:
            return
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def sweep(self, progress: Callable[[int], None] = lambda _: None) -> Swept:
        """One pass over what is in the graph. Raises what ledger and store raise."""
        cutoffs = self._retention.cutoffs(self._now_us())
        last = await self._store.position(timeout_s=self._settings.store_timeout_s)
        position, links, applicants, is_over = self._begin, 0, 0, True
        while position < last:
            page = await self._events.read_after(position, self._settings.page)
            if not page:
                break
            for due in _steps(candidates([e for _, e in page], cutoffs), self._settings.most):
                gone = await self._store.carry_out(
                    expire_steps(due, cutoffs), timeout_s=self._settings.store_timeout_s
                )
                links, applicants = links + len(gone.links), applicants + len(gone.applicants)
                await asyncio.sleep(self._settings.pause_s)
            position = page[-1][0]
            is_over = is_over and _is_over(page, cutoffs)
            if is_over:
                self._begin = position
            progress(position)
        return Swept(links=links, applicants=applicants)

    async def _run(self) -> None:
        while True:
            try:
                swept = await self.sweep()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                _log.warning("old links were not let go (%s)", type(error).__name__)
                await asyncio.sleep(self._settings.retry_s)
                continue
            if swept.links:
                _log.info("let go %d old links, %d applicants", swept.links, swept.applicants)
            await asyncio.sleep(self._settings.every_s)


def _steps(due: Candidates, most: int) -> list[Candidates]:
    """In parts that one step of the store can take."""
    applicants = [due.applicants[n : n + most] for n in range(0, len(due.applicants), most)]
    least = 8 * most
    identifiers = [due.identifiers[n : n + least] for n in range(0, len(due.identifiers), least)]
    return [
        *(Candidates(part, ()) for part in applicants),
        *(Candidates((), part) for part in identifiers),
    ]


def _is_over(page: Sequence[OutboxEvent], cutoffs: Cutoffs) -> bool:
    """Whether nothing of the page can go any more in a later pass."""
    times = [cutoffs.named, cutoffs.forget, *cutoffs.own.values()]
    earliest = min((time for time in times if time), default=0)
    return all(
        event.at_us < earliest for _, event in page if isinstance(event, ApplicationProjected)
    )
