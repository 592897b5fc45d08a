"""A cell as it stands in a table's file: parsed by its column's type, problems at their place."""

from __future__ import annotations

from yaml.nodes import Node, ScalarNode, SequenceNode

from engine.rules.ast import Read
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.positions import value_positions
from engine.rules.source import Source, span_at
from engine.rules.tables.cells import CellRefused, CellTest, parse_cell
from engine.rules.tables.model import Cell, Column
from engine.rules.tables.trees import asks_presence, cell_tree
from engine.rules.yaml_source import node_span


def read_cell(column: Column, node: Node, source: Source, found: Diagnostics) -> Cell | None:
    """The cell, ``None`` after a diagnostic. A YAML list is a set of values."""
    if isinstance(node, ScalarNode):
        test, text = _test(column, node, source, found), str(node.value).strip()
    elif isinstance(node, SequenceNode) and node.value:
        test, text = _set(column, node, source, found)
    else:
        message = "a cell must be a text, a number or a list of values"
        found.error(Code.CELL_SYNTAX, message, node_span(source, node))
        return None
    if test is None or not _may_ask(column, test, node, source, found):
        return None
    return Cell(text=text, test=cell_tree(column.tree, test), span=node_span(source, node))


def _set(
    column: Column, node: SequenceNode, source: Source, found: Diagnostics
) -> tuple[CellTest | None, str]:
    """A set written as a list; each entry is as a cell of its own, but for ``-`` and ``not``."""
    tests: list[CellTest] = []
    for entry in node.value:
        test = _test(column, entry, source, found) if isinstance(entry, ScalarNode) else None
        if test is None or not test.items or test.negated:
            if test is not None or not isinstance(entry, ScalarNode):
                message = "a list in a cell holds the values of a set"
                hint = "`-` and `not a, b` are written as one text"
                found.error(Code.CELL_SYNTAX, message, node_span(source, entry), hint=hint)
            return None, ""
        tests.append(test)
    text = ", ".join(str(entry.value).strip() for entry in node.value)
    whole = CellTest(tuple(item for test in tests for item in test.items))
    return _within_bounds(whole, text, column, node, source, found), text


def _within_bounds(
    whole: CellTest, text: str, column: Column, node: Node, source: Source, found: Diagnostics
) -> CellTest | None:
    """A list is bounded as the same set in one text is."""
    try:
        parse_cell(text, column.tree.type)
    except CellRefused as refused:
        found.error(
            refused.problem.code,
            refused.problem.message,
            node_span(source, node),
            hint=refused.problem.hint,
        )
        return None
    return whole


def _test(column: Column, node: ScalarNode, source: Source, found: Diagnostics) -> CellTest | None:
    try:
        return parse_cell(node.value, column.tree.type)
    except CellRefused as refused:
        problem = refused.problem
        places = value_positions(source, node)
        start = places[min(problem.offset, len(places) - 1)]
        span = span_at(source, start, problem.length)
        label = f"column `{column.text}`"
        found.error(problem.code, problem.message, span, label=label, hint=problem.hint)
        return None


def _may_ask(
    column: Column, test: CellTest, node: Node, source: Source, found: Diagnostics
) -> bool:
    """Only of a field that can be unknown it is worth asking whether it is."""
    if not asks_presence(test):
        return True
    tree = column.tree
    if isinstance(tree, Read) and tree.known_by == tree.path:
        return True
    if isinstance(tree, Read):
        message, hint = f"`{column.text}` is always known", "write `-`, or a value"
    else:
        message = f"`{column.text}` is no single field: `known` and `unknown` say nothing of it"
        hint = "add a column for the field that may be unknown"
    found.error(Code.CELL_PRESENCE, message, node_span(source, node), hint=hint)
    return False
