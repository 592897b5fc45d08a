"""Small faults put into conditions, as a tired author would make them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.rules import Rule
from engine.rules.ast import (
    And,
    Call,
    Conditional,
    Expr,
    ListOf,
    Literal,
    Macro,
    Member,
    Not,
    Or,
    children,
)
from engine.rules.unparse import unparse

_FLIPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
#: A limit moved by one, to the side that a flipped comparison does not try.
_MOVED = {"<": -1, ">=": -1, ">": 1, "<=": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A rule with one fault: ``was`` became ``now`` in its condition."""

    rule: Rule
    was: str
    now: str


def mutants_of(rule: Rule) -> Iterator[Mutant]:
    """Every mutant of a rule, each different one once."""
    seen = {unparse(rule.when.tree, strict=False)}
    for tree, was, now in _variants(rule.when.tree):
        text = unparse(tree, strict=False)
        if text not in seen:
            seen.add(text)
            when = replace(rule.when, text=text, tree=tree)
            yield Mutant(rule=replace(rule, when=when), was=_text(was), now=_text(now))


def _text(node: Expr) -> str:
    return unparse(node, strict=False)


def _variants(node: Expr) -> Iterator[tuple[Expr, Expr, Expr]]:
    """The tree with one fault, the part that was there, and the part that stands there now."""
    for now in _faults(node):
        yield now, node, now
    parts = children(node)
    for place, part in enumerate(parts):
        for tree, was, now in _variants(part):
            changed = _with_parts(node, (*parts[:place], tree, *parts[place + 1 :]))
            if changed is not None:
                yield changed, was, now


def _faults(node: Expr) -> Iterator[Expr]:
    match node:
        case Not():
            yield node.operand
        case And() | Or():
            for place in range(len(node.operands)):
                rest = (*node.operands[:place], *node.operands[place + 1 :])
                yield replace(node, operands=rest) if len(rest) > 1 else rest[0]
        case Call(name="in", operands=(item, ListOf() as listed)):
            for place in range(len(listed.items) if len(listed.items) > 1 else 0):
                rest = (*listed.items[:place], *listed.items[place + 1 :])
                yield replace(node, operands=(item, replace(listed, items=rest)))
        case Call() if node.name in _FLIPPED:
            yield replace(node, name=_FLIPPED[node.name])
            yield from _moved(node)


def _moved(node: Call) -> Iterator[Expr]:
    """``x >= 5`` as ``x >= 4``; with the number on the left the other way round."""
    step = _MOVED.get(node.name)
    if step is None:
        return
    left, right = node.operands
    if isinstance(right, Literal) and right.type == "int":
        yield replace(node, operands=(left, replace(right, value=int(right.value) + step)))
    elif isinstance(left, Literal) and left.type == "int":
        yield replace(node, operands=(replace(left, value=int(left.value) - step), right))


def _with_parts(node: Expr, parts: Sequence[Expr]) -> Expr | None:
    """The node with other parts; ``None`` for kinds that no fault is put into."""
    match node:
        case Not() | Member():
            return replace(node, operand=parts[0])
        case And() | Or() | Call():
            return replace(node, operands=tuple(parts))
        case Conditional():
            condition, yes, no = parts
            return replace(node, condition=condition, yes=yes, no=no)
        case ListOf():
            return replace(node, items=tuple(parts))
        case Macro():
            return replace(node, range=parts[0], body=parts[1])
        case _:
            return None
