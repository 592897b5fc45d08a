"""What speaks against a card, gathered from its report: an examiner must not have to look for it.

A finding is a question, not a verdict. Where nothing was found, it is told what was looked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean
from typing import Any

from engine.intervals import Z
from engine.training.fairness import FOUR_FIFTHS

#: What is looked for, in the order in which it is told.
LOOKED_FOR = (
    "another card on the same rows that is better than the 95 % interval of this one",
    "tenths by PD whose mean PD lies outside the 95 % interval of their bad rate",
    "a riskier tenth with a lower bad rate",
    "a sign against which the bad rate runs over the bins of the feature",
    "a feature of which more than 5 % of the rows lie outside its range, or with one value only",
    "a feature that ranks at .95 of AUC or more by itself, as one that knows the outcome does",
    "copies of rows, from one in a hundred on",
    f"a group approved at less than {FOUR_FIFTHS:g} of the rate of the best group",
    "a segment or a group in which the card ranks worse than in all rows",
    "texts of a draft, no sign at all, or no families in the spec",
)
#: A trend over the bins counts from here on: one in a thousand by chance, as features are many.
_CLEAR = 3.29
#: A range that cuts off more than the tails was written for another unit, or another table.
_MOST_OUTSIDE = 0.05
#: No feature of an application ranks so well by itself; one written down later does.
_KNOWS = 0.95
_MANY_COPIES = 0.01
_MEASURES = (("auc", "AUC", 1), ("ks", "KS", 1), ("brier", "Brier", -1))

Finding = dict[str, str]
"""``kind``: which of the questions; ``text``: a sentence with its figures."""


def findings(report: Mapping[str, Any], doubts: Sequence[str] = ()) -> dict[str, Any]:
    """``found``, in the order of ``looked_for``; rates and AUCs are shares of 1.

    ``doubts``: what the spec leaves open (``engine.training.doubts``).
    """
    return {
        "found": [
            *_better(report),
            *_off(report["calibration"]),
            *_out_of_order(report["calibration"]),
            *_signs(report["variables"]),
            *_ranges(report["variables"]),
            *_knowing(report["variables"]),
            *_copied(report["copies"]),
            *_below_four_fifths(report["fairness"]),
            *_ranked_worse(report),
            *(_finding("spec", text) for text in doubts),
        ],
        "looked_for": list(LOOKED_FOR),
    }


def lines(found: Mapping[str, Any]) -> list[str]:
    """The findings as sentences for a terminal; the first says how many there are."""
    told = [finding["text"] for finding in found["found"]]
    if not told:
        return ["findings: none. Looked for:", *(f"  - {text}" for text in found["looked_for"])]
    return [f"findings: {len(told)}", *(f"  - {text}" for text in told)]


def _finding(kind: str, text: str) -> Finding:
    return {"kind": kind, "text": text}


def _better(report: Mapping[str, Any]) -> list[Finding]:
    whole = report["discrimination"]
    if whole is None:
        return []
    ours = {key: _over_folds(whole[key], report["folds"], key) for key, _, _ in _MEASURES}
    found = []
    for other in report["baselines"]:
        told = [
            f"{name} {other[key]:.4f} against {_with_interval(ours[key])}"
            for key, name, way in _MEASURES
            if way * other[key] > way * ours[key]["high" if way > 0 else "low"]
        ]
        if told:
            text = f"{other['card']} is better than this card beyond its interval: "
            found.append(_finding("baseline", text + "; ".join(told) + "."))
    return found


def _over_folds(
    measure: Mapping[str, float], folds: Sequence[Mapping[str, float]], key: str
) -> dict[str, float]:
    """The mean over folds, as others are measured, in the interval around all rows.

    A KS of few rows is greater by chance: a mean over folds beside a figure of all rows would find
    a better card where there is none.
    """
    mean = fmean(fold[key] for fold in folds)
    return {name: value + mean - measure["value"] for name, value in measure.items()}


def _with_interval(measure: Mapping[str, float]) -> str:
    return f"{measure['value']:.4f} ({measure['low']:.4f} to {measure['high']:.4f})"


def _off(tenths: Sequence[Mapping[str, Any]]) -> list[Finding]:
    off = [
        f"{item['part']} (bad {item['bad_rate']:.4f}, {item['low']:.4f} to {item['high']:.4f};"
        f" mean PD {item['mean_pd']:.4f})"
        for item in tenths
        if not item["inside"]
    ]
    if not off:
        return []
    chance = " At least one lies outside by chance in four reports of ten." if len(off) == 1 else ""
    text = f"The PD lies outside the interval of the bad rate in tenth {', '.join(off)}."
    return [_finding("calibration", text + chance)]


def _out_of_order(tenths: Sequence[Mapping[str, Any]]) -> list[Finding]:
    broken = []
    for safer, riskier in itertools.pairwise(tenths):
        if riskier["bad_rate"] < safer["bad_rate"]:
            overlap = "the intervals overlap" if riskier["high"] >= safer["low"] else "clearly"
            broken.append(
                f"tenth {riskier['part']} is less often bad ({riskier['bad_rate']:.4f}) than tenth"
                f" {safer['part']} ({safer['bad_rate']:.4f}; {overlap})"
            )
    if not broken:
        return []
    return [_finding("order", f"The order is broken: {'; '.join(broken)}.")]


def trend(bins: Sequence[Mapping[str, Any]]) -> float:
    """Cochran and Armitage's z of the bad rate over bins in order; above 0: it rises."""
    rows = [item["rows"] for item in bins]
    bad = [item["rows"] * item["bad_rate"] for item in bins]
    total, rate = sum(rows), sum(bad) / max(sum(rows), 1)
    mean = sum(place * count for place, count in enumerate(rows)) / max(total, 1)
    spread = sum(count * (place - mean) ** 2 for place, count in enumerate(rows))
    if not spread or not 0 < rate < 1:
        return 0.0
    rise = sum((place - mean) * count for place, count in enumerate(bad))
    return float(rise / sqrt(rate * (1 - rate) * spread))


