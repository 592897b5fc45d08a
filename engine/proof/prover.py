"""Proves or refutes the claims of a policy over the whole road of a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import TouchstoneError
from engine.lines import Product
from engine.outcome import Decision, Outcome
from engine.policy import Policy
from engine.proof.claims import OF_TWO, Claim, Kind, Unproved
from engine.proof.decide import decide, line_of
from engine.proof.domain import axioms
from engine.proof.encode import Encoder
from engine.proof.logic import Term, Truth
from engine.proof.model import PolicyModel
from engine.proof.result import Example, ProofResult, Verdict
from engine.proof.road import Road
from engine.proof.search import Found, GaveUp, Proved, Search
from engine.proof.stages import FAMILIES, Stages
from engine.proof.witness import Reader, Witness, told
from engine.proof.world import World
from engine.rules import StageKind, vocabulary
from engine.rules.interpreter import Interpreter
from engine.suppose import apply
from touchstone.v1 import facts_pb2

#: A claim runs over everything, so it may cost more than a question about one rule.
_QUERY_LIMIT = 200_000_000
_TOTAL_LIMIT = 2_000_000_000

_DTI = "evidence.debt_to_income"
_OF_DTI = {"evidence.verified_income_minor", "bureau.monthly_obligations_minor"}
_ADJUSTED = "rules add points behind the score, and rules after them read it again"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two applications that differ in the raised field and what follows from it."""

    lower: Witness
    higher: Witness


class _PairReader:
    """Reads both applications out of a model."""

    def __init__(self, lower: Reader, higher: Reader) -> None:
        self._lower, self._higher = lower, higher

    def witness(self, model: Any) -> Pair:  # noqa: ANN401 - z3 has no types
        """Both."""
        return Pair(self._lower.witness(model), self._higher.witness(model))

    def usual(self) -> dict[str, Term]:
        """The lower one is as ordinary as can be."""
        return self._lower.usual()


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
        unsure: list[str] = []
        for product in self._policy.products.values():
            road = self._roads[product.name]
            attempt = _Attempt(self._policy, self._model, claim, product, road)
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
            holds=verdict is Verdict.PROVED or tolerated,
            span=claim.span,
        )


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


