"""Rings on a running server: searches one at a time, lists, explanations, alerts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from engine.codec import decode
from engine.errors import NotFound, Overloaded, Unavailable
from engine.ledger import Ledger
from engine.lifecycle.jobs import Job, Jobs, JobState
from engine.lifecycle.jobs import Report as JobReport
from engine.lifecycle.processes import run
from engine.rings.alerts import list_alerts
from engine.rings.model import Alert, Found, RingHead, RunRecord
from engine.rings.recording import Pending, last_run, record, ring_of, would_record
from engine.rings.told import as_json
from engine.rings.worker import Task
from graph.expiry import Retention
from graph.rings import Ring

TIMEOUT_S = 1800.0
# Modest from the very start: importing what it needs takes a second of a core.
_WORKER = "import os; os.nice(10); from engine.rings.worker import run; run()"
_MOST_BYTES = 512 * 1024 * 1024
_RETRY_AFTER_S = 10.0


class SearchBroken(Unavailable):
    """The process that searched died."""

    reason = "RING_SEARCH_BROKEN"


class RingDesk:
    """``path``: the ledger's file, which the searching process reads beside this one.

    ``pending`` and ``next_us``: the index of what is not yet in the graph, and the clock of
    admissions, so that decisions see all of a search or nothing. ``retention``: of the graph.
    """

    def __init__(
        self,
        ledger: Ledger,
        path: Path,
        *,
        pending: Pending,
        next_us: Callable[[], int],
        retention: Retention,
    ) -> None:
        self._retention = retention
        self._ledger, self._path = ledger, path
        self._pending, self._next_us = pending, next_us
        self._jobs = Jobs()
        self._latest = ""
        self.alerts_raised = 0

    def start(self, alarm_score: int, *, dry_run: bool) -> str:
        """Begin a search; its id. Raises ``Overloaded`` while another one is under way."""
        if self._latest and self._jobs.get(self._latest).state is JobState.RUNNING:
            raise Overloaded("a search for rings is under way", _RETRY_AFTER_S)
        self._latest = self._jobs.start(lambda: self._search(alarm_score, dry_run=dry_run))
        return self._latest

    def search(self, search_id: str) -> Job:
        """How far a search is. Raises ``NotFound``."""
        return self._jobs.get(search_id)

    async def last_run(self) -> RunRecord | None:
        """The last search that was written."""
        return await last_run(self._ledger)

    async def explain(self, ring: str) -> tuple[RingHead, Ring]:
        """A ring of the last search. Raises ``NotFound``."""
        latest = await last_run(self._ledger)
        found = None if latest is None else await ring_of(self._ledger, latest, ring)
        if latest is None or found is None:
            raise NotFound("the last search has no such ring")
        return next(head for head in latest.rings if head.ring == ring), found

    async def alerts(self, before: int | None, size: int) -> tuple[tuple[Alert, ...], int | None]:
        """A page, as ``list_alerts`` says."""
        return await list_alerts(self._ledger, before=before, size=size)

    async def close(self) -> None:
        """Give up a search under way."""
        await self._jobs.close()

    async def _search(self, alarm_score: int, *, dry_run: bool) -> JobReport:
        now_us = self._next_us()
        task = Task(
            ledger=str(self._path),
            as_of_us=now_us,
            alarm_score=alarm_score,
            kept_since_us=self._retention.kept_since(now_us),
        )
        try:
            ended = await run(
                [sys.executable, "-c", _WORKER],
                msgspec.json.encode(task),
                timeout_s=TIMEOUT_S,
                most_output=_MOST_BYTES,
            )
        except TimeoutError:
            raise SearchBroken(f"the search took longer than {TIMEOUT_S:.0f} s") from None
        if ended.code:
            raise SearchBroken(f"the process that searched ended with {ended.code}")
        found = decode(ended.output, Found)
        if dry_run:
            report = await would_record(self._ledger, found, alarm_score)
        else:
            report = await record(
                self._ledger, found, alarm_score, pending=self._pending, next_us=self._next_us
            )
            self.alerts_raised += len(report.alerts)
        return JobReport(passed=True, text="", json=as_json(found, report, dry_run=dry_run))
