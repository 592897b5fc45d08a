"""Groups of protected attributes: who would be approved, and who of those who repay.

The attributes are never features. What is measured is whether the features stand for them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from math import exp, sqrt
from typing import Any

import numpy as np

from engine.intervals import Z, wilson_interval
from engine.training.figures import LEAST_ROWS, Mask, Values, auc, effective, mean_of, part_of
from engine.training.spec import Protected
from engine.training.table import Table, Texts

#: Approved shares of all rows at which groups are compared.
SHARES = (0.3, 0.5, 0.7)
#: Below four fifths of the best group's rate an examiner asks why.
FOUR_FIFTHS = 0.8
_MOST_GROUPS = 12
_DIGITS = 4


def groups_of(attribute: Protected, table: Table) -> Texts:
    """The group of each row, as it is shown."""
    if not attribute.cuts:
        texts = table.texts(attribute.column)
        return np.array([text or "(missing)" for text in texts.tolist()], dtype=object)
    values = table.numbers(attribute.column)
    cuts, names = attribute.cuts, bands(attribute)
    places = np.where(np.isnan(values), len(names) - 1, np.searchsorted(cuts, values, side="right"))
    return np.array([names[place] for place in places.tolist()], dtype=object)


def bands(attribute: Protected) -> list[str]:
    """The names of the groups between the cuts, rising; the last is of what is missing."""
    cuts = attribute.cuts
    return [
        f"below {cuts[0]:g}",
        *(f"{low:g} to below {high:g}" for low, high in itertools.pairwise(cuts)),
        f"from {cuts[-1]:g}",
        "(missing)",
    ]


def _place_of(attribute: Protected, shown: list[str]) -> Callable[[str], float]:
    """Bands and numbers rise; names stand by size, as they are."""
    if attribute.cuts:
        return bands(attribute).index
    try:
        numbers = {name: float(name) for name in shown}
    except ValueError:
        return shown.copy().index
    return lambda name: numbers[name]


def fairness(
    attribute: Protected, groups: Texts, bad: Mask, pds: Values, masses: Values | None = None
) -> dict[str, Any]:
    """Rates by group at each approved share; ratios to the group with the highest rate.

    Measured are the twelve largest groups of at least ``LEAST_ROWS`` rows; ``too_small`` says how
    many others there are, and ``not_measured`` names the largest of them. ``masses``: how many
    rows each stands for; rates count them, and intervals are of the effective number of rows.
    """
    named, counts = np.unique(groups.astype(str), return_counts=True)
    order = sorted(zip((-counts).tolist(), named.tolist(), strict=True))
    shown = [name for count, name in order[:_MOST_GROUPS] if -count >= LEAST_ROWS]
    left = [(name, -count) for count, name in order if name not in shown]
    shown.sort(key=_place_of(attribute, shown))
    members = {name: groups == name for name in shown}
    return {
        "attribute": attribute.name,
        "too_small": len(left),
        "not_measured": [{"group": name, "rows": count} for name, count in left[:_MOST_GROUPS]],
        "groups": [_group(name, mask, bad, pds, masses) for name, mask in members.items()],
        "thresholds": [_at(share, members, bad, pds, masses) for share in SHARES],
    }


def _group(name: str, mask: Mask, bad: Mask, pds: Values, masses: Values | None) -> dict[str, Any]:
    both = 0 < int(bad[mask].sum()) < int(mask.sum())
    return {
        "group": name,
        "rows": int(mask.sum()),
        "bad": int(bad[mask].sum()),
        "bad_rate": round(mean_of(bad, mask, masses), _DIGITS),
        "mean_pd": round(mean_of(pds, mask, masses), _DIGITS),
        "auc": round(auc(bad[mask], pds[mask], part_of(masses, mask)), _DIGITS) if both else None,
    }


def _intervals(rate: float, rows: float, best: float, rows_of_best: float) -> dict[str, Any]:
    """Of 95 %: Wilson's of the rate; of the ratio by the spread of its logarithm (Katz).

    The best group itself has no interval of its ratio: it is 1 by being the best.
    """
    low, high = wilson_interval(rate * rows, rows)
    found: dict[str, Any] = {"low": round(low, _DIGITS), "high": round(high, _DIGITS)}
    if not rate or rate == best:
        return {**found, "ratio_low": None, "ratio_high": None}
    half = Z * sqrt((1 - rate) / (rate * rows) + (1 - best) / (best * rows_of_best))
    return {
        **found,
        "ratio_low": round(rate / best * exp(-half), _DIGITS),
        "ratio_high": round(rate / best * exp(half), _DIGITS),
    }


def _cut_off(share: float, pds: Values, masses: Values | None) -> float:
    """The PD up to which so many are approved."""
    if masses is None:
        return float(np.quantile(pds, share))
    order = np.argsort(pds, kind="stable")
    upto = np.cumsum(masses[order])
    return float(pds[order][np.searchsorted(upto, share * upto[-1])])


def _at(
    share: float, members: dict[str, Mask], bad: Mask, pds: Values, masses: Values | None
) -> dict[str, Any]:
    cut = _cut_off(share, pds, masses)
    approved = pds <= cut
    rates = {name: mean_of(approved, mask, masses) for name, mask in members.items()}
    rows = {
        name: effective(part_of(masses, mask), int(mask.sum())) for name, mask in members.items()
    }
    good = {
        name: mean_of(approved, mask & ~bad, masses) if (mask & ~bad).any() else 0.0
        for name, mask in members.items()
    }
    best, best_good = max(rates.values(), default=0.0), max(good.values(), default=0.0)
    rows_of_best = max((rows[n] for n, r in rates.items() if r == best), default=0)
    return {
        "approved_share": share,
        "pd_cut_off": round(cut, _DIGITS),
        "groups": [
            {
                "group": name,
                "approval_rate": round(rate, _DIGITS),
                **_intervals(rate, rows[name], best, rows_of_best),
                "ratio": round(rate / best, _DIGITS) if best else None,
                "below_four_fifths": bool(best and rate / best < FOUR_FIFTHS),
                "good_approved": round(good[name], _DIGITS),
                "good_gap": round(good[name] - best_good, _DIGITS),
            }
            for name, rate in rates.items()
        ],
    }
