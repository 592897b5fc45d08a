"""A table's file as written: everything but the meaning of columns and cells.

Those need every file's signals first, as the conditions of rules do.
"""

from __future__ import annotations

from dataclasses import dataclass

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.rules.days import read_window
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.model import Effects, Undecided
from engine.rules.read_reasons import INFORMATION_MISSING, RULE_ERROR
from engine.rules.read_ruleset import (
    DEFAULT_PRIORITY,
    EFFECTS,
    default_undecided,
    narrowed,
    read_effects,
    read_undecided,
)
from engine.rules.reader import UPPER_NAME, Reader
from engine.rules.source import Source, Span, span_at
from engine.rules.tables.effect_cells import effects_node
from engine.rules.tables.model import Aggregate, Aggregates, HitPolicy
from engine.rules.yaml_source import node_span

MAX_COLUMNS = 24
MAX_ROWS = 1_000
#: Room for the number of a row in the names of its rules.
MAX_NAME = 50

_OPTIONAL = ("description", "priority", "on_unknown", "on_error", "effects", "otherwise")
_WINDOW = ("from", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDraft:
    """A row whose cells are not understood yet; ``otherwise`` has none."""

    id: str
    description: str
    cells: tuple[Node, ...]
    then: Effects
    gives: frozenset[str]
    on_unknown: Undecided
    on_error: Undecided
    span: Span
    reason_span: Span
    window: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDraft:
    """A table whose columns and cells are not compiled yet."""

    name: str
    source: Source
    hit: HitPolicy
    aggregates: Aggregates
    columns: tuple[ScalarNode, ...]
    priority: int
    rows: tuple[RowDraft, ...]
    otherwise: RowDraft | None
    span: Span

    @property
    def signals(self) -> frozenset[str]:
        """The signals that its rows set."""
        rows = (*self.rows, *((self.otherwise,) if self.otherwise else ()))
        return frozenset(row.then.signal for row in rows) - {""}


def is_table(node: Node) -> bool:
    """Whether the file holds a table, not a ruleset."""
    return isinstance(node, MappingNode) and any(key.value == "table" for key, _ in node.value)


def refuse_no_table(source: Source, found: Diagnostics) -> None:
    """Raise ``PolicyError``: another file was meant."""
    message = f"{source.path} holds no table: it needs the key `table`"
    found.error(Code.MISSING_KEY, message, span_at(source, 0, 1))
    found.refuse_if_errors()


def read_table(source: Source, node: Node, name: str, found: Diagnostics) -> TableDraft:
    """The file's table; incomplete where a diagnostic was added."""
    return _TableReader(Reader(source, node, found, "the table"), name).draft()


class _TableReader:
    def __init__(self, reader: Reader, name: str) -> None:
        self._reader, self._name = reader, name
        self._source, self._found = reader.source, reader.found

    def draft(self) -> TableDraft:
        reader = self._reader
        reader.allow(("table", "hit", "columns", "rows"), (*_OPTIONAL, *_WINDOW, "aggregates"))
        self._check_name()
        reader.text("description")
        self._on_unknown = read_undecided(
            reader, "on_unknown", default_undecided(INFORMATION_MISSING)
        )
        self._on_error = read_undecided(reader, "on_error", default_undecided(RULE_ERROR))
        self._window = read_window(reader)
        self._columns, self._effects = self._read_columns(), self._read_effects()
        hit = reader.choice("hit", HitPolicy, HitPolicy.FIRST)
        aggregates = self._aggregates(hit)
        rows = self._rows()
        if hit is HitPolicy.COLLECT and aggregates.adjust_points is not Aggregate.SUM:
            self._check_points(rows, aggregates.adjust_points)
        return TableDraft(
            name=self._name,
            source=self._source,
            hit=hit,
            aggregates=aggregates,
            columns=self._columns,
            priority=reader.integer("priority", DEFAULT_PRIORITY, 0, 9_999),
            rows=rows,
            otherwise=self._otherwise(),
            span=reader.value_span("table"),
        )

    def _check_name(self) -> None:
        reader = self._reader
        declared = reader.name("table", default=self._name)
        node = reader.items["table"][1]
        if declared != self._name:
            reader.wrong(node, f"the file {self._source.path} must hold the table `{self._name}`")
        if len(declared) > MAX_NAME:
            message = f"`{declared}` is too long for a table: at most {MAX_NAME} characters"
            hint = "its rows are named after it"
            self._found.error(Code.BAD_NAME, message, node_span(self._source, node), hint=hint)

    def _read_columns(self) -> tuple[ScalarNode, ...]:
        columns: list[ScalarNode] = []
        for node in self._reader.list_of("columns"):
            if isinstance(node, ScalarNode) and node.value.strip():
                columns.append(node)
            else:
                self._reader.wrong(node, "a column must be a field or another CEL expression")
        whole = self._reader.node_of("columns")
        if isinstance(whole, SequenceNode) and not 1 <= len(whole.value) <= MAX_COLUMNS:
            code = Code.TABLE_LIMIT if whole.value else Code.TABLE_SHAPE
            message = f"a table has 1 to {MAX_COLUMNS} columns, not {len(whole.value)}"
            self._found.error(code, message, node_span(self._source, whole))
        return tuple(columns)

    def _read_effects(self) -> tuple[str, ...]:
        names: list[str] = []
        for node in self._reader.list_of("effects"):
            if isinstance(node, ScalarNode) and node.value in EFFECTS and node.value not in names:
                names.append(node.value)
            else:
                names.append("")
                known = ", ".join(EFFECTS)
                self._reader.wrong(node, "`effects` must list distinct effects", f"known: {known}")
        return tuple(names)

    def _aggregates(self, hit: HitPolicy) -> Aggregates:
        reader = self._reader.mapping("aggregates", "`aggregates`")
        if reader is None:
            return Aggregates()
        reader.allow((), ("adjust_points", "cap_line_minor"))
        if hit is not HitPolicy.COLLECT:
            self._found.error(
                Code.AGGREGATE,
                f"`aggregates` has no meaning where the hit policy is `{hit}`",
                node_span(self._source, self._reader.items["aggregates"][0]),
                hint="only with `hit: collect` several rows apply",
            )
        return Aggregates(
            adjust_points=reader.choice("adjust_points", Aggregate, Aggregate.SUM),
            cap_line_minor=reader.choice("cap_line_minor", Aggregate, Aggregate.MIN),
        )

    def _check_points(self, rows: tuple[RowDraft, ...], aggregate: Aggregate) -> None:
        """No points and 0 points are the same in a sum, but not where the lowest counts."""
        for row in rows:
            if "adjust_points" not in row.gives:
                message = f"row `{row.id}` gives no points, and the {aggregate} of them counts"
                hint = "write `0` where a hit should count as 0 points"
                self._found.error(Code.AGGREGATE, message, row.span, hint=hint)

    def _rows(self) -> tuple[RowDraft, ...]:
        nodes = self._reader.list_of("rows")
        list_node = self._reader.node_of("rows")
        if isinstance(list_node, SequenceNode) and not 1 <= len(nodes) <= MAX_ROWS:
            code = Code.TABLE_LIMIT if nodes else Code.TABLE_SHAPE
            message = f"a table has 1 to {MAX_ROWS} rows, not {len(nodes)}"
            span = node_span(self._source, self._reader.items["rows"][0])
            hint = "split it, or read a list or a parameter" if nodes else ""
            self._found.error(code, message, span, hint=hint)
        rows = (self._row(number, node) for number, node in enumerate(nodes[:MAX_ROWS], start=1))
        return tuple(row for row in rows if row is not None)

    def _row(self, number: int, node: Node) -> RowDraft | None:
        own_id = f"{self._name.upper()}_{number}"
        if isinstance(node, SequenceNode):
            return self._flat_row(own_id, number, node)
        if not isinstance(node, MappingNode):
            message = f"row {number} must be a list of cells, or `{{when: [...], then: {{...}}}}`"
            self._found.error(Code.TABLE_SHAPE, message, node_span(self._source, node))
            return None
        reader = Reader(self._source, node, self._found, f"row {number}")
        reader.allow(("when", "then"), ("id", "description", "on_unknown", "on_error", *_WINDOW))
        cells = tuple(reader.list_of("when"))
        if isinstance(reader.node_of("when"), SequenceNode):
            self._check_width(number, node, len(cells), len(self._columns), "")
        then = reader.node_of("then")
        if isinstance(then, SequenceNode):
            self._check_width(number, then, len(then.value), len(self._effects), " effect")
            then = effects_node(self._effects, then)
        return self._make(reader, reader.name("id", UPPER_NAME, own_id), cells, then)

    def _flat_row(self, own_id: str, number: int, node: SequenceNode) -> RowDraft | None:
        if "effects" not in self._reader.items:
            message = f"row {number} is a list, but the table does not say what its last cells do"
            hint = "add `effects: [outcome, reason]`, or write the row `{when: [...], then: {...}}`"
            self._found.error(Code.TABLE_SHAPE, message, node_span(self._source, node), hint=hint)
            return None
        width = len(self._columns) + len(self._effects)
        if not self._check_width(number, node, len(node.value), width, ""):
            return None
        split = len(self._columns)
        then = effects_node(
            self._effects, SequenceNode(node.tag, node.value[split:], node.start_mark)
        )
        reader = Reader(
            self._source,
            MappingNode(node.tag, [], node.start_mark, node.end_mark, flow_style=True),
            self._found,
            f"row {number}",
        )
        return self._make(reader, own_id, tuple(node.value[:split]), then)

    def _make(
        self, reader: Reader, rule_id: str, cells: tuple[Node, ...], then: Node | None
    ) -> RowDraft:
        effects = None
        if then is not None:
            effects = Reader(self._source, then, self._found, f"the effects of {reader.what}")
        return RowDraft(
            id=rule_id,
            description=reader.text("description"),
            cells=cells,
            then=Effects() if effects is None else read_effects(effects),
            gives=frozenset(effects.items) if effects is not None else frozenset(),
            on_unknown=read_undecided(reader, "on_unknown", self._on_unknown),
            on_error=read_undecided(reader, "on_error", self._on_error),
            span=span_at(self._source, reader.node.start_mark.index, _length(reader.node)),
            reason_span=reader.span if effects is None else effects.value_span("reason"),
            window=narrowed(read_window(reader), self._window),
        )

    def _otherwise(self) -> RowDraft | None:
        node = self._reader.node_of("otherwise")
        if node is None:
            return None
        if isinstance(node, SequenceNode):
            self._check_width(0, node, len(node.value), len(self._effects), " effect")
            then: Node = effects_node(self._effects, node)
        else:
            then = node
        reader = Reader(
            self._source,
            MappingNode(node.tag, [], node.start_mark, node.end_mark, flow_style=True),
            self._found,
            "`otherwise`",
        )
        return self._make(reader, f"{self._name.upper()}_OTHERWISE", (), then)

    def _check_width(self, number: int, node: Node, has: int, needs: int, what: str) -> bool:
        if has == needs:
            return True
        row = f"row {number}" if number else "`otherwise`"
        columns, effects = len(self._columns), len(self._effects)
        parts = f"{_counted(columns, 'column')} and {_counted(effects, 'effect')}"
        self._found.error(
            Code.TABLE_SHAPE,
            f"{row} has {has}{what} cells, not {needs}: the table has {parts}",
            node_span(self._source, node),
            hint="a cell that takes any value is `-`; a comma inside a cell needs quotes",
        )
        return False


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _length(node: Node) -> int:
    if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style:
        return 1
    return int(node.end_mark.index - node.start_mark.index)
