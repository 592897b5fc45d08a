"""The statements' own documentation: every file says what it needs, returns, and costs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import graph
from graph.rows import query_text

QUERIES = Path(graph.__file__).parent / "queries"
NAMES = sorted(path.stem for path in QUERIES.glob("*.cypher"))


@pytest.mark.parametrize("name", NAMES)
def test_header_names_parameters_bound_and_cost(name: str) -> None:
    """Each parameter of the text stands in its header, and none besides."""
    text = (QUERIES / f"{name}.cypher").read_text(encoding="utf-8")
    header = "\n".join(line for line in text.splitlines() if line.startswith("//"))
    used = set(re.findall(r"\$(\w+)", query_text(name)))
    assert set(re.findall(r"\$(\w+)", header)) == used
    assert "// Bound: " in header
    assert "// Cost: " in header


@pytest.mark.parametrize("name", NAMES)
def test_no_value_stands_in_a_text(name: str) -> None:
    """Values are parameters: no text of ours is ever built from parts."""
    assert not re.search(r"[{}%]\s*[{}]|\{\}|%s", query_text(name))
