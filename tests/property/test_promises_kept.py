"""Every promise is kept: the proofs that a decision names bring the line that it names."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.evaluate import evaluate
from engine.model import Evidence, EvidenceKind, HeldLines, VerificationStatus
from engine.outcome import Decision, LimitStatus, Outcome, PlanItem
from engine.policy import Policy, load_policy
from engine.record import DecisionRecord
from engine.supplement import Supplement, next_admission
from tests.applications import admission, application, bureau, gathered, payroll

_POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"
_PROMISES = 1_000
_MOST_TRIES = 20_000
_DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped one."""
    loaded = load_policy(_POLICY)
    yield loaded
    loaded.rules.close()


def _decided(policy: Policy, record: DecisionRecord) -> Decision:
    result = evaluate(policy, record.admission, record.gathered)
    assert isinstance(result, Decision)
    return result


def _random(policy: Policy, chance: random.Random) -> DecisionRecord:
    """Somebody who hopes for more than the proofs so far may carry."""
    asked = application(
        product=chance.choice(sorted(policy.products)),
        expected_limit_minor=chance.randrange(1, 300) * 100_000,
        evidence=payroll(chance.randrange(1, 40) * 50_000) if chance.random() < 0.8 else (),
        bureau=bureau(monthly_obligations_minor=chance.randrange(6) * 50_000),
        held_lines=HeldLines(
            own_minor=chance.choice((0, 500_000)), elsewhere_minor=chance.choice((0, 5_000_000))
        ),
    )
    record = DecisionRecord(
        admission=admission(asked),
        gathered=gathered(),
        decision=None,  # type: ignore[arg-type]
    )
    return replace(record, decision=_decided(policy, record))


def _proof(item: PlanItem, less: int = 0) -> Evidence:
    return Evidence(
        evidence_id=f"new-{item.proof}",
        kind=EvidenceKind(item.proof),
        amount_minor=item.least_amount_minor - less,
        source="tax_bureau",
        status=VerificationStatus.VERIFIED,
        issued_on=None,
    )


def _supplemented(policy: Policy, record: DecisionRecord, *proofs: Evidence) -> Decision:
    again = next_admission(
        record,
        Supplement(evidence=proofs, currency="CNY"),
        decision_id="dec_next",
        request_id="next",
        as_of_us=record.admission.as_of_us + 3 * _DAY_US,
    )
    return _decided(policy, replace(record, admission=again))


def test_a_thousand_plans_reach_what_they_promise(policy: Policy) -> None:
    """At their least amounts; with any one of them a step lower, they do not."""
    chance = random.Random(20260401)
    kept = 0
    for _ in range(_MOST_TRIES):
        if kept == _PROMISES:
            break
        record = _random(policy, chance)
        promised = record.decision.expected_limit
        if promised.status is not LimitStatus.NEEDS_EVIDENCE:
            continue
        reached = _supplemented(policy, record, *map(_proof, promised.plan))
        assert reached.line is not None
        assert promised.target_minor is not None
        assert reached.line.line_minor >= promised.target_minor
        assert reached.expected_limit.status is LimitStatus.MET
        kept += 1
    assert kept == _PROMISES


@pytest.fixture(scope="module")
def many_proofs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Policy]:
    """The shipped policy with incomes that add up, each for little: plans name several proofs."""
    place = tmp_path_factory.mktemp("policy") / "many"
    shutil.copytree(_POLICY, place)
    products = (place / "products.yaml").read_text("utf-8")
    products = products.replace("combine: alternative", "combine: additive")
    products = re.sub(r"cap: (100|60|40)_000, cost", "cap: 3_000, cost", products)
    (place / "products.yaml").write_text(products, "utf-8")
    loaded = load_policy(place)
    yield loaded
    loaded.rules.close()


def test_the_proofs_may_come_one_at_a_time_in_any_order(many_proofs: Policy) -> None:
    """With days between them; the last brings the line, and until then the plan stays open.

    But for one rule of the shipped policy: the first proof of income tells the ratio of debts to
    income, which declines if that proof alone is small. Sent together, they bring the line.
    """
    policy = many_proofs
    chance = random.Random(20260403)
    kept = several = 0
    while kept < _PROMISES // 4:
        record = _random(policy, chance)
        promised = record.decision.expected_limit
        if promised.status is not LimitStatus.NEEDS_EVIDENCE:
            continue
        proofs = [_proof(item) for item in promised.plan]
        chance.shuffle(proofs)
        several += len(proofs) > 1
        first, declined = record, False
        for step, proof in enumerate(proofs, 1):
            assert record.decision.expected_limit.plan_expires_at_us == promised.plan_expires_at_us
            again = next_admission(
                record,
                Supplement(evidence=(proof,), currency="CNY"),
                decision_id=f"dec_{step}",
                request_id=f"step-{step}",
                as_of_us=record.admission.as_of_us + 3 * _DAY_US,
            )
            record = replace(record, admission=again)
            record = replace(record, decision=_decided(policy, record))
            if record.decision.outcome is Outcome.DECLINE:
                assert [r.code for r in record.decision.reasons] == ["DEBT_TO_INCOME"]
                declined = True
                break
        if declined:
            together = _supplemented(policy, first, *proofs)
            assert together.expected_limit.status is LimitStatus.MET
            continue
        assert record.decision.expected_limit.status is LimitStatus.MET
        kept += 1
    assert several > 50


def test_a_part_of_the_plan_leaves_the_rest_to_do(policy: Policy) -> None:
    """The plan that remains is open no longer than the first."""
    chance = random.Random(20260402)
    seen = 0
    while seen < 50:
        record = _random(policy, chance)
        promised = record.decision.expected_limit
        if promised.status is not LimitStatus.NEEDS_EVIDENCE:
            continue
        first = promised.plan[0]
        after = _supplemented(policy, record, _proof(first, less=1)).expected_limit
        if after.status is LimitStatus.MET:
            continue  # the least amount is one of the grid; a little less may do
        assert after.plan
        assert after.plan_expires_at_us == promised.plan_expires_at_us
        seen += 1
