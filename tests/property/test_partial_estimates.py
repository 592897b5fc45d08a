"""An estimate from partial facts holds for every application that agrees with them."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.codec import encode
from engine.estimate import Estimate, Prospect, estimate_partly
from engine.estimate.prospect import as_if_proved
from engine.evaluate import evaluate
from engine.model import Application
from engine.outcome import Decision, LimitStatus, Outcome
from engine.policy import Policy, load_policy
from tests.applications import AS_OF_US, admission, gathered
from tests.random_people import somebody

_SHIPPED = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"
_CASES = 2_000
"""Over both policies, and as much as is known."""

# Points, caps, signals, tables and rules that fail: whatever moves a line, over facts that are
# hidden more often than not.
_AWKWARD = """\
ruleset: awkward
rules:
  - {id: YOUNG, when: applicant.age < 35, then: {signal: young}}
  - {id: CAPPED, when: signals.young && !applicant.is_student, then: {cap_line_minor: 1_500_000}}
  - {id: KNOWN_HERE, when: lines.own_minor > 0, then: {adjust_points: 25}}
  - {id: SEEN, when: has(applicant.occupation), then: {adjust_points: -30}}
  - {id: BRANCH, when: 'application.branch == "X"', then: {cap_line_minor: 3_000_000}}
  - id: RATIO
    when: bureau.loan_balance_minor / bureau.card_count > 100
    on_error: {outcome: refer, reason: THIN_FILE}
    then: {outcome: refer, reason: THIN_FILE}
  - {id: LATER, when: signals.declared, then: {cap_line_minor: 4_000_000}}
  - id: DECLARED
    when: applicant.declared_income_minor > 1000000
    on_unknown: ignore
    then: {signal: declared}
"""
_TABLE = """\
table: steps
hit: {hit}
columns: [applicant.age, lines.elsewhere_minor, bureau.inquiries_3m]
effects: [cap_line_minor, adjust_points]
{aggregates}rows:
  - ["< 30", -, ">= 2", 2_500_000, -10]
  - ["[20 .. 50]", "> 1_000_000", -, 3_500_000, 5]
  - ["> 45", -, -, 2_000_000, -20]
