"""Proves or refutes the claims of a policy over the whole road of a decision."""

from __future__ import annotations

from collections.abc import Sequence

from engine.policy import Policy
from engine.proof.attempt import Attempt
from engine.proof.claims import Claim, Unproved
from engine.proof.findings import listed
from engine.proof.model import PolicyModel
from engine.proof.result import Example, ProofResult, Verdict
from engine.proof.road import Road
from engine.proof.search import Found, GaveUp
from engine.rules import StageKind

_ADJUSTED = "rules add points behind the score, and rules after them read it again"


class Prover:
    """Proves claims about one policy. Used by the thread that built the policy."""

    def __init__(self, policy: Policy, claims: Sequence[Claim]) -> None:
        self._policy, self._claims = policy, claims
        conditions = [claim.when.tree for claim in claims if claim.when is not None]
        self._model = PolicyModel(policy.bundle, policy.products, extra=conditions)
        self._roads = {
            name: Road(self._model.stages, product) for name, product in policy.products.items()
        }
        self._rescored = _reads_score_after_points(policy)

    def run(self) -> tuple[ProofResult, ...]:
        """A result for each claim, in the order of the file."""
        return tuple(self._prove(claim) for claim in self._claims)

    def _prove(self, claim: Claim) -> ProofResult:
        if self._rescored:
            return self._result(claim, Verdict.UNPROVED, why=_ADJUSTED)
        if not self._policy.products:
            return self._result(claim, Verdict.UNPROVED, why="the policy has no product")
        unsure: list[str] = []
        for product in self._policy.products.values():
            road = self._roads[product.name]
            attempt = Attempt(self._policy, self._model, claim, product, road)
            answer = attempt.answer()
            if isinstance(answer, Found):
                return self._result(claim, Verdict.REFUTED, examples=attempt.examples(answer))
            if isinstance(answer, GaveUp):
                unsure.append(f"product {product.name}: {answer.why}")
        verdict = Verdict.UNPROVED if unsure else Verdict.PROVED
        return self._result(claim, verdict, why="; ".join(unsure))

    def _result(
        self, claim: Claim, verdict: Verdict, examples: tuple[Example, ...] = (), why: str = ""
    ) -> ProofResult:
        tolerated = verdict is Verdict.UNPROVED and claim.unproved is Unproved.WARN
        return ProofResult(
            id=claim.id,
            description=claim.description,
            claim=str(claim),
            verdict=verdict,
            examples=examples,
            why=why,
            note=_left_aside(self._policy),
            holds=verdict is Verdict.PROVED or tolerated,
            span=claim.span,
        )


def _left_aside(policy: Policy) -> str:
    """Exceptions that somebody has made by name are no part of what is claimed."""
    held = {snooze.rule for snoozes in policy.bundle.snoozes.values() for snooze in snoozes}
    if not held:
        return ""
    count = len(policy.bundle.snoozes)
    people = "1 customer" if count == 1 else f"{count} customers"
    return f"not for {people} for whom somebody snoozed {listed(sorted(held))}"


def _reads_score_after_points(policy: Policy) -> bool:
    """Whether a rule reads a score that a rule between it and the scorecard may have moved."""
    bundle = policy.bundle
    scored = moved = False
    for stage in bundle.strategy.stages:
        rules = bundle.rules_of(stage) if stage.kind is StageKind.RULES else ()
        if moved and any(path.startswith("score.") for r in rules for path in r.when.mentions):
            return True
        moved = moved or (scored and any(rule.then.adjust_points for rule in rules))
        scored = scored or stage.kind is StageKind.SCORE
    return False
