"""Reads YAML mappings against what is expected, and reports everything that is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.source import Source, Span, span_at
from engine.rules.yaml_source import node_span, scalar

NAME = re.compile(r"^[a-z][a-z0-9_]{0,63}$")
UPPER_NAME = re.compile(r"^[A-Z][A-Z0-9_]{0,63}$")

_E = TypeVar("_E", bound=StrEnum)
_KINDS = {MappingNode: "a mapping", SequenceNode: "a list", ScalarNode: "a value"}


class Reader:
    """One mapping of one file."""

    def __init__(self, source: Source, node: Node, found: Diagnostics, what: str) -> None:
        self.source, self.node, self.found, self.what = source, node, found, what
        self.items: dict[str, tuple[Node, Node]] = {}
        if isinstance(node, MappingNode):
            self.items = {key.value: (key, value) for key, value in node.value}
        else:
            self.wrong(node, f"{what} must be a mapping")

    @property
    def span(self) -> Span:
        """Where the mapping starts."""
        return span_at(self.source, self.node.start_mark.index, 1)

    def wrong(self, node: Node, message: str, hint: str = "") -> None:
        """Report a value that is not what it should be."""
        self.found.error(Code.WRONG_VALUE, message, node_span(self.source, node), hint=hint)

    def allow(self, required: Iterable[str], optional: Iterable[str] = ()) -> bool:
        """Report unknown and missing keys; whether all required ones are there."""
        required = tuple(required)
        known = (*required, *optional)
        for name, (key, _) in self.items.items():
            if name not in known:
                self.found.error(
                    Code.UNKNOWN_KEY,
                    f"unknown key {self._shown(name)}in {self.what}",
                    node_span(self.source, key),
                    hint=did_you_mean(name, known) or f"known are: {', '.join(known)}",
                )
        missing = [name for name in required if name not in self.items]
        for name in missing if isinstance(self.node, MappingNode) else ():
            self.found.error(
                Code.MISSING_KEY, f"{self.what} needs the key `{name}`", self._first_span()
            )
        return not missing

    def _shown(self, name: str) -> str:
        """Not in a private file: a raw identifier may stand where a key should."""
        return "" if self.source.private else f"`{name}` "

    def _first_span(self) -> Span:
        for key, _ in self.items.values():
            return node_span(self.source, key)
        return self.span

    def key_span(self, name: str) -> Span:
        """Where a key stands, or the mapping if there is none."""
        entry = self.items.get(name)
        return self.span if entry is None else node_span(self.source, entry[0])

    def value_span(self, name: str) -> Span:
        """Where a key's value stands, or the mapping if there is none."""
        entry = self.items.get(name)
        return self.span if entry is None else node_span(self.source, entry[1])

    def node_of(self, name: str) -> Node | None:
        """The value's node."""
        entry = self.items.get(name)
        return None if entry is None else entry[1]

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        node = self.node_of(name)
        if node is None:
            return default
        value = scalar(node) if isinstance(node, ScalarNode) else None
        if isinstance(value, str) and value.strip():
            return value
        hint = "put it in quotes" if isinstance(value, (bool, int, float)) else ""
        self.wrong(node, f"`{name}` must be a text, not {_spoken(node)}", hint)
        return default

    def text_as_is(self, name: str, default: str) -> str:
        """A string that may be blank, as a separator is."""
        node = self.node_of(name)
        if isinstance(node, ScalarNode) and isinstance(scalar(node), str):
            return str(node.value)
        return default if node is None else self.text(name, default)

    def as_written(self, name: str) -> str:
        """A text or a number, as it stands in the file; empty if it is not there."""
        node = self.node_of(name)
        if node is None or (isinstance(node, ScalarNode) and str(node.value).strip()):
            return "" if node is None else str(node.value)
        return self.text(name)

    def name(self, key: str, pattern: re.Pattern[str] = NAME, default: str = "") -> str:
        """A name of the given pattern."""
        node = self.node_of(key)
        text = self.text(key, default)
        if node is not None and text != default and not pattern.match(text):
            style = "UPPER_SNAKE_CASE" if pattern is UPPER_NAME else "lower_snake_case"
            self.found.error(
                Code.BAD_NAME,
                f"`{text}` is not a name: {style}, at most 64 characters",
                node_span(self.source, node),
            )
            return default
        return text

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        """An integer within bounds."""
        node = self.node_of(name)
        if node is None:
            return default
        value = scalar(node) if isinstance(node, ScalarNode) else None
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(node, f"`{name}` must be a whole number from {least} to {most}")
        return default

    def flag(self, name: str) -> bool:
        """``true`` or ``false``; false if it is not there."""
        node = self.node_of(name)
        if node is None:
            return False
        value = scalar(node) if isinstance(node, ScalarNode) else None
        if not isinstance(value, bool):
            self.wrong(node, f"`{name}` must be true or false")
        return value is True

    def choice(self, name: str, kind: type[_E], default: _E) -> _E:
        """One of the values of an enumeration."""
        node = self.node_of(name)
        if node is None:
            return default
        values = [item.value for item in kind]
        if isinstance(node, ScalarNode) and node.value in values:
            return kind(node.value)
        word = node.value if isinstance(node, ScalarNode) else ""
        hint = did_you_mean(word, values) if word else ""
        self.wrong(node, f"`{name}` must be one of: {', '.join(values)}", hint)
        return default

    def names(self, name: str) -> tuple[str, ...]:
        """A list of distinct lower-case names."""
        found: list[str] = []
        for node in self.list_of(name):
            good = isinstance(node, ScalarNode) and bool(NAME.match(node.value))
            if not good or node.value in found:
                self.wrong(node, f"`{name}` must list distinct lower_snake_case names")
            else:
                found.append(node.value)
        return tuple(found)

    def list_of(self, name: str) -> list[Node]:
        """The nodes of a list."""
        node = self.node_of(name)
        if node is None:
            return []
        if isinstance(node, SequenceNode):
            return list(node.value)
        self.wrong(node, f"`{name}` must be a list, not {_spoken(node)}")
        return []

    def mapping(self, name: str, what: str) -> Reader | None:
        """A reader of the mapping under a key."""
        node = self.node_of(name)
        if node is None:
            return None
        reader = Reader(self.source, node, self.found, what)
        return reader if isinstance(node, MappingNode) else None

    def each(self, make: Callable[[str, Reader], None], what: str) -> None:
        """Call ``make`` with the name and a reader of every entry."""
        for name, (_, value) in self.items.items():
            make(name, Reader(self.source, value, self.found, f"{what} `{name}`"))


def _spoken(node: Node) -> str:
    value = scalar(node) if isinstance(node, ScalarNode) else None
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(node, ScalarNode):
        return "nothing" if not str(node.value).strip() else "a value"
    return _KINDS[type(node)]
