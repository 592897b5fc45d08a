"""From a table's file to the rows of a spreadsheet. Imported again it is the same table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.rules.diagnostics import Diagnostics
from engine.rules.read_ruleset import EFFECTS
from engine.rules.source import Source
from engine.rules.tables.draft import is_table, read_table, refuse_no_table
from engine.rules.tables.sheets.grid import EXTRAS
from engine.rules.tables.sheets.layout import OTHERWISE
from engine.rules.yaml_source import compose, is_null

#: Only a text begins with a zero and goes on with digits; a spreadsheet would make it a number.
_ZEROS = re.compile(r"^0[0-9]+$")


def export_table(source: Source, found: Diagnostics) -> list[list[str]]:
    """The table's rows as texts, the head first; ``PolicyError`` if the file is no sound table."""
    found.add_source(source)
    node = compose(source, found)
    found.refuse_if_errors()
    if node is None or not is_table(node):
        refuse_no_table(source, found)
        return []
    read_table(source, node, source.path.rpartition("/")[2].removesuffix(".yaml"), found)
    found.refuse_if_errors()
    return _Sheet({key.value: value for key, value in node.value}).rows()


class _Sheet:
    """The sections of a sound table."""

    def __init__(self, sections: dict[str, Node]) -> None:
        self._columns = [_text(node) for node in sections["columns"].value]
        declared = sections.get("effects")
        self._declared = [_text(node) for node in declared.value] if declared else []
        self._rows = [self._row(node) for node in sections["rows"].value]
        last = sections.get("otherwise")
        if last is not None:
            cells = [OTHERWISE, *("" for _ in self._columns[1:])]
            self._rows.append((cells, self._effects(last)))

    def rows(self) -> list[list[str]]:
        """The head, and each row as wide as it."""
        said = {name for _, values in self._rows for name in values}
        more = [name for name in EFFECTS if name in said and name not in self._declared]
        effects = [*self._declared, *more]
        effects = effects or [EFFECTS[0]]
        first = ["id"] if "id" in said else []
        extras = [name for name in EXTRAS if name in said and name != "id"]
        rows = [[*first, *self._columns, *effects, *extras]]
        for cells, values in self._rows:
            told = [values.get(name, "") or "-" for name in effects]
            own, more = ([values.get(name, "") for name in names] for names in (first, extras))
            rows.append([*own, *cells, *told, *more])
        return rows

    def _row(self, node: Node) -> tuple[list[str], dict[str, str]]:
        """The cells of one row, and what else it says by name."""
        if isinstance(node, SequenceNode):
            width = len(self._columns)
            values = zip(self._declared, node.value[width:], strict=True)
            return _cells(node.value[:width]), {name: _text(value) for name, value in values}
        parts = {key.value: value for key, value in node.value}
        said = {name: _text(parts[name]) for name in EXTRAS if name in parts}
        return _cells(parts["when"].value), {**said, **self._effects(parts["then"])}

    def _effects(self, then: Node) -> dict[str, str]:
        if isinstance(then, MappingNode):
            return {key.value: _text(value) for key, value in then.value}
        return {n: _text(value) for n, value in zip(self._declared, then.value, strict=True)}


def _cells(nodes: Sequence[Node]) -> list[str]:
    """Texts that would read as the word for the last row, or lose their zeros, go in quotes."""
    texts = [_text(node) or "-" for node in nodes]
    return [
        f'"{text}"' if text.lower() == OTHERWISE or _ZEROS.match(text) else text for text in texts
    ]


def _text(node: Node) -> str:
    """A cell of one text: lists with commas, a fallback with its reason behind it."""
    if isinstance(node, SequenceNode):
        return ", ".join(_text(item) for item in node.value)
    if isinstance(node, MappingNode):
        return " ".join(_text(value) for _, value in sorted(node.value, key=lambda p: p[0].value))
    if isinstance(node, ScalarNode) and not is_null(node):
        return str(node.value).strip()
    return ""
