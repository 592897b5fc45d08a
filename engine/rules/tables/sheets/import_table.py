"""From a sheet to a table's file, checked as that file will be, told by the sheet's cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node

from engine.rules.diagnostics import Code, Diagnostic, Diagnostics, Severity, did_you_mean
from engine.rules.environment import shared_environment
from engine.rules.read_ruleset import EFFECTS
from engine.rules.source import Source
from engine.rules.tables.compile import compile_column
from engine.rules.tables.draft import is_table, read_table, refuse_no_table
from engine.rules.tables.model import HitPolicy
from engine.rules.tables.read_cell import read_cell
from engine.rules.tables.sheets.grid import EXTRAS, Grid
from engine.rules.tables.sheets.layout import Layout, is_otherwise, read_layout
from engine.rules.tables.sheets.yaml_text import aligned, list_text, quoted, scalar_text
from engine.rules.yaml_source import compose

#: What only the whole policy knows: such columns are checked with it.
_OF_THE_POLICY = re.compile(r"\b(?:signals|named|params|lists)\s*\.")
_REPLACED = frozenset({"columns", "effects", "rows", "otherwise"})
_FALLBACK = re.compile(r"^(refer|decline) +([A-Z][A-Z0-9_]*)$")

_Places = list[tuple[int, int, int, int]]


def import_table(grid: Grid, name: str, head: str, found: Diagnostics) -> str:
    """The text of the table ``name``; ``PolicyError`` naming the cells that are wrong.

    ``head``: the text before the columns, from ``new_head`` or ``head_of``.
    """
    layout = read_layout(grid, found)
    text = head + _body(grid, layout, name, found)
    source, own = Source(f"{name}.yaml", text), Diagnostics()
    node = compose(source, own)
    if node is not None:
        _check(source, node, name, own)
    for item in own.found:
        if item.severity is Severity.ERROR:
            places = [] if node is None else list(_places(node, grid, layout))
            _report(grid, item, source, places, found)
    found.refuse_if_errors()
    return text


def new_head(name: str, hit: HitPolicy) -> str:
    """The head of a new table."""
    return f"table: {name}\nhit: {hit.value}\n"


def head_of(source: Source, found: Diagnostics) -> str:
    """What a table's file says beside columns and rows, with its comments, word by word."""
    found.add_source(source)
    node = compose(source, found)
    found.refuse_if_errors()
    if not isinstance(node, MappingNode) or not is_table(node):
        refuse_no_table(source, found)
        return ""
    starts = [key.start_mark.index for key, _ in node.value]
    ends = [*starts[1:], len(source.text)]
    kept = [
        source.text[start:end].rstrip() + "\n"
        for (key, _), start, end in zip(node.value, starts, ends, strict=True)
        if key.value not in _REPLACED
    ]
    return source.text[: starts[0]] + "".join(kept)


def _body(grid: Grid, layout: Layout, name: str, found: Diagnostics) -> str:
    lines = [
        f"columns: {list_text([grid.cell(0, column) for column in layout.columns])}",
        f"effects: {list_text(list(layout.effects))}",
        "rows:",
    ]
    numbers = range(1, len(grid.rows))
    special = [number for number in numbers if is_otherwise(grid, layout, number)]
    for number in special:
        if number != len(grid.rows) - 1:
            grid.report(found, Code.SHEET_CONTENT, number, 0, "`otherwise` must be the last row")
    rows = [_row(grid, layout, name, n) for n in numbers if n not in special]
    lines.extend(f"  - {line}" for line in aligned(rows))
    last = (list_text(_effects(grid, layout, number)) for number in special[:1])
    lines.extend(f"otherwise: {effects}" for effects in last)
    return "\n".join(lines) + "\n"


