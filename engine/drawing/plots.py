"""Plots that stand in a page of their own: inline SVG, the same bytes each time."""

from __future__ import annotations

import io
from typing import Any

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.figure import Figure


def svg(figure: Figure) -> Markup:
    """The drawing inline; matplotlib escapes the texts in it."""
    raw = io.StringIO()
    # Without a salt of ours the names in a drawing differ each time.
    with rc_context({"svg.hashsalt": "touchstone"}):
        figure.savefig(
            raw, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None}
        )
    text = raw.getvalue()
    return Markup(text[text.index("<svg") :])  # noqa: S704 - drawn here, from counts and names


def axes_of(height: float = 3.2) -> tuple[Figure, Any]:
    """An empty drawing, as wide as a page; ``height`` in inches."""
    figure = Figure(figsize=(6.4, height))
    return figure, figure.subplots()
