"""Shapes of conditions that read better than word by word."""

from __future__ import annotations

from engine.rules import vocabulary
from engine.rules.ast import And, Call, Expr, Has, Literal, Or, Read, children
from engine.rules.labels import Unit, label

_BOUNDS = frozenset({"<", "<=", ">", ">="})


def flattened(node: And | Or) -> tuple[Expr, ...]:
    """The operands, those of an operand of the same kind in its place: it means the same."""
    found: list[Expr] = []
    for item in node.operands:
        same = isinstance(item, (And, Or)) and type(item) is type(node)
        found.extend(flattened(item) if same and isinstance(item, (And, Or)) else (item,))
    return tuple(found)


def subject_of(node: Expr) -> Read | None:
    """The field of a bound, ``field < constant``; not of a count, which is spoken otherwise."""
    if not isinstance(node, Call) or node.name not in _BOUNDS:
        return None
    left, right = node.operands
    if isinstance(left, Read) and isinstance(right, Literal) and left.type in {"int", "double"}:
        return None if label(left.path).unit is Unit.COUNT else left
    return None


def is_statement(path: str) -> bool:
    """Whether a field's label is a statement: it is a bool."""
    field = vocabulary.fields().get(path)
    return field.type == "bool" if field is not None else path.startswith(("signals.", "lists."))


def is_known_true(first: Expr, second: Expr | None) -> bool:
    """``has(x) && x`` of a bool: known to be true."""
    return isinstance(first, Has) and isinstance(second, Read) and second.path == first.path


def can_be_unknown(node: Expr, guarded: frozenset[str] = frozenset()) -> bool:
    """Whether a read field may be unknown and no ``has`` beside it settles the condition then."""
    if isinstance(node, Read):
        return bool(node.known_by) and node.known_by not in guarded
    if isinstance(node, And):
        known = guarded | {item.path for item in node.operands if isinstance(item, Has)}
        return any(can_be_unknown(item, known) for item in node.operands)
    return any(can_be_unknown(item, guarded) for item in children(node))
