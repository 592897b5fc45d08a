"""What a policy names, expressions and parameters: typed trees by path, written out when read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.rules.ast import Expr
from engine.rules.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A named expression (``named.x``) or a parameter (``params.x``).

    ``text``: the expression as written, or the parameter's default. ``reads``: the definitions
    that it reads itself.
    """

    path: str
    tree: Expr
    text: str
    description: str
    reads: tuple[str, ...]
    span: Span


Definitions = Mapping[str, Definition]


def types_of(definitions: Definitions) -> tuple[tuple[str, str], ...]:
    """Their names, without the root, and their types."""
    return tuple((path.partition(".")[2], item.tree.type) for path, item in definitions.items())