def _row(grid: Grid, layout: Layout, name: str, row: int) -> list[str]:
    """The row in the stretches that are aligned."""
    cells = [scalar_text(grid.cell(row, column) or "-") for column in layout.columns]
    effects = [scalar_text(text) for text in _effects(grid, layout, row)]
    if not layout.extras:
        return _enclosed("[", [*cells, *effects], "]")
    own = [f"{key}: {value}" for key, value in _extras(grid, layout, row)]
    parts = [*_enclosed("when: [", cells, "]"), *_enclosed("then: [", effects, "]"), *own]
    if "id" in layout.extras:
        own_id = grid.cell(row, layout.extras["id"]) or f"{name.upper()}_{row}"
        parts.insert(0, f"id: {scalar_text(own_id)}")
    return _enclosed("{", parts, "}")


def _enclosed(start: str, parts: list[str], end: str) -> list[str]:
    first, *others = parts
    *middle, last = [f"{start}{first}", *others]
    return [*middle, f"{last}{end}"]


def _effects(grid: Grid, layout: Layout, row: int) -> list[str]:
    return [grid.cell(row, column) or "-" for column in layout.effects.values()]


def _extras(grid: Grid, layout: Layout, row: int) -> Iterator[tuple[str, str]]:
    for key, column in layout.extras.items():
        text = grid.cell(row, column)
        if key == "id" or text in {"", "-"}:
            continue
        named = _FALLBACK.match(text) if key.startswith("on_") else None
        value = scalar_text(text)
        if named is not None:
            value = f"{{outcome: {named.group(1)}, reason: {named.group(2)}}}"
        elif key == "description":
            value = quoted(text)
        yield key, value


def _check(source: Source, node: Node, name: str, found: Diagnostics) -> None:
    """Everything that can be said of the table without the rest of the policy."""
    draft = read_table(source, node, name, found)
    environment = shared_environment(())
    columns = [
        None
        if _OF_THE_POLICY.search(column.value)
        else compile_column(column, source, environment, found)
        for column in draft.columns
    ]
    for row in draft.rows:
        for column, cell in zip(columns, row.cells, strict=False):
            if column is not None:
                read_cell(column, cell, source, found)


def _places(node: Node, grid: Grid, layout: Layout) -> Iterator[tuple[int, int, int, int]]:
    """Start and end of what was written in the text, and the row and column it came from."""
    sections = {key.value: value for key, value in node.value}
    effects = list(layout.effects.values())
    heads = (("columns", layout.columns), ("effects", effects))
    for key, columns in heads:
        yield from _each(sections[key].value, 0, columns)
    numbers = [n for n in range(1, len(grid.rows)) if not is_otherwise(grid, layout, n)]
    for number, item in zip(numbers, sections["rows"].value, strict=True):
        if not isinstance(item, MappingNode):
            yield from _each(item.value, number, [*layout.columns, *effects])
            continue
        for key, value in item.value:
            if key.value in {"when", "then"}:
                columns = layout.columns if key.value == "when" else effects
                yield from _each(value.value, number, columns)
            else:
                yield from _each([value], number, [layout.extras[key.value]])
    if "otherwise" in sections and isinstance(sections["otherwise"].value, list):
        yield from _each(sections["otherwise"].value, len(grid.rows) - 1, effects)


def _each(
    nodes: list[Node], row: int, columns: tuple[int, ...] | list[int]
) -> Iterator[tuple[int, int, int, int]]:
    for node, column in zip(nodes, columns, strict=False):
        yield node.start_mark.index, node.end_mark.index, row, column


def _report(
    grid: Grid, item: Diagnostic, source: Source, places: _Places, found: Diagnostics
) -> None:
    """The finding at the sheet's cell; in the head if it is about the whole table."""
    lines = source.text.split("\n")
    index = sum(len(line) + 1 for line in lines[: item.span.line - 1]) + item.span.column - 1
    inside = [place for place in places if place[0] <= index < place[1]]
    behind = [place for place in places if place[0] >= index]
    near = inside or (sorted(behind)[:1] if item.span.line > 1 else [])
    row, column = near[0][2:] if near else (0, 0)
    hint = item.hint
    if item.code is Code.UNKNOWN_FIELD and row == 0:
        hint = did_you_mean(grid.cell(0, column), (*EFFECTS, *EXTRAS)) or hint
    grid.report(found, item.code, row, column, item.message, hint)
