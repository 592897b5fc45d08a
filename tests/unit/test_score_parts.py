"""The parts of a score: in decisions that need them, and the same whenever they are computed."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codec import decode, encode
from engine.errors import PolicyError
from engine.evaluate import evaluate
from engine.explain import Explanation
from engine.explain_score import FAMILIES
from engine.model import Bureau
from engine.outcome import Decision, LimitStatus, Outcome, ScoreResult
from engine.policy import Policy, load_policy
from engine.record import DecisionRecord, explained, has_parts, replay
from engine.rules.read_reasons import FAMILIES as SCORE_WORDED
from engine.scoring import Family
from engine.scoring.fraud_features import LinkFamily
from tests.applications import admission, application, gathered, neighbourhood
from tests.bureaus import bureaus
from tests.unit.rules.bundles import SHIPPED

_GOLDEN = Path(__file__).parents[1] / "golden" / "with_parts" / "good_customer.json"
_GOOD = application(expected_limit_minor=2_000_000)


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped policy."""
    loaded = load_policy(SHIPPED)
    yield loaded
    loaded.rules.close()


def decided(policy: Policy, *, explained: bool = False, **changes: Any) -> DecisionRecord:
    """An application of a good customer, with these changes, decided."""
    asked = admission(replace(_GOOD, **changes))
    decision = evaluate(policy, asked, gathered(), explained=explained)
    assert isinstance(decision, Decision)
    return DecisionRecord(admission=asked, gathered=gathered(), decision=decision)


def bare(score: ScoreResult | None) -> ScoreResult | None:
    """Without parts."""
    return score and replace(score, base_points=None, contributions=(), families=())


def test_an_approval_as_asked_tells_points_and_no_parts(policy: Policy) -> None:
    """Neither of the score nor of the fraud score."""
    decision = decided(policy).decision
    assert decision.outcome is Outcome.APPROVE
    assert decision.expected_limit.status is LimitStatus.MET
    for score in (decision.score, decision.fraud_score):
        assert score is not None
        assert score == bare(score)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"expected_limit_minor": 5_000_000}, id="less than was asked"),
        pytest.param({"expected_limit_minor": 10**10}, id="more than the product has"),
        pytest.param({"evidence": ()}, id="no line"),
        pytest.param({"held_lines": None}, id="referred"),
    ],
)
def test_whatever_is_not_as_asked_tells_the_parts(policy: Policy, changes: dict[str, Any]) -> None:
    """And they add to the points, of both scores."""
    decision = decided(policy, **changes).decision
    for score in (decision.score, decision.fraud_score):
        assert score is not None
        assert score.base_points is not None
        assert score.points == score.base_points + sum(c.points for c in score.contributions)


@settings(max_examples=500, deadline=None)
@given(bureau=bureaus, asked=st.none() | st.integers(1, 400).map(lambda k: k * 100_000))
def test_parts_computed_later_are_those_of_then(
    policy: Policy, bureau: Bureau, asked: int | None
) -> None:
    """A stored decision is explained from its record; nothing else in it depends on the parts."""
    record = decided(policy, bureau=bureau, expected_limit_minor=asked)
    whole = decided(policy, explained=True, bureau=bureau, expected_limit_minor=asked).decision
    stored = record.decision

    assert explained(policy, record) == whole
    assert replace(whole, score=stored.score, fraud_score=stored.fraud_score) == stored
    assert bare(whole.score) == bare(stored.score)
    limit = stored.expected_limit
    short = limit.asked_minor is not None and limit.offer_minor < limit.asked_minor
    assert has_parts(stored) == (stored.outcome is not Outcome.APPROVE or short)
    assert replay(policy, encode(record)).same


def test_a_record_of_when_every_decision_had_parts_replays_to_the_byte(policy: Policy) -> None:
    """TOUCHSTONE_UPDATE_GOLDEN=1 rewrites the file, as those beside it."""
    if os.environ.get("TOUCHSTONE_UPDATE_GOLDEN") == "1":
        told = json.loads(encode(decided(policy, explained=True).decision))
        del told["policy_digest"]
        _GOLDEN.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    told = json.loads(_GOLDEN.read_text(encoding="utf-8")) | {"policy_digest": policy.digest}
    old = replace(decided(policy), decision=decode(json.dumps(told).encode(), Decision))
    assert has_parts(old.decision)

    again = replay(policy, encode(old))

    assert again.same
    assert encode(again.replayed) == encode(old.decision)


def test_an_altered_record_does_not_replay(policy: Policy) -> None:
    """Not even one that has parts."""
    record = decided(policy, explained=True)
    score = record.decision.score
    assert score is not None
    other = replace(record.decision, score=replace(score, base_points=(score.base_points or 0) + 1))
    assert not replay(policy, encode(replace(record, decision=other))).same


