"""The effects of a row, written as cells, in the form in which rules write them."""

from __future__ import annotations

from collections.abc import Sequence

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.rules.yaml_source import is_null

_TEXT = "tag:yaml.org,2002:str"
_LIST = "tag:yaml.org,2002:seq"
_MAPPING = "tag:yaml.org,2002:map"
_NOTHING = frozenset({"", "-"})


def effects_node(names: Sequence[str], cells: SequenceNode) -> MappingNode:
    """A ``then`` of the cells that say something; each keeps its place in the file.

    Cells without a name are left out: the reader has said what is wrong with the head.
    """
    pairs = [
        (ScalarNode(_TEXT, name, cell.start_mark, cell.end_mark), _value(name, cell))
        for name, cell in zip(names, cells.value, strict=False)
        if name and not _says_nothing(cell)
    ]
    return MappingNode(_MAPPING, pairs, cells.start_mark, cells.end_mark, flow_style=True)


def _says_nothing(cell: Node) -> bool:
    return isinstance(cell, ScalarNode) and (is_null(cell) or cell.value.strip() in _NOTHING)


def _value(name: str, cell: Node) -> Node:
    """``a, b`` lists documents as ``[a, b]`` does."""
    if name != "require" or not isinstance(cell, ScalarNode):
        return cell
    parts = [part.strip() for part in str(cell.value).split(",")]
    items: list[Node] = [ScalarNode(_TEXT, p, cell.start_mark, cell.end_mark) for p in parts]
    return SequenceNode(_LIST, items, cell.start_mark, cell.end_mark, flow_style=True)
