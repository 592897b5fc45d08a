"""Platt scaling on margins that the model gave to people it had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from engine.scoring.points import Calibrator, probability

_STEPS = 50
_DIGITS = 6


class NotCalibrated(ValueError):
    """No slope and intercept make PDs of these margins."""


def platt(
    margins: Sequence[float], bad: Sequence[int], masses: Sequence[float] | None = None
) -> Calibrator:
    """The maximum-likelihood slope and intercept, by Newton's method.

    ``masses``: how many rows each stands for; one if it is not given. ``fsum`` and six digits make
    the result the same on every machine. Raises ``NotCalibrated`` if the slope as it is kept is not
    positive: such a model would order people the wrong way round, or not at all.
    """
    slope, intercept = 0.0, 0.0
    for _ in range(_STEPS):
        step = _newton_step(slope, intercept, margins, bad, masses or [1.0] * len(bad))
        slope, intercept = slope + step[0], intercept + step[1]
        if max(map(abs, step)) < 10.0 ** -(_DIGITS + 3):
            break
    else:
        raise NotCalibrated(f"calibration did not settle in {_STEPS} steps")
    slope = round(slope, _DIGITS)
    if not slope > 0:
        raise NotCalibrated(f"calibration slope {slope:.4f} is not positive")
    return Calibrator(slope=slope, intercept=round(intercept, _DIGITS))


def _newton_step(
    slope: float,
    intercept: float,
    margins: Sequence[float],
    bad: Sequence[int],
    masses: Sequence[float],
) -> tuple[float, float]:
    predicted = [probability(slope * m + intercept) for m in margins]
    errors = [n * (y - p) for y, p, n in zip(bad, predicted, masses, strict=True)]
    weights = [n * p * (1.0 - p) for p, n in zip(predicted, masses, strict=True)]
    gradient_slope = fsum(e * m for e, m in zip(errors, margins, strict=True))
    gradient_intercept = fsum(errors)
    h_ss = fsum(w * m * m for w, m in zip(weights, margins, strict=True))
    h_si = fsum(w * m for w, m in zip(weights, margins, strict=True))
    h_ii = fsum(weights)
    determinant = h_ss * h_ii - h_si * h_si
    if determinant <= 0:
        raise NotCalibrated("calibration needs margins that differ")
    return (
        (h_ii * gradient_slope - h_si * gradient_intercept) / determinant,
        (h_ss * gradient_intercept - h_si * gradient_slope) / determinant,
    )
