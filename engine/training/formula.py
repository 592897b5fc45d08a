"""Formulas over columns: ``balance / limit``, ``max(pay_1, pay_2)``, ``(pay_1 > 0) + (pay_2 > 0)``.

A small part of Python's expressions, read as a tree and never executed as code. Arithmetic, one
comparison at a time (1 or 0), and the functions of ``FUNCTIONS``. A division by zero, the root or
logarithm of what has none, and anything made from a missing value are missing (NaN). The same
function makes rows for training and for serving.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

MAX_CHARACTERS = 1_000
MAX_NODES = 200

_OPERATORS: Mapping[type[ast.operator], Callable[[Values, Values], Values]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Values, Values], npt.NDArray[np.bool_]]] = {
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
#: Functions with the least number of arguments; those with one take exactly one.
FUNCTIONS: Mapping[str, int] = {
    "abs": 1,
    "log1p": 1,
    "sqrt": 1,
    "known": 1,
    "min": 2,
    "max": 2,
    "mean": 2,
}


class FormulaError(ValueError):
    """The text is not a formula; the message says what is wrong and what is allowed."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula and the columns that it reads, in the order of the text."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]

    def of(self, columns: Mapping[str, Values]) -> Values:
        """Its value for every row. ``columns`` holds at least ``names``; NaN is missing."""
        with np.errstate(all="ignore"):
            values = np.asarray(_value(self.tree, columns), dtype=np.float64)
        return np.where(np.isfinite(values), values, np.nan)


def parse(text: str) -> Formula:
    """Read a formula. Raises ``FormulaError``."""
    if len(text) > MAX_CHARACTERS:
        raise FormulaError(f"a formula has at most {MAX_CHARACTERS} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("is not a formula: `balance / limit`, `max(a, b)`, `a > 0`") from None
    nodes = list(ast.walk(tree))
    if len(nodes) > MAX_NODES:
        raise FormulaError(f"a formula has at most {MAX_NODES} parts")
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [n for n in nodes if isinstance(n, ast.Name) and id(n) not in called]
    _check(tree)
    in_order = sorted(names, key=lambda node: (node.lineno, node.col_offset))
    return Formula(text.strip(), tree, tuple(dict.fromkeys(node.id for node in in_order)))


def _check(node: ast.expr) -> None:
    match node:
        case ast.Name():
            pass
        case ast.Constant(value=bool()):
            raise FormulaError("true and false are no numbers: write 1 and 0")
        case ast.Constant(value=int() | float() as number):
            if not abs(number) < float("inf"):
                raise FormulaError("a number in it is not finite")
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            _check(left)
            _check(right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _check(operand)
        case ast.Compare(left=left, ops=[comparison], comparators=[right]) if (
            type(comparison) in _COMPARISONS
        ):
            _check(left)
            _check(right)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            _check_arguments(name, arguments)
        case _:
            shown = ast.unparse(node)[:60]
            raise FormulaError(
                f"`{shown}` is not allowed: + - * /, one comparison, {', '.join(FUNCTIONS)}"
            )


def _check_arguments(name: str, arguments: list[ast.expr]) -> None:
    least = FUNCTIONS[name]
    if len(arguments) < least or (least == 1 and len(arguments) != 1):
        raise FormulaError(f"{name} takes {'one argument' if least == 1 else 'two or more'}")
    for argument in arguments:
        _check(argument)


def _value(node: ast.expr, columns: Mapping[str, Values]) -> Values:
    match node:
        case ast.Name(id=name):
            return columns[name]
        case ast.Constant(value=int() | float() as number):
            return np.float64(number)  # type: ignore[return-value]  # broadcasts as an array does
        case ast.UnaryOp(operand=operand):
            return -_value(operand, columns)
        case ast.BinOp(left=left, op=operator, right=right):
            return _OPERATORS[type(operator)](_value(left, columns), _value(right, columns))
        case ast.Compare(left=left, ops=[comparison], comparators=[right]):
            return _compared(type(comparison), _value(left, columns), _value(right, columns))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _called(name, [_value(argument, columns) for argument in arguments])
    raise AssertionError("a formula was not checked")


def _compared(comparison: type[ast.cmpop], left: Values, right: Values) -> Values:
    found = _COMPARISONS[comparison](left, right).astype(np.float64)
    return np.where(np.isnan(left) | np.isnan(right), np.nan, found)


def _called(name: str, values: list[Values]) -> Values:
    """``min``, ``max`` and ``mean`` are of the values that are known; NaN if none is."""
    match name:
        case "abs":
            return np.abs(values[0])
        case "log1p":
            return np.log1p(values[0])
        case "sqrt":
            return np.sqrt(values[0])
        case "known":
            return np.where(np.isnan(values[0]), 0.0, 1.0)
        case "min" | "max":
            pick = np.fmin if name == "min" else np.fmax
            found = values[0]
            for value in values[1:]:
                found = pick(found, value)
            return found
        case _:
            return _mean(values)


def _mean(values: list[Values]) -> Values:
    """Added one after the other, so that one row alone gives the same digits as many."""
    total: Values = np.zeros(())
    known: Values = np.zeros(())
    for value in values:
        there = ~np.isnan(value)
        total = total + np.where(there, value, 0.0)
        known = known + there
    return np.asarray(np.divide(total, known))
