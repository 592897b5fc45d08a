"""A policy's structure as one SVG file that needs nothing else: columns of boxes, and curves.

Facts flow from left to right: sources, fields by their root, rules by their stage, and what rules
set. A signal stands among what is set; a dashed curve leads back to the rules that read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from engine.rules.structure import Edge, Kind, Node, Structure

_COLUMNS = (
    (Kind.SOURCE,),
    (Kind.FIELD, Kind.LIST),
    (Kind.RULE, Kind.TABLE),
    (Kind.SIGNAL, Kind.REASON, Kind.OUTCOME, Kind.DOCUMENT, Kind.EFFECT),
)
_HEIGHT, _STEP, _TITLE, _GAP, _MARGIN, _BETWEEN = 20, 26, 24, 12, 24, 150
_CHAR, _PADDING, _WIDE = 7.0, 16, 2
_FILLS = {"decline": "#f8d0cc", "refer": "#fdeab8", "approve": "#cfe8cf"}
_KIND_FILLS = {
    Kind.SOURCE: "#d9d9ee",
    Kind.FIELD: "#e6eef7",
    Kind.LIST: "#dff0ef",
    Kind.SIGNAL: "#eadcf2",
    Kind.REASON: "#f4f4f4",
    Kind.DOCUMENT: "#f1ebe0",
    Kind.EFFECT: "#f1ebe0",
}
_STYLE = (
    "text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#222}"
    ".title{font-weight:bold;fill:#555}"
    ".box{stroke:#8a8a8a}.table{stroke-width:2.5}"
    ".edge{fill:none;stroke:#7d8aa0;stroke-opacity:.55}"
    ".back{stroke:#8a4fa8;stroke-dasharray:4 3;stroke-opacity:.9}"
)


@dataclass(frozen=True, slots=True)
class _Box:
    node: Node
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        return self.y + _HEIGHT / 2


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    x: float
    y: float


def as_svg(structure: Structure) -> str:
    """The drawing. Rules are coloured by what they come to: decline, refer, approve."""
    boxes: dict[str, _Box] = {}
    titles: list[_Title] = []
    x, bottom = float(_MARGIN), 0.0
    for kinds in _COLUMNS:
        nodes = structure.of(*kinds)
        if not nodes:
            continue
        width = max(_width(node.name) for node in nodes)
        y = _place(nodes, x, width, boxes, titles)
        bottom = max(bottom, y)
        x += width + _BETWEEN
    size = f"{x - _BETWEEN + _MARGIN:.0f}", f"{bottom + _MARGIN:.0f}"
    body = [
        *(_curve(edge, boxes) for edge in structure.edges),
        *(_drawn(box) for box in boxes.values()),
        *(f'<text class="title" x="{t.x}" y="{t.y}">{escape(t.text)}</text>' for t in titles),
    ]
    return "\n".join(
        (
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}"'
                f' viewBox="0 0 {size[0]} {size[1]}">'
            ),
            f"<title>{escape(structure.name)}</title>",
            f"<style>{_STYLE}</style>",
            '<rect width="100%" height="100%" fill="white"/>',
            *body,
            "</svg>\n",
        )
    )


def _place(
    nodes: tuple[Node, ...], x: float, width: float, boxes: dict[str, _Box], titles: list[_Title]
) -> float:
    """Stack a column's groups, each under its title; the y below the last."""
    y = float(_MARGIN)
    for title, members in _grouped(nodes):
        titles.append(_Title(title, x, y + 14))
        y += _TITLE
        for node in members:
            boxes[node.id] = _Box(node, x, y, width)
            y += _STEP
        y += _GAP
    return y


def _grouped(nodes: tuple[Node, ...]) -> Iterator[tuple[str, list[Node]]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        if node.kind in {Kind.RULE, Kind.TABLE}:
            title = f"stage {node.group}"
        else:
            title = node.group or f"{node.kind.value}s"
        found.setdefault(title, []).append(node)
    yield from found.items()


def _drawn(box: _Box) -> str:
    node = box.node
    strongest = next((name for name in _FILLS if name in node.outcomes or name == node.name), "")
    fill = _FILLS.get(strongest) or _KIND_FILLS.get(node.kind, "#ffffff")
    told = f"{node.kind.value} {node.name}"
    if node.outcomes:
        told += f": {', '.join(node.outcomes)}"
    kind = " table" if node.kind is Kind.TABLE else ""
    return (
        f'<g><title>{escape(told)}</title><rect class="box{kind}" x="{box.x:.0f}" y="{box.y:.0f}"'
        f' width="{box.width:.0f}" height="{_HEIGHT}" rx="3" fill="{fill}"/>'
        f'<text x="{box.x + _PADDING / 2:.0f}" y="{box.y + 14:.0f}">{escape(node.name)}</text></g>'
    )


def _curve(edge: Edge, boxes: dict[str, _Box]) -> str:
    start, end = boxes[edge.start], boxes[edge.end]
    back = start.x > end.x
    x1, x2 = (start.x, end.x + end.width) if back else (start.x + start.width, end.x)
    bend = (x2 - x1) / 2
    kind = "edge back" if back else "edge"
    return (
        f'<path class="{kind}" d="M{x1:.0f} {start.middle:.0f} C{x1 + bend:.0f} {start.middle:.0f}'
        f' {x2 - bend:.0f} {end.middle:.0f} {x2:.0f} {end.middle:.0f}"/>'
    )


def _width(text: str) -> float:
    """Room for a text in a monospaced face; Chinese characters are two wide."""
    columns = sum(_WIDE if ord(char) > 0x2E80 else 1 for char in text)  # noqa: PLR2004
    return columns * _CHAR + _PADDING + 4
