"""As of when an investigator looks: the latest time up to which the graph holds everything."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from engine.clock import AdmissionClock
from engine.deadline import Deadline
from graph.pending import PendingIndex
from graph.projector import Projector
from graph.store import GraphUnavailable

_WAIT_S = 3.0
_OF_DEADLINE = 0.5
_EVERY_S = 0.01
_MOST_WAITED_FOR = 1_000


@dataclass(frozen=True, slots=True)
class View:
    """A time, exclusive. ``stale``: the graph may lack something that was recorded before it."""

    as_of_us: int
    stale: bool


class Horizon:
    """Tells the time to look at. An admission has its time and waits in the index in one step, so
    whatever began before the earliest that waits is in the graph: pages as of it never change.
    """

    def __init__(self, clock: AdmissionClock, pending: PendingIndex, projector: Projector) -> None:
        self._clock, self._pending, self._projector = clock, pending, projector

    async def view(self, deadline: Deadline) -> View:
        """Some seconds are waited for what was recorded before the call, if it must be.

        ``GraphUnavailable`` if the graph was not reached yet.
        """
        asked = Deadline(min(_WAIT_S, _OF_DEADLINE * deadline.remaining_s()))
        while self._projector.position is None:
            if asked.expired:
                raise GraphUnavailable("the graph was not reached yet; try again later")
            await asyncio.sleep(_EVERY_S)
        now_us = self._clock.next_us()
        while (waiting_us := self._pending.earliest_us()) is not None:
            # A long queue does not go in a moment, and looking through it again and again costs
            # the event loop more than an investigator may.
            if waiting_us >= now_us or asked.expired or len(self._pending) > _MOST_WAITED_FOR:
                return self._as_of(min(waiting_us, now_us))
            await asyncio.sleep(_EVERY_S)
        return self._as_of(now_us)

    def again(self, as_of_us: int) -> View:
        """The view of an earlier page."""
        return self._as_of(as_of_us)

    def _as_of(self, as_of_us: int) -> View:
        stale = self._pending.is_blind or not self._projector.is_trusted
        return View(as_of_us, stale)
