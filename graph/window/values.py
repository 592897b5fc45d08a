"""Cells of an answer as JSON can hold them, whichever store they come from; and how large they are.

A node is its labels and properties, a relationship its type and properties, a path both in order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.window.model import MOST_BYTES, Statement, WindowAnswer

# What the embedded store adds to the properties of every node.
_ITS_OWN = ("id", "title", "type")


def answer_of(statement: Statement, rows: Iterable[Sequence[object]]) -> WindowAnswer:
    """The rows up to the bounds in rows and bytes."""
    shown: list[Sequence[object]] = []
    left = MOST_BYTES
    for row in rows:
        left -= len(json.dumps(row, ensure_ascii=False).encode())
        if len(shown) == statement.rows or left < 0:
            return WindowAnswer(columns=statement.columns, rows=shown, cut=True)
        shown.append(row)
    return WindowAnswer(columns=statement.columns, rows=shown, cut=False)


def embedded_value(value: Any) -> object:  # noqa: ANN401 - a driver that knows no types
    """A value of kglite."""
    if isinstance(value, Mapping):
        return _embedded_map(value)
    if isinstance(value, list | tuple):
        return [embedded_value(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _embedded_map(value: Mapping[str, Any]) -> object:
    if "nodes" in value and "relationships" in value:
        return {
            name: [embedded_value(item) for item in value[name]]
            for name in ("nodes", "relationships")
        }
    if "labels" in value and "properties" in value:
        return _node(value["labels"], value["properties"])
    if {"start", "end", "type", "properties"} <= set(value):
        return {"type": value["type"], "properties": dict(value["properties"])}
    return {str(name): embedded_value(item) for name, item in value.items()}


def _node(labels: Iterable[str], properties: Mapping[str, Any]) -> object:
    kept = {name: value for name, value in properties.items() if name not in _ITS_OWN}
    return {"labels": sorted(labels), "properties": dict(sorted(kept.items()))}
