"""One point in time, whoever asks."""

from __future__ import annotations

import asyncio

import pytest

from engine.deadline import Deadline
from engine.errors import DeadlineExceeded


def test_what_is_left_shrinks_to_zero_and_bounds_what_is_wanted() -> None:
    """On an injected clock."""
    now = [100.0]
    deadline = Deadline(2.0, lambda: now[0])
    assert (
        deadline.remaining_s(),
        deadline.bounded(0.5),
        deadline.bounded(9.0),
    ) == (2.0, 0.5, 2.0)
    now[0] = 103.0

    assert deadline.expired
    assert (deadline.remaining_s(), deadline.bounded(9.0)) == (0.0, 0.0)


async def test_waiting_ends_at_the_deadline() -> None:
    """With an error that a caller may see."""
    with pytest.raises(DeadlineExceeded):
        await Deadline(0.01).wait_for(asyncio.Event().wait())


async def test_a_timeout_of_the_work_itself_is_not_the_deadline() -> None:
    """It is told apart, since it means something else."""

    async def work() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await Deadline(5).wait_for(work())


async def test_shielded_work_goes_on_after_the_deadline() -> None:
    """An admitted decision is recorded although nobody waits."""
    done = asyncio.Event()

    async def work() -> None:
        await asyncio.sleep(0.05)
        done.set()

    task = asyncio.create_task(work())
    with pytest.raises(DeadlineExceeded):
        await Deadline(0.01).wait_for(asyncio.shield(task))
    await task

    assert done.is_set()
