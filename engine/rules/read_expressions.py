"""expressions.yaml: conditions and values with a name, so that rules read as they are meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from yaml.nodes import Node, ScalarNode

from engine.rules.ast import Expr
from engine.rules.condition import compile_expression
from engine.rules.definitions import Definition, types_of
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.environment import Environment, Types
from engine.rules.positions import value_positions
from engine.rules.reader import NAME, Reader
from engine.rules.source import Source, Span, span_at
from engine.rules.vocabulary import NAMED

_SCALARS = ("bool", "int", "double", "string")
_TYPES = frozenset({*_SCALARS, *(f"list({kind})" for kind in _SCALARS)})
_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_NAMED = re.compile(rf"\b{NAMED}\s*\.\s*([a-z][a-z0-9_]*)")

Build = Callable[[Types], Environment]
"""The environment in which these named expressions can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    name: str
    node: ScalarNode
    description: str
    reads: tuple[str, ...]
    source: Source
    span: Span


def read_expressions(
    source: Source,
    node: Node,
    params: Mapping[str, Definition],
    build: Build,
    found: Diagnostics,
) -> dict[str, Definition]:
    """The named expressions by path; each may read those that do not read it."""
    drafts = _drafts(source, node, found)
    trees: dict[str, Expr] = {path: item.tree for path, item in params.items()}
    read: dict[str, Definition] = {}
    left = list(drafts)
    while left:
        waiting = {item.name for item in left}
        ready = [item for item in left if not waiting & set(item.reads)]
        if not ready:
            _cycle(left, found)
            return read
        environment = build(types_of(read))
        for item in ready:
            definition = _compile(item, environment, trees, found)
            if definition is not None:
                read[definition.path] = definition
        trees |= {path: item.tree for path, item in read.items()}
        left = [item for item in left if item not in ready]
    return read


def _drafts(source: Source, node: Node, found: Diagnostics) -> list[_Draft]:
    reader = Reader(source, node, found, "the named expressions")
    reader.allow(("expressions",))
    section = reader.mapping("expressions", "`expressions`")
    if section is None:
        return []
    drafts: list[_Draft] = []
    for name in section.items:
        if not NAME.match(name):
            message = f"`{name}` is not a name: lower_snake_case"
            found.error(Code.BAD_NAME, message, section.key_span(name))
            continue
        draft = _draft(section, name)
        if draft is not None:
            drafts.append(draft)
    return drafts


def _draft(section: Reader, name: str) -> _Draft | None:
    """``name: CEL``, or ``name: {value: CEL, description: ...}``."""
    node, description = section.items[name][1], ""
    if not isinstance(node, ScalarNode):
        entry = Reader(section.source, node, section.found, f"the expression `{name}`")
        if not entry.allow(("value",), ("description",)):
            return None
        node, description = entry.items["value"][1], entry.text("description")
    if not isinstance(node, ScalarNode) or not str(node.value).strip():
        section.wrong(node, "it must be a CEL expression", "quote it, or write it after `|`")
        return None
    bare = _TEXT.sub('""', str(node.value))
    return _Draft(
        name=name,
        node=node,
        description=description,
        reads=tuple(dict.fromkeys(_NAMED.findall(bare))),
        source=section.source,
        span=section.key_span(name),
    )


def _compile(
    draft: _Draft, environment: Environment, trees: Mapping[str, Expr], found: Diagnostics
) -> Definition | None:
    places = value_positions(draft.source, draft.node)
    tree = compile_expression(draft.node.value, environment, trees)
    if isinstance(tree, tuple):
        for problem in tree:
            span = span_at(draft.source, places[problem.offset], problem.length)
            found.error(problem.code, problem.message, span, label=problem.label, hint=problem.hint)
        return None
    if tree.type not in _TYPES:
        found.error(
            Code.NOT_A_VALUE,
            f"a named expression is a simple value or a list of them, not {tree.type}",
            draft.span,
        )
        return None
    return Definition(
        path=f"{NAMED}.{draft.name}",
        tree=tree,
        text=str(draft.node.value).strip(),
        description=draft.description,
        reads=tuple(f"{NAMED}.{name}" for name in draft.reads),
        span=draft.span,
    )


def _cycle(left: Sequence[_Draft], found: Diagnostics) -> None:
    """Every one that is left reads one that is left: follow them until one returns."""
    by_name = {item.name: item for item in left}
    seen: list[str] = []
    name = left[0].name
    while name not in seen:
        seen.append(name)
        name = next(read for read in by_name[name].reads if read in by_name)
    circle = [*seen[seen.index(name) :], name]
    found.error(
        Code.EXPRESSION_CYCLE,
        f"named expressions read one another: {' -> '.join(circle)}",
        by_name[name].span,
    )