otherwise: [4_500_000, 1]
"""


def _awkward(place: Path) -> Path:
    """The shipped policy with further rules and tables before the score and after it."""
    shutil.copytree(_SHIPPED, place)
    shutil.rmtree(place / "tests")
    (place / "proofs.yaml").unlink()
    (place / "awkward.yaml").write_text(_AWKWARD, "utf-8")
    first = _TABLE.replace("{hit}", "first").replace("{aggregates}", "")
    most = "aggregates: {cap_line_minor: max, adjust_points: sum}\n"
    collect = _TABLE.replace("{hit}", "collect").replace("{aggregates}", most)
    (place / "steps.yaml").write_text(first, "utf-8")
    (place / "ladder.yaml").write_text(collect.replace("steps", "ladder"), "utf-8")
    strategy = (place / "strategy.yaml").read_text("utf-8")
    strategy = strategy.replace("[eligibility]", "[eligibility, awkward]")
    strategy = strategy.replace("[approval, first_lines]", "[approval, first_lines, steps, ladder]")
    (place / "strategy.yaml").write_text(strategy, "utf-8")
    return place


@pytest.fixture(scope="module", params=["shipped", "awkward"])
def policy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Policy]:
    """The shipped one, and one that makes it hard."""
    place = _SHIPPED
    if request.param == "awkward":
        place = _awkward(tmp_path_factory.mktemp("policy") / "awkward")
    loaded = load_policy(place)
    yield loaded
    loaded.rules.close()


def _partly(whole: Application, chance: random.Random, known: float) -> Prospect:
    """The same person with some facts left out; each is known with this probability."""

    def told() -> bool:
        return chance.random() < known

    assert whole.held_lines is not None
    assert whole.bureau is not None
    whole_bureau = told()
    obligations = whole.bureau.monthly_obligations_minor if told() and not whole_bureau else None
    income = whole.applicant.declared_income_minor
    return Prospect(
        product=whole.product,
        currency=whole.currency,
        channel=whole.channel if told() else "",
        customer_segment=whole.customer_segment if told() else "",
        branch=whole.branch if told() else "",
        birth_date=whole.applicant.birth_date if told() else None,
        expected_limit_minor=whole.expected_limit_minor,
        is_student=whole.applicant.is_student if told() else None,
        declared_income_minor=income if told() else None,
        bureau=whole.bureau if whole_bureau else None,
        monthly_obligations_minor=obligations,
        own_lines_minor=whole.held_lines.own_minor if told() else None,
        elsewhere_lines_minor=whole.held_lines.elsewhere_minor if told() else None,
        # Proofs that are told are told whole: a further one would be another fact.
        evidence=whole.evidence if told() else (),
    )


def _decided(policy: Policy, whole: Application) -> Decision:
    result = evaluate(policy, admission(whole), gathered())
    assert isinstance(result, Decision)
    return result


def _agrees(estimate: Estimate, decision: Decision) -> None:
    """What was said to be certain is so, and the line is in the range."""
    if estimate.outcome is Outcome.DECLINE:
        assert decision.outcome is Outcome.DECLINE
        return
    assert decision.outcome.severity >= estimate.outcome.severity
    if decision.outcome is Outcome.DECLINE:
        untold = any(rule.outcome is Outcome.DECLINE for rule in estimate.untold)
        below = any(reason.code == "LINE_BELOW_MINIMUM" for reason in decision.reasons)
        assert untold or (below and estimate.range is not None and not estimate.range.lowest_minor)
        return
    if decision.line is None or estimate.range is None:
        assert decision.line is None
        return
    line = decision.line.line_minor
    assert estimate.range.lowest_minor <= line <= estimate.range.highest_minor
    if estimate.line is not None:
        assert estimate.line == decision.line


def _limit_agrees(estimate: Estimate, decision: Decision) -> None:
    """Of the answer to the limit hoped for, whatever is not left open is what Decide answers."""
    said, answered = estimate.expected_limit, decision.expected_limit
    if decision.outcome is Outcome.DECLINE or decision.line is None:
        return
    assert said.offer_minor <= max(answered.offer_minor, decision.line.line_minor)
    if estimate.line is not None:
        assert (said.status, said.plan) == (answered.status, answered.plan)
    elif said.status in {LimitStatus.MET, LimitStatus.UNREACHABLE}:
        assert said.status is answered.status
    assert said.unreachable_minor <= answered.unreachable_minor


@pytest.mark.parametrize("known", [0.2, 0.8, 1.0])
def test_the_line_of_every_completion_is_in_the_range(policy: Policy, known: float) -> None:
    """And a decline is told, by a rule that was named or by the least line there could be."""
    chance = random.Random(f"partial {known}")
    seen: set[str] = set()
    for _ in range(_CASES // 6 + 1):
        whole = somebody(sorted(policy.products), chance)
        estimate = estimate_partly(policy, _partly(whole, chance, known), AS_OF_US)
        decision = _decided(policy, whole)
        _agrees(estimate, decision)
        _limit_agrees(estimate, decision)
        seen.add(f"{estimate.outcome.value} {decision.outcome.value} {estimate.line is None}")
    assert len(seen) >= 4


def test_what_would_follow_if_it_were_proved(policy: Policy) -> None:
    """The second range is that of the same person with everything told verified."""
    chance = random.Random("proved")
    hypothetical = 0
    for _ in range(_CASES // 8):
        whole = somebody(sorted(policy.products), chance)
        prospect = _partly(whole, chance, 0.8)
        estimate = estimate_partly(policy, prospect, AS_OF_US)
        if estimate.range_if_proved is None:
            continue
        proved = as_if_proved(prospect, policy.products[whole.product])
        decision = _decided(policy, replace(whole, evidence=proved.evidence))
        if decision.outcome is Outcome.DECLINE or decision.line is None:
            continue
        told = estimate.range_if_proved
        assert told.lowest_minor <= decision.line.line_minor <= told.highest_minor
        assert estimate.range is not None
        if prospect.is_proved:
            assert estimate.range.highest_minor <= told.highest_minor
        hypothetical += 1
    assert hypothetical > 10


def test_a_further_fact_never_widens_the_range(policy: Policy) -> None:
    """What becomes known narrows the answer, and no certain decline is taken back."""
    chance = random.Random("narrow")
    for _ in range(_CASES // 8):
        whole = somebody(sorted(policy.products), chance)
        prospect = _partly(whole, chance, 0.5)
        more = replace(
            prospect,
            birth_date=whole.applicant.birth_date,
            customer_segment=whole.customer_segment,
            is_student=whole.applicant.is_student,
        )
        before, after = (estimate_partly(policy, one, AS_OF_US) for one in (prospect, more))
        if before.outcome is Outcome.DECLINE:
            assert after.outcome is Outcome.DECLINE
        if before.range is not None and after.range is not None:
            assert before.range.lowest_minor <= after.range.lowest_minor
            assert after.range.highest_minor <= before.range.highest_minor
        topics = {fact.topic for fact in after.missing}
        assert not topics & {"age", "segment", "student"}


def test_the_same_facts_give_the_same_bytes(policy: Policy) -> None:
    """Also with the proofs in another order."""
    chance = random.Random("bytes")
    for _ in range(100):
        prospect = _partly(somebody(sorted(policy.products), chance), chance, 0.5)
        mixed = replace(prospect, evidence=tuple(reversed(prospect.evidence)))
        first = estimate_partly(policy, prospect, AS_OF_US)
        assert encode(first) == encode(estimate_partly(policy, mixed, AS_OF_US))
