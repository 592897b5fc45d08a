"""Arithmetic: exact for integers where it is linear; of doubles only what cannot round."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3

from engine.proof.logic import Number, Term, Value
from engine.rules.ast import Call, Expr

if TYPE_CHECKING:
    from engine.proof.encode import Encoder

_LOW, _HIGH = -(2**63), 2**63 - 1
#: Integers up to it are doubles.
_EXACT = 2**53

Range = tuple[int, int] | None


class Arithmetic:
    """Encodes ``+ - * / %``, negation, ``int()`` and ``double()``."""

    def __init__(self, encoder: Encoder) -> None:
        self._of = encoder
        self._logic = encoder.logic

    def value(self, node: Call, scope: Any) -> Value | None:  # noqa: ANN401
        """The value, or ``None`` if it has no exact formula."""
        if node.name in {"int", "double"}:
            return self._converted(node, scope)
        if node.type == "int" and node.name in {"+", "-", "*", "/", "%", "neg"}:
            return self._of_integers(node, scope)
        if node.type == "double" and node.name == "neg":
            inner = self._of.number(node.operands[0], scope)
            return Number(-inner.term, inner.unknown, inner.failed, inner.nan)
        return None

    def formula(self, term: Term, kind: str) -> Term:
        """A number as a formula of its sort."""
        if isinstance(term, int | Fraction):
            make = z3.RealVal if kind == "double" else z3.IntVal
            return make(term, self._logic.context)
        return term

    def _of_integers(self, node: Call, scope: Any) -> Number | None:  # noqa: ANN401
        parts = [self._of.number(item, scope) for item in node.operands]
        terms = [part.term for part in parts]
        fails: list[Term] = [part.failed for part in parts]
        if node.name in {"/", "%"}:
            if not isinstance(terms[1], int):
                return None
            if terms[1] == 0:
                return self._strict(parts, 0, [True])
            result = self._divided(node.name, terms[0], terms[1])
        elif node.name == "*" and not any(isinstance(term, int) for term in terms):
            return None
        else:
            result = _applied(node.name, terms)
        if not _fits(self._range(node)):
            fails.append(self._logic.any((result < _LOW, result > _HIGH)))
            if node.name == "%" and terms[1] == -1:
                fails.append(terms[0] == _LOW)
        return self._strict(parts, result, fails)

    def _strict(self, parts: list[Number], term: Term, fails: list[Term]) -> Number:
        logic = self._logic
        unknown = logic.any(part.unknown for part in parts)
        failed = logic.all((logic.no(unknown), logic.any(fails)))
        return Number(term, unknown, failed)

    def _divided(self, name: str, left: Term, right: int) -> Term:
        """Truncation towards zero; the remainder has the sign of the dividend."""
        if isinstance(left, int):
            size = abs(left) // abs(right) if name == "/" else abs(left) % abs(right)
            return size if (left < 0) == (name == "/" and right < 0) else -size
        positive, by = left >= 0, abs(right)
        if name == "%":
            return z3.If(positive, left % by, -((-left) % by))
        quotient = z3.If(positive, left / by, -((-left) / by))
        return quotient if right > 0 else -quotient

    def _range(self, node: Expr) -> Range:
        """Bounds of an integer expression; ``None``: none are plain to see."""
        if not isinstance(node, Call):
            return self._of.int_range(node)
        ranges = [self._range(item) for item in node.operands]
        if node.name not in {"+", "-", "*", "neg"} or any(item is None for item in ranges):
            return (_LOW - 1, _HIGH + 1) if node.name in {"/", "%"} else None
        ends = [item for item in ranges if item is not None]
        found = [_applied(node.name, list(pick)) for pick in _corners(ends)]
        return min(found), max(found)

    def _converted(self, node: Call, scope: Any) -> Number | None:  # noqa: ANN401
        source = node.operands[0]
        inner = self._of.number(source, scope)
        if node.type == source.type:
            return inner
        if node.name == "double":
            bounds = self._range(source)
            if bounds is None or bounds[0] < -_EXACT or bounds[1] > _EXACT:
                return None
            term = Fraction(inner.term) if isinstance(inner.term, int) else z3.ToReal(inner.term)
            return Number(term, inner.unknown, inner.failed)
        term = self.formula(inner.term, "double")
        whole = z3.If(term >= 0, z3.ToInt(term), -z3.ToInt(-term))
        outside = self._logic.any((term <= _LOW, term >= _HIGH + 1))
        return self._strict([inner], whole, [inner.failed, outside, inner.nan])


def _corners(ends: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    if len(ends) == 1:
        return [(ends[0][0],), (ends[0][1],)]
    return [(first, second) for first in ends[0] for second in ends[1]]


def _applied(name: str, terms: list[Any]) -> Any:  # noqa: ANN401 - a number or a formula
    match name:
        case "+":
            return terms[0] + terms[1]
        case "-":
            return terms[0] - terms[1]
        case "*":
            return terms[0] * terms[1]
        case _:
            return -terms[0]


def _fits(bounds: Range) -> bool:
    return bounds is not None and bounds[0] >= _LOW and bounds[1] <= _HIGH