def _signs(variables: Sequence[Mapping[str, Any]]) -> list[Finding]:
    found = []
    for variable in variables:
        # What is missing, and codes, stand in no order.
        bins = [item for item in variable["bins"] if item["kind"] == "amount"]
        z = trend(bins)
        if not variable["sign"] or z * variable["sign"] > -_CLEAR:
            continue
        rates = ", ".join(f"{item['bad_rate']:.3f}" for item in bins)
        text = (
            f"{variable['feature']} has the sign {variable['sign']:+d}, but over its bins the bad"
            f" rate {'rises' if z > 0 else 'falls'} on the whole: {rates} (z {z:+.1f}; by itself,"
            " without the other features)."
        )
        found.append(_finding("sign", text))
    return found


def _ranges(variables: Sequence[Mapping[str, Any]]) -> list[Finding]:
    found = []
    for variable in variables:
        name, share = variable["feature"], variable["outside_share"]
        if share is not None and share > _MOST_OUTSIDE:
            text = (
                f"{name}: {share:.1%} of the rows lie outside its range {variable['range'][0]:g} .."
                f" {variable['range'][1]:g} and were moved to its ends: is it of another unit?"
            )
            found.append(_finding("range", text))
        if variable["constant"]:
            text = f"{name} has the same value in all training rows that have one: it tells nothing"
            found.append(_finding("range", f"{text}."))
    return found


def _knowing(variables: Sequence[Mapping[str, Any]]) -> list[Finding]:
    return [
        _finding(
            "leak",
            f"{variable['feature']} by itself ranks at an AUC of {variable['auc_alone']:.4f}: it"
            " may know the outcome. Was it known when the decision was made?",
        )
        for variable in variables
        if variable["auc_alone"] >= _KNOWS
    ]


def _copied(found: Mapping[str, Any]) -> list[Finding]:
    if found["share"] < _MANY_COPIES:
        return []
    text = (
        f"{found['rows']:,} rows ({found['share']:.1%}) are copies of another in all features and"
        " the outcome, in rare values too: the card was measured on rows that it had seen."
    )
    return [_finding("copies", text)]


def _below_four_fifths(attributes: Sequence[Mapping[str, Any]]) -> list[Finding]:
    found = []
    for attribute in attributes:
        rows = {group["group"]: group["rows"] for group in attribute["groups"]}
        told: dict[str, list[str]] = {}
        for threshold in attribute["thresholds"]:
            # A small group may be the best by chance: the examiner sees how large it is.
            best = max(threshold["groups"], key=lambda g: g["approval_rate"], default=None)
            for group in threshold["groups"]:
                if best and group["below_four_fifths"]:
                    told.setdefault(group["group"], []).append(
                        f"{group['ratio']:.3f}{_interval(group)} where"
                        f" {threshold['approved_share']:.0%} are approved, against {best['group']}"
                        f" ({rows[best['group']]:,} rows)"
                    )
        found += [
            _finding(
                "fairness",
                f"{attribute['attribute']} {group}: approved at less than {FOUR_FIFTHS:g} of the"
                f" rate of the best group: {'; '.join(ratios)}.",
            )
            for group, ratios in told.items()
        ]
    return found


def _interval(group: Mapping[str, Any]) -> str:
    if group.get("ratio_low") is None:
        return ""
    return f" ({group['ratio_low']:.3f} to {group['ratio_high']:.3f})"


def _ranked_worse(report: Mapping[str, Any]) -> list[Finding]:
    whole = report["discrimination"]
    if whole is None:
        return []
    parts = [
        (f"the segment {item['segment']}", item["rows"], item["measured"]["auc"])
        for item in report["segments"]
        if item["measured"]
    ]
    parts += [
        (f"{attribute['attribute']} {group['group']}", group["rows"], _area(group))
        for attribute in report["fairness"]
        for group in attribute["groups"]
        if group["auc"] is not None
    ]
    return [
        _finding(
            "ranking",
            f"The card ranks worse in {name}: AUC {_with_interval(area)} of {rows:,} rows, against"
            f" {_with_interval(whole['auc'])} of all. Where risks are more alike, some of it"
            " is to be expected.",
        )
        for name, rows, area in parts
        if area["high"] < whole["auc"]["low"]
    ]


def _area(group: Mapping[str, Any]) -> dict[str, float]:
    """The AUC of a group with its interval, by Hanley and McNeil."""
    area = group["auc"]
    bad = max(group["bad"], 1)
    good = max(group["rows"] - bad, 1)
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (bad - 1) * (one - area**2) + (good - 1) * (two - area**2)
    half = Z * sqrt(max(spread, 0) / (bad * good))
    return {"value": area, "low": area - half, "high": area + half}
