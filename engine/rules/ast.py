"""The typed tree of a condition: the part of CEL that policies use, with macros unexpanded.

``type`` is CEL's name of the value: ``bool``, ``int``, ``double``, ``string``, ``list(T)``,
``map(K, V)`` or the full name of a message. ``offset`` is the character in the condition's text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Expr:
    """Base of all nodes."""

    type: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Expr):
    """A constant."""

    value: bool | int | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Expr):
    """The value of a vocabulary field or a signal, by path.

    ``known_by``: the path of the wrapper field whose presence says whether this one is known;
    the empty string if it is always known.
    """

    path: str
    known_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Has(Expr):
    """Whether a field that can be unknown is known. ``x != null`` is the same."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable(Expr):
    """The variable of a macro."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Expr):
    """A field of a message that is not a vocabulary root, such as a neighbour."""

    operand: Expr
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Expr):
    """Kleene negation."""

    operand: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class And(Expr):
    """Kleene conjunction of two or more."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(Expr):
    """Kleene disjunction of two or more."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional(Expr):
    """``condition ? yes : no``; only the chosen branch counts."""

    condition: Expr
    yes: Expr
    no: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Expr):
    """A strict operation: comparison, arithmetic, ``in``, index, or a function of ``CALLS``."""

    name: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf(Expr):
    """A list written out."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapOf(Expr):
    """A map written out, with constant keys."""

    entries: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro(Expr):
    """``range.name(variable, body)`` for exists, all, exists_one, filter and map."""

    name: str
    range: Expr
    variable: str
    body: Expr


def children(node: Expr) -> tuple[Expr, ...]:  # noqa: PLR0911 - one for each kind of node
    """The direct parts of a node, in the order written."""
    match node:
        case Not() | Member():
            return (node.operand,)
        case And() | Or() | Call():
            return node.operands
        case Conditional():
            return (node.condition, node.yes, node.no)
        case ListOf():
            return node.items
        case MapOf():
            return tuple(part for entry in node.entries for part in entry)
        case Macro():
            return (node.range, node.body)
        case _:
            return ()


def walk(node: Expr) -> Iterator[Expr]:
    """The node and everything below it, in the order written."""
    yield node
    for child in children(node):
        yield from walk(child)


def depth(node: Expr) -> int:
    """Levels of nesting; a leaf has one."""
    return 1 + max((depth(child) for child in children(node)), default=0)


def reads(node: Expr) -> tuple[Read, ...]:
    """The fields whose values a condition takes, each once, in the order written."""
    found = (item for item in walk(node) if isinstance(item, Read))
    return tuple({item.path: item for item in found}.values())


def mentions(node: Expr) -> tuple[str, ...]:
    """Paths that a condition reads or asks about, each once, in the order written."""
    found = (item.path for item in walk(node) if isinstance(item, (Read, Has)))
    return tuple(dict.fromkeys(found))


def can_err(node: Expr) -> bool:
    """Whether evaluation can fail for another cause than an unknown field."""
    return any(isinstance(item, Call) and _is_partial(item) for item in walk(node))


def _is_partial(call: Call) -> bool:
    """Index and division always; integer arithmetic overflows; a double may not fit an int."""
    if call.name in {"[]", "/", "%", "int"}:
        return True
    return call.name in {"+", "-", "*", "neg"} and call.type == "int"


def is_structure(node: Expr) -> bool:
    """Whether a boolean node joins conditions; all other boolean nodes are atoms."""
    return isinstance(node, (Not, And, Or)) or (
        isinstance(node, Conditional) and node.type == "bool"
    )


def atoms(node: Expr) -> Iterator[Expr]:
    """The conditions that a boolean structure joins, in the order written."""
    if is_structure(node):
        for child in children(node):
            yield from atoms(child)
    else:
        yield node
