"""A stored decision in words: the rules that hit are said if the policy is still the one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.evaluate import evaluate
from engine.explain import explain
from engine.outcome import Decision
from engine.policy import load_policy
from engine.record import DecisionRecord
from tests.applications import admission, application, gathered, neighbourhood
from tests.unit.rules.bundles import SHIPPED


@pytest.mark.parametrize(
    "language, told",
    [
        ("en", "UNDER_AGE: If the applicant's age is below 18 years"),
        ("zh", "UNDER_AGE: 若申请人年龄低于18岁"),
    ],
)
def test_rules_that_hit_are_said_under_their_own_policy_only(language: str, told: str) -> None:
    """Under another policy the rule's text may say something else, so it is left out."""
    policy = load_policy(SHIPPED)
    asked = admission(application(birth_date=date(2008, 5, 30)))
    answers = gathered()
    decision = evaluate(policy, asked, answers)
    policy.rules.close()
    assert isinstance(decision, Decision)
    stored = DecisionRecord(admission=asked, gathered=answers, decision=decision)

    own = explain(stored, language, policy.bundle)
    other = explain(stored, language, replace(policy.bundle, digest="0" * 64))

    assert sum(line.startswith(told) for line in own) == 1
    assert not any(line.startswith("UNDER_AGE") for line in other)
    assert other == explain(stored, language)


@pytest.mark.parametrize(
    "language, told",
    [
        (
            "en",
            "device **** used by 5 other applicants, 5 in 7 days, 1 confirmed fraud",
        ),
        ("zh", "设备 **** 另有 5 个申请使用, 近7天 5 个, 已确认欺诈 1 个"),
    ],
)
def test_the_fraud_score_names_the_links_it_rests_on(language: str, told: str) -> None:
    """With counts, days and confirmed fraud, in the language of the reader."""
    policy = load_policy(SHIPPED)
    asked = admission(application())
    answers = gathered(neighbourhood(5, 1, days=2))
    decision = evaluate(policy, asked, answers)
    policy.rules.close()
    assert isinstance(decision, Decision)
    assert decision.fraud_score is not None
    said = explain(DecisionRecord(admission=asked, gathered=answers, decision=decision), language)
    (sentence,) = [line for line in said if told in line]
    assert f"{decision.fraud_score.points}" in sentence
    assert f"{decision.fraud_score.pd:.2%}" in sentence


def test_an_applicant_without_links_has_a_score_and_no_story() -> None:
    """Nothing is named that is not there."""
    policy = load_policy(SHIPPED)
    asked = admission(application())
    decision = evaluate(policy, asked, gathered())
    policy.rules.close()
    assert isinstance(decision, Decision)
    assert decision.fraud_score is not None
    stored = DecisionRecord(admission=asked, gathered=gathered(), decision=decision)
    (sentence,) = [line for line in explain(stored, "en") if "fraud score" in line]
    assert "used by" not in sentence
