"""Guard rails: a new policy's rates and sums against those of the policy before it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt

from engine.outcome import Outcome

#: Standard errors by which a difference must stand out: noise does so once in two million.
_SURE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RailLimits:
    """When a rail trips. ``least``: decisions of the new policy before anything is judged.

    ``rate``: change of a rate, as a part of 1; ``total``: change of the approved line per
    application, as a part of the baseline.
    """

    least: int = 200
    rate: float = 0.10
    total: float = 0.30


@dataclass(slots=True)
class Tally:
    """Decisions of one policy, summed up. ``line``, ``squares``: approved lines, minor units."""

    decisions: int = 0
    declined: int = 0
    referred: int = 0
    line: float = 0.0
    squares: float = 0.0

    def add(self, outcome: Outcome, line_minor: int) -> None:
        """Count one decision; ``line_minor``: approved, 0 if none."""
        self.decisions += 1
        self.declined += outcome is Outcome.DECLINE
        self.referred += outcome is Outcome.REFER
        self.line += line_minor
        self.squares += float(line_minor) * line_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class RailStatus:
    """A rail and where it stands. ``decisions``: those of the watched policy."""

    name: str
    digest: str
    baseline: float
    value: float
    decisions: int
    tripped: bool


@dataclass(slots=True)
class GuardRails:
    """Watches one policy against the tally of another."""

    limits: RailLimits
    digest: str = ""
    baseline: Tally = field(default_factory=Tally)
    seen: Tally = field(default_factory=Tally)

    def watch(self, digest: str, baseline: Tally, seen: Tally | None = None) -> None:
        """Begin to watch a policy that goes live; ``seen``: what it decided before a restart."""
        self.digest, self.baseline, self.seen = digest, baseline, seen or Tally()

    def rest(self) -> None:
        """Watch nothing."""
        self.digest = ""

    def observe(self, digest: str, outcome: Outcome, line_minor: int) -> None:
        """Count a decision if it was made under the watched policy."""
        if digest == self.digest:
            self.seen.add(outcome, line_minor)

    def status(self) -> tuple[RailStatus, ...]:
        """All rails; none while nothing is watched."""
        if not self.digest:
            return ()
        old, new = self.baseline, self.seen
        return (
            self._rate("decline_rate", old.declined, new.declined),
            self._rate("refer_rate", old.referred, new.referred),
            self._mean(),
        )

    def tripped(self) -> RailStatus | None:
        """The first rail that has tripped."""
        return next((rail for rail in self.status() if rail.tripped), None)

    def _rate(self, name: str, old: int, new: int) -> RailStatus:
        n, m = self.baseline.decisions, self.seen.decisions
        before, now = _part(old, n), _part(new, m)
        pooled = _part(old + new, n + m)
        error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)) if n and m else 0.0
        return self._rail(name, before, now, error, self.limits.rate)

    def _mean(self) -> RailStatus:
        old, new = self.baseline, self.seen
        before, now = _part(old.line, old.decisions), _part(new.line, new.decisions)
        error = sqrt(_variance_of_mean(old) + _variance_of_mean(new))
        return self._rail("approved_line", before, now, error, self.limits.total * before)

    def _rail(self, name: str, before: float, now: float, error: float, most: float) -> RailStatus:
        judged = min(self.baseline.decisions, self.seen.decisions) >= self.limits.least
        change = abs(now - before)
        return RailStatus(
            name=name,
            digest=self.digest,
            baseline=before,
            value=now,
            decisions=self.seen.decisions,
            tripped=judged and change > most and change > _SURE * error,
        )


def _part(count: float, of: int) -> float:
    return count / of if of else 0.0


def _variance_of_mean(tally: Tally) -> float:
    n = tally.decisions
    if n == 0:
        return 0.0
    mean = tally.line / n
    return max(tally.squares / n - mean * mean, 0.0) / n
