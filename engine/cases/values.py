"""Reads single values of cases, and reports what cannot be one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.cases.known import Known
from engine.cases.model import Between, Members
from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.source import Source
from engine.rules.yaml_source import node_span, scalar

MAX_DIGITS = 18
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")

_E = TypeVar("_E", bound=StrEnum)
_V = TypeVar("_V")


class Values:
    """Reads the nodes of one file. Whatever is refused is reported, and read as ``None``."""

    def __init__(self, source: Source, known: Known, found: Diagnostics) -> None:
        self.source, self.known, self.found = source, known, found

    def report(self, code: Code, node: Node, message: str, hint: str = "") -> None:
        """Add an error at a node."""
        self.found.error(code, message, node_span(self.source, node), hint=hint)

    def wrong(self, node: Node, message: str, hint: str = "") -> None:
        """A value that is not what it should be."""
        self.report(Code.CASE_WRONG_VALUE, node, message, hint)

    def stranger(self, node: Node, name: str, what: str, known: Iterable[str]) -> None:
        """A name that the policy does not have."""
        known = tuple(known)
        some = f"known are: {', '.join(known)}" if 0 < len(known) <= 12 else ""  # noqa: PLR2004
        hint = did_you_mean(name, known) or some
        self.report(Code.CASE_UNKNOWN_NAME, node, f"there is no {what} `{name}`", hint)

    def entries(self, node: Node, what: str) -> Iterator[tuple[str, Node, Node]]:
        """Name, key and value of a mapping's entries."""
        if isinstance(node, MappingNode):
            yield from ((key.value, key, value) for key, value in node.value)
        else:
            self.wrong(node, f"{what} must be a mapping")

    def items(self, node: Node, what: str) -> tuple[Node, ...]:
        """The nodes of a list."""
        if isinstance(node, SequenceNode):
            return tuple(node.value)
        self.wrong(node, f"{what} must be a list, as [A, B]")
        return ()

    def text(self, node: Node, what: str) -> str | None:
        """A text, which may be empty."""
        value = scalar(node) if isinstance(node, ScalarNode) else None
        if isinstance(value, str):
            return value
        self.wrong(node, f"{what} must be a text", "put it in quotes")
        return None

    def flag(self, node: Node, what: str) -> bool | None:
        """True or false."""
        value = scalar(node) if isinstance(node, ScalarNode) else None
        if isinstance(value, bool):
            return value
        self.wrong(node, f"{what} must be true or false")
        return None

    def whole(self, node: Node, what: str, least: int, most: int) -> int | None:
        """An integer within bounds."""
        value = scalar(node) if isinstance(node, ScalarNode) else None
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(node, f"{what} must be a whole number from {least:,} to {most:,}")
        return None

    def number(self, node: Node, what: str) -> Decimal | None:
        """A number exactly as it is written."""
        value = scalar(node) if isinstance(node, ScalarNode) else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            try:
                number = Decimal(str(node.value).replace("_", ""))
            except InvalidOperation:
                number = Decimal("NaN")
            if number.is_finite() and abs(number.adjusted()) < MAX_DIGITS:
                return number
        self.wrong(node, f"{what} must be a number")
        return None

    def amount_minor(self, node: Node, what: str) -> int | None:
        """An amount in major units, at least 0, as minor units."""
        number = self.number(node, what)
        if number is None:
            return None
        minor = number.scaleb(self.known.digits)
        if number >= 0 and minor == int(minor):
            return int(minor)
        self.wrong(node, f"{what} must be an amount with at most {self.known.digits} decimals")
        return None

    def day(self, node: Node, what: str) -> date | None:
        """A calendar day."""
        text = str(node.value) if isinstance(node, ScalarNode) else ""
        try:
            if _DAY.match(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.wrong(node, f"{what} must be a day as 2026-03-01")
        return None

    def choice(self, node: Node, what: str, kind: type[_E]) -> _E | None:
        """One of an enumeration."""
        values = [item.value for item in kind]
        if isinstance(node, ScalarNode) and node.value in values:
            return kind(node.value)
        word = str(node.value) if isinstance(node, ScalarNode) else "..."
        self.stranger(node, word, what, values)
        return None

    def name(self, node: Node, what: str, known: Iterable[str]) -> str | None:
        """A name of the policy."""
        text = node.value if isinstance(node, ScalarNode) else None
        if text is None:
            self.wrong(node, f"a {what} must be a name")
            return None
        known = tuple(known)
        if self.known.complete and text not in known:
            self.stranger(node, text, what, known)
            return None
        return str(text)

    def names(self, node: Node, what: str, known: Iterable[str]) -> tuple[str, ...]:
        """A list of different names of the policy."""
        known = tuple(known)
        found: list[str] = []
        for item in self.items(node, f"{what}s"):
            name = self.name(item, what, known)
            if name in found:
                self.wrong(item, f"`{name}` is listed twice")
            elif name is not None:
                found.append(name)
        return tuple(found)

    def members(self, node: Node, what: str, known: Iterable[str]) -> Members | None:
        """``[A, B]`` for exactly these, or ``contains:`` and ``without:``."""
        if isinstance(node, SequenceNode):
            return Members(exactly=self.names(node, what, known))
        if not isinstance(node, MappingNode):
            self.wrong(node, f"{what}s must be a list, as [A, B], or `contains:` and `without:`")
            return None
        parts: dict[str, tuple[str, ...]] = {}
        for name, key, value in self.entries(node, f"{what}s"):
            if name in {"contains", "without"}:
                parts[name] = self.names(value, what, known)
            else:
                self._no_key(key, name, ("contains", "without"))
        members = Members(contains=parts.get("contains", ()), without=parts.get("without", ()))
        both = set(members.contains) & set(members.without)
        if both:
            message = f"`{min(both)}` cannot be there and not be there"
            self.report(Code.IMPOSSIBLE_CASE, node, message)
        return members if parts else None

    def between(self, node: Node, what: str) -> Between | None:
        """A number, or ``at_least:`` and ``at_most:``."""
        if not isinstance(node, MappingNode):
            number = self.number(node, what)
            return None if number is None else Between(number, number)
        bounds: dict[str, Decimal | None] = {}
        for name, key, value in self.entries(node, what):
            if name in {"at_least", "at_most"}:
                bounds[name] = self.number(value, f"`{name}`")
            else:
                self._no_key(key, name, ("at_least", "at_most"))
        low, high = bounds.get("at_least"), bounds.get("at_most")
        if low is not None and high is not None and low > high:
            self.report(Code.IMPOSSIBLE_CASE, node, f"no number is at least {low}, at most {high}")
        return Between(low, high) if bounds else None

    def _no_key(self, key: Node, name: str, known: tuple[str, ...]) -> None:
        hint = did_you_mean(name, known) or f"known are: {', '.join(known)}"
        self.report(Code.UNKNOWN_KEY, key, f"unknown key `{name}`", hint)

    def chosen(
        self, node: Node, what: str, parsers: dict[str, Callable[[Values, Node], _V]]
    ) -> dict[str, _V]:
        """The entries of a mapping, each read by the parser of its name."""
        found: dict[str, _V] = {}
        for name, key, value in self.entries(node, what):
            parse = parsers.get(name)
            if parse is None:
                hint = did_you_mean(name, parsers) or f"known are: {', '.join(parsers)}"
                self.report(Code.UNKNOWN_KEY, key, f"unknown key `{name}` in {what}", hint)
            else:
                found[name] = parse(self, value)
        return found
