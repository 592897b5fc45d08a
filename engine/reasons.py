"""Reasons: ranked, deduplicated, each with text in both languages from the policy's catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.model import SourceStatus
from engine.outcome import CapName, Outcome, Reason, ScoreResult
from engine.rules import SCORE_FAMILIES, ReasonText

Catalogue = Mapping[str, ReasonText]


def reason_from(
    catalogue: Catalogue,
    code: str,
    *,
    source: str,
    outcome: Outcome,
    points_lost: int | None = None,
) -> Reason:
    """A reason with its texts. ``KeyError`` for a code that the bundle's check must have asked."""
    text = catalogue[code]
    return Reason(
        code=code,
        source=source,
        outcome=outcome,
        text_en=text.text_en,
        text_zh=text.text_zh,
        points_lost=points_lost,
    )


def score_reasons(
    catalogue: Catalogue, placeholder: Reason, score: ScoreResult | None
) -> tuple[Reason, ...]:
    """One reason for each family that lost points, worst first.

    Where no family lost any, a referral keeps the placeholder's own text: the record as a whole
    needs a look. A decline gets nothing, and so is not a decline: see ``engine.evaluate``.
    """
    families = () if score is None else score.families
    if not families and placeholder.outcome is not Outcome.DECLINE:
        return (placeholder,)
    return tuple(
        reason_from(
            catalogue,
            f"SCORE_{family.family.upper()}",
            source=f"score:{family.family}",
            outcome=placeholder.outcome,
            points_lost=family.points_lost,
        )
        for family in families
    )


def source_reason(
    catalogue: Catalogue, source: str, status: SourceStatus, outcome: Outcome
) -> Reason:
    """The reason for an outcome that a missing source caused."""
    return reason_from(
        catalogue,
        "SOURCE_UNAVAILABLE",
        source=f"source:{source}:{status.value}",
        outcome=outcome,
    )


def cap_reason(catalogue: Catalogue, cap: CapName, outcome: Outcome) -> Reason:
    """The reason for a line below the expectation: which cap bound."""
    return reason_from(
        catalogue, f"LINE_CAP_{cap.value.upper()}", source=f"line:{cap.value}", outcome=outcome
    )


def expand(
    catalogue: Catalogue, reasons: Iterable[Reason], score: ScoreResult | None
) -> tuple[Reason, ...]:
    """Replace the ``SCORE_FAMILIES`` placeholder by the score's own reasons."""
    expanded: list[Reason] = []
    for reason in reasons:
        if reason.code == SCORE_FAMILIES:
            expanded.extend(score_reasons(catalogue, reason, score))
        else:
            expanded.append(reason)
    return tuple(expanded)


def ranked(reasons: Iterable[Reason], outcome: Outcome) -> tuple[Reason, ...]:
    """The reasons of the final outcome, in the order in which they arose, each code once.

    Reasons of milder findings would not explain a graver outcome, so they are left to the trace.
    """
    seen: dict[str, Reason] = {}
    for reason in reasons:
        if reason.outcome is outcome:
            seen.setdefault(reason.code, reason)
    return tuple(seen.values())
