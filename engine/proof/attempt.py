"""One claim under one product: the formulas of its breaking, and the run that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.errors import TouchstoneError
from engine.lines import Product
from engine.outcome import Decision, Outcome
from engine.policy import Policy
from engine.proof.claims import OF_TWO, Claim, Kind
from engine.proof.decide import decide, line_of
from engine.proof.domain import axioms
from engine.proof.encode import Encoder
from engine.proof.logic import Term, Truth
from engine.proof.model import PolicyModel
from engine.proof.result import Example
from engine.proof.road import Road
from engine.proof.search import Found, GaveUp, Proved, Search
from engine.proof.stages import FAMILIES, Stages
from engine.proof.witness import Reader, Witness, told
from engine.proof.world import World
from engine.rules import vocabulary
from engine.rules.interpreter import Interpreter
from engine.rules.signals import NO_SIGNALS
from engine.rules.standing import NO_STANDING, teller
from engine.rules.vocabulary import LISTS
from engine.suppose import apply, suppose_lists
from touchstone.v1 import facts_pb2

#: A claim runs over everything, so it may cost more than a question about one rule.
_QUERY_LIMIT = 200_000_000
_TOTAL_LIMIT = 2_000_000_000

_PD = "score.pd"
_DTI = "evidence.debt_to_income"
_OF_DTI = {"evidence.verified_income_minor", "bureau.monthly_obligations_minor"}


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


class Attempt:
    """Looks for applications that break a claim."""

    def __init__(
        self, policy: Policy, model: PolicyModel, claim: Claim, product: Product, road: Road
    ) -> None:
        self._policy, self._model, self._claim, self._product = policy, model, claim, product
        self._logic = model.logic
        self._lower = _Copy(model.stages, road, claim)
        self._higher = self._raised() if claim.kind in OF_TWO else self._lower

    def _raised(self) -> _Copy:
        """The same application with more of the raised field."""
        claim, base, lists = self._claim, self._model.world, self._policy.bundle.lists
        about = {f"{LISTS}.{n}" for n, held in lists.items() if held.matches == claim.raising}
        moved = {claim.raising} | about | ({_DTI} if claim.raising in _OF_DTI else set())
        if any(
            rule.then.adjust_points
            for r in self._policy.bundle.rulesets.values()
            for rule in r.rules
        ):
            moved.add(_PD)
        world = World(self._logic, base.texts, base.products, base=base, moved=frozenset(moved))
        encoder = Encoder(world)
        stages = Stages(self._policy.bundle, encoder)
        return _Copy(stages, Road(stages, self._product), claim)

    def answer(self) -> Proved | Found[Any] | GaveUp:
        """Whether an application breaks the claim."""
        return self._search().find(self._goal(), self._breaks)

    def _search(self) -> Search[Any]:
        copies = [self._lower] + ([self._higher] if self._higher is not self._lower else [])
        readers = [self._model.reader_of(copy.world) for copy in copies]
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
        if _PD in higher.world.moved and path != _PD:
            yield logic.iff(lower.world.known(_PD), higher.world.known(_PD))
            yield from self._rescored(lower, higher)
        if path in _OF_DTI:
            both = logic.all((lower.world.known(_DTI), higher.world.known(_DTI)))
            first, second = lower.world.term(_DTI), higher.world.term(_DTI)
            falls = path == "evidence.verified_income_minor"
            yield logic.implies(both, second <= first if falls else second >= first)

    def _rescored(self, lower: _Copy, higher: _Copy) -> Iterator[Term]:
        """Points that rules add move the PD: equal ones alike, more of them never up."""
        logic, first, second = self._logic, lower.world.term(_PD), higher.world.term(_PD)
        moved = zip(lower.road.moved, higher.road.moved, strict=True)
        same = logic.all(logic.iff(before, after) for before, after in moved)
        yield logic.implies(same, first == second)
        fewer, more = lower.road.points, higher.road.points
        if fewer is not None and more is not None:
            yield logic.implies(more >= fewer, second <= first)
            yield logic.implies(more <= fewer, second >= first)

    def _is_told(self, found: Witness | Pair) -> bool:
        """Whether the run can show it: how far points move a PD is known to the scorecard alone."""
        if isinstance(found, Witness) or self._claim.raising == _PD:
            return True
        return found.lower.facts[_PD] == found.higher.facts[_PD]

    def _breaks(self, found: Witness | Pair) -> bool:
        """Decide it, and see whether the claim is broken."""
        meant = all(self._is_meant(witness) for witness in _both(found))
        if not meant or not self._is_told(found):
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
        tell = teller(NO_SIGNALS, suppose_lists(NO_STANDING, witness.facts))
        return Interpreter(facts, tell).truth(self._claim.when.tree) is True

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
            yield from axioms(self.world, scores=frozenset(kinds))
            for path in self.world.moved:
                field = vocabulary.fields().get(path)
                known_by = path if field is None else field.known_by
                if path != _DTI and known_by:
                    yield logic.iff(self.world.known(known_by), self.world.base.known(known_by))
        # Only a score can name the families that lost points.
        families = self.world.free_truth(FAMILIES, FAMILIES)
        yield logic.implies(families, self.world.known(_PD))
        yield from self.encoder.facts
        yield from self.road.definition()


def _no_signal(name: str) -> Truth:
    raise KeyError(name)
