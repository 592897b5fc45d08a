"""A circuit breaker: what failed lately is not asked again at once.

Closed, every call may go. After enough failures among the last calls it opens: nobody may go, for a
while that doubles as long as probes fail. Then it is half open: one call may go as a probe, and its
outcome closes it or opens it again. Outcomes of calls that went before the last change tell nothing
about now and are passed over.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_log = logging.getLogger(__name__)


class BreakerState(StrEnum):
    """Whether calls may go."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Outcome(StrEnum):
    """What a call says about the other side; ``NOTHING`` if it ended for a reason of its own."""

    GOOD = "good"
    FAILED = "failed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerSettings:
    """Opens at ``failures`` among the last ``window`` calls, for ``open_first_s`` seconds, doubling
    with each failed probe up to ``open_most_s``.

    Raises ``ValueError`` for a bound outside its range.
    """

    window: int = 20
    failures: int = 5
    open_first_s: float = 0.5
    open_most_s: float = 10.0

    def __post_init__(self) -> None:
        """Refuse a breaker that would never open, or never close."""
        if not 1 <= self.failures <= self.window:
            raise ValueError("failures: must be between 1 and window")
        if not 0 < self.open_first_s <= self.open_most_s:
            raise ValueError("open_first_s: must be above 0 and not above open_most_s")


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to make one call; give it back with ``leave``."""

    period: int


class Breaker:
    """For one event loop or thread. ``name`` is for the log."""

    def __init__(
        self,
        name: str,
        settings: BreakerSettings | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._settings = settings or BreakerSettings()
        self._monotonic = monotonic
        self._state = BreakerState.CLOSED
        self._period = 0
        self._failed: deque[bool] = deque(maxlen=self._settings.window)
        self._open_s = self._settings.open_first_s
        self._open_until = 0.0

    @property
    def state(self) -> BreakerState:
        """The state as of the last call; an open one becomes half open when somebody enters."""
        return self._state

    def is_refusing(self) -> bool:
        """Whether ``enter`` would refuse now."""
        if self._state is BreakerState.OPEN:
            return self._monotonic() < self._open_until
        return self._state is BreakerState.HALF_OPEN

    def enter(self) -> Ticket | None:
        """A ticket, or ``None`` if the call must not be made."""
        if self.is_refusing():
            return None
        if self._state is BreakerState.OPEN:
            self._change(BreakerState.HALF_OPEN)
        return Ticket(self._period)

    def leave(self, ticket: Ticket, outcome: Outcome) -> None:
        """Every ticket comes back once, whatever became of its call."""
        if ticket.period != self._period:
            return
        if self._state is BreakerState.HALF_OPEN:
            self._probed(outcome)
        elif outcome is not Outcome.NOTHING:
            self._failed.append(outcome is Outcome.FAILED)
            if sum(self._failed) >= self._settings.failures:
                self._open(self._settings.open_first_s)

    def _probed(self, outcome: Outcome) -> None:
        match outcome:
            case Outcome.GOOD:
                self._failed.clear()
                self._change(BreakerState.CLOSED)
                _log.warning("%s: answers again", self._name)
            case Outcome.FAILED:
                self._open(min(2 * self._open_s, self._settings.open_most_s))
            case Outcome.NOTHING:
                # The probe told nothing: the next call is one.
                self._open_until = self._monotonic()
                self._change(BreakerState.OPEN)

    def _open(self, open_s: float) -> None:
        self._open_s = open_s
        self._open_until = self._monotonic() + open_s
        self._change(BreakerState.OPEN)
        _log.warning("%s: fails; not asked for %.1f s", self._name, open_s)

    def _change(self, state: BreakerState) -> None:
        self._state = state
        self._period += 1
