"""P1 to P15 through whole decisions: rules, scorecard, line, answer; 2,000 random people each.

The line alone: test_lines_properties.py; plans: test_evidence_plan.py; the wire:
test_wire_amounts.py.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from engine.codec import encode
from engine.evaluate import evaluate
from engine.model import Application, Evidence, EvidenceKind, HeldLines, VerificationStatus
from engine.outcome import CapName, Decision, LimitStatus, Outcome
from engine.policy import Policy, load_policy
from tests.applications import admission, gathered
from tests.random_people import somebody

_SHIPPED = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"
_ROOT = Path(__file__).resolve().parents[2]
_CASES = 2_000

Decided = list[tuple[Application, Decision]]


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped one."""
    loaded = load_policy(_SHIPPED)
    yield loaded
    loaded.rules.close()


@pytest.fixture(scope="module")
def decided(policy: Policy) -> Decided:
    """The people and what was decided of each; the tests vary something of them."""
    return [(asked, _decided(policy, asked)) for asked in _people(policy, _CASES)]


def _people(policy: Policy, count: int) -> Iterator[Application]:
    chance = random.Random(20261125)
    names = sorted(policy.products)
    for _ in range(count):
        yield somebody(names, chance)


def _decided(policy: Policy, asked: Application) -> Decision:
    result = evaluate(policy, admission(asked), gathered())
    assert isinstance(result, Decision)
    return result


def _line(decision: Decision) -> int:
    """What a declined applicant gets is nothing."""
    return 0 if decision.line is None else decision.line.line_minor


def _proof(chance: random.Random, status: VerificationStatus) -> Evidence:
    return Evidence(
        evidence_id="added",
        kind=chance.choice(list(EvidenceKind)),
        amount_minor=chance.randrange(1, 100) * 100_000,
        source="test",
        status=status,
        issued_on=None,
    )


def test_p1_p2_p5_p7_p9_of_every_decision(policy: Policy, decided: Decided) -> None:
    """Steps and range, caps and totals, the offer, gap and status, and the sum of the waterfall."""
    lines = 0
    for asked, decision in decided:
        answer, line = decision.expected_limit, decision.line
        product = policy.products[asked.product]
        if line is not None:
            lines += line.line_minor > 0
            assert line.line_minor % product.step_minor == 0
            assert line.line_minor == 0 or product.minimum_minor <= line.line_minor
            caps = [cap.amount_minor for cap in line.caps if cap.amount_minor is not None]
            assert line.line_minor <= min(caps)
            assert asked.held_lines is not None
            held = asked.held_lines.own_minor + asked.held_lines.elsewhere_minor
            assert not line.line_minor or line.line_minor + held <= product.total_exposure_minor
            assert line.line_minor == sum(step.amount_minor for step in line.waterfall)
        if answer.target_minor is not None:
            assert answer.offer_minor == min(_line(decision), answer.target_minor)
            assert answer.gap_minor == answer.target_minor - answer.offer_minor
            assert (answer.gap_minor == 0) is (answer.status is LimitStatus.MET)
            assert answer.plan == () or answer.gap_minor > 0
        if answer.highest_minor is not None:
            assert answer.highest_minor >= _line(decision)
            beyond = max((answer.target_minor or 0) - answer.highest_minor, 0)
            assert answer.unreachable_minor == beyond
            assert (answer.unreachable_cap is None) is (beyond == 0)
        assert decision.text_en
        assert answer.text_zh
    assert lines > _CASES // 8


def test_p3_a_further_proof_never_hurts(policy: Policy, decided: Decided) -> None:
    """The line, whatever it proves, nor does a higher amount; nor the outcome, but for one rule."""
    chance = random.Random("p3")
    raised = 0
    for asked, before in decided:
        more = [*asked.evidence, _proof(chance, VerificationStatus.VERIFIED)]
        if asked.evidence and chance.random() < 0.5:
            more[0] = replace(more[0], amount_minor=more[0].amount_minor * 2)
        after = _decided(policy, replace(asked, evidence=tuple(more)))
        assert _line(after) >= _line(before)
        # The first proof of income tells the debt-to-income ratio, and that may decline.
        told = {reason.code for reason in after.reasons} == {"DEBT_TO_INCOME"}
        assert after.outcome.severity <= before.outcome.severity or told
        raised += _line(after) > _line(before)
    assert raised > _CASES // 20


def test_p3_lines_elsewhere_never_help(policy: Policy, decided: Decided) -> None:
    """Whatever is held, and whether or not it binds: to hold more never raises the line."""
    chance = random.Random("p3, elsewhere")
    lowered = 0
    for asked, before in decided:
        assert asked.held_lines is not None
        more = asked.held_lines.elsewhere_minor + chance.randrange(40_000_000)
        held = replace(asked.held_lines, elsewhere_minor=more)
        after = _decided(policy, replace(asked, held_lines=held))
        assert _line(after) <= _line(before)
        lowered += _line(after) < _line(before)
    assert lowered > _CASES // 20


def test_p4_lines_elsewhere_are_deducted_in_full(policy: Policy, decided: Decided) -> None:
    """While the total exposure binds, each yuan held elsewhere takes a yuan of the room."""
    chance = random.Random("p4")
    bound = 0
    for asked, decision in decided:
        product = policy.products[asked.product]
        least, room = product.minimum_minor, _room(decision)
        if room <= least:
            continue
        # So little is left of the total that it binds, and enough for a line.
        left = sorted((chance.randrange(least, room) for _ in range(8)), reverse=True)
        rooms = [
            _room(_decided(policy, _holding(asked, product.total_exposure_minor - rest)))
            for rest in left
        ]
        assert left == rooms
        bound += len(left) - 1
    assert bound >= _CASES


