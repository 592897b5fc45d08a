"""A report as one page that needs nothing else: no network, no script."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from engine.drawing.pages import environment
from engine.drawing.plots import axes_of, svg
from engine.watch.figures import Figures
from engine.watch.report_text import NOTE, shown

_THEN, _NOW = "#7a869a", "#0b6e4f"
_MOST = 20
_FEATURES = 4


def page(found: Figures) -> str:
    """The whole page, HTML."""
    figures = found["figures"]
    return (
        environment("engine.watch")
        .get_template("report.html")
        .render(
            found=found, figures=figures, plots=_plots(figures), note=NOTE, shown=shown, most=_MOST
        )
    )


def explanation_page(found: Figures, title: str) -> str:
    """The page of an explanation, HTML."""
    plots = [(f"By {name.replace('_', ' ')}", _effects(s)) for name, s in found["split"].items()]
    return (
        environment("engine.watch")
        .get_template("explanation.html")
        .render(found=found, title=title, plots=plots, most=_MOST)
    )


def _plots(figures: Figures) -> list[tuple[str, Markup]]:
    plots = [("Approval and decline rate by day", _days(figures["days"]))]
    for card in figures["cards"] + figures["fraud_cards"]:
        if card["psi"] is not None:
            plots.append((f"Points of {card['card']}: training and now", _bins(card["psi"])))
        plots += [
            (f"{csi['name']}: training and now (CSI {csi['psi']:.3f})", _bins(csi))
            for csi in card["csi"][:_FEATURES]
        ]
    if figures["calibration"]["n"]:
        plots.append(("Calibration: bad rate against PD", _calibrated(figures["calibration"])))
    return plots


def _days(days: Sequence[Figures]) -> Markup:
    figure, axes = axes_of()
    labels = [day["day"] for day in days]
    for name, color in (("approved", _NOW), ("declined", _THEN)):
        axes.plot(
            labels, [100 * (day[name]["value"] or 0) for day in days], color=color, label=name
        )
    axes.set_ylabel("per cent")
    axes.set_xticks(range(0, len(labels), max(len(labels) // 6, 1)))
    axes.legend()
    return svg(figure)


def _bins(found: Figures) -> Markup:
    figure, axes = axes_of(2.8)
    labels = [item["label"] for item in found["bins"]]
    places = range(len(labels))
    for shift, key, color in ((-0.2, "trained", _THEN), (0.2, "now", _NOW)):
        heights = [100 * item[key] for item in found["bins"]]
        axes.bar([p + shift for p in places], heights, 0.4, color=color, label=key)
    axes.set_xticks(places, labels, rotation=40, ha="right", fontsize="x-small")
    axes.set_ylabel("per cent")
    axes.legend()
    return svg(figure)


def _calibrated(found: Figures) -> Markup:
    figure, axes = axes_of(3.6)
    bands = found["bands"]
    means = [band["predicted"] for band in bands]
    rates = [band["observed"]["value"] for band in bands]
    spread = [
        [max(band["observed"]["value"] - band["observed"]["low"], 0) for band in bands],
        [max(band["observed"]["high"] - band["observed"]["value"], 0) for band in bands],
    ]
    axes.errorbar(means, rates, yerr=spread, fmt="o", color=_NOW, capsize=3)
    most = max(*means, *rates)
    axes.plot([0, most], [0, most], color=_THEN, linestyle="--", linewidth=1)
    axes.set_xlabel("mean PD")
    axes.set_ylabel("bad rate")
    return svg(figure)


def _effects(split: Figures) -> Markup:
    parts = split["parts"][:_MOST]
    figure, axes = axes_of(1.2 + 0.4 * len(parts))
    places = range(len(parts))
    for shift, key, color in ((-0.2, "mix", _THEN), (0.2, "rate", _NOW)):
        axes.barh([p + shift for p in places], [part[key] for part in parts], 0.4, color=color)
    axes.set_yticks(places, [part["value"] or "(none)" for part in parts])
    axes.invert_yaxis()
    axes.legend(["mix", "rate"])
    return svg(figure)
