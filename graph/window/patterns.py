"""Patterns of MATCH: nodes and relationships of the model, and paths that end."""

from __future__ import annotations

from graph.window.expressions import expression
from graph.window.reader import Reader
from graph.window.tokens import Kind
from graph.window.vocabulary import LABELS, TYPES

NODE = 256
"""The weight of a node or relationship with all its properties."""

MOST_STEPS = 8
"""Relationships that all patterns of a statement may lead over, longest way counted."""

MOST_REPEATED = 3


def patterns(reader: Reader) -> None:
    """One or more, separated by commas."""
    _pattern(reader)
    while reader.accept(","):
        _pattern(reader)


def _pattern(reader: Reader) -> None:
    path = ""
    if reader.next.kind is Kind.NAME and reader.ahead(1).text == "=":
        path = reader.name("a variable")
        reader.write(path)
        reader.expect("=")
    before = reader.steps
    _node(reader)
    while reader.is_next("-") or reader.is_next("<-"):
        _relationship(reader)
        _node(reader)
    if path:
        reader.bind(path, reader.weigh(NODE * (2 * (reader.steps - before) + 1)))


def _node(reader: Reader) -> None:
    reader.expect("(")
    _variable(reader, NODE)
    if reader.accept(":"):
        _names(reader, LABELS, "label")
    if reader.is_next("{"):
        _properties(reader)
    reader.expect(")")


def _relationship(reader: Reader) -> None:
    points_back = reader.accept("<-")
    if not points_back:
        reader.expect("-")
    repeated = 1
    if reader.accept("["):
        variable = reader.next.text if reader.next.kind is Kind.NAME else ""
        _variable(reader, NODE)
        if reader.accept(":"):
            _names(reader, TYPES, "type of relationship")
        if reader.accept("*"):
            repeated = _repetition(reader)
            if variable:
                reader.bind(variable, NODE * repeated)
        if reader.is_next("{"):
            _properties(reader)
        reader.expect("]")
    if points_back or not reader.accept("->"):
        reader.expect("-")
    reader.steps += repeated
    if reader.steps > MOST_STEPS:
        reader.refuse(f"expected at most {MOST_STEPS} relationships in all patterns")


def _variable(reader: Reader, weight: int) -> None:
    if reader.next.kind is Kind.NAME:
        name = reader.name("a variable")
        reader.write(name)
        reader.bind(name, max(weight, reader.scope.get(name, 0)))


def _names(reader: Reader, known: frozenset[str], what: str) -> None:
    while True:
        if reader.next.text not in known or reader.next.kind is not Kind.NAME:
            reader.refuse(f"expected a {what}: {', '.join(sorted(known))}")
        reader.take()
        if not reader.accept("|"):
            return


def _repetition(reader: Reader) -> int:
    """``*2``, ``*1..3`` or ``*..3``: the most it repeats."""
    told = f"expected a bound, such as *1..{MOST_REPEATED}; at most {MOST_REPEATED}"
    least = _bound(reader) if reader.next.kind is Kind.NUMBER else None
    if not reader.accept(".."):
        if least is None:
            reader.refuse(told)
        return least
    if reader.next.kind is not Kind.NUMBER:
        reader.refuse(told)
    most = _bound(reader)
    if least is not None and least > most:
        reader.refuse("expected the smaller bound before the larger one")
    return most


def _bound(reader: Reader) -> int:
    text = reader.next.text
    if not text.isdigit() or not 1 <= int(text) <= MOST_REPEATED:
        reader.refuse(f"expected a bound from 1 to {MOST_REPEATED}")
    reader.take()
    return int(text)


def _properties(reader: Reader) -> None:
    reader.expect("{")
    while True:
        reader.write(reader.name("the name of a property"))
        reader.expect(":")
        expression(reader)
        if not reader.accept(","):
            break
    reader.expect("}")
