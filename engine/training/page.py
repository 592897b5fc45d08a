"""The report as one page that needs nothing else: no network, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from engine.simulate.report_html import axes_of, svg
from engine.training.train import Trained

_OURS, _OTHER = "#0b6e4f", "#7a869a"
_CURVES = 6


def page(found: Mapping[str, Any], trained: Trained) -> str:
    """The whole page, HTML."""
    environment = Environment(
        loader=PackageLoader("engine.training", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    plots = [
        ("ROC of rows that the card had not seen", _roc(trained)),
        ("PD of good and bad, and KS: their greatest distance", _distances(trained)),
        ("Calibration: bad rate with its interval of 95 % against the mean PD", _calibrated(found)),
        ("Mean PD over the values of the features that move it most", _curves(found["behaviour"])),
    ]
    return environment.get_template("report.html").render(r=found, plots=plots)


def model_card(found: Mapping[str, Any]) -> str:
    """The short form, Markdown: for a repository or a review."""
    environment = Environment(
        loader=PackageLoader("engine.training", "templates"),
        autoescape=False,  # noqa: S701 - Markdown, of a spec that its author wrote
        undefined=StrictUndefined,
        trim_blocks=False,
    )
    violations = {curve["feature"]: curve["violations"] for curve in found["behaviour"]}
    return environment.get_template("model_card.md").render(r=found, violations=violations)


def _seen(trained: Trained) -> tuple[Any, Any]:
    return trained.sample.labels[trained.scored.rows] == 1, np.array(trained.scored.pds)


def _steps(count: int) -> Any:  # noqa: ANN401 - an array
    """At most 400 places, so that a drawing stays small."""
    return np.unique(np.linspace(0, count - 1, min(count, 400)).astype(int))


def _roc(trained: Trained) -> Markup:
    bad, pds = _seen(trained)
    order = np.argsort(-pds, kind="stable")
    hits = np.cumsum(bad[order]) / bad.sum()
    alarms = np.cumsum(~bad[order]) / (~bad).sum()
    where = _steps(len(hits))
    figure, axes = axes_of(3.6)
    axes.plot([0, *alarms[where]], [0, *hits[where]], color=_OURS)
    axes.plot([0, 1], [0, 1], color=_OTHER, linestyle="--", linewidth=1)
    axes.set_xlabel("share of the good with a higher PD")
    axes.set_ylabel("share of the bad")
    return svg(figure)


def _distances(trained: Trained) -> Markup:
    bad, pds = _seen(trained)
    order = np.argsort(pds, kind="stable")
    where = _steps(len(order))
    figure, axes = axes_of(3.2)
    for mask, color, told in ((~bad, _OURS, "good"), (bad, _OTHER, "bad")):
        share = np.cumsum(mask[order]) / mask.sum()
        axes.plot(pds[order][where], share[where], color=color, label=told)
    axes.set_xlabel("PD")
    axes.set_ylabel("share up to it")
    axes.legend()
    return svg(figure)


def _calibrated(found: Mapping[str, Any]) -> Markup:
    tenths: Sequence[Mapping[str, Any]] = found["calibration"]
    means = [item["mean_pd"] for item in tenths]
    rates = [item["bad_rate"] for item in tenths]
    below = [max(item["bad_rate"] - item["low"], 0) for item in tenths]
    above = [max(item["high"] - item["bad_rate"], 0) for item in tenths]
    figure, axes = axes_of(3.6)
    axes.errorbar(means, rates, yerr=[below, above], fmt="o", color=_OURS, capsize=3)
    most = max(*means, *rates)
    axes.plot([0, most], [0, most], color=_OTHER, linestyle="--", linewidth=1)
    axes.set_xlabel("mean PD")
    axes.set_ylabel("bad rate")
    return svg(figure)


def _curves(behaviour: Sequence[Mapping[str, Any]]) -> Markup:
    figure, axes = axes_of(3.6)
    for curve in behaviour[:_CURVES]:
        axes.plot(np.linspace(0, 1, len(curve["pd"])), curve["pd"], label=curve["feature"])
    axes.set_xlabel("least to greatest value in the data")
    axes.set_ylabel("mean PD")
    axes.legend(fontsize="small")
    return svg(figure)
