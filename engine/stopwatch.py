"""Where the time of one decision went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter_ns

from engine.outcome import Timing


class Stopwatch:
    """Wall time by step, microseconds; several passes of a step are added up."""

    def __init__(self) -> None:
        self._micros: dict[str, int] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the duration of the block to the step."""
        start = perf_counter_ns()
        try:
            yield
        finally:
            spent = (perf_counter_ns() - start) // 1000
            self._micros[name] = self._micros.get(name, 0) + spent

    def timings(self) -> tuple[Timing, ...]:
        """The steps in the order in which they were begun."""
        return tuple(Timing(step=name, micros=us) for name, us in self._micros.items())
