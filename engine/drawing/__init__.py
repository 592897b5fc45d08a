"""Drawings of a policy's structure: SVG to look at, Mermaid, Graphviz and JSON for other tools."""

from collections.abc import Callable, Mapping

from engine.drawing.svg import as_svg
from engine.drawing.texts import as_dot, as_json, as_mermaid
from engine.rules.structure import Structure

__all__ = ["FORMATS"]

#: How a structure becomes a text, by the name of the format.
FORMATS: Mapping[str, Callable[[Structure], str]] = {
    "svg": as_svg,
    "mermaid": as_mermaid,
    "dot": as_dot,
    "json": as_json,
}
