"""Calibration: the PD that was predicted beside what became of the accounts.

Only accounts that were opened have an outcome: of the declined nobody knows, so nothing here says
how good the card is on all applicants.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from engine.monitor.cells import BILLION, Cell
from engine.monitor.statistics import LEAST_EXPECTED, ChiSquare, Rate, chi_square_tail, wilson

#: Lower bounds of the bands of PD, from the second on.
PD_BANDS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7)


def pd_band(pd: float) -> int:
    """The band of a PD: its place, 0 below the first bound."""
    return bisect_right(PD_BANDS, pd)


def band_label(band: int) -> str:
    """Such as ``0.05-0.075``."""
    low = 0.0 if band == 0 else PD_BANDS[band - 1]
    high = 1.0 if band == len(PD_BANDS) else PD_BANDS[band]
    return f"{low:g}-{high:g}"


@dataclass(frozen=True, slots=True)
class Band:
    """One band: the mean PD and the share of the bad, of accounts with an outcome."""

    label: str
    n: int
    predicted: float
    observed: Rate


@dataclass(frozen=True, slots=True)
class Calibration:
    """``ratio``: observed bad over expected bad; ``test``: Hosmer and Lemeshow's over the bands."""

    n: int
    bad: int
    expected: float
    ratio: float | None
    test: ChiSquare
    bands: tuple[Band, ...]


def calibration(bands: Mapping[int, Cell]) -> Calibration:
    """Of the bands of a population. The card was fitted elsewhere: a degree of freedom a band."""
    found = [
        Band(
            label=band_label(band),
            n=cell.good + cell.bad,
            predicted=cell.expected_bad / BILLION / (cell.good + cell.bad),
            observed=wilson(cell.bad, cell.good + cell.bad),
        )
        for band, cell in sorted(bands.items())
        if cell.good + cell.bad > 0
    ]
    expected = sum(cell.expected_bad for cell in bands.values()) / BILLION
    bad = sum(cell.bad for cell in bands.values())
    return Calibration(
        n=sum(band.n for band in found),
        bad=bad,
        expected=expected,
        ratio=bad / expected if expected > 0 else None,
        test=_hosmer_lemeshow(found),
        bands=tuple(found),
    )


def _hosmer_lemeshow(bands: list[Band]) -> ChiSquare:
    groups = _thick(bands)
    statistic = sum(
        (bad - expected) ** 2 / (expected * (1 - expected / n)) for n, bad, expected in groups
    )
    return ChiSquare(statistic, len(groups), chi_square_tail(statistic, len(groups)))


def _thick(bands: list[Band]) -> list[tuple[int, int, float]]:
    """Bands put together until five bad and five good are expected: n, bad, expected bad."""
    found: list[tuple[int, int, float]] = []
    n, bad, expected = 0, 0, 0.0
    for band in bands:
        n, bad = n + band.n, bad + band.observed.hits
        expected += band.n * band.predicted
        if min(expected, n - expected) >= LEAST_EXPECTED:
            found.append((n, bad, expected))
            n, bad, expected = 0, 0, 0.0
    if n and found:
        last = found.pop()
        found.append((last[0] + n, last[1] + bad, last[2] + expected))
    return found
