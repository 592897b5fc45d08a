"""Lists of a policy: who or what is watched, blocked or allowed, why, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from engine.model import IdentifierKind
from engine.rules.source import Span

IDENTIFIER = "identifier"


class ListKind(StrEnum):
    """What a list is for; rules say what follows."""

    WATCH = "watch"
    BLOCK = "block"
    ALLOW = "allow"


class Match(StrEnum):
    """How an entry is compared with a value."""

    EXACT = "exact"
    PREFIX = "prefix"


class Entry(NamedTuple):
    """An entry: in force until that day, inclusive; "" for ever. ``reason`` may be empty."""

    until: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyList:
    """A list. ``matches``: a field of the vocabulary, or ``identifier.KIND`` for tokens.

    ``lengths``: of the prefixes, so that a look-up costs as many probes as there are lengths.
    """

    name: str
    kind: ListKind
    matches: str
    match: Match
    description: str
    entries: Mapping[str, Entry]
    lengths: tuple[int, ...]
    span: Span

    @property
    def identifier(self) -> IdentifierKind | None:
        """The kind of identifier whose tokens it holds, ``None`` for a field of the vocabulary."""
        root, _, kind = self.matches.partition(".")
        return IdentifierKind(kind) if root == IDENTIFIER else None

    def find(self, value: str, day: str) -> Entry | None:
        """The entry in force on that day that matches; of several the longest prefix."""
        if self.match is Match.EXACT:
            return _in_force(self.entries.get(value), day)
        for length in self.lengths:
            found = _in_force(self.entries.get(value[:length]), day)
            if found is not None and length <= len(value):
                return found
        return None

    def find_any(self, values: Iterable[str], day: str) -> Entry | None:
        """The first entry that matches one of the values."""
        found = (self.find(value, day) for value in values)
        return next((entry for entry in found if entry is not None), None)


def _in_force(entry: Entry | None, day: str) -> Entry | None:
    return None if entry is None or (entry.until and entry.until < day) else entry


class Snooze(NamedTuple):
    """A rule that has no effect for one customer, until that day, inclusive."""

    rule: str
    until: str
    reason: str
    by: str
    span: Span
