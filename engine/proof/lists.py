"""The items of lists, one by one: kinds of proofs, neighbours, a list written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import z3

from engine.model import EvidenceKind, IdentifierKind
from engine.proof.logic import Number, Term, Truth, Value, join, when_good
from engine.proof.world import KINDS
from engine.rules.ast import Expr, ListOf, Macro, Member, Read, Variable, reads

if TYPE_CHECKING:
    from engine.proof.encode import Encoder

NEIGHBOURS = "graph.neighbours"
SLOTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """An item of a list: its label, whether it is there, and its value (``None``: neighbour)."""

    label: str
    present: Term
    value: Value | None


Scope = Mapping[str, Any]


class Lists:
    """Items of lists, and macros over them as formulas."""

    def __init__(self, encoder: Encoder) -> None:
        self._of = encoder
        self._logic = encoder.logic

    def items(self, node: Expr, scope: Scope) -> tuple[Element, ...] | None:
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
        items = self.items(node.range, scope)
        bodies = None if items is None else self._bodies(node, scope, items)
        if items is None or bodies is None or any(b.can_fail for b in bodies):
            return None
        return tuple(
            Element(item.label, body.true, item.value)
            for item, body in zip(items, bodies, strict=True)
        )

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

    def expanded(self, node: Macro, scope: Scope, items: tuple[Element, ...]) -> Truth | None:
        """The macro over these items; ``None`` if it has no formula."""
        logic = self._logic
        bodies = self._bodies(node, scope, items)
        if bodies is None:
            return None
        start = self.certainly_unknown(node)
        if node.name == "exists_one":
            unknown = logic.any((start, *(b.unknown for b in bodies)))
            count = self.count([body.true for body in bodies])
            failed = any(body.can_fail for body in bodies)
            return None if failed else when_good(logic, unknown, failed=False, term=count == 1)
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

    def certainly_unknown(self, node: Expr) -> Term:
        """Whether the list itself is unknown, whatever is done with its items."""
        while isinstance(node, Macro):
            node = node.range
        return self._of.is_unset(node) if isinstance(node, Read) else False

    def count(self, terms: list[Term]) -> Term:
        """How many of them are true."""
        sure = sum(term is True for term in terms)
        free = [z3.If(term, 1, 0) for term in terms if not isinstance(term, bool)]
        return sure + z3.Sum(free) if free else sure


def of_neighbours(node: Expr) -> bool:
    """Whether the items are neighbours, of whom there may be more than the slots."""
    return any(part.path == NEIGHBOURS for part in reads(node))
