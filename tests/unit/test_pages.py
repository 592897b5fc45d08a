"""Pages that need nothing else."""

from __future__ import annotations

from importlib.resources import files

import pytest

from engine.drawing.pages import environment

_PACKAGES = ("engine.portfolio", "engine.simulate", "engine.training", "engine.watch")


@pytest.mark.parametrize("package", _PACKAGES)
def test_every_report_has_the_one_style(package: str) -> None:
    """Each includes it, so that no page looks like another product's, and it can be found."""
    text = (files(package) / "templates" / "report.html").read_text(encoding="utf-8")
    assert text.count('{% include "style.html" %}') == 1
    assert "font:" not in text
    style = environment(package).get_template("style.html").render()
    assert style.startswith("<style>")
    assert style.endswith("</style>")
