"""The interval of a rate, for reports of every kind."""

from __future__ import annotations

from math import sqrt

#: Standard errors to either side of an interval of 95 %.
Z = 1.959964


def wilson_interval(count: float, total: float) -> tuple[float, float]:
    """Wilson's interval of ``count / total`` at 95 %; all of 0 .. 1 where nothing was counted.

    Weights may make both of them fractions.
    """
    if total <= 0:
        return 0.0, 1.0
    rate = count / total
    scale = 1 + Z**2 / total
    middle = (rate + Z**2 / (2 * total)) / scale
    half = Z * sqrt(rate * (1 - rate) / total + Z**2 / (4 * total**2)) / scale
    return max(middle - half, 0.0), min(middle + half, 1.0)
