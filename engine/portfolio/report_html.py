"""The report of a review as one page that needs nothing else: no network, no script."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from engine.drawing.pages import environment
from engine.drawing.plots import axes_of, svg
from engine.portfolio.policy import Action, BudgetName
from engine.portfolio.report_text import limit_told, price_told
from engine.portfolio.summary import Summary, Totals

_BEFORE, _AFTER = "#7a869a", "#0b6e4f"
_BARS = 12


def page(found: Summary) -> str:
    """The whole page, HTML."""
    return (
        environment("engine.portfolio")
        .get_template("report.html")
        .render(
            found=found,
            major=found.major,
            actions=list(reversed(Action)),
            prices=price_told(found),
            limit_told=limit_told,
            loss=BudgetName.EXPECTED_LOSS,
            tables=[("action", list(found.by_action.items())), *found.by.items()],
            plots=[
                ("Lines by product, before and after", _lines(found, found.by["product"])),
                ("Expected loss by risk band, before and after", _losses(found, found.by["band"])),
            ],
        )
    )


def _lines(found: Summary, rows: Sequence[tuple[str, Totals]]) -> Markup:
    return _bars([(name, row.line) for name, row in rows], found)


def _losses(found: Summary, rows: Sequence[tuple[str, Totals]]) -> Markup:
    loss = BudgetName.EXPECTED_LOSS
    return _bars([(name, row.uses[loss]) for name, row in sorted(rows)], found)


def _bars(rows: Sequence[tuple[str, tuple[int, int]]], found: Summary) -> Markup:
    figure, axes = axes_of(max(1.5, 0.5 * len(rows[:_BARS]) + 0.8))
    places = range(len(rows[:_BARS]))
    for offset, colour, side, label in ((0.2, _BEFORE, 0, "before"), (-0.2, _AFTER, 1, "after")):
        amounts = [pair[side] / found.major for _, pair in rows[:_BARS]]
        axes.barh([place + offset for place in places], amounts, 0.4, color=colour, label=label)
    axes.set_yticks(list(places), [name for name, _ in rows[:_BARS]])
    axes.invert_yaxis()
    axes.set_xlabel(found.currency)
    axes.legend()
    return svg(figure)
