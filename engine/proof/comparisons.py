"""Comparisons, membership and look-up, with the texts of the policy as numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine.proof.domain import debt_to_income_at
from engine.proof.lists import Scope
from engine.proof.logic import Number, Truth, Value, when_good
from engine.proof.texts import after_prefix
from engine.proof.world import KINDS
from engine.rules.ast import Call, Conditional, Expr, ListOf, Literal, MapOf, Read

if TYPE_CHECKING:
    from engine.proof.encode import Encoder

COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_DTI = "evidence.debt_to_income"


class Comparisons:
    """Encodes comparisons over one encoder's world."""

    def __init__(self, encoder: Encoder) -> None:
        self._of = encoder
        self._logic = encoder.logic
        self._limits: set[float] = set()

    def comparison(self, node: Call, scope: Scope) -> Truth:
        """``==`` ``!=`` ``<`` ``<=`` ``>`` ``>=``."""
        left, right = (self._of.value(item, scope) for item in node.operands)
        compare = COMPARE[node.name]
        if isinstance(left, Truth) and isinstance(right, Truth):
            return self._of_truths(node.name, left, right)
        if not (isinstance(left, Number) and isinstance(right, Number)):
            raise TypeError(node.type)
        self._note_limit(node)
        kind = node.operands[0].type
        # Numbers lie between any two doubles; only a policy that names two neighbouring doubles
        # could tell, and there a rule would at worst not be called dead.
        literal = any(isinstance(item, Literal) for item in node.operands)
        self._of.allows_more |= kind == "double" and not literal
        if kind == "string" and not (isinstance(left.term, int) or isinstance(right.term, int)):
            term = self._of.opaque.texts(node, left.term, right.term, compare)
        else:
            term = compare(left.term, right.term)
        nan = self._logic.any((left.nan, right.nan))
        if nan is not False:
            term = self._logic.choose(nan, self._logic.formula(node.name == "!="), term)
        return self._of.strict((left, right), term)

    def _note_limit(self, node: Call) -> None:
        """What a condition asks of the debt-to-income ratio is told in amounts, exactly."""
        for field, other in (node.operands, node.operands[::-1]):
            if isinstance(field, Read) and field.path == _DTI and isinstance(other, Literal):
                self._of.allows_more = True
                limit = float(other.value)
                if limit not in self._limits:
                    self._limits.add(limit)
                    self._of.facts.extend(debt_to_income_at(self._of.world, limit))

    def _of_truths(self, name: str, left: Truth, right: Truth) -> Truth:
        """Truths order false before true."""
        logic = self._logic
        first, second = left.true, right.true
        less = logic.all((logic.no(first), second))
        more = logic.all((first, logic.no(second)))
        term = {
            "==": logic.iff(first, second),
            "!=": logic.no(logic.iff(first, second)),
            "<": less,
            ">": more,
            "<=": logic.no(more),
            ">=": logic.no(less),
        }[name]
        return self._of.strict((left, right), term)

    def membership(self, node: Call, scope: Scope) -> Truth:
        """``in`` a list or among the keys of a map."""
        item, whole = node.operands
        if isinstance(whole, Read) and whole.path == KINDS and isinstance(item, Literal):
            return self._of.strict((), self._of.world.has_kind(str(item.value)))
        if isinstance(whole, MapOf):
            others: tuple[Expr, ...] = tuple(key for key, _ in whole.entries)
            strict = tuple(self._of.value(value, scope) for _, value in whole.entries)
        elif isinstance(whole, ListOf):
            others, strict = whole.items, ()
        else:
            return self._of.opaque.truth(node, scope)
        equal = [
            self.comparison(Call(name="==", operands=(item, other), type="bool"), scope)
            for other in others
        ]
        found = self._logic.any(value.true for value in equal)
        return self._of.strict((*equal, *strict), found)

    def starts_with(self, node: Call, scope: Scope) -> Truth:
        """Texts with one beginning lie between it and the least text above all of them."""
        text, prefix = self._of.number(node.operands[0], scope), node.operands[1]
        wanted = str(prefix.value) if isinstance(prefix, Literal) else ""
        above = after_prefix(wanted)
        texts = self._of.world.texts
        within = [text.term >= texts.code(wanted)]
        if above is not None:
            within.append(text.term < texts.code(above))
        return self._of.strict((text,), self._logic.all(within))

    def looked_up(self, whole: MapOf, node: Call, scope: Scope) -> Value:
        """A map written out, read with a key: the entry that fits, or a failure."""
        result: Expr = whole.entries[-1][1]
        for key, value in reversed(whole.entries[:-1]):
            asked = Call(name="==", operands=(node.operands[1], key), type="bool")
            result = Conditional(condition=asked, yes=value, no=result, type=node.type)
        keys = ListOf(items=tuple(key for key, _ in whole.entries), type="list")
        asked = Call(name="in", operands=(node.operands[1], keys), type="bool")
        inside = self.membership(asked, scope)
        parts = (inside, *(self._of.value(value, scope) for _, value in whole.entries))
        logic, found = self._logic, self._of.value(result, scope)
        unknown = logic.any(part.unknown for part in parts)
        missing = (logic.no(inside.true), *(self._of.failed(part) for part in parts))
        failed = logic.all((logic.no(unknown), logic.any(missing)))
        if isinstance(found, Number):
            return Number(found.term, unknown, failed, found.nan)
        return when_good(logic, unknown, failed, found.true)