class _Attempt:
    """One claim under one product."""

    def __init__(
        self, policy: Policy, model: PolicyModel, claim: Claim, product: Product, road: Road
    ) -> None:
        self._policy, self._model, self._claim, self._product = policy, model, claim, product
        self._logic = model.logic
        self._lower = _Copy(model.stages, road, claim)
        self._higher = self._raised() if claim.kind in OF_TWO else self._lower

    def _raised(self) -> _Copy:
        """The same application with more of the raised field."""
        claim, base = self._claim, self._model.world
        moved = {claim.raising} | ({_DTI} if claim.raising in _OF_DTI else set())
        if any(
            rule.then.adjust_points
            for r in self._policy.bundle.rulesets.values()
            for rule in r.rules
        ):
            moved.add("score.pd")
        world = World(self._logic, base.texts, base.products, base=base, moved=frozenset(moved))
        encoder = Encoder(world)
        stages = Stages(self._policy.bundle, encoder)
        return _Copy(stages, Road(stages, self._product), claim)

    def answer(self) -> Proved | Found[Any] | GaveUp:
        """Whether an application breaks the claim."""
        return self._search().find(self._goal(), self._breaks)

    def _search(self) -> Search[Any]:
        copies = [self._lower] + ([self._higher] if self._higher is not self._lower else [])
        readers = [Reader(copy.world, self._model.absent()) for copy in copies]
        reader: Any = readers[0] if len(readers) == 1 else _PairReader(readers[0], readers[1])
        return Search(
            self._logic,
            reader,
            background=[*self._model.background(), *(t for c in copies for t in c.background())],
            hints=[hint for copy in copies for hint in copy.encoder.hints],
            limit=_QUERY_LIMIT,
            total=_TOTAL_LIMIT,
        )

    def _goal(self) -> Term:
        claim, lower, higher = self._claim, self._lower, self._higher
        terms = [lower.when.true, higher.when.true]
        match claim.kind:
            case Kind.NEVER:
                terms.append(lower.road.outcome(claim.outcome or Outcome.APPROVE))
            case Kind.ALWAYS:
                terms.append(self._logic.no(lower.road.outcome(claim.outcome or Outcome.APPROVE)))
            case Kind.LINE_AT_MOST:
                terms.append(lower.road.line_minor > claim.amount_minor)
            case Kind.NEVER_LOWERS:
                terms.append(higher.road.line_minor < lower.road.line_minor)
            case Kind.NEVER_RAISES:
                terms.append(higher.road.line_minor > lower.road.line_minor)
            case Kind.NEVER_IMPROVES:
                terms.append(higher.road.severity < lower.road.severity)
            case Kind.NEVER_WORSENS:
                terms.append(higher.road.severity > lower.road.severity)
        if higher is not lower:
            terms += self._raise(lower, higher)
        return self._logic.all(terms)

    def _raise(self, lower: _Copy, higher: _Copy) -> Iterator[Term]:
        """How the two applications stand to one another."""
        path, logic = self._claim.raising, self._logic
        known_by = vocabulary.fields()[path].known_by
        yield from (copy.world.known(known_by) for copy in (lower, higher))
        yield higher.world.term(path) > lower.world.term(path)
        if "score.pd" in higher.world.moved and path != "score.pd":
            same = logic.all(
                logic.iff(first, second)
                for first, second in zip(lower.road.moved, higher.road.moved, strict=True)
            )
            yield logic.iff(lower.world.known("score.pd"), higher.world.known("score.pd"))
            yield logic.implies(same, lower.world.term("score.pd") == higher.world.term("score.pd"))
        if path in _OF_DTI:
            both = logic.all((lower.world.known(_DTI), higher.world.known(_DTI)))
            first, second = lower.world.term(_DTI), higher.world.term(_DTI)
            falls = path == "evidence.verified_income_minor"
            yield logic.implies(both, second <= first if falls else second >= first)

    def _breaks(self, found: Witness | Pair) -> bool:
        """Decide it, and see whether the claim is broken."""
        if not all(self._is_meant(witness) for witness in _both(found)):
            return False
        try:
            decisions = [decide(self._policy, witness) for witness in _both(found)]
        except (TouchstoneError, ValueError):
            return False
        return self._broken(decisions[0], decisions[-1])

    def _is_meant(self, witness: Witness) -> bool:
        """Whether the claim's condition is true of the application."""
        if self._claim.when is None:
            return True
        facts = facts_pb2.Facts()
        apply(facts, witness.facts)
        return Interpreter(facts, lambda _: None).truth(self._claim.when.tree) is True

    def _broken(self, lower: Decision, higher: Decision) -> bool:
        claim = self._claim
        lines = line_of(lower), line_of(higher)
        graver = higher.outcome.severity - lower.outcome.severity
        return {
            Kind.NEVER: lower.outcome is claim.outcome,
            Kind.ALWAYS: lower.outcome is not claim.outcome,
            Kind.LINE_AT_MOST: lines[0] > claim.amount_minor,
            Kind.NEVER_LOWERS: lines[1] < lines[0],
            Kind.NEVER_RAISES: lines[1] > lines[0],
            Kind.NEVER_IMPROVES: graver < 0,
            Kind.NEVER_WORSENS: graver > 0,
        }[claim.kind]

    def examples(self, answer: Found[Any]) -> tuple[Example, ...]:
        """The applications, as ordinary as the claim's breaking allows, and their decisions."""
        found = self._search().nearest(self._goal(), self._breaks, answer.witness)
        first = _both(found)[0]
        return tuple(self._example(witness, first) for witness in _both(found))

    def _example(self, witness: Witness, first: Witness) -> Example:
        decision = decide(self._policy, witness)
        if witness is first:
            asked = () if self._claim.when is None else self._claim.when.mentions
            mentioned = {"application.product", self._claim.raising, *asked}
            shown = self._model.shown_paths(witness, mentioned)
        else:
            facts = witness.facts
            shown = told(facts, [path for path in facts if facts[path] != first.facts[path]])
        return Example(
            facts=witness.facts,
            shown=shown,
            outcome=decision.outcome,
            line_minor=line_of(decision),
        )


def _both(found: Witness | Pair) -> tuple[Witness, ...]:
    return (found,) if isinstance(found, Witness) else (found.lower, found.higher)


class _Copy:
    """One of the applications that a claim speaks of, on its road."""

    def __init__(self, stages: Stages, road: Road, claim: Claim) -> None:
        self.world, self.encoder, self._stages = stages.world, stages.encoder, stages
        self.road = road
        self.when = Truth(true=True, false=False)
        if claim.when is not None:
            self.when = self.encoder.truth(claim.when.tree, _no_signal, "claim")

    def background(self) -> Iterator[Term]:
        """What makes it an application of this policy."""
        logic = self.world.logic
        if self.world.base is not None:
            kinds = {stage.kind for stage in self._stages.stages}
            yield from axioms(self.world, has_score=StageKind.SCORE in kinds)
            for path in self.world.moved:
                known_by = vocabulary.fields()[path].known_by
                if path != _DTI and known_by:
                    yield logic.iff(self.world.known(known_by), self.world.base.known(known_by))
        # Only a score can name the families that lost points.
        families = self.world.free_truth(FAMILIES, FAMILIES)
        yield logic.implies(families, self.world.known("score.pd"))
        yield from self.encoder.facts
        yield from self.road.definition()


def _no_signal(name: str) -> Truth:
    raise KeyError(name)
