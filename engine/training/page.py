"""The report as one page that needs nothing else: no network, no script; and its short form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.drawing.pages import environment
from engine.training.plots import Plot

PLOTS = "plots"
"""Directory of the drawings beside the short form."""


def page(found: Mapping[str, Any], drawn: Sequence[Plot]) -> str:
    """The whole page, HTML."""
    return environment("engine.training").get_template("report.html").render(r=found, plots=drawn)


def model_card(found: Mapping[str, Any], drawn: Sequence[Plot]) -> str:
    """The short form, Markdown: for a repository or a review. Drawings are files of ``PLOTS``."""
    violations = {curve["feature"]: curve["violations"] for curve in found["behaviour"]}
    template = environment("engine.training", html=False).get_template("model_card.md")
    return template.render(r=found, violations=violations, plots=drawn, directory=PLOTS)
