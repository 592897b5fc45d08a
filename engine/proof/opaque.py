"""What has no exact formula: a free value, bounded by what is sure, with a hint where one helps.

Macros over lists whose items are finitely many (kinds of proofs, a list written out) are exact.
Neighbours are any number: a macro over them is free, and the hint supposes three at most.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import z3

from engine.model import EvidenceKind, IdentifierKind
from engine.proof.logic import Number, Term, Truth, Value, join
from engine.proof.world import KINDS
from engine.rules.ast import (
    Call,
    Expr,
    ListOf,
    Literal,
    Macro,
    MapOf,
    Member,
    Read,
    Variable,
    can_err,
    reads,
)

if TYPE_CHECKING:
    from engine.proof.encode import Encoder

NEIGHBOURS = "graph.neighbours"
SLOTS = 3
_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """An item of a list: its label, whether it is there, and its value (``None``: neighbour)."""

    label: str
    present: Term
    value: Value | None


Scope = Mapping[str, Any]
_Key = tuple[Expr, tuple[str, ...], str]


class Opaques:
    """Free values, one for each distinct expression and scope."""

    def __init__(self, encoder: Encoder) -> None:
        self._of = encoder
        self._logic = encoder.logic
        self._made: dict[_Key, Value] = {}

    def _key(self, node: Expr, scope: Scope) -> _Key:
        """One expression, in one scope; with signals, in one stage."""
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
            items = self._items(node.operands[1], scope) if node.name == "in" else None
            if items is not None and node.operands[1].type == "list(string)":
                self._made[key] = self._within(node, scope, items)
            else:
                unknown, failed = self._status(node.operands, scope)
                term = self._free(node, scope, "bool")
                self._made[key] = self._good(unknown, failed, term)
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
        return self._good(unknown, failed, found)

    def _good(self, unknown: Term, failed: Term, term: Term) -> Truth:
        logic = self._logic
        good = logic.no(logic.any((unknown, failed)))
        true, false = logic.all((good, term)), logic.all((good, logic.no(term)))
        return Truth(true, false, unknown, can_fail=failed is not False)

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
        items = self._items(node.operands[0], scope)
        if items is None:
            if node.operands[0].type == "string":
                code = self._of.number(node.operands[0], scope).term
                for own, text in self._of.world.texts.named:
                    self._of.facts.append(self._logic.implies(code == own, term == len(text)))
            return
        count = self._count([item.present for item in items])
        told = self._logic.any((unknown, term == count))
        (self._of.hints if _of_neighbours(node) else self._of.facts).append(told)

    def _count(self, terms: list[Term]) -> Term:
        sure = sum(term is True for term in terms)
        free = [z3.If(term, 1, 0) for term in terms if not isinstance(term, bool)]
        return sure + z3.Sum(free) if free else sure

    def texts(
        self, node: Call, left: Term, right: Term, compare: Callable[[Any, Any], Any]
    ) -> Term:
        """Two fields: told by their codes, but free where both lie in the same gap."""
        same_gap = self._logic.all((left == right, left % 2 == 0))
        free = self._free(node, {}, "bool")
        return self._logic.choose(same_gap, free, compare(left, right))

    def bound(self, node: Expr, scope: Scope) -> Value:
        """The variable of a macro, or a field of the neighbour that it stands for."""
        if isinstance(node, Variable):
            element = scope[node.name]
            if element.value is None:
                raise TypeError(node.type)
            return element.value  # type: ignore[no-any-return]
        if isinstance(node, Member) and isinstance(node.operand, Variable):
            label = f"{scope[node.operand.name].label}.{node.field}"
            if node.type == "bool":
                term = self._of.world.free_truth(label, NEIGHBOURS)
                return Truth(term, self._logic.no(term))
            days = self._of.world.free_number(label, NEIGHBOURS)
            self._of.facts.append(days >= 0)
            return Number(days)
        raise TypeError(type(node).__name__)

    def macro(self, node: Macro, scope: Scope) -> Value:
        """The tests over a list; of ``filter`` and ``map`` only whether they are known."""
        key = self._key(node, scope)
        if key not in self._made:
            self._made[key] = self._macro(node, scope)
        return self._made[key]

    def _macro(self, node: Macro, scope: Scope) -> Value:
        items = self._items(node.range, scope)
        if node.type != "bool":
            unknown, failed = self._loose(node, scope)
            return Number(0, unknown, failed)
        expanded = None if items is None else self._expanded(node, scope, items)
        if expanded is not None and not _of_neighbours(node):
            return expanded
        unknown, failed = self._loose(node, scope)
        free = self._good(unknown, failed, self._free(node, scope, "bool"))
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
            certain = self._certainly_unknown(node)
            maybe = self._free(node, scope, "bool", " is unknown")
            unknown = logic.any((certain, logic.all((unset, maybe))))
        failed = self._free(node, scope, "bool", " fails") if can_err(node) else False
        return unknown, logic.all((logic.no(unknown), failed))

    def _certainly_unknown(self, node: Expr) -> Term:
        while isinstance(node, Macro):
            node = node.range
        return self._of.is_unset(node) if isinstance(node, Read) else False

    def _expanded(self, node: Macro, scope: Scope, items: tuple[Element, ...]) -> Truth | None:
        logic = self._logic
        bodies = self._bodies(node, scope, items)
        if bodies is None:
            return None
        start = self._certainly_unknown(node)
        if node.name == "exists_one":
            unknown = logic.any((start, *(b.unknown for b in bodies)))
            count = self._count([body.true for body in bodies])
            failed = any(body.can_fail for body in bodies)
            return None if failed else self._good(unknown, failed=False, term=count == 1)
        joined = join(logic, bodies, decisive=node.name == "exists")
        known = logic.no(start)
        return Truth(
            logic.all((known, joined.true)),
            logic.all((known, joined.false)),
            logic.any((start, joined.unknown)),
            joined.can_fail,
        )

    def _bodies(
        self, node: Macro, scope: Scope, items: tuple[Element, ...]
    ) -> tuple[Truth, ...] | None:
        """The body for each item; an item that is not there counts for nothing."""
        logic, found = self._logic, []
        for item in items:
            body = self._of.value(node.body, {**scope, node.variable: item})
            if not isinstance(body, Truth):
                return None
            absent = logic.no(item.present)
            true, false = (
                logic.all((item.present, body.true)),
                logic.all((item.present, body.false)),
            )
            if node.name == "all":
                true = logic.any((absent, body.true))
            else:
                false = logic.any((absent, body.false))
            unknown = logic.all((item.present, body.unknown))
            found.append(Truth(true, false, unknown, body.can_fail))
        return tuple(found)

    def _items(self, node: Expr, scope: Scope) -> tuple[Element, ...] | None:
        """The items of a list, if they can be told one by one."""
        world = self._of.world
        match node:
            case Read(path=path) if path == KINDS:
                return tuple(
                    Element(kind, world.has_kind(kind), Number(world.texts.code(kind)))
                    for kind in EvidenceKind
                )
            case Read(path=path) if path == NEIGHBOURS:
                labels = [f"{NEIGHBOURS}[{number}]" for number in range(SLOTS)]
                return tuple(
                    Element(label, world.free_truth(label, NEIGHBOURS), None) for label in labels
                )
            case ListOf():
                values = (self._of.value(item, scope) for item in node.items)
                return tuple(
                    Element(label=f"#{n}", present=True, value=value)
                    for n, value in enumerate(values)
                )
            case Member(operand=Variable(name=name), field="kinds"):
                label = f"{scope[name].label}.kinds"
                return tuple(
                    Element(
                        f"{label}:{kind}",
                        world.free_truth(f"{label}:{kind}", NEIGHBOURS),
                        Number(world.texts.code(kind)),
                    )
                    for kind in IdentifierKind
                )
            case Macro(name="filter"):
                return self._filtered(node, scope)
            case _:
                return None

    def _filtered(self, node: Macro, scope: Scope) -> tuple[Element, ...] | None:
        items = self._items(node.range, scope)
        bodies = None if items is None else self._bodies(node, scope, items)
        if items is None or bodies is None or any(b.can_fail for b in bodies):
            return None
        return tuple(
            Element(item.label, body.true, item.value)
            for item, body in zip(items, bodies, strict=True)
        )

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


def _of_neighbours(node: Expr) -> bool:
    """Whether the items are neighbours, of whom there may be more than the slots."""
    return any(part.path == NEIGHBOURS for part in reads(node))
