"""PSI and CSI: how far a population is from the one that a card was trained on.

``PSI = sum((q - p) * ln(q / p))`` over bins frozen in training, ``p`` the training shares, ``q``
the shares now. Without any drift it is not 0: its mean is about ``(B - 1) * (1 / n + 1 / m)`` for
``B`` bins, ``n`` applications and ``m`` training rows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isnan, log

from engine.monitor.statistics import homogeneity
from engine.scoring.frozen_bins import POINTS
from engine.scoring.manifest import BinEntry, Manifest

#: Below so many applications a PSI is chance: nothing is ever said of it.
LEAST_N = 200
_EMPTY = 0.5
_TENTH = 0.1


class Verdict(StrEnum):
    """What a PSI means. ``TOO_FEW``: fewer than ``LEAST_N`` applications."""

    STABLE = "stable"
    WATCH = "watch"
    DRIFT = "drift"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From which PSI on to watch, and from which on it is drift; only if the p-value is below."""

    watch: float = 0.1
    drift: float = 0.25
    p_value: float = 0.01


@dataclass(frozen=True, slots=True)
class Bins:
    """Frozen bins: ``<=`` each cut, above the last, missing; or levels and all others.

    ``exact``: the shares are those counted in training; if not they are nominal tenths between
    rounded cuts, so that the p-value is approximate. ``rows``: how many the shares are of; points
    are those of rows that the model had not seen, which may be fewer than it was trained on.
    """

    name: str
    cuts: tuple[float, ...]
    levels: tuple[str, ...]
    shares: tuple[float, ...]
    exact: bool = True
    rows: int = 0

    @classmethod
    def of(cls, entry: BinEntry, rows: int) -> Bins:
        """As a manifest has them; ``rows``: of the training, for bins that do not tell theirs."""
        return cls(
            entry.feature,
            tuple(entry.cuts),
            tuple(entry.levels),
            tuple(entry.shares),
            rows=entry.rows or rows,
        )

    def place(self, value: float) -> int:
        """The bin of a number, which must be rounded as the model's input is: to 32 bits."""
        return len(self.shares) - 1 if isnan(value) else bisect_left(self.cuts, value)

    def labels(self) -> tuple[str, ...]:
        """What each bin holds."""
        if self.levels:
            return (*self.levels, "(other)")
        if not self.cuts:
            return ("all", "missing")[: len(self.shares)]
        found = [f"<= {cut:.6g}" for cut in self.cuts]
        return (*found, f"> {self.cuts[-1]:.6g}", "missing")[: len(self.shares)]


def score_bins(manifest: Manifest) -> Bins:
    """Bins of the points: as frozen in training, else between the distinct deciles of training."""
    frozen = next((entry for entry in manifest.score_bins if entry.feature == POINTS), None)
    if frozen is not None:
        return Bins.of(frozen, manifest.data.rows)
    cuts: list[int] = []
    shares: list[float] = []
    for cut in manifest.points_deciles:
        if cuts and cuts[-1] == cut:
            shares[-1] += _TENTH
        else:
            cuts.append(cut)
            shares.append(_TENTH)
    last = max(1.0 - sum(shares), 0.0)
    return Bins("points", tuple(cuts), (), (*shares, last), exact=False, rows=manifest.data.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """The PSI of one thing. ``expected``: without drift; ``counts``: by bin, now."""

    name: str
    psi: float
    expected: float
    n: int
    rows: int
    chi_square: float
    freedom: int
    p_value: float
    exact: bool
    verdict: Verdict
    counts: tuple[int, ...]


def stability(
    bins: Bins, counts: Sequence[int], rows: int, thresholds: Thresholds | None = None
) -> Stability:
    """PSI of the counts against the training rows, with the test of homogeneity.

    A bin empty on one side only counts as half an observation there, since the logarithm of 0 is
    no number; one empty on both sides is left out.
    """
    n = sum(counts)
    trained = [share * rows for share in bins.shares]
    used = [(now, then) for now, then in zip(counts, trained, strict=True) if now or then]
    psi = sum(_part(now, then, n, rows) for now, then in used) if n else 0.0
    test = homogeneity(counts, trained)
    expected = (len(used) - 1) * (1 / n + 1 / rows) if n and rows else 0.0
    return Stability(
        name=bins.name,
        psi=psi,
        expected=max(expected, 0.0),
        n=n,
        rows=rows,
        chi_square=test.statistic,
        freedom=test.freedom,
        p_value=test.p_value,
        exact=bins.exact,
        verdict=_verdict(psi, n, test.p_value, thresholds or Thresholds()),
        counts=tuple(counts),
    )


def _part(now: float, then: float, n: int, rows: int) -> float:
    q, p = (now or _EMPTY) / n, (then or _EMPTY) / rows
    return (q - p) * log(q / p)


def _verdict(psi: float, n: int, p_value: float, thresholds: Thresholds) -> Verdict:
    if n < LEAST_N:
        return Verdict.TOO_FEW
    if psi < thresholds.watch or p_value >= thresholds.p_value:
        return Verdict.STABLE
    return Verdict.DRIFT if psi >= thresholds.drift else Verdict.WATCH
