"""What a trial calculation answers. Amounts in minor units."""

from __future__ import annotations

from dataclasses import dataclass

from engine.outcome import (
    Decision,
    ExpectedLimit,
    LineResult,
    Outcome,
    Reason,
    RequiredDocument,
    ScoreResult,
    StageTrace,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRange:
    """The least and the most that the line could be, unless the application is declined."""

    lowest_minor: int
    highest_minor: int
    text_en: str = ""
    text_zh: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether nothing that is not known yet matters."""
        return self.lowest_minor == self.highest_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFact:
    """What would make the answer more exact: a topic, its text, its fields of the vocabulary.

    ``when_applying``: a trial calculation has no place for it; it is told with an application.
    """

    topic: str
    paths: tuple[str, ...]
    text_en: str
    text_zh: str
    when_applying: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UntoldRule:
    """A rule that could not be told. ``outcome``: the gravest that it may have, if any."""

    stage: str
    ruleset: str
    rule_id: str
    outcome: Outcome | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A trial calculation.

    ``outcome``: the gravest that is certain. ``line``: known exactly, or ``None``. ``range``:
    with the proofs that are verified, or if none is with any that count; ``range_if_proved``: with
    everything told taken as verified, ``None`` if nothing else was told. Both are ``None`` for a
    certain decline.
    """

    currency: str
    outcome: Outcome
    line: LineResult | None
    expected_limit: ExpectedLimit
    score: ScoreResult | None
    reasons: tuple[Reason, ...]
    documents: tuple[RequiredDocument, ...]
    stages: tuple[StageTrace, ...]
    policy_digest: str
    text_en: str
    text_zh: str
    range: LineRange | None = None
    range_if_proved: LineRange | None = None
    missing: tuple[MissingFact, ...] = ()
    untold: tuple[UntoldRule, ...] = ()


def whole(decision: Decision) -> Estimate:
    """The estimate of a whole application: nothing is left open but links and history."""
    return Estimate(
        currency=decision.currency,
        outcome=decision.outcome,
        line=decision.line,
        expected_limit=decision.expected_limit,
        score=decision.score,
        reasons=decision.reasons,
        documents=decision.documents,
        stages=decision.stages,
        policy_digest=decision.policy_digest,
        text_en=decision.text_en,
        text_zh=decision.text_zh,
    )
