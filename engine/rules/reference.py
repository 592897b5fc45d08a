"""The reference: interprets the typed tree in plain Python. The oracle of the tests.

It shares neither CEL's evaluation nor durable-rules with the engine, nor the order of strata:
a signal is worked out when a condition asks for it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from engine.outcome import RuleResult
from engine.rules.evaluator import RuleEngineError
from engine.rules.interpreter import Failed, Interpreter, Unknown
from engine.rules.model import Bundle, Fallback, Rule
from engine.rules.result import ERROR, HIT, MISS, SNOOZED, StageResult, Verdict, combine
from engine.rules.signals import Signals
from engine.rules.standing import NO_STANDING, Standing
from engine.rules.tables.model import HitPolicy
from engine.rules.vocabulary import SIGNALS
from touchstone.v1 import facts_pb2


class ReferenceRuleEngine:
    """``RuleEngine`` in plain Python."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._thread = threading.get_ident()
        self._rules = {
            stage.name: bundle.rules_of(stage) for stage in bundle.strategy.stages if stage.rulesets
        }

    def evaluate(
        self,
        stage: str,
        facts: facts_pb2.Facts,
        signals: Signals,
        standing: Standing = NO_STANDING,
    ) -> StageResult:
        """The stage's answer."""
        if threading.get_ident() != self._thread:
            raise RuleEngineError("a rule engine is used by the thread that built it")
        rules = self._rules[stage]
        run = _Run(self._bundle, rules, facts, signals, standing)
        agenda = [(rule, run.verdict(rule)) for rule in rules]
        names = sorted({rule.then.signal for rule in rules if rule.then.signal})
        values: Mapping[str, bool | None] = {name: run.signal(name) for name in names}
        true = frozenset(name for name, value in values.items() if value is True)
        unknown = frozenset(name for name, value in values.items() if value is None)
        after = Signals(signals.true | true, (signals.unknown | unknown) - signals.true - true)
        return combine(agenda, after, self._bundle.reasons, self._bundle.tables)

    def close(self) -> None:
        """Nothing is held."""


class _Run:
    """One evaluation of a stage."""

    def __init__(
        self,
        bundle: Bundle,
        rules: tuple[Rule, ...],
        facts: facts_pb2.Facts,
        before: Signals,
        standing: Standing,
    ) -> None:
        self._bundle, self._before, self._standing = bundle, before, standing
        self._setters: dict[str, list[Rule]] = {}
        for rule in rules:
            if rule.then.signal:
                self._setters.setdefault(rule.then.signal, []).append(rule)
        self._verdicts: dict[int, Verdict] = {}
        self._interpreter = Interpreter(facts, self._told)

    def _told(self, path: str) -> bool | None:
        root, _, name = path.partition(".")
        return self.signal(name) if root == SIGNALS else self._standing.lists.value(name)

    def signal(self, name: str) -> bool | None:
        """True if any setter hit, here or before; else unknown if any cannot be told."""
        setters = [self.verdict(rule).result for rule in self._setters.get(name, ())]
        if name in self._before.true or RuleResult.HIT in setters:
            return True
        undecided = (RuleResult.UNKNOWN, RuleResult.ERROR)
        if name in self._before.unknown or any(result in undecided for result in setters):
            return None
        return False

    def verdict(self, rule: Rule) -> Verdict:
        """The rule's verdict, worked out once."""
        if id(rule) not in self._verdicts:
            table = self._bundle.rulesets[rule.ruleset].table
            if table is None:
                self._verdicts[id(rule)] = self._snoozed(rule, self._decide(rule))
            else:
                self._decide_table(table.hit, self._bundle.rulesets[rule.ruleset].rules)
        return self._verdicts[id(rule)]

    def _decide_table(self, hit: HitPolicy, rules: tuple[Rule, ...]) -> None:
        """Row by row, as a person reads a table; ``otherwise`` stands last."""
        hits: list[Rule] = []
        settled = False
        for rule in rules:
            passed = settled and (hit is HitPolicy.FIRST or _is_otherwise(rule))
            verdict = MISS if passed else self._decide(rule)
            self._verdicts[id(rule)] = verdict
            settled = settled or _decides(rule, verdict)
            if verdict.result is RuleResult.HIT:
                hits.append(rule)
        if hit is HitPolicy.UNIQUE and len(hits) > 1:
            self._verdicts.update({id(rule): ERROR for rule in hits})
        for rule in rules:
            self._verdicts[id(rule)] = self._snoozed(rule, self._verdicts[id(rule)])

    def _snoozed(self, rule: Rule, verdict: Verdict) -> Verdict:
        told = verdict.result is not None and rule.id in self._standing.snoozed
        return SNOOZED if told else verdict

    def _decide(self, rule: Rule) -> Verdict:
        value = self._interpreter.truth(rule.when.tree)
        if isinstance(value, Unknown):
            missing = tuple(
                item.path for item in rule.when.reads if self._interpreter.is_unset(item)
            )
            return Verdict(result=RuleResult.UNKNOWN, unknown_fields=missing)
        if isinstance(value, Failed):
            return ERROR
        return HIT if value else MISS


def _is_otherwise(rule: Rule) -> bool:
    return rule.row is not None and rule.row.otherwise


def _decides(rule: Rule, verdict: Verdict) -> bool:
    """Not a miss, and not passed over because the policy says to ignore what is unknown."""
    if verdict.result is RuleResult.UNKNOWN:
        return rule.on_unknown.fallback != Fallback.IGNORE
    if verdict.result is RuleResult.ERROR:
        return rule.on_error.fallback != Fallback.IGNORE
    return verdict.result is RuleResult.HIT
