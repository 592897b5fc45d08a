"""Sums over the applications of one segment: whole numbers, so that their order does not matter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from engine.monitor.observation import Observation
from engine.outcome import Outcome

#: Probabilities are summed in billionths.
BILLION = 1_000_000_000


class Metric(StrEnum):
    """What can be explained: a mean over applications, scored ones, or approved ones."""

    APPROVAL = "approval"
    POINTS = "points"
    PD = "pd"
    LINE = "line"


class Moments(NamedTuple):
    """Count, sum and sum of squares of a metric in its own unit."""

    n: int
    total: Fraction
    square: Fraction

    @property
    def mean(self) -> Fraction:
        """0 where there is nothing."""
        return self.total / self.n if self.n else Fraction(0)

    @property
    def variance(self) -> float:
        """Of one observation."""
        return max(float(self.square / self.n - self.mean**2), 0.0) if self.n else 0.0


@dataclass(slots=True)
class Cell:
    """``n`` applications; ``pd``: billionths; lines of the approved in minor units."""

    n: int = 0
    approved: int = 0
    declined: int = 0
    scored: int = 0
    points: int = 0
    points_square: int = 0
    pd: int = 0
    pd_square: int = 0
    line: int = 0
    line_square: int = 0
    reviewed: int = 0
    overridden: int = 0
    good: int = 0
    bad: int = 0
    expected_bad: int = 0

    def add(self, seen: Observation, weight: int = 1) -> None:
        """Count an application; ``weight`` -1 takes it back."""
        self.n += weight
        approved = seen.outcome is Outcome.APPROVE
        self.approved += weight * approved
        self.declined += weight * (seen.outcome is Outcome.DECLINE)
        if approved:
            self.line += weight * seen.line_minor
            self.line_square += weight * seen.line_minor**2
        if seen.score is not None:
            pd = round(seen.score.pd * BILLION)
            self.scored += weight
            self.points += weight * seen.score.points
            self.points_square += weight * seen.score.points**2
            self.pd += weight * pd
            self.pd_square += weight * pd**2
        if seen.review is not None and seen.outcome is not Outcome.REFER:
            self.reviewed += weight
            self.overridden += weight * (seen.review is not seen.outcome)

    def mature(self, pd: float, weight: int, *, bad: bool) -> None:
        """Count how an account turned out beside what was expected."""
        self.bad += weight * bad
        self.good += weight * (not bad)
        self.expected_bad += weight * round(pd * BILLION)

    def merge(self, other: Cell) -> None:
        """Add another's sums."""
        # Written out: windows of many segments merge millions of times.
        self.n += other.n
        self.approved += other.approved
        self.declined += other.declined
        self.scored += other.scored
        self.points += other.points
        self.points_square += other.points_square
        self.pd += other.pd
        self.pd_square += other.pd_square
        self.line += other.line
        self.line_square += other.line_square
        self.reviewed += other.reviewed
        self.overridden += other.overridden
        self.good += other.good
        self.bad += other.bad
        self.expected_bad += other.expected_bad

    def moments(self, metric: Metric) -> Moments:
        """The sums of one metric."""
        if metric is Metric.APPROVAL:
            return Moments(self.n, Fraction(self.approved), Fraction(self.approved))
        if metric is Metric.POINTS:
            return Moments(self.scored, Fraction(self.points), Fraction(self.points_square))
        if metric is Metric.PD:
            return Moments(
                self.scored, Fraction(self.pd, BILLION), Fraction(self.pd_square, BILLION**2)
            )
        return Moments(self.approved, Fraction(self.line), Fraction(self.line_square))
