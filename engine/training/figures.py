"""Measures with intervals, of PDs and outcomes that a model had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.intervals import wilson_interval

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_DRAWS = 200
_SEED = 7
_LEVELS = (0.025, 0.975)
_DIGITS = 4
#: Fewer rows, or fewer of one outcome, say nothing.
LEAST_ROWS, LEAST_OUTCOMES = 50, 10


def auc(bad: Mask, pds: Values, masses: Values | None = None) -> float:
    """The share of (bad, good) pairs in which the bad one has the higher PD; ties count half."""
    mass = np.ones(len(bad)) if masses is None else masses
    order = np.argsort(pds, kind="stable")
    _, first = np.unique(pds[order], return_index=True)
    bads = np.add.reduceat((mass * bad)[order], first)
    goods = np.add.reduceat((mass * ~bad)[order], first)
    below = np.cumsum(goods) - goods
    return float(np.sum(bads * (below + goods / 2)) / (bads.sum() * goods.sum()))


def alone(bad: Mask, values: npt.NDArray[np.floating[Any]], masses: Values | None = None) -> float:
    """The AUC of one feature by itself, whichever way it points; what is missing is at an end."""
    found = [auc(bad, np.where(np.isnan(values), end, values), masses) for end in (-np.inf, np.inf)]
    return max(*found, *(1 - area for area in found))


def ks(bad: Mask, pds: Values, masses: Values | None = None) -> float:
    """The greatest distance between the distributions of bad and good."""
    mass = np.ones(len(bad)) if masses is None else masses
    order = np.argsort(pds, kind="stable")
    _, first = np.unique(pds[order], return_index=True)
    bads = np.cumsum(np.add.reduceat((mass * bad)[order], first))
    goods = np.cumsum(np.add.reduceat((mass * ~bad)[order], first))
    return float(np.max(np.abs(goods / goods[-1] - bads / bads[-1])))


def brier(bad: Mask, pds: Values, masses: Values | None = None) -> float:
    """Mean squared error of the PD."""
    return float(np.average((pds - bad) ** 2, weights=masses))


def part_of(masses: Values | None, rows: npt.NDArray[Any] | Sequence[int]) -> Values | None:
    """The masses of some of the rows; ``None``: all rows count alike."""
    return None if masses is None else masses[rows]


def mean_of(values: npt.NDArray[Any], rows: npt.NDArray[Any], masses: Values | None) -> float:
    """The mean over some of the rows, each by its mass."""
    return float(np.average(values[rows], weights=part_of(masses, rows)))


def effective(masses: Values | None, rows: int) -> float:
    """How many rows of equal mass say as much: a rate of them has the same spread."""
    return rows if masses is None else float(masses.sum() ** 2 / np.sum(masses**2))


def discrimination(bad: Mask, pds: Values, masses: Values | None = None) -> dict[str, Any] | None:
    """AUC, Gini, KS and Brier with bootstrap intervals of 95 %; ``None``: too few rows.

    ``masses``: how many rows each stands for; a draw takes a row with its mass.
    """
    count = int(bad.sum())
    if len(bad) < LEAST_ROWS or min(count, len(bad) - count) < LEAST_OUTCOMES:
        return None
    found = {name: _with_interval(name, bad, pds, masses) for name in ("auc", "ks", "brier")}
    area = found["auc"]
    found["gini"] = {key: round(2 * value - 1, _DIGITS) for key, value in area.items()}
    rate = float(np.average(bad, weights=masses))
    return {"rows": len(bad), "bad_rate": round(rate, _DIGITS), **found}


def _with_interval(name: str, bad: Mask, pds: Values, masses: Values | None) -> dict[str, float]:
    measure = {"auc": auc, "ks": ks, "brier": brier}[name]
    chance = np.random.default_rng(_SEED)
    mass = np.ones(len(bad)) if masses is None else masses
    drawn = []
    for _ in range(_DRAWS):
        times = np.bincount(chance.integers(0, len(bad), len(bad)), minlength=len(bad))
        drawn.append(measure(bad, pds, times.astype(np.float64) * mass))
    low, high = np.quantile(drawn, _LEVELS)
    found = {"value": measure(bad, pds, masses), "low": float(low), "high": float(high)}
    return {key: round(value, _DIGITS) for key, value in found.items()}


def calibration(
    bad: Mask, pds: Values, masses: Values | None = None, parts: int = 10
) -> list[dict[str, Any]]:
    """Tenths by PD: mean PD, bad rate, and whether the PD lies in the rate's interval of 95 %.

    With ``masses`` the rates are weighted, and the interval is of the effective number of rows.
    """
    order = np.argsort(pds, kind="stable")
    found = []
    for number, places in enumerate(np.array_split(order, parts), 1):
        rate, mean = mean_of(bad, places, masses), mean_of(pds, places, masses)
        total = effective(part_of(masses, places), len(places))
        low, high = wilson_interval(rate * total, total)
        found.append(
            {
                "part": number,
                "rows": len(places),
                "mean_pd": round(mean, _DIGITS),
                "bad_rate": round(rate, _DIGITS),
                "low": round(low, _DIGITS),
                "high": round(high, _DIGITS),
                "inside": low <= mean <= high,
            }
        )
    return found


def psi(expected: Sequence[float], found: Sequence[float]) -> float:
    """Population stability index of shares; an empty bin counts as a ten-thousandth."""
    total = 0.0
    for was, now in zip(expected, found, strict=True):
        a, b = max(was, 1e-4), max(now, 1e-4)
        total += (b - a) * float(np.log(b / a))
    return round(total, _DIGITS)
