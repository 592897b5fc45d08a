"""A condition over many accounts at once, three-valued: true, false, or unknown.

Each node gives an array of values and an array that tells where the value is known. What fails
for one account (a division by zero, an overflow) is unknown for that account. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.rules.ast import (
    And,
    Call,
    Conditional,
    Expr,
    ListOf,
    Literal,
    Not,
    Or,
    Read,
    children,
)

Bools = npt.NDArray[np.bool_]
_MOST_INT, _LEAST_INT = 2**63 - 1, -(2**63)
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_TEXT: Mapping[str, Callable[[str, str], bool]] = {
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": str.__contains__,
}
_CALLS = {*_COMPARE, *_TEXT, "+", "-", "*", "/", "%", "neg", "in", "size", "int", "double"}


class Unsupported(Exception):
    """A construct that has no meaning over columns; ``offset`` in the condition's text."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__()


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Values of one type and where they are known; what stands elsewhere means nothing."""

    data: npt.NDArray[Any]
    known: Bools


def supported(node: Expr) -> None:
    """``Unsupported`` at the first part that cannot be evaluated over columns."""
    match node:
        case Read() | Literal() | Not() | And() | Or() | Conditional():
            parts: Sequence[Expr] = children(node)
        case Call(name="in"):
            left, right = node.operands
            if not isinstance(right, ListOf):
                raise Unsupported(node.offset)
            parts = (left, *right.items)
        case Call() if node.name in _CALLS:
            if node.name == "+" and node.type == "string":
                raise Unsupported(node.offset)
            parts = node.operands
        case _:
            raise Unsupported(node.offset)
    for part in parts:
        supported(part)


def verdicts(tree: Expr, columns: Mapping[str, Values], rows: int) -> tuple[Bools, Bools]:
    """Where the condition is true, and where it is unknown; false elsewhere."""
    with np.errstate(all="ignore"):
        found = _Evaluation(columns, rows).of(tree)
    true = found.data.astype(np.bool_) & found.known
    return true, ~found.known


class _Evaluation:
    def __init__(self, columns: Mapping[str, Values], rows: int) -> None:
        self._columns, self._rows = columns, rows

    def of(self, node: Expr) -> Values:  # noqa: PLR0911 - one for each kind of node
        match node:
            case Read():
                return self._columns[node.path]
            case Literal():
                return self._literal(node)
            case Not():
                inner = self.of(node.operand)
                return Values(~inner.data, inner.known)
            case And() | Or():
                return self._junction(node)
            case Conditional():
                return self._conditional(node)
            case Call(name="in"):
                return self._in(node)
            case Call():
                return self._call(node)
        raise Unsupported(node.offset)

    def _literal(self, node: Literal) -> Values:
        kind = {"string": object, "int": np.int64, "double": np.float64}.get(node.type, np.bool_)
        data = np.full(self._rows, node.value, dtype=kind)
        return Values(data, np.ones(self._rows, dtype=np.bool_))

    def _junction(self, node: And | Or) -> Values:
        """One decisive operand decides, whatever is unknown beside it."""
        decisive = isinstance(node, Or)
        decided = np.zeros(self._rows, dtype=np.bool_)
        known = np.ones(self._rows, dtype=np.bool_)
        for operand in node.operands:
            part = self.of(operand)
            decided |= part.known & (part.data == decisive)
            known &= part.known
        return Values(decided if decisive else ~decided, known | decided)

    def _conditional(self, node: Conditional) -> Values:
        chosen, yes, no = self.of(node.condition), self.of(node.yes), self.of(node.no)
        data = np.where(chosen.data, yes.data, no.data)
        return Values(data, chosen.known & np.where(chosen.data, yes.known, no.known))

    def _in(self, node: Call) -> Values:
        left, right = node.operands
        value = self.of(left)
        tests = [self._equal(value, self.of(item)) for item in children(right)]
        data = np.logical_or.reduce([test.data for test in tests])
        return Values(data, np.logical_and.reduce([test.known for test in tests]))

    @staticmethod
    def _equal(left: Values, right: Values) -> Values:
        data = np.asarray(left.data == right.data, dtype=np.bool_)
        return Values(data, left.known & right.known)

    def _call(self, node: Call) -> Values:  # noqa: PLR0911 - one for each kind of call
        parts = [self.of(operand) for operand in node.operands]
        known = np.logical_and.reduce([part.known for part in parts])
        datas = [part.data for part in parts]
        if node.name in _COMPARE:
            return Values(np.asarray(_compare(node.name, *datas), dtype=np.bool_), known)
        if node.name in _TEXT:
            test = _TEXT[node.name]
            pairs = zip(datas[0].tolist(), datas[1].tolist(), strict=True)
            return Values(np.array([test(a, b) for a, b in pairs], dtype=np.bool_), known)
        if node.name == "size":
            return Values(np.array([len(text) for text in datas[0]], dtype=np.int64), known)
        if node.name == "double":
            return Values(datas[0].astype(np.float64), known)
        if node.name == "int":
            return _whole(datas[0], known)
        if node.type == "int":
            return _int_arithmetic(node.name, datas, known)
        if node.name == "/":
            known = known & (datas[1] != 0.0)
        return Values(_double_arithmetic(node.name, datas), known)


def _compare(name: str, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = _COMPARE[name](left, right)
    return found


def _whole(data: npt.NDArray[Any], known: Bools) -> Values:
    """A double cut towards zero; one that no int holds is unknown."""
    if data.dtype.kind != "f":
        return Values(data, known)
    fits = np.isfinite(data) & (data > _LEAST_INT) & (data < _MOST_INT)
    return Values(np.trunc(np.where(fits, data, 0.0)).astype(np.int64), known & fits)


def _double_arithmetic(name: str, datas: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    if name == "neg":
        return -datas[0]
    left, right = datas
    calls: Mapping[str, Callable[[Any, Any], Any]] = {
        "+": np.add,
        "-": np.subtract,
        "*": np.multiply,
        "/": np.divide,
    }
    found: npt.NDArray[Any] = calls[name](left, right)
    return found


def _int_arithmetic(name: str, datas: Sequence[npt.NDArray[Any]], known: Bools) -> Values:
    """As CEL has it: cut towards zero; an overflow and a division by zero have no value."""
    left = datas[0]
    if name == "neg":
        return Values(-left, known & (left != _LEAST_INT))
    right = datas[1]
    if name in {"/", "%"}:
        sound = (right != 0) & ~((left == _LEAST_INT) & (right == -1))
        safe = np.where(sound, right, 1)
        rest = np.fmod(left, safe)
        return Values((left - rest) // safe if name == "/" else rest, known & sound)
    call = {"+": np.add, "-": np.subtract, "*": np.multiply}[name]
    exact = call(left.astype(np.float64), right.astype(np.float64))
    fits = np.abs(exact) < float(2**62)
    return Values(call(left, right), known & fits)
