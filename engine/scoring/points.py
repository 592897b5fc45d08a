"""Points: the calibrated log-odds on a scale that people can read, split into parts that add.

``points = offset + factor * ln(good : bad odds)``, ``factor = PDO / ln 2``,
``offset = base - factor * ln(base odds)``. Functions are pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, floor, log


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """``base`` points at odds of ``base_odds`` : 1; ``pdo`` points double the odds."""

    base: int = 600
    base_odds: int = 50
    pdo: int = 20

    @property
    def factor(self) -> float:
        """Points for each unit of log-odds."""
        return self.pdo / log(2)

    @property
    def offset(self) -> float:
        """Points at even odds."""
        return self.base - self.factor * log(self.base_odds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrator:
    """Platt: log-odds of default = ``slope * margin + intercept``; a positive slope keeps order."""

    slope: float
    intercept: float

    def log_odds(self, margin: float) -> float:
        """Calibrated log-odds of default of a margin of the model."""
        return self.slope * margin + self.intercept


def probability(log_odds: float) -> float:
    """The probability of log-odds, without overflow at either end."""
    if log_odds >= 0:
        return 1.0 / (1.0 + exp(-log_odds))
    odds = exp(log_odds)
    return odds / (1.0 + odds)


def whole_parts(total: int, parts: Sequence[float]) -> list[int]:
    """Integers that add to ``total``, each within one of its part: largest remainder.

    ``total`` must be the rounded sum of ``parts``; ties go to the earlier part.
    """
    whole = [floor(part) for part in parts]
    missing = total - sum(whole)
    if not 0 <= missing <= len(parts):
        raise ValueError(f"the parts do not add to the total: {missing} points are left over")
    by_remainder = sorted(range(len(parts)), key=lambda i: (whole[i] - parts[i], i))
    for i in by_remainder[:missing]:
        whole[i] += 1
    return whole
