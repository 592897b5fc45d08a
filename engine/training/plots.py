"""Drawings of a report, as SVG: the same bytes for the same report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from engine.drawing.plots import axes_of, svg
from engine.training.fairness import FOUR_FIFTHS
from engine.training.figures import Mask, Values, auc, ks
from engine.training.train import Trained
from engine.training.validate import masses_scored

_OURS, _OTHER, _ALERT = "#0b6e4f", "#7a869a", "#a5231c"
_CURVES, _ACROSS = 6, 3
_POINTS = 400
#: At half approved; see ``engine.training.fairness.SHARES``.
_HALF = 1
_SHIFT = 0.2
#: Below the first a change is small, from the second on it is large: the customary marks.
PSI_MARKS = (0.1, 0.25)

Plot = tuple[str, str, Markup]
"""Name of a file, caption, drawing."""


def plots(found: Mapping[str, Any], trained: Trained) -> list[Plot]:
    """All drawings that the report has something for."""
    bad = trained.sample.labels[trained.scored.rows] == 1
    pds = np.array(trained.scored.pds)
    masses = masses_scored(trained.sample, trained.scored)
    drawn = [
        ("roc", "ROC of rows that the card had not seen", _roc(bad, pds, masses)),
        ("ks", "PD of good and bad, and KS: their greatest distance", _distances(bad, pds, masses)),
        (
            "calibration",
            "Calibration: bad rate with its interval of 95 % against the mean PD",
            _calibrated(found["calibration"]),
        ),
        (
            "dependence",
            "Partial dependence: mean PD at values that were tried, where it moves most; x: codes",
            _curves(found["behaviour"][:_CURVES]),
        ),
    ]
    if found["stability"]:
        title = "PSI of the PD by period, against the first"
        drawn.append(("psi", title, _psi(found["stability"])))
    if found["fairness"]:
        title = "Fairness at half approved: approved of all, and of those who repay, by group"
        drawn.append(("fairness", title, _groups(found["fairness"])))
    return drawn


def _steps(count: int) -> Any:  # noqa: ANN401 - an array
    """So many places at most that a drawing stays small."""
    return np.unique(np.linspace(0, count - 1, min(count, _POINTS)).astype(int))


def _shares(members: Mask, order: Any, masses: Values | None) -> Values:  # noqa: ANN401 - places
    """Of those members, the share up to each row in this order."""
    upto = np.cumsum(members[order] if masses is None else (members * masses)[order])
    return np.asarray(upto / upto[-1])


def _roc(bad: Mask, pds: Values, masses: Values | None) -> Markup:
    order = np.argsort(-pds, kind="stable")
    hits, alarms = _shares(bad, order, masses), _shares(~bad, order, masses)
    where, area = _steps(len(hits)), auc(bad, pds, masses)
    figure, axes = axes_of(3.6)
    axes.plot([0, *alarms[where]], [0, *hits[where]], color=_OURS, label=f"AUC {area:.4f}")
    axes.plot([0, 1], [0, 1], color=_OTHER, linestyle="--", linewidth=1, label="by chance")
    axes.set_xlabel("share of the good with a higher PD")
    axes.set_ylabel("share of the bad")
    axes.legend(loc="lower right")
    return svg(figure)


def _distances(bad: Mask, pds: Values, masses: Values | None) -> Markup:
    order = np.argsort(pds, kind="stable")
    good_up_to, bad_up_to = _shares(~bad, order, masses), _shares(bad, order, masses)
    widest = int(np.argmax(good_up_to - bad_up_to))
    where, at = _steps(len(order)), pds[order]
    figure, axes = axes_of(3.2)
    axes.plot(at[where], good_up_to[where], color=_OURS, label="good")
    axes.plot(at[where], bad_up_to[where], color=_OTHER, label="bad")
    ends = [bad_up_to[widest], good_up_to[widest]]
    axes.plot([at[widest]] * 2, ends, color=_ALERT, label=f"KS {ks(bad, pds, masses):.4f}")
    axes.set_xlabel("PD")
    axes.set_ylabel("share up to it")
    axes.legend(loc="lower right")
    return svg(figure)


def _calibrated(tenths: Sequence[Mapping[str, Any]]) -> Markup:
    means = [item["mean_pd"] for item in tenths]
    rates = [item["bad_rate"] for item in tenths]
    below = [max(item["bad_rate"] - item["low"], 0) for item in tenths]
    above = [max(item["high"] - item["bad_rate"], 0) for item in tenths]
    figure, axes = axes_of(3.6)
    axes.errorbar(
        means, rates, yerr=[below, above], fmt="o", color=_OURS, capsize=3, label="tenth by PD"
    )
    most = max(*means, *rates)
    axes.plot([0, most], [0, most], color=_OTHER, linestyle="--", linewidth=1, label="as it should")
    axes.set_xlabel("mean PD")
    axes.set_ylabel("bad rate")
    axes.legend(loc="upper left")
    return svg(figure)


def _curves(behaviour: Sequence[Mapping[str, Any]]) -> Markup:
    """A panel for each feature, all of one height, so that they can be compared."""
    down = max(1, -(-len(behaviour) // _ACROSS))
    figure = Figure(figsize=(9.6, 2.5 * down), layout="constrained")
    panels = figure.subplots(down, _ACROSS, sharey=True, squeeze=False)
    for axes, curve in zip(panels.flat, behaviour, strict=False):
        # Trees are steps, and between two values nothing was tried: a sloping line would claim it.
        axes.step(curve["values"], curve["pd"], where="post", color=_OURS, marker=".")
        for shift, code in enumerate(curve["codes"], 1):
            span = (curve["values"][-1] - curve["values"][0]) or 1.0
            at = curve["values"][0] - 0.12 * shift * span
            axes.plot([at], [code["pd"]], color=_ALERT, marker="x", linestyle="none")
            axes.annotate(
                f"{code['code']:g}",
                (at, code["pd"]),
                textcoords="offset points",
                xytext=(0, 5),
                ha="center",
                fontsize="small",
                color=_ALERT,
            )
        sign = f"sign {curve['sign']:+d}" if curve["sign"] else "no sign"
        axes.set_title(f"{curve['feature']}, {sign}", fontsize="medium")
        tried = f"{len(curve['values'])} of {curve['distinct']:,} values"
        axes.set_xlabel(tried, fontsize="small")
        axes.tick_params(labelsize="small")
        axes.locator_params(axis="x", nbins=4)
    for axes in panels.flat[len(behaviour) :]:
        axes.set_axis_off()
    figure.supylabel("mean PD", fontsize="medium")
    return svg(figure)


def _psi(periods: Sequence[Mapping[str, Any]]) -> Markup:
    figure, axes = axes_of(1.4 + 0.35 * len(periods))
    names = [f"{item['from']} to {item['until']} ({item['rows']:,})" for item in periods]
    axes.barh(range(len(names)), [item["psi_of_pd"] for item in periods], 0.6, color=_OURS)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    for mark, style in zip(PSI_MARKS, (":", "--"), strict=True):
        axes.axvline(mark, color=_ALERT, linestyle=style, linewidth=1, label=f"{mark:g}")
    axes.set_xlabel("PSI (rows in brackets: few rows make it large by chance)")
    axes.legend(fontsize="small")
    return svg(figure)


def _groups(attributes: Sequence[Mapping[str, Any]]) -> Markup:
    rows = [
        (f"{attribute['attribute']}: {group['group']}", group)
        for attribute in attributes
        for group in attribute["thresholds"][_HALF]["groups"]
    ]
    figure, axes = axes_of(1.2 + 0.42 * len(rows))
    for shift, key, color, told in (
        (-_SHIFT, "approval_rate", _OTHER, "approved of all"),
        (_SHIFT, "good_approved", _OURS, "approved of those who repay"),
    ):
        places = [place + shift for place in range(len(rows))]
        axes.barh(places, [group[key] for _, group in rows], 0.4, color=color, label=told)
    rates = [group["approval_rate"] for _, group in rows]
    ends = [
        [max(group["approval_rate"] - group["low"], 0) for _, group in rows],
        [max(group["high"] - group["approval_rate"], 0) for _, group in rows],
    ]
    places = [place - _SHIFT for place in range(len(rows))]
    axes.errorbar(rates, places, xerr=ends, fmt="none", ecolor="black", capsize=2, linewidth=1)
    marked = "four fifths of the best group"
    for first, last, best in _spans(attributes):
        axes.plot(
            [FOUR_FIFTHS * best] * 2,
            [first - 0.5, last + 0.5],
            color=_ALERT,
            linestyle="--",
            linewidth=1,
            label=marked,
        )
        marked = "_"
    axes.set_xlabel("share approved, with its interval of 95 %")
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.set_xlim(0, 1)
    axes.invert_yaxis()
    axes.legend(fontsize="small", loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return svg(figure)


def _spans(attributes: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int, float]]:
    """First and last bar of each attribute, and the rate of its best group."""
    first = 0
    for attribute in attributes:
        groups = attribute["thresholds"][_HALF]["groups"]
        if groups:
            yield first, first + len(groups) - 1, max(group["approval_rate"] for group in groups)
        first += len(groups)
