"""What proofs of claims come to, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.outcome import Outcome
from engine.rules.source import Span
from engine.suppose import Value


class Verdict(StrEnum):
    """What became of a claim."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNPROVED = "unproved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An application that was decided, and what came out.

    ``facts``: every field of the vocabulary, to be supposed; ``shown``: those that matter, in
    words. ``line_minor``: 0 where there is none.
    """

    facts: Mapping[str, Value | None]
    shown: str
    outcome: Outcome
    line_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResult:
    """One claim. ``claim``: it in words. ``examples``: of a refuted one, one application or two.

    ``why``: of an unproved one. ``note``: for whom nothing is claimed, or empty. ``holds``:
    whether the policy may go live as far as this claim is concerned.
    """

    id: str
    description: str
    claim: str
    verdict: Verdict
    examples: tuple[Example, ...]
    why: str
    note: str
    holds: bool
    span: Span
