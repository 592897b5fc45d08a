"""As of when an investigator looks: the latest time up to which the graph is complete."""

from __future__ import annotations

import asyncio
import time

import pytest

from engine.clock import AdmissionClock
from engine.deadline import Deadline
from engine.investigate import Horizon
from graph.pending import PendingIndex
from graph.store import GraphUnavailable
from tests.graph_histories import application, uses


class At:
    """A projector that has reached a position."""

    def __init__(self, position: int | None) -> None:
        self.position = position
        self.is_trusted = True


def horizon(pending: PendingIndex, position: int | None = 1, last_us: int = 100) -> Horizon:
    """With a clock that has come to ``last_us``."""
    clock = AdmissionClock(last_us, now_ns=lambda: 0)
    return Horizon(clock, pending, At(position))  # type: ignore[arg-type]


async def test_with_nothing_waiting_it_is_now() -> None:
    """The clock's next time: everything admitted before has an earlier one."""
    view = await horizon(PendingIndex()).view(Deadline(5))
    assert (view.as_of_us, view.stale) == (101, False)


async def test_what_waits_is_waited_for() -> None:
    """An application of a moment ago is in the answer, once it is projected."""
    pending = PendingIndex()
    event = application("a", 50, uses("phone", 1))
    pending.add(event)
    looking = asyncio.create_task(horizon(pending).view(Deadline(5)))
    await asyncio.sleep(0.05)
    assert not looking.done()
    pending.projected([event])
    assert (await looking).as_of_us == 101


async def test_what_takes_too_long_is_left_out() -> None:
    """Half of the deadline is waited; the answer is then as of before what still waits."""
    pending = PendingIndex()
    pending.add(application("a", 50, uses("phone", 1)))
    view = await horizon(pending).view(Deadline(0.2))
    assert view.as_of_us == 50


async def test_a_long_queue_is_not_waited_for() -> None:
    """Looking through it again and again would cost decisions their event loop."""
    pending = PendingIndex()
    for number in range(1001):
        pending.add(application(f"a{number}", 1 + number, uses("phone", number)))
    started = time.monotonic()
    view = await horizon(pending, last_us=5000).view(Deadline(10))
    assert view.as_of_us == 1
    assert time.monotonic() - started < 4, "it waited half of the deadline"


async def test_an_index_that_is_blind_makes_the_view_stale() -> None:
    """What found no room is neither in the graph nor in the index."""
    pending = PendingIndex(capacity=1, may_overflow=True)
    for number in range(2):
        pending.expect(application(f"a{number}", 1 + number, uses("phone", number)))
    assert (await horizon(pending).view(Deadline(0.1))).stale


async def test_a_graph_that_was_never_reached_is_unavailable() -> None:
    """Nothing is known of it."""
    with pytest.raises(GraphUnavailable):
        await horizon(PendingIndex(), position=None).view(Deadline(0.1))