def test_nothing_is_explained_under_another_policy_or_of_another_score(policy: Policy) -> None:
    """Parts of another score would explain nothing: what is stored stays as it is."""
    record = decided(policy)
    score = record.decision.score
    assert score is not None
    foreign = replace(record, decision=replace(record.decision, policy_digest="0" * 64))
    altered = replace(
        record, decision=replace(record.decision, score=replace(score, points=score.points + 1))
    )
    assert explained(policy, foreign) is foreign.decision
    assert explained(policy, altered) is altered.decision


def test_points_that_rules_add_are_told_with_the_rest(policy: Policy, tmp_path: Path) -> None:
    """Parts are told all or none."""
    changed = reworded(tmp_path, "approval.yaml", _ADDED)
    decision = decided(changed).decision
    changed.rules.close()
    assert decision.outcome is Outcome.APPROVE
    assert decision.score is not None
    assert decision.score.base_points is not None
    added = [part for part in decision.score.contributions if part.family == "policy"]
    assert [part.points for part in added] == [6]
    assert decision.score.points == decision.score.base_points + sum(
        part.points for part in decision.score.contributions
    )


def test_a_policy_can_ask_for_parts_always(tmp_path: Path) -> None:
    """Of the score that says so, and of no other."""
    asking = reworded(tmp_path, "strategy.yaml", _ALWAYS)
    decision = decided(asking).decision
    asking.rules.close()
    assert decision.outcome is Outcome.APPROVE
    assert decision.score is not None
    assert decision.score.base_points is not None
    assert decision.fraud_score == bare(decision.fraud_score)


@pytest.mark.parametrize(
    "old, new, message",
    [
        (
            "{stage: eligibility, rulesets: [eligibility]}",
            "{stage: eligibility, rulesets: [eligibility], contributions: always}",
            "only a stage with a scorecard has `contributions`",
        ),
        (
            "scorecard: card_bureau}",
            "scorecard: card_bureau, contributions: never}",
            "contributions",
        ),
    ],
)
def test_contributions_are_an_option_of_scores(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """Needed or always, and only where there is a score."""
    with pytest.raises(PolicyError, match=re.escape(message)):
        reworded(tmp_path, "strategy.yaml", (old, new))


def test_a_fraud_score_of_an_approval_is_explained_by_its_links(policy: Policy) -> None:
    """Its families are not stored, and are there when somebody asks."""
    asked = admission(_GOOD)
    answers = gathered(neighbourhood(1, days=200))
    decision = evaluate(policy, asked, answers)
    assert isinstance(decision, Decision)
    assert decision.outcome is Outcome.APPROVE
    record = DecisionRecord(admission=asked, gathered=answers, decision=decision)
    whole = replace(record, decision=explained(policy, record))
    for language, made in (("en", "is made of: "), ("zh", "构成: 基础分 ")):
        explanation = Explanation.of(whole, language, policy.bundle)
        told = [line for line in explanation.sentences if made in line]
        assert len(told) == 2
        for line, score in zip(
            told, (whole.decision.fraud_score, whole.decision.score), strict=True
        ):
            assert score is not None
            numbers = [int(n) for n in re.findall(r"(?<![\w.])[+-]?\d+", line)]
            assert sum(numbers) == score.points
        assert not any(made in line for line in Explanation.of(record, language).sentences)


def test_every_family_of_every_shipped_card_has_words_in_both_languages(policy: Policy) -> None:
    """In sentences; and those of the score also in the catalogue that the customer reads."""
    cards = (*policy.scorecards.values(), *policy.fraud_cards.values())
    assert len(cards) == 2
    for card in cards:
        for family in card.places:
            assert all(FAMILIES[family])
            assert FAMILIES[family][1].isascii() is False
    for card in policy.scorecards.values():
        for family in card.places:
            text = policy.bundle.reasons[f"SCORE_{family.upper()}"]
            assert text.text_en
            assert not text.text_zh.isascii()
    # A card with another family does not load, so that every bundle's cards have these words.
    assert set(FAMILIES) == {*Family, *LinkFamily, "policy"}
    assert set(SCORE_WORDED) == set(Family)


_BONUS = """rules:
  - id: BONUS_FOR_EVERYBODY
    description: Six points for whoever is of age
    when: applicant.age >= 18
    then: {adjust_points: 6}
"""
_ADDED = ("rules:\n", _BONUS)
_ALWAYS = ("scorecard: card_bureau}", "scorecard: card_bureau, contributions: always}")


def reworded(directory: Path, name: str, change: tuple[str, str]) -> Policy:
    """The shipped policy with a change of one file."""
    root = Path(shutil.copytree(SHIPPED, directory / "policy"))
    text = (root / name).read_text(encoding="utf-8")
    assert text.count(change[0]) == 1
    (root / name).write_text(text.replace(*change), encoding="utf-8")
    return load_policy(root)
