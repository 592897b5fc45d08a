"""What-if: supposed facts win, for rules and for the line, and impossible ones are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.evaluate import evaluate
from engine.outcome import Decision, Outcome
from engine.policy import Policy, load_policy
from engine.suppose import Suppose, SuppositionRefused, refuse_impossible
from tests.applications import admission, application, gathered

_POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped policy."""
    loaded = load_policy(_POLICY)
    yield loaded
    loaded.rules.close()


def supposing(policy: Policy, suppose: Suppose) -> Decision:
    """A good customer's decision under the supposition."""
    refuse_impossible(suppose)
    decision = evaluate(policy, admission(application()), gathered(), suppose)
    assert isinstance(decision, Decision)
    return decision


@pytest.mark.parametrize(
    "suppose, reason",
    [
        ({"applicant.age": 17}, "AGE_BELOW_MINIMUM"),
        ({"bureau.current_delay": 3}, "CURRENT_DELINQUENCY"),
        ({"graph.device.fraud": 2}, "FRAUD_NETWORK"),
        ({"score.pd": 0.9, "score.points": 400}, None),
    ],
)
def test_a_supposed_fact_reaches_the_rules(
    policy: Policy, suppose: Suppose, reason: str | None
) -> None:
    """Of the request, of a source, and of the scorecard."""
    assert supposing(policy, {}).outcome is Outcome.APPROVE
    declined = supposing(policy, suppose)
    assert declined.outcome is Outcome.DECLINE
    assert reason is None or reason in {item.code for item in declined.reasons}


def test_a_supposed_fact_reaches_the_line(policy: Policy) -> None:
    """The line follows the supposed income, obligations and PD, not those of the application."""
    line = supposing(policy, {}).line
    poorer = supposing(policy, {"evidence.verified_income_minor": 600_000}).line
    riskier = supposing(policy, {"score.pd": 0.2, "score.points": 560}).line
    assert line is not None
    assert poorer is not None
    assert riskier is not None
    assert poorer.verified_income_minor == 600_000
    assert 0 < poorer.line_minor < line.line_minor
    assert riskier.risk_band == "D"


def test_none_is_unknown(policy: Policy) -> None:
    """A line that rests on something nobody knows is not computed."""
    decision = supposing(policy, {"bureau.monthly_obligations_minor": None})
    assert decision.outcome is Outcome.REFER
    assert decision.line is None


@pytest.mark.parametrize(
    "suppose, told",
    [
        ({"applicant.aeg": 3}, "applicant.aeg: is not in the vocabulary"),
        ({"applicant.age": None}, "always known"),
        ({"applicant.age": 1.5}, "of type int"),
        ({"applicant.age": True}, "of type int"),
        ({"applicant.age": 2**63}, "of type int"),
        ({"applicant.is_student": 1}, "of type bool"),
        ({"evidence.verified_kinds": "tax"}, "must be a list"),
    ],
)
def test_impossible_suppositions_are_refused(suppose: Suppose, told: str) -> None:
    """With the path."""
    with pytest.raises(SuppositionRefused, match=told):
        refuse_impossible(suppose)


def test_a_product_that_is_not_there_is_refused(policy: Policy) -> None:
    """Only the policy knows its products."""
    with pytest.raises(SuppositionRefused, match="no product `diamond`"):
        supposing(policy, {"application.product": "diamond"})
