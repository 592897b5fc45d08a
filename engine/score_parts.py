"""The parts of a score in a decision: added when the decision needs them. Pure.

A score's points and probability are always there. Its parts (base points, contributions, families)
cost several times as much as the score itself, so an approval as asked goes without them; whoever
asks later gets the same ones, see ``engine.record.explained``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.outcome import Contribution, ExpectedLimit, Outcome, Reason, ScoreResult
from engine.rules import SCORE_FAMILIES
from engine.scoring import Assessed
from touchstone.v1 import facts_pb2


def parts_needed(
    outcome: Outcome,
    answer: ExpectedLimit,
    reasons: Iterable[Reason],
    score: ScoreResult | None,
) -> bool:
    """Whether a decision tells where its scores come from.

    A decline, a referral, less than was asked for, a reason that names families of the score, and
    points that rules added: they are a part, and parts are told all or none.
    """
    return (
        outcome is not Outcome.APPROVE
        or (answer.asked_minor is not None and answer.offer_minor < answer.asked_minor)
        or any(reason.code == SCORE_FAMILIES for reason in reasons)
        or (score is not None and score.base_points is None and bool(score.contributions))
    )


def with_parts(
    score: ScoreResult | None, assessed: Assessed | None, *, supposed: bool
) -> ScoreResult | None:
    """The score with the parts that the card gives, before those that rules added.

    Of a supposed score nobody can say which features made it: it has only the families that the
    applicant's own file has lost points in, also those that the file would not bear out.
    """
    if score is None or assessed is None or score.base_points is not None:
        return score
    if supposed:
        return replace(score, families=assessed.supposed())
    whole = assessed.explained()
    return replace(
        score,
        base_points=whole.base_points,
        contributions=(*whole.contributions, *score.contributions),
        families=whole.families,
    )


def adjusted(score: ScoreResult, points: int, points_to_double: float) -> ScoreResult:
    """The score with the points that rules added; the odds move with them."""
    if points == 0 or score.pd in (0.0, 1.0):
        return score
    odds = (1.0 - score.pd) / score.pd * 2.0 ** (points / points_to_double)
    return replace(
        score,
        points=score.points + points,
        pd=1.0 / (1.0 + odds),
        contributions=(
            *score.contributions,
            Contribution(feature="policy", family="policy", points=points),
        ),
    )


def supposed_score(
    score: ScoreResult, facts: facts_pb2.ScoreFacts | facts_pb2.FraudScoreFacts
) -> ScoreResult | None:
    """The score as supposed, without parts."""
    if not (facts.HasField("points") and facts.HasField("pd")):
        return None
    return replace(
        score, points=facts.points.value, pd=facts.pd.value, base_points=None, contributions=()
    )
