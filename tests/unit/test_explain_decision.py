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
from tests.applications import admission, application, gathered
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
