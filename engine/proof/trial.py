"""Runs applications through the reference interpreter: a claim is shown only if it comes true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.model import SourceStatus
from engine.outcome import Outcome, RuleResult
from engine.proof.stages import ANSWERED
from engine.proof.witness import Witness
from engine.rules import (
    NO_STANDING,
    SCORE_FAMILIES,
    Bundle,
    OnFailure,
    ReferenceRuleEngine,
    Signals,
    Stage,
    StageKind,
    StageResult,
    teller,
)
from engine.rules.interpreter import Interpreter
from engine.suppose import apply, suppose_lists
from touchstone.v1 import facts_pb2


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rules came to, by id, in the stages that ran; a miss is not in it.

    ``fits``: the rows of tables whose own condition holds, whatever the hit policy makes of it.
    ``ended_in``: the stage whose decline ended the road, or empty.
    """

    results: Mapping[str, RuleResult]
    fits: frozenset[str]
    ran: frozenset[str]
    ended_in: str

    def hits(self, rule_id: str) -> bool:
        """Whether the rule hit."""
        return self.results.get(rule_id) is RuleResult.HIT


class Trials:
    """Runs witnesses over the stages of rules."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._engine = ReferenceRuleEngine(bundle)
        kinds = [stage.kind for stage in bundle.strategy.stages]
        self._scored = kinds.index(StageKind.SCORE) if StageKind.SCORE in kinds else len(kinds)

    def run(self, witness: Witness, *, to_the_end: bool = False) -> Trial:
        """Every stage until a decline with a reason ends the road, or in spite of it."""
        facts = facts_pb2.Facts()
        apply(facts, witness.facts)
        signals, results = Signals(), dict[str, RuleResult]()
        standing = suppose_lists(NO_STANDING, witness.facts)
        fits, ran = set[str](), set[str]()
        for number, stage in enumerate(self._bundle.strategy.stages):
            families = witness.families and number > self._scored
            ends = self._fallback_declines(stage, witness)
            if stage.kind is StageKind.RULES:
                found = self._engine.evaluate(stage.name, facts, signals, standing)
                signals = found.signals
                results.update({trace.rule_id: trace.result for trace in found.rules})
                fits |= self._fits(stage, facts, teller(signals, standing))
                ran.add(stage.name)
                ends = ends or _declines(found, families=families)
            if ends and not to_the_end:
                return Trial(results, frozenset(fits), frozenset(ran), stage.name)
        return Trial(results, frozenset(fits), frozenset(ran), "")

    def _fits(
        self, stage: Stage, facts: facts_pb2.Facts, tell: Callable[[str], bool | None]
    ) -> set[str]:
        interpreter = Interpreter(facts, tell)
        rulesets = (self._bundle.rulesets[name] for name in stage.rulesets)
        rows = (row for ruleset in rulesets if ruleset.table is not None for row in ruleset.rules)
        return {row.id for row in rows if interpreter.truth(row.when.tree) is True}

    def _fallback_declines(self, stage: Stage, witness: Witness) -> bool:
        sources = self._bundle.strategy.sources
        return any(
            sources[source].on_failure is OnFailure.DECLINE
            and status_of(witness, source) is not SourceStatus.OK
            for source in stage.sources
        )


def status_of(witness: Witness, source: str) -> SourceStatus:
    """A source that left its fields unknown did not answer."""
    answered = witness.facts[ANSWERED[source]] is not None
    return SourceStatus.OK if answered else SourceStatus.DOWN


def _declines(found: StageResult, *, families: bool) -> bool:
    """A decline that can name a reason; see ``engine.evaluate``."""
    return any(
        reason.outcome is Outcome.DECLINE and (families or reason.code != SCORE_FAMILIES)
        for reason in found.reasons
    )
