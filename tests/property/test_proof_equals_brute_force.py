"""What the solver says of random policies is what trying every application says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from engine.outcome import Outcome
from engine.proof import check_rules
from engine.proof.trial import Trial, Trials
from engine.proof.witness import Witness
from engine.rules import Bundle, Code, Rule
from tests.property.proof_random import Policies, space

_BATCHES, _BATCH = 10, 40
Verdicts = set[tuple[Code, str]]


@dataclass(slots=True)
class _Tried:
    """One application: what every rule comes to, and the stages that are reached."""

    all: Trial
    real: Trial
    rules: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.rules = {rule_id for rule_id in self.all.results if self.all.hits(rule_id)}


def _brute_force(bundle: Bundle, tried: list[_Tried]) -> Verdicts:
    found: Verdicts = set()
    useless: set[str] = set()
    for stage in bundle.strategy.stages:
        rules = bundle.rules_of(stage)
        for rule in reversed(rules):
            code = _why_useless(rule, rules, stage.name, useless, tried)
            if code is not None:
                useless.add(rule.id)
                found.add((code, rule.id))
        for rule in rules:
            if all(rule.id in point.rules for point in tried):
                found.add((Code.ALWAYS_FIRES, rule.id))
        found |= {
            (Code.CONTRADICTION, first.id)
            for first in rules
            for second in rules
            if first.then.outcome is Outcome.APPROVE
            and second.then.outcome in {Outcome.REFER, Outcome.DECLINE}
            and first.priority == second.priority
            and not {first.id, second.id} & useless
            and any(
                {first.id, second.id} <= point.rules and stage.name in point.real.ran
                for point in tried
            )
        }
    return found


def _why_useless(
    rule: Rule, peers: tuple[Rule, ...], stage: str, useless: set[str], tried: list[_Tried]
) -> Code | None:
    hits = [point for point in tried if rule.id in point.rules]
    if not hits:
        return Code.NEVER_FIRES
    rivals = {
        peer.id
        for peer in peers
        if peer is not rule
        and peer.id not in useless
        and peer.then.outcome is Outcome.DECLINE
        and not rule.then.signal
        and (rule.then.outcome is not Outcome.DECLINE or rule.then.reason == peer.then.reason)
    }
    free = [p for p in hits if stage in p.real.ran and not rivals & p.rules]
    return None if free else Code.SHADOWED


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_findings_over_rules_equal_brute_force(batch: int) -> None:
    """Dead, always true, shadowed, contradictory: the same verdicts, and next to none left open."""
    kinds: Counter[Code] = Counter()
    for seed in range(batch * _BATCH, (batch + 1) * _BATCH):
        policies = Policies(seed)
        bundle = policies.bundle()
        trials = Trials(bundle)
        tried = [
            _Tried(trials.run(point, to_the_end=True), trials.run(point))
            for point in (Witness(facts=f, families=False) for f in space(policies.fields))
        ]
        found = check_rules(bundle, {})
        said = {(item.code, item.message.split("`")[1]) for item in found}
        open_ = {rule_id for code, rule_id in said if code is Code.UNPROVED}
        assert policies.divides or not open_, f"seed {seed}"
        said = {verdict for verdict in said if verdict[1] not in open_}
        expected = {v for v in _brute_force(bundle, tried) if v[1] not in open_}
        assert said == expected, f"seed {seed}"
        kinds.update(code for code, _ in said)
    # A comparison in which nothing is ever wrong would prove nothing.
    wanted = (Code.NEVER_FIRES, Code.SHADOWED, Code.CONTRADICTION)
    assert min(kinds[code] for code in wanted) > 3
