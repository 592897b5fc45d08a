"""A simulation as one page that needs nothing else: no network, no script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from engine.currency import MINOR_DIGITS
from engine.drawing.pages import environment
from engine.drawing.plots import axes_of, svg
from engine.intervals import wilson_interval
from engine.simulate.report_text import NOTE, OUTCOMES, changed, rates
from engine.simulate.run import Simulation
from engine.simulate.tally import DIMENSIONS, LINE_STEPS, PD_STEPS

_MOST = 30
_BEFORE, _AFTER = "#7a869a", "#0b6e4f"


def page(found: Simulation) -> str:
    """The whole page, HTML."""
    tally = found.tally
    return (
        environment("engine.simulate")
        .get_template("report.html")
        .render(
            found=found,
            tally=tally,
            outcomes=OUTCOMES,
            unit=10 ** MINOR_DIGITS[found.currency],
            note=NOTE,
            dimensions=[
                (
                    name,
                    [
                        (*row, *wilson_interval(row[3], row[1]))
                        for row in rates(name, tally.segments)[:_MOST]
                    ],
                )
                for name in DIMENSIONS
            ],
            counts=[
                ("Reasons", *_rows(tally.current.reasons, tally.candidate.reasons)),
                ("Rules that hit", *_rows(tally.current.rules, tally.candidate.rules)),
            ],
            plots=[
                ("Outcomes: current (down) against candidate (across)", _matrix(found)),
                (f"Change of the line of those approved by both, {found.currency}", _lines(found)),
                ("Approval rate by product", _approval(found, "product")),
                ("Approval rate by channel", _approval(found, "channel")),
                ("Reasons", _bars(tally.current.reasons, tally.candidate.reasons)),
                ("PD of applicants who change sides", _swaps(found)),
            ],
        )
    )


def _rows(before: Counter[str], after: Counter[str]) -> tuple[list[tuple[str, int, int]]]:
    return ([(key, before[key], after[key]) for key in changed(before, after)],)


def _matrix(found: Simulation) -> Markup:
    figure, axes = axes_of()
    cells = found.tally.cells
    counts = [[cells.get((row, column), 0) for column in OUTCOMES] for row in OUTCOMES]
    most = max(max(row) for row in counts) or 1
    axes.imshow([[n / most for n in row] for row in counts], cmap="Greens", vmin=0, vmax=1.4)
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            axes.text(x, y, f"{count:,}", ha="center", va="center")
    axes.set_xticks(range(len(OUTCOMES)), OUTCOMES)
    axes.set_yticks(range(len(OUTCOMES)), OUTCOMES)
    return svg(figure)


def _labels(steps: Sequence[float]) -> list[str]:
    between = [f"{low:g} to {high:g}" for low, high in pairwise(steps)]
    return [f"below {steps[0]:g}", *between, f"from {steps[-1]:g}"]


def _lines(found: Simulation) -> Markup:
    figure, axes = axes_of()
    labels = _labels(LINE_STEPS)
    labels[LINE_STEPS.index(0.01)] = "unchanged"
    counts = [found.tally.lines[place] for place in range(len(labels))]
    axes.barh(labels, counts, color=_AFTER)
    axes.set_xlabel("decisions")
    return svg(figure)


def _pairs(axes: Any, labels: Sequence[str], pairs: Sequence[tuple[float, float]]) -> None:  # noqa: ANN401
    places = range(len(labels))
    axes.barh([p - 0.2 for p in places], [b for b, _ in pairs], 0.4, color=_BEFORE, label="current")
    axes.barh(
        [p + 0.2 for p in places], [a for _, a in pairs], 0.4, color=_AFTER, label="candidate"
    )
    axes.set_yticks(places, labels)
    axes.invert_yaxis()
    axes.legend()


def _approval(found: Simulation, dimension: str) -> Markup:
    rows = rates(dimension, found.tally.segments)[:_MOST]
    figure, axes = axes_of(1.2 + 0.45 * len(rows))
    names = [value or "(none)" for value, *_ in rows]
    _pairs(axes, names, [(100 * before / n, 100 * after / n) for _, n, before, after in rows])
    axes.set_xlabel("per cent")
    return svg(figure)


def _bars(before: Counter[str], after: Counter[str]) -> Markup:
    keys = changed(before, after)
    figure, axes = axes_of(1.2 + 0.4 * len(keys))
    _pairs(axes, keys, [(before[key], after[key]) for key in keys])
    axes.set_xlabel("decisions")
    return svg(figure)


def _swaps(found: Simulation) -> Markup:
    figure, axes = axes_of()
    labels, swaps = _labels(PD_STEPS), found.tally.swap_pd
    counts = {kind: swaps.get(kind, Counter()) for kind in ("out", "in")}
    places = range(len(labels))
    _pairs(axes, labels, [(counts["out"][p], counts["in"][p]) for p in places])
    axes.legend(["no longer approved", "newly approved"])
    axes.set_xlabel("decisions")
    return svg(figure)
