"""What the ledger keeps of a decision: enough to replay it to the byte."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.codec import decode, encode
from engine.evaluate import evaluate
from engine.model import Admission
from engine.outcome import Decision, Gathered, Need, ScoreResult
from engine.policy import Policy

PINNED = "pinned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """Input, gathered answers and result. Holds tokens, never raw identifiers.

    ``role``: as what the policy decided: "live", "canary", or ``PINNED``, as the policy of the
    decision that was supplemented.
    """

    admission: Admission
    gathered: Gathered
    decision: Decision
    role: str = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRecord:
    """A fraud mark set (``fraud_type``) or taken back (``None``) at ``known_at_us``.

    ``since_us``: since when it was known elsewhere; ``None``: since it was marked.
    """

    mark_id: str
    decision_id: str
    known_at_us: int
    fraud_type: str | None
    source: str
    since_us: int | None = None
    case_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A replayed decision beside the stored one; ``same`` compares their bytes."""

    stored: Decision
    replayed: Decision | Need
    same: bool


def replay(policy: Policy, body: bytes) -> Replay:
    """Evaluate a stored record again, under its own policy or another one.

    A record whose scores have their parts although nothing needed them was made when every
    decision had them: then the replay has them too.
    """
    record = decode(body, DecisionRecord)
    stored = encode(record.decision)
    again = evaluate(policy, record.admission, record.gathered)
    same = encode(again) == stored
    if not same and has_parts(record.decision):
        again = evaluate(policy, record.admission, record.gathered, explained=True)
        same = encode(again) == stored
    return Replay(stored=record.decision, replayed=again, same=same)


def explained(policy: Policy, record: DecisionRecord) -> Decision:
    """The stored decision with the parts of its scores, as if they had been needed then.

    ``policy`` must be the one that decided. As stored where the parts stand in it, and where the
    decision does not come out again as it was: parts of another score would explain nothing.
    """
    stored = record.decision
    if has_parts(stored) or policy.digest != stored.policy_digest:
        return stored
    again = evaluate(policy, record.admission, record.gathered, explained=True)
    if not isinstance(again, Decision) or encode(_without_parts(again)) != encode(
        _without_parts(stored)
    ):
        return stored
    return again


def has_parts(decision: Decision) -> bool:
    """Whether the parts of every score stand in the decision."""
    scores = (decision.score, decision.fraud_score)
    return all(score is None or score.base_points is not None for score in scores)


def _without_parts(decision: Decision) -> Decision:
    return replace(decision, score=_brief(decision.score), fraud_score=_brief(decision.fraud_score))


def _brief(score: ScoreResult | None) -> ScoreResult | None:
    if score is None:
        return None
    return replace(score, base_points=None, contributions=(), families=())
