"""Would the cases notice? Puts small faults into the rules, one at a time, and runs the cases.

A fault that no case notices is a question to the author: it is either harmless, or a case is
missing. Only cases in which the faulty rule answers otherwise are decided anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from engine.cases.compare import differences
from engine.cases.known import rules_of
from engine.cases.model import Suite
from engine.cases.mutants import Mutant, mutants_of
from engine.cases.record_rules import Seen
from engine.cases.run import Run, Runner
from engine.errors import TouchstoneError
from engine.policy import Policy
from engine.rules import Bundle, ReferenceRuleEngine, teller
from engine.rules.ast import Expr
from engine.rules.interpreter import FAILED, UNKNOWN, Interpreter, Truth

MAX_MUTANTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """A fault that no case noticed. ``answers``: cases in which the rule answers otherwise."""

    rule_id: str
    path: str
    line: int
    was: str
    now: str
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationReport:
    """``tried`` faults, and those that survived. ``cut``: there were more than are tried."""

    tried: int
    survivors: tuple[Survivor, ...]
    cut: bool


def mutate(policy: Policy, suites: Iterable[Suite]) -> MutationReport:
    """Try every mutant against the cases that pass."""
    runs = tuple(_passing(policy, suites))
    found = (mutant for rule in rules_of(policy.bundle) for mutant in mutants_of(rule))
    mutants = list(islice(found, MAX_MUTANTS + 1))
    tried = mutants[:MAX_MUTANTS]
    outcomes = ((mutant, _noticed(policy, mutant, runs)) for mutant in tried)
    return MutationReport(
        tried=len(tried),
        survivors=tuple(
            _survivor(mutant, answers) for mutant, answers in outcomes if answers is not None
        ),
        cut=len(mutants) > len(tried),
    )


def _passing(policy: Policy, suites: Iterable[Suite]) -> Iterator[Run]:
    runner = Runner(policy)
    for case in (case for suite in suites for case in suite.cases if not case.skip):
        try:
            run = runner.run(case)
        except (TouchstoneError, ValueError):
            continue
        if not differences(case.expect, run.decision):
            yield run


def _noticed(policy: Policy, mutant: Mutant, runs: Sequence[Run]) -> int | None:
    """``None`` if a case notices; otherwise in how many the rule answers otherwise."""
    stage_name = _stage_of(policy.bundle, mutant)
    original = _original(policy.bundle, mutant)
    others = [
        run
        for run in runs
        for seen in run.seen
        if seen.stage == stage_name
        and _truth(original, seen) is not _truth(mutant.rule.when.tree, seen)
    ]
    runner = Runner(_with(policy, mutant)) if others else None
    for run in others:
        if runner is not None and _fails(runner, run):
            return None
    return len(others)


def _fails(runner: Runner, run: Run) -> bool:
    try:
        return bool(differences(run.case.expect, runner.run(run.case).decision))
    except (TouchstoneError, ValueError):
        return True


def _truth(tree: Expr, seen: Seen) -> Truth:
    """One of four objects, so that two answers can be compared by identity."""
    tell = teller(seen.result.signals, seen.standing)
    value = Interpreter(seen.facts, tell).truth(tree)
    if value is UNKNOWN or value is FAILED:
        return value
    return bool(value)


def _stage_of(bundle: Bundle, mutant: Mutant) -> str:
    return next(s.name for s in bundle.strategy.stages if mutant.rule.ruleset in s.rulesets)


def _original(bundle: Bundle, mutant: Mutant) -> Expr:
    rules = bundle.rulesets[mutant.rule.ruleset].rules
    return next(rule.when.tree for rule in rules if rule.id == mutant.rule.id)


def _with(policy: Policy, mutant: Mutant) -> Policy:
    """The policy with the faulty rule, under the engine that interprets trees."""
    bundle, faulty = policy.bundle, mutant.rule
    ruleset = bundle.rulesets[faulty.ruleset]
    rules = tuple(faulty if rule.id == faulty.id else rule for rule in ruleset.rules)
    rulesets = {**bundle.rulesets, ruleset.name: replace(ruleset, rules=rules)}
    changed = replace(bundle, rulesets=rulesets)
    return replace(policy, bundle=changed, rules=ReferenceRuleEngine(changed))


def _survivor(mutant: Mutant, answers: int) -> Survivor:
    rule = mutant.rule
    return Survivor(
        rule_id=rule.id,
        path=rule.path,
        line=rule.span.line,
        was=mutant.was,
        now=mutant.now,
        answers=answers,
    )