def _holding(asked: Application, elsewhere_minor: int) -> Application:
    held = HeldLines(own_minor=0, elsewhere_minor=elsewhere_minor)
    return replace(asked, held_lines=held)


def _room(decision: Decision) -> int:
    """What the caps leave; with no line, nothing."""
    return 0 if decision.line is None else decision.line.room_minor


def test_p8_the_order_of_proofs_gives_the_same_bytes(policy: Policy, decided: Decided) -> None:
    """Of the line, the plan, every text, the reasons; also when decided a second time."""
    chance = random.Random("p8")
    for asked, before in decided:
        mixed = list(asked.evidence)
        chance.shuffle(mixed)
        again = replace(asked, evidence=tuple(mixed))
        assert encode(before) == encode(_decided(policy, again))


def bytes_of_many(first: int, step: int) -> str:
    """One digest over every ``step``-th decision, by a policy loaded for it alone."""
    policy = load_policy(_SHIPPED)
    total = hashlib.sha256()
    for asked in list(_people(policy, _CASES))[first::step]:
        total.update(encode(_decided(policy, asked)))
    policy.rules.close()
    return total.hexdigest()


def test_p8_threads_and_processes_give_the_same_bytes(decided: Decided) -> None:
    """Threads side by side, and new processes with other hash seeds: a restart."""
    here = [_digest(decided[first::4]) for first in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert here == list(pool.map(bytes_of_many, range(4), [4] * 4))
    code = "from tests.property.test_decision_properties import bytes_of_many as b; print(b({}, 2))"
    for first, seed in enumerate(("1", "77")):
        found = subprocess.run(
            [sys.executable, "-c", code.format(first)],
            cwd=_ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{_ROOT}:{_ROOT}/proto"},
            capture_output=True,
            check=True,
            text=True,
        )
        assert found.stdout.strip() == _digest(decided[first::2])


def _digest(decided: Decided) -> str:
    total = hashlib.sha256()
    for _, decision in decided:
        total.update(encode(decision))
    return total.hexdigest()


def test_p10_what_is_not_verified_changes_nothing(policy: Policy, decided: Decided) -> None:
    """Unverified and rejected proofs: the same bytes."""
    chance = random.Random("p10")
    statuses = (VerificationStatus.UNVERIFIED, VerificationStatus.REJECTED)
    for asked, before in decided:
        added = _proof(chance, chance.choice(statuses))
        more = replace(asked, evidence=(added, *asked.evidence))
        assert encode(before) == encode(_decided(policy, more))


def test_p11_p12_a_smaller_proof_never_hurts_and_none_moves_other_caps(
    policy: Policy, decided: Decided
) -> None:
    """Below its least amount a planned proof is too little at most; group and rules stay."""
    planned = 0
    for asked, before in decided:
        for item in before.expected_limit.plan[:1]:
            proof = Evidence(
                evidence_id="planned",
                kind=EvidenceKind(item.proof),
                amount_minor=max(item.least_amount_minor // 2, 1),
                source="test",
                status=VerificationStatus.VERIFIED,
                issued_on=None,
            )
            after = _decided(policy, replace(asked, evidence=(*asked.evidence, proof)))
            assert _line(after) >= _line(before)
            if before.line is not None and after.line is not None:
                for name in (CapName.GROUP, CapName.POLICY, CapName.TOTAL_EXPOSURE):
                    assert _cap(before, name) == _cap(after, name)
            planned += 1
    assert planned > _CASES // 20


def _cap(decision: Decision, name: CapName) -> int | None:
    assert decision.line is not None
    return next(cap.amount_minor for cap in decision.line.caps if cap.name is name)


def test_p13_a_change_of_policy_is_visible(
    policy: Policy, decided: Decided, tmp_path: Path
) -> None:
    """In the decision and in the plan, although the line may be the same."""
    for path in _SHIPPED.rglob("*"):
        if path.is_file():
            place = tmp_path / "other" / path.relative_to(_SHIPPED)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    with (tmp_path / "other" / "products.yaml").open("a", encoding="utf-8") as file:
        file.write("# One more word.\n")
    other = load_policy(tmp_path / "other")
    plans = 0
    for asked, here in decided:
        there = _decided(other, asked)
        assert here.policy_digest == policy.digest != there.policy_digest == other.digest
        if here.expected_limit.plan:
            assert here.expected_limit.plan_policy_digest == policy.digest
            assert there.expected_limit.plan_policy_digest == other.digest
            plans += 1
    other.rules.close()
    assert plans > _CASES // 20


def test_p14_asking_for_more_never_gives_more(policy: Policy, decided: Decided) -> None:
    """The line and the outcome do not know what was asked; the offer ends at the line."""
    chance = random.Random("p14")
    for asked, modest in decided:
        more = (asked.expected_limit_minor or 1) + chance.randrange(60_000_000)
        greedy = _decided(policy, replace(asked, expected_limit_minor=more))
        assert modest.line == greedy.line
        assert modest.outcome is greedy.outcome
        if asked.expected_limit_minor is None:
            continue
        offers = modest.expected_limit.offer_minor, greedy.expected_limit.offer_minor
        assert offers[0] <= offers[1] <= _line(greedy)


def test_a_referral_and_a_decline_promise_nothing(decided: Decided) -> None:
    """No text of a decision that is not an approval sounds like one."""
    for _, decision in decided:
        if decision.outcome is Outcome.APPROVE:
            continue
        texts = decision.text_en + decision.expected_limit.text_en
        assert "available to you" not in texts
        assert "is within the line" not in texts
        assert "is approved with" not in texts
        assert "可获得" not in decision.expected_limit.text_zh.replace("可能获得", "")
        assert "所批额度" not in decision.expected_limit.text_zh
