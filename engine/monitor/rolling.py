"""The last hours, as one population for each hour: a window is a sum of them. Bounded.

Decisions count in the hour in which they were made, what was reported of them in the hour in which
it was told, since accounts turn out long after their decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.monitor.calibration import pd_band
from engine.monitor.cells import Cell
from engine.monitor.observation import Observation
from engine.monitor.population import Population, merged
from engine.outcome import Outcome

HOUR_US = 3_600_000_000


@dataclass(slots=True)
class Rolling:
    """``hours``: how many of them are kept, the present one among them."""

    hours: int
    _buckets: dict[int, Population]

    def __init__(self, hours: int) -> None:
        self.hours = hours
        self._buckets = {}

    def add(self, seen: Observation, now_us: int, weight: int = 1) -> None:
        """Count a decision, or with ``weight`` -1 take it back: a later one took its place."""
        bucket = self._at(seen.at_us, now_us)
        if bucket is not None:
            bucket.add(_coarse(seen), weight)

    def review(
        self, engine: Outcome, told: Outcome, at_us: int, now_us: int, weight: int = 1
    ) -> None:
        """Count what a person decided; -1 takes it back: it was corrected."""
        bucket = self._at(at_us, now_us)
        if bucket is not None:
            bucket.reviews[engine.value, told.value] += weight

    def mature(self, pd: float, at_us: int, now_us: int, weight: int = 1, *, bad: bool) -> None:
        """Count how an account turned out; -1 takes it back."""
        bucket = self._at(at_us, now_us)
        if bucket is not None:
            bucket.bands.setdefault(pd_band(pd), Cell()).mature(pd, weight, bad=bad)

    def window(self, hours: int, now_us: int) -> Population:
        """The last so many hours."""
        return merged(self._last(hours, now_us))

    def _last(self, hours: int, now_us: int) -> Iterator[Population]:
        now = now_us // HOUR_US
        return (p for hour, p in self._buckets.items() if now - hours < hour <= now)

    def _at(self, at_us: int, now_us: int) -> Population | None:
        """The hour of that time; ``None`` if it is too long ago. Forgets what has become so."""
        now, hour = now_us // HOUR_US, at_us // HOUR_US
        for old in [one for one in self._buckets if one <= now - self.hours]:
            del self._buckets[old]
        if not now - self.hours < hour <= now:
            return None
        return self._buckets.setdefault(hour, Population())


def _coarse(seen: Observation) -> Observation:
    """Without staff and branch: an hour must stay small, and no metric may name a person."""
    segment = seen.segment._replace(branch="", staff_member="")
    return Observation(
        decision_id="",
        application="",
        at_us=seen.at_us,
        segment=segment,
        outcome=seen.outcome,
        policy=seen.policy,
        currency=seen.currency,
        score=seen.score,
        fraud_score=seen.fraud_score,
        challengers=seen.challengers,
        line_minor=seen.line_minor,
        offer_minor=seen.offer_minor,
        cap=seen.cap,
        limit_status=seen.limit_status,
        reasons=seen.reasons,
        rules=seen.rules,
    )
