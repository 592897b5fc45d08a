"""Cases of a policy's own tests as values: what is given, and what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.model import SourceStatus
from engine.outcome import CapName, LimitStatus, Outcome
from engine.rules.source import Span
from engine.suppose import Value


@dataclass(frozen=True, slots=True)
class Between:
    """A number within bounds; ``None``: open. A single number has both bounds the same."""

    at_least: Decimal | None
    at_most: Decimal | None

    def holds(self, number: Decimal) -> bool:
        """Whether the number is within the bounds."""
        low = self.at_least is None or number >= self.at_least
        return low and (self.at_most is None or number <= self.at_most)

    def __str__(self) -> str:
        """As people read it."""
        if self.at_least == self.at_most:
            return f"{self.at_least:,f}"
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        return " and ".join(f"{word} {bound:,f}" for word, bound in bounds if bound is not None)


@dataclass(frozen=True, slots=True)
class Members:
    """What a set of names must be. ``exactly``: these and no others, in any order."""

    exactly: tuple[str, ...] | None = None
    contains: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names that must be there."""
        return self.contains if self.exactly is None else self.exactly

    def holds(self, names: tuple[str, ...]) -> bool:
        """Whether the names are as they must be."""
        found = set(names)
        if self.exactly is not None:
            return found == set(self.exactly)
        return found.issuperset(self.contains) and found.isdisjoint(self.without)

    def __str__(self) -> str:
        """As people read it."""
        if self.exactly is not None:
            return listed(self.exactly)
        parts = (("with", self.contains), ("without", self.without))
        return ", ".join(f"{word} {listed(names)}" for word, names in parts if names)


def listed(names: tuple[str, ...]) -> str:
    """Names as people read them."""
    return ", ".join(names) or "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must come out; ``None``: whatever comes is right.

    ``line`` and ``offer``: major units, 0 where there is none. ``score``: points. ``rules``: those
    that hit; ``unknown_rules``: those that could not be told. ``degraded``: sources.
    """

    outcome: Outcome | None = None
    reasons: Members | None = None
    line: Between | None = None
    line_binding: CapName | None = None
    risk_band: str | None = None
    limit_status: LimitStatus | None = None
    offer: Between | None = None
    score: Between | None = None
    pd: Between | None = None
    signals: Members | None = None
    rules: Members | None = None
    unknown_rules: Members | None = None
    required_documents: Members | None = None
    degraded: Members | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. ``facts``: vocabulary paths, ``None`` unknown; they win over everything.

    ``application``: changes of the standard applicant's application, as read. ``base_unknown``:
    what is not mentioned is unknown. ``skip``: why it does not run. ``span``: where it stands.
    """

    name: str
    facts: Mapping[str, Value | None]
    application: Mapping[str, Any]
    sources: Mapping[str, SourceStatus]
    on: date
    base_unknown: bool
    expect: Expectation
    only: bool
    skip: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The cases of one file."""

    name: str
    description: str
    path: str
    cases: tuple[Case, ...]
