"""From a column and what a cell asks of it to a condition's typed tree."""

from __future__ import annotations

from collections.abc import Sequence

from engine.rules.ast import And, Call, Expr, Has, ListOf, Literal, Not, Or, Read
from engine.rules.tables.cells import Between, CellTest, Compare, Is, Item, Presence
from engine.rules.tables.values import Value


def cell_tree(column: Expr, test: CellTest) -> Expr | None:
    """The condition of one cell; ``None`` where any value will do."""
    if not test.items:
        return None
    values = [item.value for item in test.items if isinstance(item, Is)]
    others = [_item(column, item) for item in test.items if not isinstance(item, Is)]
    parts = [*(_one_of(column, values) if values else ()), *others]
    found = parts[0] if len(parts) == 1 else Or(type="bool", operands=tuple(parts))
    return Not(type="bool", operand=found) if test.negated else found


def row_tree(cells: Sequence[Expr | None]) -> Expr:
    """The condition of a row: every cell that asks something; ``true`` if none does."""
    asked = tuple(cell for cell in cells if cell is not None)
    if not asked:
        return Literal(type="bool", value=True)
    return asked[0] if len(asked) == 1 else And(type="bool", operands=asked)


def asks_presence(test: CellTest) -> bool:
    """Whether the cell asks if the column's value is known."""
    return any(isinstance(item, Presence) for item in test.items)


def _one_of(column: Expr, values: Sequence[Value]) -> Sequence[Expr]:
    if column.type == "bool":
        distinct = dict.fromkeys(values)
        return [column if value else Not(type="bool", operand=column) for value in distinct]
    literals = tuple(_literal(column, value) for value in dict.fromkeys(values))
    if len(literals) == 1:
        return [_call("==", column, literals[0])]
    return [_call("in", column, ListOf(type=f"list({column.type})", items=literals))]


def _item(column: Expr, item: Item) -> Expr:
    match item:
        case Compare():
            return _call(item.sign, column, _literal(column, item.value))
        case Between():
            low = _call(">=" if item.low_closed else ">", column, _literal(column, item.low))
            high = _call("<=" if item.high_closed else "<", column, _literal(column, item.high))
            return And(type="bool", operands=(low, high))
        case Presence():
            if not isinstance(column, Read):
                raise TypeError("only a field's presence can be asked")
            known = Has(type="bool", path=column.known_by)
            return known if item.known else Not(type="bool", operand=known)
    raise TypeError(type(item).__name__)


def _literal(column: Expr, value: Value) -> Literal:
    return Literal(type=column.type, value=value)


def _call(name: str, left: Expr, right: Expr) -> Expr:
    return Call(type="bool", name=name, operands=(left, right))
