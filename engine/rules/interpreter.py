"""Three-valued interpretation of a condition's tree, in plain Python.

A value is a Python value, ``Unknown`` or ``Failed``. And, or and not are Kleene's; true (or) and
false (and) outweigh everything, unknown outweighs failure. Everything else is strict.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from engine.rules.ast import (
    And,
    Call,
    Conditional,
    Expr,
    Has,
    ListOf,
    Literal,
    Macro,
    MapOf,
    Member,
    Not,
    Or,
    Read,
    Variable,
    is_structure,
    reads,
)
from engine.rules.vocabulary import LISTS, SIGNALS, getter, presence_test
from touchstone.v1 import facts_pb2

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1
_TOLD = (f"{SIGNALS}.", f"{LISTS}.")

Scope = Mapping[str, Any]


class Unknown:
    """Nobody knows."""


class Failed:
    """The expression has no value: division by zero, missing key, overflow."""


UNKNOWN, FAILED = Unknown(), Failed()

Truth = bool | Unknown | Failed


class Interpreter:
    """Interprets trees over one set of facts; ``told``: signals and lists by path.

    ``hidden``: fields that are not known yet. They are unknown whatever the facts hold, and so is
    whether anybody will supply them.
    """

    def __init__(
        self,
        facts: facts_pb2.Facts,
        told: Callable[[str], bool | None],
        hidden: AbstractSet[str] = frozenset(),
    ) -> None:
        self._facts, self._told, self._hidden = facts, told, hidden

    def truth(self, node: Expr) -> Truth:
        """The value of a condition: boolean structure over atoms."""
        if not is_structure(node):
            value = self._value(node, {})
            if not _bad(value):
                return bool(value)
            # Within one atom the cause is told by what it reads: see the policy language.
            unset = any(self.is_unset(item) for item in reads(node))
            return UNKNOWN if unset else FAILED
        match node:
            case Not():
                return _negate(self.truth(node.operand))
            case Conditional():
                chosen = self.truth(node.condition)
                if isinstance(chosen, (Unknown, Failed)):
                    return chosen
                return self.truth(node.yes if chosen else node.no)
            case And() | Or():
                values = [self.truth(item) for item in node.operands]
                return _join(values, decisive=isinstance(node, Or))
        raise TypeError(type(node).__name__)

    def is_unset(self, read: Read) -> bool:
        """Whether nobody supplied the field."""
        if read.path in self._hidden:
            return True
        if not read.known_by:
            return False
        if read.path.startswith(_TOLD):
            return self._told(read.path) is None
        return not presence_test(read.known_by)(self._facts)

    def _value(self, node: Expr, scope: Scope) -> Any:  # noqa: ANN401, PLR0911
        match node:
            case Literal():
                return node.value
            case Read():
                return self._read(node)
            case Has():
                return self._has(node.path)
            case Variable():
                return scope[node.name]
            case Member():
                operand = self._value(node.operand, scope)
                return operand if _bad(operand) else getattr(operand, node.field)
            case Not():
                return _negate(self._value(node.operand, scope))
            case And() | Or():
                values = [self._value(item, scope) for item in node.operands]
                return _join(values, decisive=isinstance(node, Or))
            case Conditional():
                chosen = self._value(node.condition, scope)
                branch = node.yes if chosen else node.no
                return chosen if _bad(chosen) else self._value(branch, scope)
            case _:
                return self._compound(node, scope)

    def _compound(self, node: Expr, scope: Scope) -> Any:  # noqa: ANN401
        match node:
            case Call():
                return _strict(_call(node), [self._value(item, scope) for item in node.operands])
            case ListOf():
                return _strict(_list, [self._value(item, scope) for item in node.items])
            case MapOf():
                keys = [self._value(key, scope) for key, _ in node.entries]
                values = [self._value(value, scope) for _, value in node.entries]
                return _strict(lambda *found: dict(zip(keys, found, strict=True)), values)
            case Macro():
                return self._macro(node, scope)
        raise TypeError(type(node).__name__)

    def _read(self, node: Read) -> Any:  # noqa: ANN401
        if node.path.startswith(_TOLD):
            value = self._told(node.path)
            return UNKNOWN if value is None else value
        return UNKNOWN if self.is_unset(node) else getter(node.path)(self._facts)

    def _has(self, path: str) -> Truth:
        if path in self._hidden:
            return UNKNOWN
        if path.startswith(_TOLD):
            return self._told(path) is not None
        return presence_test(path)(self._facts)

    def _macro(self, node: Macro, scope: Scope) -> Any:  # noqa: ANN401
        items = self._value(node.range, scope)
        if _bad(items):
            return items
        found = [self._value(node.body, {**scope, node.variable: item}) for item in items]
        if node.name in {"exists", "all"}:
            return _join(found, decisive=node.name == "exists")
        return _strict(lambda *values: _select(node.name, items, values), found)


def _bad(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, (Unknown, Failed))


def _negate(value: Truth) -> Truth:
    return value if isinstance(value, (Unknown, Failed)) else not value


def _join(values: Sequence[Any], *, decisive: bool) -> Truth:
    if any(value is decisive for value in values):
        return decisive
    return _worst(values) or (not decisive)


def _worst(values: Sequence[Any]) -> Unknown | Failed | None:
    if any(isinstance(value, Unknown) for value in values):
        return UNKNOWN
    return FAILED if any(isinstance(value, Failed) for value in values) else None


def _strict(function: Callable[..., Any], values: Sequence[Any]) -> Any:  # noqa: ANN401
    return _worst(values) or function(*values)


def _list(*items: Any) -> list[Any]:  # noqa: ANN401
    return list(items)


def _select(name: str, items: Sequence[Any], values: Sequence[Any]) -> Any:  # noqa: ANN401
    if name == "exists_one":
        return sum(values) == 1
    if name == "map":
        return list(values)
    return [item for item, kept in zip(items, values, strict=True) if kept]


def _call(node: Call) -> Callable[..., Any]:
    whole = node.type == "int"
    return (_INT_CALLS if whole else _CALLS).get(node.name) or _CALLS[node.name]


def _fits(value: int) -> Any:  # noqa: ANN401
    return value if _INT_MIN <= value <= _INT_MAX else FAILED


def _int_divide(left: int, right: int) -> Any:  # noqa: ANN401
    """Truncation towards zero; the lowest integer has no positive twin."""
    if right == 0:
        return FAILED
    quotient = abs(left) // abs(right)
    return _fits(quotient if (left < 0) == (right < 0) else -quotient)


def _int_modulo(left: int, right: int) -> Any:  # noqa: ANN401
    """The sign of the dividend. CEL calls the lowest integer modulo -1 an overflow."""
    if right == 0 or (left == _INT_MIN and right == -1):
        return FAILED
    return abs(left) % abs(right) * (-1 if left < 0 else 1)


def _to_int(value: float) -> Any:  # noqa: ANN401
    """Towards zero, strictly inside the range, as CEL does it."""
    if isinstance(value, int):
        return value
    return int(value) if _INT_MIN < value < float(_INT_MAX) else FAILED


def _index(whole: Any, key: Any) -> Any:  # noqa: ANN401
    if isinstance(whole, dict):
        return whole.get(key, FAILED)
    return whole[key] if 0 <= key < len(whole) else FAILED


def _within(item: Any, whole: Any) -> bool:  # noqa: ANN401
    """Equality only: Python's own ``in`` asks for identity first, and NaN is itself."""
    return any(item == other for other in whole)


_INT_CALLS: Mapping[str, Callable[..., Any]] = {
    "+": lambda left, right: _fits(left + right),
    "-": lambda left, right: _fits(left - right),
    "*": lambda left, right: _fits(left * right),
    "/": _int_divide,
    "%": _int_modulo,
    "neg": lambda value: _fits(-value),
}
_CALLS: Mapping[str, Callable[..., Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: FAILED if right == 0 else left / right,
    "neg": operator.neg,
    "in": _within,
    "[]": _index,
    "size": len,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": operator.contains,
    "int": _to_int,
    "double": float,
}
