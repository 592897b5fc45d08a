"""What has no exact formula: a free value, bounded by what is sure, with a hint where one helps.

Macros over lists whose items are finitely many (kinds of proofs, a list written out) are exact.
Neighbours are any number: a macro over them is free, and the hint supposes three at most.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine.proof.lists import Element, Lists, Scope, of_neighbours
from engine.proof.logic import Number, Term, Truth, Value, when_good
from engine.rules.ast import (
    Call,
    Expr,
    ListOf,
    Literal,
    Macro,
    MapOf,
    Member,
    Read,
    can_err,
)

if TYPE_CHECKING:
    from engine.proof.encode import Encoder

_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


_Key = tuple[Expr, tuple[str, ...], str]


class Opaques:
    """Free values, one for each distinct expression and scope."""

    def __init__(self, encoder: Encoder) -> None:
        self._of = encoder
        self._logic = encoder.logic
        self.lists = Lists(encoder)
        self._made: dict[_Key, Value] = {}

    def _key(self, node: Expr, scope: Scope) -> _Key:
        """One expression, in one scope; with signals, in one stage."""
        self._of.allows_more = True
        bound = tuple(f"{name}={scope[name].label}" for name in sorted(scope))
        return node, bound, self._of.place_of(node)

    def call(self, node: Call, scope: Scope) -> Value:
        """A strict operation with a free result."""
        if node.type == "bool":
            return self.truth(node, scope)
        key = self._key(node, scope)
        if key not in self._made:
            self._made[key] = self._number(node, scope)
        return self._made[key]

    def truth(self, node: Call, scope: Scope) -> Truth:
        """A strict test with a free result: texts within texts, items within lists."""
        key = self._key(node, scope)
        if key not in self._made:
            items = self.lists.items(node.operands[1], scope) if node.name == "in" else None
            if items is not None and node.operands[1].type == "list(string)":
                self._made[key] = self._within(node, scope, items)
            else:
                unknown, failed = self._status(node.operands, scope)
                term = self._free(node, scope, "bool")
                self._made[key] = when_good(self._logic, unknown, failed, term)
                self._tell_texts(node, scope, term)
        found = self._made[key]
        if not isinstance(found, Truth):
            raise TypeError(node.type)
        return found

    def _within(self, node: Call, scope: Scope, items: tuple[Element, ...]) -> Truth:
        unknown, failed = self._status(node.operands, scope)
        wanted = self._of.number(node.operands[0], scope).term
        found = self._logic.any(
            self._logic.all((item.present, item.value.term == wanted))
            for item in items
            if isinstance(item.value, Number)
        )
        return when_good(self._logic, unknown, failed, found)

    def _number(self, node: Call, scope: Scope) -> Number:
        logic = self._logic
        unknown, failed = self._status(node.operands, scope)
        term = self._free(node, scope, node.type)
        nan: Term = False
        if node.name == "size":
            self._of.facts.append(term >= 0)
            self._tell_size(node, scope, term, unknown)
            return Number(term, unknown, failed)
        if node.type == "double" and node.name in _OPERATIONS:
            nan = self._free(node, scope, "bool", " is no number")
            self._of.hints.append(logic.no(nan))
        own: Term = False
        if node.name == "/" and node.type == "double":
            own = self._of.number(node.operands[1], scope).term == 0
        elif can_err(node):
            own = self._free(node, scope, "bool", " fails")
        failed = logic.any((failed, logic.all((logic.no(unknown), own))))
        self._tell_arithmetic(node, scope, term, failed)
        return Number(term, unknown, failed, nan)

    def _tell_arithmetic(self, node: Call, scope: Scope, term: Term, failed: Term) -> None:
        """The hint that numbers are exact, and integers small."""
        if node.name not in _OPERATIONS or node.type not in {"int", "double"}:
            return
        left, right = (self._of.number(item, scope).term for item in node.operands)
        exact = term == _OPERATIONS[node.name](left, right)
        self._of.hints.append(self._logic.any((failed, exact)))

    def _tell_texts(self, node: Call, scope: Scope, term: Term) -> None:
        """Of a text that the policy names, the test's answer is sure."""
        tests: dict[str, Callable[[str, str], bool]] = {
            "endsWith": str.endswith,
            "contains": str.__contains__,
        }
        other = node.operands[1]
        if node.name not in tests or not isinstance(other, Literal):
            return
        code = self._of.number(node.operands[0], scope).term
        texts = self._of.world.texts
        for own in range(texts.highest + 1):
            text = texts.sample(own)
            if text is not None:
                answer = tests[node.name](text, str(other.value))
                said = term if answer else self._logic.no(term)
                told = self._of.facts if own % 2 else self._of.hints
                told.append(self._logic.implies(code == own, said))

    def _tell_size(self, node: Call, scope: Scope, term: Term, unknown: Term) -> None:
        items = self.lists.items(node.operands[0], scope)
        if items is None:
            if node.operands[0].type == "string":
                code = self._of.number(node.operands[0], scope).term
                for own, text in self._of.world.texts.named:
                    self._of.facts.append(self._logic.implies(code == own, term == len(text)))
            return
        count = self.lists.count([item.present for item in items])
        told = self._logic.any((unknown, term == count))
        (self._of.hints if of_neighbours(node) else self._of.facts).append(told)

    def texts(
        self, node: Call, left: Term, right: Term, compare: Callable[[Any, Any], Any]
    ) -> Term:
        """Two fields: told by their codes, but free where both lie in the same gap."""
        same_gap = self._logic.all((left == right, left % 2 == 0))
        free = self._free(node, {}, "bool")
        return self._logic.choose(same_gap, free, compare(left, right))

    def macro(self, node: Macro, scope: Scope) -> Value:
        """The tests over a list; of ``filter`` and ``map`` only whether they are known."""
        key = self._key(node, scope)
        if key not in self._made:
            self._made[key] = self._macro(node, scope)
        return self._made[key]

    def _macro(self, node: Macro, scope: Scope) -> Value:
        items = self.lists.items(node.range, scope)
        if node.type != "bool":
            unknown, failed = self._loose(node, scope)
            return Number(0, unknown, failed)
        expanded = None if items is None else self.lists.expanded(node, scope, items)
        if expanded is not None and not of_neighbours(node):
            return expanded
        unknown, failed = self._loose(node, scope)
        free = when_good(self._logic, unknown, failed, self._free(node, scope, "bool"))
        if expanded is not None:
            logic, hints = self._logic, self._of.hints
            hints.append(logic.iff(free.true, expanded.true))
            hints.append(logic.iff(free.unknown, expanded.unknown))
        return free

    def _loose(self, node: Expr, scope: Scope) -> tuple[Term, Term]:
        """Unknown only if something read is, certainly so if the range is; failure if it can."""
        logic = self._logic
        unset = self._of.unset(node)
        unknown = unset
        if unset is not False:
            certain = self.lists.certainly_unknown(node)
            maybe = self._free(node, scope, "bool", " is unknown")
            unknown = logic.any((certain, logic.all((unset, maybe))))
        failed = self._free(node, scope, "bool", " fails") if can_err(node) else False
        return unknown, logic.all((logic.no(unknown), failed))

    def _status(self, operands: tuple[Expr, ...], scope: Scope) -> tuple[Term, Term]:
        """Whether any operand is unknown; whether, if none is, any fails."""
        logic, unknowns, fails = self._logic, [], []
        for item in operands:
            if isinstance(item, ListOf | MapOf):
                parts = item.items if isinstance(item, ListOf) else ()
                parts = parts or tuple(value for _, value in getattr(item, "entries", ()))
                unknown, failed = self._status(parts, scope)
            elif isinstance(item, Member) or (isinstance(item, Read) and "list" in item.type):
                unknown = self._of.unset(item) if isinstance(item, Read) else False
                failed = False
            else:
                value = self._of.value(item, scope)
                unknown, failed = value.unknown, self._of.failed(value)
            unknowns.append(unknown)
            fails.append(failed)
        unknown = logic.any(unknowns)
        return unknown, logic.all((logic.no(unknown), logic.any(fails)))

    def _free(self, node: Expr, scope: Scope, kind: str, what: str = "") -> Term:
        """A free value; two worlds share it exactly if they share everything that it reads."""
        number = self._of.world.serial(self._key(node, scope))
        name = f"{what or 'value'} of #{number}"
        if kind == "bool":
            return self._logic.boolean(name)
        return self._logic.real(name) if kind == "double" else self._logic.integer(name)
