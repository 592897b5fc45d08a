"""From a table as written to the rules of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yaml.nodes import ScalarNode

from engine.rules.ast import Expr, Has, Literal, Read, walk
from engine.rules.condition import NO_DEFINITIONS, Condition, compile_expression, within_limits
from engine.rules.days import within
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.environment import Environment
from engine.rules.explain import explain_type
from engine.rules.model import Rule, Ruleset
from engine.rules.positions import value_positions
from engine.rules.source import Source, Span, span_at
from engine.rules.tables.draft import RowDraft, TableDraft
from engine.rules.tables.model import Column, Row, Table
from engine.rules.tables.read_cell import read_cell
from engine.rules.tables.trees import row_tree
from engine.rules.unparse import unparse
from engine.rules.yaml_source import node_span

_TYPES = ("bool", "int", "double", "string")


def compile_table(
    draft: TableDraft,
    environment: Environment,
    definitions: Mapping[str, Expr],
    found: Diagnostics,
) -> Ruleset:
    """The table's ruleset; rows of which a part is refused are left out."""
    compiler = _Compiler(draft, environment, definitions, found)
    columns = compiler.columns()
    rules: list[Rule] = []
    if all(column is not None for column in columns):
        known = [column for column in columns if column is not None]
        rows = (compiler.row(number, row, known) for number, row in enumerate(draft.rows, start=1))
        rules.extend(rule for rule in rows if rule is not None)
        if draft.otherwise is not None:
            rules.append(compiler.otherwise(len(draft.rows) + 1, draft.otherwise))
    table = Table(
        hit=draft.hit,
        columns=tuple(column for column in columns if column is not None),
        aggregates=draft.aggregates,
        span=draft.span,
    )
    return Ruleset(name=draft.name, rules=tuple(rules), path=draft.source.path, table=table)


class _Compiler:
    def __init__(
        self,
        draft: TableDraft,
        environment: Environment,
        definitions: Mapping[str, Expr],
        found: Diagnostics,
    ) -> None:
        self._draft, self._environment, self._found = draft, environment, found
        self._definitions = definitions
        self._source: Source = draft.source
        self._sites: Mapping[str, Span] = {}

    def columns(self) -> Sequence[Column | None]:
        """The columns, ``None`` where one is refused."""
        found = [
            compile_column(node, self._source, self._environment, self._found, self._definitions)
            for node in self._draft.columns
        ]
        first: dict[Expr, Column] = {}
        sites: dict[str, Span] = {}
        for column in (item for item in found if item is not None):
            if first.setdefault(column.tree, column) is not column:
                message = f"the column `{column.text}` stands in the table twice"
                self._found.error(Code.TABLE_COLUMN, message, column.span)
            for path in (n.path for n in walk(column.tree) if isinstance(n, (Read, Has))):
                sites.setdefault(path, column.span)
        self._sites = sites
        return found

    def row(self, number: int, draft: RowDraft, columns: Sequence[Column]) -> Rule | None:
        """The rule of one row, ``None`` if one of its cells is refused."""
        pairs = zip(columns, draft.cells, strict=False)
        cells = [read_cell(c, node, self._source, self._found) for c, node in pairs]
        whole = [cell for cell in cells if cell is not None]
        if len(whole) != len(columns) or len(draft.cells) != len(columns):
            return None
        tree = row_tree([cell.test for cell in whole])
        condition = within_limits(unparse(tree, strict=False), tree, self._environment)
        if not isinstance(condition, Condition):
            for problem in condition:
                self._found.error(
                    Code.TABLE_LIMIT, problem.message, draft.span, hint="use fewer columns"
                )
            return None
        mentioned = tuple((p, self._sites[p]) for p in condition.mentions if p in self._sites)
        row = Row(number=number, cells=tuple(whole), otherwise=False, sites=mentioned)
        return self._rule(draft, condition, row)

    def otherwise(self, number: int, draft: RowDraft) -> Rule:
        """The rule for when no row settled the table: its own condition always holds."""
        always = Condition("true", Literal(type="bool", value=True))
        return self._rule(draft, always, Row(number=number, cells=(), otherwise=True, sites=()))

    def _rule(self, draft: RowDraft, condition: Condition, row: Row) -> Rule:
        return Rule(
            ruleset=self._draft.name,
            id=draft.id,
            description=draft.description,
            when=Condition(condition.text, within(condition.tree, *draft.window)),
            then=draft.then,
            priority=self._draft.priority,
            on_unknown=draft.on_unknown,
            on_error=draft.on_error,
            span=draft.span,
            reason_span=draft.reason_span,
            path=self._source.path,
            places=(),
            valid_from=draft.window[0],
            valid_until=draft.window[1],
            row=row,
        )


def compile_column(
    node: ScalarNode,
    source: Source,
    environment: Environment,
    found: Diagnostics,
    definitions: Mapping[str, Expr] = NO_DEFINITIONS,
) -> Column | None:
    """One column, ``None`` after a diagnostic."""
    tree = compile_expression(node.value, environment, definitions)
    if isinstance(tree, tuple):
        places = value_positions(source, node)
        for problem in tree:
            span = span_at(source, places[problem.offset], problem.length)
            found.error(problem.code, problem.message, span, label=problem.label, hint=problem.hint)
        return None
    if tree.type in _TYPES:
        return Column(text=node.value.strip(), tree=tree, span=node_span(source, node))
    found.error(
        Code.TABLE_COLUMN,
        f"the column `{node.value}` is {explain_type(tree.type)}",
        node_span(source, node),
        hint="a column is a truth value, a number or a text, such as `size(x)` of a list",
    )
    return None
