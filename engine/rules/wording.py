"""What a customer is told of a decision and a limit: which texts there are, what they may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from engine.model import EvidenceKind
from engine.outcome import CapName


class Section(StrEnum):
    """The sections of ``wording.yaml``."""

    DECISION = "decision"
    APPROVED = "approved"
    REFERRED = "referred"
    DECLINED = "declined"
    ESTIMATED = "estimated"
    SENTENCES = "sentences"
    RANGES = "ranges"
    BEYOND = "beyond"
    PROOFS = "proofs"
    ITEMS = "items"
    FACTS = "facts"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class Places:
    """The placeholders of a text: those that it may name, and those that it must."""

    allowed: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in both languages, with placeholders such as ``{offer}``."""

    text_en: str
    text_zh: str

    def filled(self, en: Mapping[str, str], zh: Mapping[str, str]) -> tuple[str, str]:
        """Both texts with their placeholders replaced."""
        return self.text_en.format_map(en), self.text_zh.format_map(zh)


Wordings = Mapping[Section, Mapping[str, Wording]]

#: Topics of facts that an estimate may ask for; see ``engine.estimate.missing``.
TOPICS = (
    "age",
    "student",
    "segment",
    "identity",
    "applicant",
    "application",
    "session",
    "income",
    "credit_report",
    "obligations",
    "own_lines",
    "other_lines",
    "lists",
)
OTHER = "other"
"""The text of a cap that has none of its own."""

LINE_UNDETERMINED = "line_undetermined"
"""No limit was named, and the line could not be computed."""
NOTHING = "_nothing"
"""Ends the names of texts for a line of 0."""

_AMOUNTS = ("line", "offer", "asked", "target", "gap", "highest", "unreachable")
_WHOLE = Places(_AMOUNTS)
_ANSWERS = (
    *("not_asked", "met", "needs_evidence", "partial", "unreachable", "undetermined"),
    LINE_UNDETERMINED,
)
_NOTHING = tuple(name + NOTHING for name in ("not_asked", "needs_evidence", "partial"))


def _answers(*more: str) -> dict[str, Places]:
    return dict.fromkeys((*_ANSWERS, *more), _WHOLE)


_RANGE = Places(("lowest", "highest"), ("lowest", "highest"))
_HIGHEST = Places(("highest",), ("highest",))
_RAISED = Places(("line", "until", "own"), ("line", "until"))

TEXTS: Mapping[Section, Mapping[str, Places]] = MappingProxyType(
    {
        Section.DECISION: {
            "approved": Places(("line",), ("line",)),
            "counter_offer": Places(("line", "asked", "target"), ("line",)),
            "supplementary": Places(("line",), ("line",)),
            "supplementary_counter_offer": Places(("line", "asked", "target"), ("line",)),
            "temporary": _RAISED,
            "temporary_counter_offer": Places(
                (*_RAISED.allowed, "asked", "target"), _RAISED.needed
            ),
            "approved_no_line": Places(),
            "referred": Places(),
            "declined": Places(),
            "estimated_approved": Places(("line",)),
            "estimated_referred": Places(),
            "estimated_declined": Places(),
        },
        Section.APPROVED: _answers(),
        Section.REFERRED: _answers(*_NOTHING),
        Section.DECLINED: {"declined": Places(("asked", "target"))},
        Section.ESTIMATED: {
            **_answers(*_NOTHING),
            "declined": Places(("asked", "target")),
        },
        Section.SENTENCES: {
            "adjusted": Places(("asked", "target", "least", "most", "step"), ("asked", "target")),
            "within_reach": Places(("highest",), ("highest",)),
            "bring_until": Places(("proofs", "until"), ("proofs", "until")),
            "bring_anew": Places(("proofs",), ("proofs",)),
            "bring_when_applying": Places(("proofs",), ("proofs",)),
            "out_of_reach": Places(("unreachable", "why", "target"), ("unreachable", "why")),
        },
        Section.RANGES: {
            "known": _RANGE,
            "known_exact": _HIGHEST,
            "known_nothing": Places(),
            "proved": _RANGE,
            "proved_exact": _HIGHEST,
            "proved_nothing": Places(),
            "missing": Places(("facts",), ("facts",)),
            "missing_application": Places(("facts",), ("facts",)),
            "asked_when_applying": Places(("facts",), ("facts",)),
            "may_be_declined": Places(),
        },
        Section.BEYOND: dict.fromkeys((*(cap.value for cap in CapName), OTHER), Places()),
        Section.PROOFS: dict.fromkeys((kind.value for kind in EvidenceKind), Places()),
        Section.ITEMS: dict.fromkeys(
            ("monthly", "value"), Places(("proof", "amount"), ("proof", "amount"))
        ),
        Section.FACTS: dict.fromkeys(TOPICS, Places()),
    }
)
"""Every text that each policy words, with its placeholders.

``Section.DOCUMENTS`` is not among them: its names are those of the documents that rules require.
"""
