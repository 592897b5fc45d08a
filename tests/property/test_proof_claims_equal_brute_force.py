"""Claims about random policies: proved exactly if no application breaks them."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from engine.lines import Product, load_products
from engine.outcome import Outcome
from engine.policy import Policy
from engine.proof.claims import OF_TWO, Claim, Kind, Unproved
from engine.proof.decide import decide
from engine.proof.prover import Prover
from engine.proof.result import ProofResult, Verdict
from engine.proof.witness import Witness
from engine.rules import ReferenceRuleEngine, load_bundle
from engine.rules.condition import Condition, compile_condition
from engine.rules.environment import shared_environment
from engine.rules.interpreter import Interpreter
from engine.rules.source import Span
from engine.suppose import apply
from tests.property.proof_random import Facts, Policies, space
from touchstone.v1 import facts_pb2

_SHIPPED = Path(__file__).parents[2] / "rulesets" / "credit_card"
_BATCHES, _BATCH = int(os.environ.get("PROOF_BATCHES", "4")), 40
_NUMBERS = ("applicant.age", "bureau.card_count", "graph.worst_fraud_share")

Point = tuple[Witness, Outcome, bool]


@pytest.fixture(scope="module")
def products() -> Mapping[str, Product]:
    """One product is enough: these policies have no line."""
    bundle = load_bundle(_SHIPPED)
    found = load_products(bundle.products, bundle.strategy.currency)
    return {"classic": found["classic"]}


def _claim(rng: random.Random, policies: Policies) -> Claim:
    numbers = [path for path in _NUMBERS if path in policies.fields]
    kinds = [Kind.NEVER, Kind.ALWAYS]
    kinds += [Kind.NEVER_IMPROVES, Kind.NEVER_WORSENS] if numbers else []
    kind = rng.choice(kinds)
    when = compile_condition(policies.condition(1), shared_environment(()))
    asked = kind not in OF_TWO or rng.random() < 0.4
    return Claim(
        id="CLAIM",
        description="",
        kind=kind,
        outcome=rng.choice(tuple(Outcome)),
        amount_minor=0,
        raising=rng.choice(numbers) if kind in OF_TWO else "",
        when=when if asked and isinstance(when, Condition) else None,
        unproved=Unproved.FAIL,
        span=Span("proofs.yaml", 1, 1),
    )


def _with_graph_down(points: Iterator[Facts]) -> Iterator[Facts]:
    """Each application also when the graph does not answer."""
    for facts in points:
        yield facts
        if facts["graph.available"] is not None:
            down = {path: None for path in facts if path.startswith("graph.")}
            yield {**facts, **down, "graph.neighbours": ()}


def _points(policy: Policy, claim: Claim, policies: Policies) -> Iterator[Point]:
    for values in _with_graph_down(space(policies.fields)):
        witness = Witness(facts={**values, "application.product": "classic"}, families=False)
        facts = facts_pb2.Facts()
        apply(facts, witness.facts)
        meant = claim.when is None or (
            Interpreter(facts, lambda _: None).truth(claim.when.tree) is True
        )
        yield witness, decide(policy, witness).outcome, meant


def _is_broken(claim: Claim, points: list[Point]) -> bool:
    meant = [(witness, outcome) for witness, outcome, wanted in points if wanted]
    if claim.kind is Kind.NEVER:
        return any(outcome is claim.outcome for _, outcome in meant)
    if claim.kind is Kind.ALWAYS:
        return any(outcome is not claim.outcome for _, outcome in meant)
    return any(_is_pair_broken(claim, lower, higher) for lower in meant for higher in meant)


def _is_pair_broken(
    claim: Claim, lower: tuple[Witness, Outcome], higher: tuple[Witness, Outcome]
) -> bool:
    path = claim.raising
    low, high = lower[0].facts[path], higher[0].facts[path]
    rest = ({p: v for p, v in item[0].facts.items() if p != path} for item in (lower, higher))
    if not isinstance(low, int | float) or not isinstance(high, int | float) or low >= high:
        return False
    graver = higher[1].severity - lower[1].severity
    if (graver >= 0) if claim.kind is Kind.NEVER_IMPROVES else (graver <= 0):
        return False
    first, second = rest
    return first == second


def _result(policy: Policy, claim: Claim) -> ProofResult:
    (result,) = Prover(policy, (claim,)).run()
    return result


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_claims_equal_brute_force(batch: int, products: Mapping[str, Product]) -> None:
    """Invariants and comparisons of two applications alike."""
    found: Counter[str] = Counter()
    for seed in range(batch * _BATCH, (batch + 1) * _BATCH):
        policies = Policies(seed)
        policies.divides = False
        bundle = policies.bundle()
        policy = Policy(
            bundle=bundle, rules=ReferenceRuleEngine(bundle), products=products, scorecards={}
        )
        claim = _claim(random.Random(seed), policies)
        result = _result(policy, claim)
        broken = _is_broken(claim, list(_points(policy, claim, policies)))
        expected = Verdict.REFUTED if broken else Verdict.PROVED
        assert result.verdict is expected, f"seed {seed}: {claim}"
        assert len(result.examples) == broken * (2 if claim.kind in OF_TWO else 1)
        found[f"{claim.kind in OF_TWO} {result.verdict}"] += 1
    assert len(found) == 4
