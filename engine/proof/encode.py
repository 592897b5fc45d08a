"""From a condition's typed tree to formulas, with the three-valued meaning of the interpreter.

What has no exact formula (arithmetic on doubles, texts within texts, macros over neighbours)
becomes a free value of its own: the formulas then allow more than the engine does, never less.
So what is unsatisfiable is proved, and what is satisfiable is a candidate, to be run. ``hints``
say what a free value most probably is; they help to find candidates and are no part of a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from engine.proof.arithmetic import Arithmetic
from engine.proof.comparisons import COMPARE, Comparisons
from engine.proof.domain import interval
from engine.proof.logic import (
    Logic,
    Number,
    Term,
    Truth,
    Value,
    constant,
    join,
    negate,
    pick,
    when_good,
)
from engine.proof.opaque import Opaques
from engine.proof.world import World
from engine.rules.ast import (
    And,
    Call,
    Conditional,
    Expr,
    Has,
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
from engine.rules.vocabulary import SIGNALS

Signal = Callable[[str], Truth]
Scope = Mapping[str, Any]
EMPTY: Scope = {}


class Encoder:
    """Encodes conditions over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.logic: Logic = world.logic
        #: Sound consequences of what was encoded: part of every proof.
        self.facts: list[Term] = []
        self.hints: list[Term] = []
        #: Whether anything since it was last cleared allows more than the engine does.
        self.allows_more = False
        self._signal: Signal = _no_signal
        self._stage = ""
        self.opaque = Opaques(self)
        self._arithmetic = Arithmetic(self)
        self._comparisons = Comparisons(self)

    def truth(self, tree: Expr, signal: Signal, stage: str) -> Truth:
        """The condition as ``Interpreter.truth`` would answer. ``signal``: as the stage sees it."""
        self._signal, self._stage = signal, stage
        return self._truth(tree)

    def _truth(self, node: Expr) -> Truth:
        if not is_structure(node):
            value = self.value(node, EMPTY)
            if not isinstance(value, Truth):
                raise TypeError(node.type)
            return self._told_by_reads(node, value)
        match node:
            case Not():
                return negate(self._truth(node.operand))
            case Conditional():
                parts = (self._truth(part) for part in (node.condition, node.yes, node.no))
                return pick(self.logic, *parts)
            case And() | Or():
                operands = (self._truth(item) for item in node.operands)
                return join(self.logic, operands, decisive=isinstance(node, Or))
        raise TypeError(type(node).__name__)

    def _told_by_reads(self, node: Expr, value: Truth) -> Truth:
        """A bad atom is unknown if anything that it reads is, otherwise it fails."""
        if not value.can_fail:
            return value
        logic, unset = self.logic, self.unset(node)
        bad = logic.no(logic.any((value.true, value.false)))
        return Truth(value.true, value.false, logic.all((bad, unset)), can_fail=True)

    def unset(self, node: Expr) -> Term:
        """Whether anything that the node reads is unknown."""
        return self.logic.any(self.is_unset(item) for item in reads(node))

    def place_of(self, node: Expr) -> str:
        """What a value depends on besides the facts that all worlds share."""
        paths = [item.path for item in reads(node)]
        moved = [path for path in paths if path in self.world.moved]
        signals = any(path.startswith(f"{SIGNALS}.") for path in paths)
        return f"{self.world.name if moved or signals else ''}@{self._stage if signals else ''}"

    def is_unset(self, read: Read) -> Term:
        """Whether nobody supplied the field."""
        if read.path.startswith(f"{SIGNALS}."):
            return self._signal(read.path.removeprefix(f"{SIGNALS}.")).unknown
        return self.logic.no(self.world.known(read.known_by))

    def value(self, node: Expr, scope: Scope) -> Value:  # noqa: PLR0911 - one for each kind
        """The value of a scalar node, as ``Interpreter`` works it out inside an atom."""
        match node:
            case Literal():
                return self._literal(node)
            case Read() | Has():
                return self._field(node)
            case Variable() | Member():
                return self.opaque.lists.bound(node, scope)
            case Not():
                return negate(self._truth_of(node.operand, scope))
            case And() | Or():
                parts = (self._truth_of(item, scope) for item in node.operands)
                return join(self.logic, parts, decisive=isinstance(node, Or))
            case Conditional():
                return self._conditional(node, scope)
            case Macro():
                return self.opaque.macro(node, scope)
            case Call():
                return self._call(node, scope)
        raise TypeError(type(node).__name__)

    def _truth_of(self, node: Expr, scope: Scope) -> Truth:
        value = self.value(node, scope)
        if not isinstance(value, Truth):
            raise TypeError(node.type)
        return value

    def number(self, node: Expr, scope: Scope) -> Number:
        """The value of a node that is no truth."""
        value = self.value(node, scope)
        if not isinstance(value, Number):
            raise TypeError(node.type)
        return value

    def _literal(self, value: Literal) -> Value:
        match value.value:
            case bool():
                return constant(value.value)
            case str():
                return Number(self.world.texts.code(value.value))
            case float():
                return Number(Fraction(value.value))
            case _:
                return Number(value.value)

    def _field(self, node: Read | Has) -> Value:
        prefix = f"{SIGNALS}."
        if node.path.startswith(prefix):
            signal = self._signal(node.path.removeprefix(prefix))
            if isinstance(node, Read):
                return signal
            return Truth(self.logic.no(signal.unknown), signal.unknown)
        if isinstance(node, Has):
            known = self.world.known(node.path)
            return Truth(known, self.logic.no(known))
        return self.world.read(node.path, node.known_by)

    def _conditional(self, node: Conditional, scope: Scope) -> Value:
        condition = self._truth_of(node.condition, scope)
        yes, no = self.value(node.yes, scope), self.value(node.no, scope)
        if isinstance(yes, Truth) and isinstance(no, Truth):
            return pick(self.logic, condition, yes, no)
        if not (isinstance(yes, Number) and isinstance(no, Number)):
            raise TypeError(node.type)
        logic = self.logic

        def of(chosen: Term, other: Term) -> Term:
            first, second = (condition.true, chosen), (condition.false, other)
            return logic.any((logic.all(first), logic.all(second)))

        return Number(
            logic.choose(condition.true, *(self._formula(part, node) for part in (yes, no))),
            logic.any((condition.unknown, of(yes.unknown, no.unknown))),
            logic.any((condition.failed(logic), of(yes.failed, no.failed))),
            of(yes.nan, no.nan),
        )

    def _formula(self, value: Number, node: Expr) -> Term:
        """The term as a formula, which a choice between two constants needs."""
        return self._arithmetic.formula(value.term, node.type)

    def _call(self, node: Call, scope: Scope) -> Value:
        if node.name in COMPARE:
            return self._comparisons.comparison(node, scope)
        if node.name == "in":
            return self._comparisons.membership(node, scope)
        if node.name == "startsWith" and isinstance(node.operands[1], Literal):
            return self._comparisons.starts_with(node, scope)
        if node.name == "[]" and isinstance(node.operands[0], MapOf):
            return self._comparisons.looked_up(node.operands[0], node, scope)
        return self._arithmetic.value(node, scope) or self.opaque.call(node, scope)

    def strict(self, operands: tuple[Value, ...], term: Term) -> Truth:
        """Good only if every operand is; unknown outweighs failure."""
        logic = self.logic
        unknown = logic.any(item.unknown for item in operands)
        failed = logic.any(self.failed(item) for item in operands)
        return when_good(logic, unknown, failed, term)

    def failed(self, value: Value) -> Term:
        """Whether a value is none."""
        return value.failed(self.logic) if isinstance(value, Truth) else value.failed

    def int_range(self, node: Expr) -> tuple[int, int] | None:
        """Bounds of an integer node, where they are plain to see."""
        if isinstance(node, Literal) and isinstance(node.value, int):
            return (node.value, node.value)
        return interval(node.path) if isinstance(node, Read) and node.type == "int" else None


def _no_signal(name: str) -> Truth:
    raise KeyError(name)
