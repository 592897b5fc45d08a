"""Amounts in buckets of about 3 %: mergeable, bounded, exact enough for a quantile."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, floor, log

_STEP = log(1.03)


def bucket(amount: int) -> int:
    """The bucket of an amount; 0: nothing."""
    return 0 if amount <= 0 else 1 + floor(log(amount) / _STEP)


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The amount below which ``share`` of them lie, within 1.5 %; ``None`` of nothing."""
    total = sum(counts.values())
    if total <= 0:
        return None
    seen = 0
    for place in sorted(counts):
        seen += counts[place]
        if seen >= share * total and counts[place] > 0:
            return 0.0 if place == 0 else exp((place - 0.5) * _STEP)
    return None
