"""Admission times: microseconds since the epoch, strictly increasing."""

from __future__ import annotations

import time
from collections.abc import Callable


class AdmissionClock:
    """Gives each admission a time of its own, so that "before" is never a tie.

    ``last_us``: the latest time already given out (from the ledger at start); a wall clock that
    was set back cannot undercut it. Not thread-safe: one event loop owns it.
    """

    def __init__(self, last_us: int = 0, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._last_us = last_us
        self._now_ns = now_ns

    def next_us(self) -> int:
        """The next admission time."""
        self._last_us = max(self._now_ns() // 1000, self._last_us + 1)
        return self._last_us
