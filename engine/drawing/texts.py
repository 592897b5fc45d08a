"""A policy's structure as Mermaid, as Graphviz's language, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from engine.rules.structure import Kind, Node, Structure

_GROUPED = {Kind.FIELD: "", Kind.RULE: "stage ", Kind.TABLE: "stage "}
_MERMAID = {Kind.TABLE: ("[[", "]]"), Kind.SIGNAL: ("([", "])"), Kind.OUTCOME: ("((", "))")}
_DOT = {Kind.TABLE: "box3d", Kind.SIGNAL: "ellipse", Kind.OUTCOME: "doublecircle"}


def as_json(structure: Structure) -> str:
    """The nodes and edges as they are."""
    value = {
        "version": 1,
        "policy": structure.name,
        "stages": list(structure.stages),
        "nodes": [
            {
                "id": node.id,
                "kind": node.kind.value,
                "name": node.name,
                "group": node.group,
                "outcomes": list(node.outcomes),
            }
            for node in structure.nodes
        ],
        "edges": [
            {"from": edge.start, "to": edge.end, "label": edge.label} for edge in structure.edges
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def as_mermaid(structure: Structure) -> str:
    """A flowchart; what draws Markdown draws it."""
    names = {node.id: f"n{index}" for index, node in enumerate(structure.nodes)}
    lines = ["flowchart LR"]
    for number, (title, nodes) in enumerate(_groups(structure)):
        if title:
            lines.append(f'  subgraph g{number}["{title}"]')
        for node in nodes:
            opening, closing = _MERMAID.get(node.kind, ("[", "]"))
            lines.append(f'    {names[node.id]}{opening}"{node.name}"{closing}')
        if title:
            lines.append("  end")
    lines += [f"  {names[e.start]} --> {names[e.end]}" for e in structure.edges]
    return "\n".join(lines) + "\n"


def as_dot(structure: Structure) -> str:
    """Graphviz's language."""
    lines = [f'digraph "{structure.name}" {{', "  rankdir=LR; node [shape=box];"]
    for number, (title, nodes) in enumerate(_groups(structure)):
        if title:
            lines.append(f'  subgraph cluster_{number} {{ label="{title}";')
        for node in nodes:
            shape = _DOT.get(node.kind, "box")
            lines.append(f'    "{node.id}" [label="{node.name}", shape={shape}];')
        if title:
            lines.append("  }")
    lines += [f'  "{e.start}" -> "{e.end}" [tooltip="{e.label}"];' for e in structure.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _groups(structure: Structure) -> Iterator[tuple[str, list[Node]]]:
    """Fields by their root and rules by their stage, each with a title; the rest without."""
    found: dict[str, list[Node]] = {}
    for node in structure.nodes:
        prefix = _GROUPED.get(node.kind)
        title = "" if prefix is None else f"{prefix}{node.group}"
        found.setdefault(title, []).append(node)
    yield from found.items()
