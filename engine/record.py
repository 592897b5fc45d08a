"""What the ledger keeps of a decision: enough to replay it to the byte."""

from __future__ import annotations

from dataclasses import dataclass

from engine.codec import decode, encode
from engine.evaluate import evaluate
from engine.model import Admission
from engine.outcome import Decision, Gathered, Need
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
    """Evaluate a stored record again, under its own policy or another one."""
    record = decode(body, DecisionRecord)
    again = evaluate(policy, record.admission, record.gathered)
    return Replay(
        stored=record.decision, replayed=again, same=encode(again) == encode(record.decision)
    )
