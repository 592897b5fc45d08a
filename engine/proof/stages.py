"""The stages of a strategy as formulas: what each rule comes to, and what ends the road."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from engine.outcome import Outcome
from engine.proof.encode import Encoder
from engine.proof.findings import name_of
from engine.proof.logic import Term, Truth
from engine.proof.tables import Come, resolve
from engine.rules import SCORE_FAMILIES, Bundle, OnFailure, Rule, Stage, StageKind
from engine.rules.model import Undecided
from engine.rules.strata import signals_read

#: The field whose presence says whether a source answered.
ANSWERED = {"graph": "graph.available", "history": "history.applications_30d"}
#: Whether the scorecard names a family that lost points: a decline on the score alone needs one.
FAMILIES = "score families"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RuleTruth:
    """What a rule comes to."""

    rule: Rule
    stage: int
    hit: Term
    unknown: Term
    error: Term


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effect:
    """An outcome that something gives; ``told``: whether it has a reason to tell a customer."""

    cause: str
    outcome: Outcome
    when: Term
    told: Term = True
    rule: Rule | None = None
    exact: bool = True


class Stages:
    """The rules of every stage over one world."""

    def __init__(self, bundle: Bundle, encoder: Encoder) -> None:
        self.bundle, self.encoder = bundle, encoder
        self.logic, self.world = encoder.logic, encoder.world
        self.stages: tuple[Stage, ...] = bundle.strategy.stages
        self._rules = [
            bundle.rules_of(stage) if stage.kind is StageKind.RULES else () for stage in self.stages
        ]
        self._setters: dict[str, list[tuple[int, Rule]]] = {}
        for number, rules in enumerate(self._rules):
            for rule in rules:
                if rule.then.signal:
                    self._setters.setdefault(rule.then.signal, []).append((number, rule))
        self._raw: dict[int, Truth] = {}
        #: Rules whose formulas allow more than the engine does, and signals that they set.
        self._loose: set[str] = set()
        self._truths: dict[int, RuleTruth] = {}
        kinds = [stage.kind for stage in self.stages]
        self.scored = kinds.index(StageKind.SCORE) if StageKind.SCORE in kinds else len(kinds)

    def rules(self, stage: int) -> tuple[RuleTruth, ...]:
        """The rules of a stage in the order of the agenda."""
        return tuple(self.truth(stage, rule) for rule in self._rules[stage])

    def truth(self, stage: int, rule: Rule) -> RuleTruth:
        """What the rule comes to in its stage."""
        if id(rule) not in self._truths:
            ruleset = self.bundle.rulesets[rule.ruleset]
            if ruleset.table is None:
                raw = self.raw(stage, rule)
                self._keep(stage, rule, (raw.true, raw.unknown, raw.failed(self.logic)))
            else:
                rows = [self.raw(stage, row) for row in ruleset.rules]
                found = resolve(self.logic, ruleset.table.hit, ruleset.rules, rows)
                for row, come in zip(ruleset.rules, found, strict=True):
                    self._keep(stage, row, come)
        return self._truths[id(rule)]

    def _keep(self, stage: int, rule: Rule, come: Come) -> None:
        hit, unknown, error = come
        self._truths[id(rule)] = RuleTruth(
            rule=rule, stage=stage, hit=hit, unknown=unknown, error=error
        )

    def raw(self, stage: int, rule: Rule) -> Truth:
        """What the rule's own condition says, whatever a table makes of it."""
        if id(rule) not in self._raw:
            # What signals are worth is asked for while the condition is encoded, and encoding one
            # setter starts another: so the setters come first.
            for name in signals_read(rule):
                self.signal(stage, name)
            signal = partial(self.signal, stage)
            self.encoder.allows_more = False
            self._raw[id(rule)] = self.encoder.truth(rule.when.tree, signal, str(stage))
            if self.encoder.allows_more or any(path in self._loose for path in rule.when.mentions):
                self._loose |= {rule.id, f"signals.{rule.then.signal}"}
        return self._raw[id(rule)]

    def is_exact(self, rule: Rule) -> bool:
        """Whether the formulas of the rule, and of the table that it may be in, are exact."""
        ruleset = self.bundle.rulesets[rule.ruleset]
        about = (rule,) if ruleset.table is None else ruleset.rules
        return not any(row.id in self._loose for row in about)

    def signal(self, stage: int, name: str) -> Truth:
        """True if any setter hit, here or before; else unknown if any cannot be told."""
        logic = self.logic
        setters = [
            self.truth(number, rule)
            for number, rule in self._setters.get(name, ())
            if number <= stage
        ]
        true = logic.any(setter.hit for setter in setters)
        doubt = logic.any(term for setter in setters for term in (setter.unknown, setter.error))
        unknown = logic.all((logic.no(true), doubt))
        return Truth(true, logic.no(logic.any((true, unknown))), unknown)

    def effects(self, stage: int) -> Iterator[Effect]:
        """Every outcome that the stage's sources and rules may give."""
        for source in self.stages[stage].sources:
            fallback = self.bundle.strategy.sources[source].on_failure
            if fallback is not OnFailure.CONTINUE:
                failed = self.logic.no(self.world.known(ANSWERED[source]))
                cause = f"the fallback of source `{source}`"
                yield Effect(cause=cause, outcome=Outcome(fallback.value), when=failed)
        for truth in self.rules(stage):
            yield from self.effects_of(truth)

    def effects_of(self, truth: RuleTruth) -> Iterator[Effect]:
        """The outcomes of one rule: of a hit, and of what cannot be told."""
        rule = truth.rule
        if rule.then.outcome is not None:
            yield Effect(
                cause=name_of(rule),
                outcome=rule.then.outcome,
                when=truth.hit,
                told=self._told(truth.stage, rule.then.reason),
                rule=rule,
                exact=self.is_exact(rule),
            )
        undecided: tuple[tuple[str, Undecided, Term], ...] = (
            ("on_unknown", rule.on_unknown, truth.unknown),
            ("on_error", rule.on_error, truth.error),
        )
        for key, fallback, when in undecided:
            if fallback.outcome is not None and when is not False:
                yield Effect(
                    cause=f"`{key}` of {name_of(rule)}",
                    outcome=fallback.outcome,
                    when=when,
                    told=self._told(truth.stage, fallback.reason),
                    exact=self.is_exact(rule),
                )

    def _told(self, stage: int, reason: str) -> Term:
        """A decline on the score must be able to name what cost points."""
        if reason != SCORE_FAMILIES:
            return True
        return self.world.free_truth(FAMILIES, FAMILIES) if stage > self.scored else False

    def stops(self, stage: int) -> Iterator[Effect]:
        """What ends the road in this stage, each a decline with a reason."""
        for effect in self.effects(stage):
            if effect.outcome is Outcome.DECLINE:
                yield effect

    def ends(self, effect: Effect) -> Term:
        """Whether the effect ends the road."""
        return self.logic.all((effect.when, effect.told))
