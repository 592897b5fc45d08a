"""The rule engine: CEL decides which conditions hold, durable-rules runs the agenda."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from engine.outcome import RuleResult
from engine.rules.agenda import Agenda
from engine.rules.environment import Environment
from engine.rules.evaluator import RuleEngineError
from engine.rules.model import Bundle, Rule, StageKind
from engine.rules.programs import ConditionSet
from engine.rules.result import StageResult, Verdict, combine, settle, snooze
from engine.rules.signals import Signals
from engine.rules.standing import NO_STANDING, Standing
from engine.rules.strata import stratify
from engine.rules.tables.model import HitPolicy, Table
from engine.rules.tables.resolve import resolve
from engine.rules.unknowns import Knowledge
from touchstone.v1 import facts_pb2


class _Stratum:
    """Rules that can be evaluated side by side; ``ranks`` are places in the stage's agenda.

    ``tables``: the hit policy of each decision table, and the places of its rows in ``rules``.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        ranks: Sequence[int],
        tables: Mapping[str, Table],
        env: Environment,
    ) -> None:
        self.rules, self.ranks = rules, ranks
        rows: dict[str, list[int]] = {}
        for place, rule in enumerate(rules):
            if rule.row is not None:
                rows.setdefault(rule.ruleset, []).append(place)
        self.tables = tuple((tables[name].hit, places) for name, places in rows.items())
        self.conditions = ConditionSet([rule.when for rule in rules], env)
        self.agenda = Agenda(len(rules))


class _Stage:
    """A stage's strata, and its rules in the order of the agenda."""

    def __init__(
        self, rules: Sequence[Rule], tables: Mapping[str, Table], environment: Environment
    ) -> None:
        self.rules = rules
        ranks = {id(rule): rank for rank, rule in enumerate(rules)}
        self.strata = tuple(
            _Stratum(stratum, [ranks[id(rule)] for rule in stratum], tables, environment)
            for stratum in stratify(rules)
        )


class DurableRuleEngine:
    """``RuleEngine`` over CEL and durable-rules. Used by the thread that evaluates first.

    Another one may build it: no call into durable-rules lets go of the interpreter, so that
    building beside evaluations is building between them.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._thread: int | None = None
        self._signals = bundle.signals
        self._lists = tuple(sorted(bundle.lists))
        self._environment = Environment(self._signals, self._lists)
        self._stages = {
            stage.name: _Stage(bundle.rules_of(stage), bundle.tables, self._environment)
            for stage in bundle.strategy.stages
            if stage.kind is StageKind.RULES
        }
        self._tables = bundle.tables
        self._broken = False

    def evaluate(
        self,
        stage: str,
        facts: facts_pb2.Facts,
        signals: Signals,
        standing: Standing = NO_STANDING,
    ) -> StageResult:
        """The stage's answer; ``RuleEngineError`` rather than a doubtful one."""
        self._refuse_misuse()
        plan = self._stages[stage]
        verdicts: list[Verdict | None] = [None] * len(plan.rules)
        try:
            for stratum in plan.strata:
                found = self._run(stratum, facts, signals, standing)
                for rank, verdict in zip(stratum.ranks, found, strict=True):
                    verdicts[rank] = verdict
                signals = settle(list(zip(stratum.rules, found, strict=True)), signals)
        except BaseException:
            self._broken = True
            raise
        agenda = [(r, v) for r, v in zip(plan.rules, verdicts, strict=True) if v is not None]
        if len(agenda) != len(plan.rules):
            raise RuleEngineError("a rule was not evaluated")
        return combine(agenda, signals, self._bundle.reasons, self._tables)

    def close(self) -> None:
        """Delete the durable-rules handles."""
        for stage in self._stages.values():
            for stratum in stage.strata:
                stratum.agenda.close()
        self._stages = {}
        self._broken = True

    def _run(
        self, stratum: _Stratum, facts: facts_pb2.Facts, signals: Signals, standing: Standing
    ) -> Sequence[Verdict]:
        activation = self._environment.activation(
            facts, signals.known(self._signals), standing.lists.known(self._lists)
        )
        found = stratum.conditions.verdicts(activation, Knowledge(facts, signals, standing))
        hits = [n for n, verdict in enumerate(found) if verdict.result is RuleResult.HIT]
        stratum.agenda.fire(hits)
        for hit, places in stratum.tables:
            _settle(hit, places, stratum.rules, found)
        return snooze(stratum.rules, found, standing) if standing.snoozed else found

    def _refuse_misuse(self) -> None:
        if self._thread is None:
            self._thread = threading.get_ident()
        if threading.get_ident() != self._thread:
            raise RuleEngineError("a rule engine is used by the thread that evaluated first")
        if self._broken:
            raise RuleEngineError("this rule engine was closed, or failed before")


def _settle(
    hit: HitPolicy, places: Sequence[int], rules: Sequence[Rule], found: list[Verdict]
) -> None:
    """Replace the verdicts of a table's rows with those that its hit policy leaves."""
    rows = [rules[place] for place in places]
    left = resolve(hit, rows, [found[place] for place in places])
    for place, verdict in zip(places, left, strict=True):
        found[place] = verdict
