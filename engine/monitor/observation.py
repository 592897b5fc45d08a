"""One application as monitoring sees it: by which it is cut, and what was decided.

It holds no identifier of a person, only the decision's id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.facts import add_graph, base_facts, day_of
from engine.monitor.cards import Cards
from engine.outcome import Outcome, RuleResult, ScoreResult
from engine.record import DecisionRecord
from engine.reported import Performance
from engine.scoring.features import ScoreUnavailable, vector
from engine.scoring.fraud_features import fraud_vector

#: The six by which risk is watched (六位一体), in their fixed order.
DIMENSIONS = ("product", "channel", "customer_segment", "branch", "staff_member", "partner")
#: What the policy itself adds to the points; no feature of the card.
_ADJUSTED = "policy"


class Segment(NamedTuple):
    """The six dimensions, and which sources did not answer (``graph:down``, "" if none)."""

    product: str
    channel: str
    customer_segment: str
    branch: str
    staff_member: str
    partner: str
    degradation: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """``points``: as the card has them, before rules added theirs; ``pd``: as decided with."""

    card: str
    digest: str
    points: int
    pd: float
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """``application``: the first decision of the chain. Amounts are minor units.

    ``review``: what a person decided; ``performance``: how the account turned out.
    """

    decision_id: str
    application: str
    at_us: int
    segment: Segment
    outcome: Outcome
    policy: str
    currency: str = ""
    score: Scored | None = None
    fraud_score: Scored | None = None
    challengers: tuple[Scored, ...] = ()
    line_minor: int = 0
    offer_minor: int = 0
    cap: str = ""
    limit_status: str = ""
    reasons: tuple[str, ...] = ()
    rules: frozenset[str] = field(default_factory=frozenset)
    review: Outcome | None = None
    performance: Performance | None = None


def observe(
    record: DecisionRecord,
    cards: Cards,
    review: Outcome | None = None,
    performance: Performance | None = None,
) -> Observation:
    """What counts of a stored decision; ``cards``: those whose features are placed in bins."""
    admission, decision = record.admission, record.decision
    approved = decision.outcome is Outcome.APPROVE
    line = decision.line if approved else None
    return Observation(
        decision_id=decision.decision_id,
        application=admission.applicant_key,
        at_us=decision.as_of_us,
        segment=segment_of(record),
        outcome=decision.outcome,
        policy=decision.policy_digest,
        currency=decision.currency,
        score=_scored(decision.score, cards, lambda: _bureau_row(record)),
        fraud_score=_scored(decision.fraud_score, cards, lambda: _fraud_row(record)),
        challengers=tuple(
            Scored(shadow.scorecard, shadow.model_digest, shadow.points, shadow.pd)
            for shadow in decision.challengers
        ),
        line_minor=0 if line is None else line.line_minor,
        offer_minor=decision.expected_limit.offer_minor if approved else 0,
        cap="" if line is None else line.binding_cap.value,
        limit_status=decision.expected_limit.status.value,
        reasons=tuple(dict.fromkeys(reason.code for reason in decision.reasons)),
        rules=frozenset(
            rule.rule_id
            for stage in decision.stages
            for rule in stage.rules
            if rule.result is RuleResult.HIT
        ),
        review=review,
        performance=performance,
    )


def segment_of(record: DecisionRecord) -> Segment:
    """By which a stored decision is cut."""
    application = record.admission.application
    failed = "+".join(f"{d.source}:{d.status.value}" for d in record.decision.degradations)
    return Segment(
        product=application.product,
        channel=application.channel,
        customer_segment=application.customer_segment,
        branch=application.branch,
        staff_member=application.staff_member,
        partner=application.partner,
        degradation=failed,
    )


def _bureau_row(record: DecisionRecord) -> tuple[float, ...]:
    bureau = record.admission.application.bureau
    values = () if bureau is None else vector(bureau)
    return () if isinstance(values, ScoreUnavailable) else values


def _fraud_row(record: DecisionRecord) -> tuple[float, ...]:
    """What was known at the decision, by the functions that decided."""
    admission = record.admission
    # No fact of the row depends on the policy's time zone, nor on proofs.
    facts = base_facts(admission.application, day_of(admission.as_of_us, 0), 0, 0)
    add_graph(facts, record.gathered.graph, admission.application)
    return fraud_vector(facts) or ()


def _scored(
    score: ScoreResult | None, cards: Cards, row: Callable[[], tuple[float, ...]]
) -> Scored | None:
    """``row``: made only if the card has bins."""
    if score is None:
        return None
    added = sum(part.points for part in score.contributions if part.feature == _ADJUSTED)
    card = cards.get(score.model_digest)
    return Scored(
        card=score.scorecard,
        digest=score.model_digest,
        points=score.points - added,
        pd=score.pd,
        places=card.places(row()) if card is not None and card.features else (),
    )
