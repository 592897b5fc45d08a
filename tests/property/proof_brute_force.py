"""What is wrong with a small policy, found by trying every application."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

from engine.outcome import Outcome
from engine.proof.trial import Trial, Trials
from engine.proof.witness import Witness
from engine.rules import Bundle, Code, Rule, Ruleset
from engine.rules.ast import Literal
from engine.rules.tables.model import HitPolicy
from tests.property.proof_random import space

#: Code and the lines of the rules at fault.
Verdicts = set[tuple[Code, tuple[int, ...]]]


@dataclass(slots=True)
class Tried:
    """One application: what every rule comes to, and the stages that are reached."""

    all: Trial
    real: Trial
    rules: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Index the hits once."""
        self.rules = {rule_id for rule_id in self.all.results if self.all.hits(rule_id)}


def try_all(bundle: Bundle, fields: tuple[str, ...]) -> list[Tried]:
    """Every application that differs in the fields."""
    trials = Trials(bundle)
    points = (Witness(facts=facts, families=False) for facts in space(fields))
    return [Tried(trials.run(point, to_the_end=True), trials.run(point)) for point in points]


def verdicts(bundle: Bundle, tried: list[Tried]) -> Verdicts:
    """Every finding that there must be."""
    found: Verdicts = set()
    useless: set[str] = set()
    for stage in bundle.strategy.stages:
        rules = bundle.rules_of(stage)
        for rule in reversed(rules):
            reason = _why_useless(bundle, rule, rules, stage.name, useless, tried)
            if reason is not None:
                useless.add(rule.id)
                found |= {(code, (rule.span.line,)) for code in reason}
        for rule in rules:
            literal = isinstance(rule.when.tree, Literal)
            if not literal and all(rule.id in point.rules for point in tried):
                found.add((Code.ALWAYS_FIRES, (rule.span.line,)))
        found |= _contradictions(rules, stage.name, useless, tried)
        for name in stage.rulesets:
            found |= _table(bundle.rulesets[name], stage.name, tried)
    return found


def _why_useless(
    bundle: Bundle,
    rule: Rule,
    peers: tuple[Rule, ...],
    stage: str,
    useless: set[str],
    tried: list[Tried],
) -> tuple[Code, ...] | None:
    """``None``: it is not; else what must be said of it, which may be nothing."""
    hits = [point for point in tried if rule.id in point.rules]
    if not hits:
        return _why_dead(bundle.rulesets[rule.ruleset], rule, tried)
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
    return None if free else (Code.SHADOWED,)


def _why_dead(ruleset: Ruleset, rule: Rule, tried: list[Tried]) -> tuple[Code, ...]:
    if rule.row is not None and rule.row.otherwise:
        return ()
    fits = any(rule.id in point.all.fits for point in tried)
    if ruleset.table is None or not fits:
        return (Code.NEVER_FIRES,)
    return (Code.ROW_TAKEN,) if ruleset.table.hit is HitPolicy.FIRST else ()


def _contradictions(
    rules: tuple[Rule, ...], stage: str, useless: set[str], tried: list[Tried]
) -> Verdicts:
    return {
        (Code.CONTRADICTION, (first.span.line,))
        for first in rules
        for second in rules
        if first.then.outcome is Outcome.APPROVE
        and second.then.outcome in {Outcome.REFER, Outcome.DECLINE}
        and first.priority == second.priority
        and not {first.id, second.id} & useless
        and any({first.id, second.id} <= p.rules and stage in p.real.ran for p in tried)
    }


def _table(ruleset: Ruleset, stage: str, tried: list[Tried]) -> Verdicts:
    table = ruleset.table
    if table is None:
        return set()
    found: Verdicts = set()
    reached = [point for point in tried if stage in point.real.ran]
    rows = [row for row in ruleset.rules if row.row is not None and not row.row.otherwise]
    if table.hit is HitPolicy.UNIQUE:
        found |= {
            (Code.ROWS_OVERLAP, (second.span.line, *_numbers(first, second)))
            for first, second in combinations(rows, 2)
            if any({first.id, second.id} <= point.all.fits for point in reached)
        }
    if table.hit is not HitPolicy.COLLECT and len(rows) == len(ruleset.rules):
        ids = {row.id for row in rows}
        if any(not ids & set(point.all.results) for point in reached):
            found.add((Code.TABLE_GAP, (table.span.line,)))
    return found


def _numbers(*rows: Rule) -> tuple[int, ...]:
    return tuple(row.row.number for row in rows if row.row is not None)
