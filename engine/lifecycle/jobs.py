"""Long tasks over a policy: its tests, its proofs, a simulation. Each in a process of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import NotFound, Overloaded, TouchstoneError

MAX_RUNNING = 2
MAX_KEPT = 32
_RETRY_AFTER_S = 10.0


class JobState(StrEnum):
    """Where a task stands. ``FAILED``: it was done, and what it looked at is not in order."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a task found: for people, for programs, as a page; "" where there is no such form."""

    passed: bool
    text: str
    json: str = ""
    html: str = ""


@dataclass(slots=True)
class Job:
    """A task, under way or done. ``problem``: why it could not be done."""

    state: JobState = JobState.RUNNING
    report: Report | None = None
    problem: str = ""


class Jobs:
    """Runs at most ``MAX_RUNNING`` tasks at once and keeps the latest ``MAX_KEPT``."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Callable[[], Awaitable[Report]]) -> str:
        """Begin a task; its id. Raises ``Overloaded``."""
        if len(self._tasks) >= MAX_RUNNING:
            raise Overloaded("too many tasks under way", _RETRY_AFTER_S)
        job_id = secrets.token_hex(16)
        job = self._jobs[job_id] = Job()
        while len(self._jobs) > MAX_KEPT:
            self._jobs.popitem(last=False)
        task = asyncio.create_task(_run(job, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job_id

    def get(self, job_id: str) -> Job:
        """A task by its id. Raises ``NotFound``."""
        job = self._jobs.get(job_id)
        if job is None:
            raise NotFound("there is no such task; only the latest are kept")
        return job

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)


async def _run(job: Job, work: Callable[[], Awaitable[Report]]) -> None:
    try:
        job.report = await work()
        job.state = JobState.PASSED if job.report.passed else JobState.FAILED
    except TouchstoneError as error:
        job.state, job.problem = JobState.BROKEN, str(error)
    except BaseException:
        job.state, job.problem = JobState.BROKEN, "the task was given up"
        raise
