"""Which rules the cases tried, and how: a rule that no case hits may say anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.cases.boundaries import Boundary, untried
from engine.cases.known import rules_of
from engine.cases.record_rules import Seen
from engine.outcome import Decision, Outcome, RuleResult
from engine.rules import Bundle, Fallback, Rule
from engine.rules.ast import Has, walk

Runs = Sequence[tuple[Decision, tuple[Seen, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCoverage:
    """In how many cases a rule hit, missed, or could not be told.

    ``can_be_unknown``: whether that would have an effect. ``can_miss``: whether the condition
    reads anything at all.
    """

    rule_id: str
    ruleset: str
    path: str
    line: int
    hits: int
    misses: int
    unknowns: int
    can_miss: bool
    can_be_unknown: bool

    @property
    def is_covered(self) -> bool:
        """Whether it was seen to hit, and to miss."""
        return self.hits > 0 and (self.misses > 0 or not self.can_miss)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What no case showed: hit, miss, unknown."""
        parts = (
            ("hit", not self.hits),
            ("miss", self.can_miss and not self.misses),
            ("unknown", self.can_be_unknown and not self.unknowns),
        )
        return tuple(name for name, missing in parts if missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the cases tried. ``reasons``: those that rules give and no case saw."""

    rules: tuple[RuleCoverage, ...]
    outcomes: tuple[str, ...]
    reasons: tuple[str, ...]
    boundaries: tuple[Boundary, ...]

    @property
    def covered(self) -> int:
        """Rules that were seen to hit and to miss."""
        return sum(rule.is_covered for rule in self.rules)

    @property
    def percent(self) -> float:
        """Covered rules, 0..100; 100 where there is no rule."""
        return 100.0 * self.covered / len(self.rules) if self.rules else 100.0


def coverage(bundle: Bundle, runs: Runs) -> Coverage:
    """The coverage of these runs. ``outcomes`` and ``reasons`` are those that nobody saw."""
    counts = {result: Counter[str]() for result in ("hit", "miss", "unknown")}
    for decision, seen in runs:
        _count(bundle, decision, seen, counts)
    outcomes = {decision.outcome for decision, _ in runs}
    reasons = {code for decision, seen in runs for code in _given(decision, seen)}
    return Coverage(
        rules=tuple(_of(rule, counts) for rule in rules_of(bundle) if not rule.is_idle),
        outcomes=tuple(outcome.value for outcome in Outcome if outcome not in outcomes),
        reasons=tuple(code for code in _of_rules(bundle) if code not in reasons),
        boundaries=untried(bundle, [seen for _, seen in runs]),
    )


def _count(
    bundle: Bundle, decision: Decision, seen: Iterable[Seen], counts: dict[str, Counter[str]]
) -> None:
    results = {rule.rule_id: rule.result.value for stage in decision.stages for rule in stage.rules}
    for item in seen:
        for rule in bundle.rules_of(bundle.stage(item.stage)):
            result = results.get(rule.id, "miss")
            if result in counts:
                counts[result][rule.id] += 1


def _given(decision: Decision, seen: Iterable[Seen]) -> Iterable[str]:
    yield from (reason.code for reason in decision.reasons)
    yield from (reason.code for item in seen for reason in item.result.reasons)


def _of_rules(bundle: Bundle) -> tuple[str, ...]:
    codes = (rule.then.reason for rule in rules_of(bundle) if rule.then.reason)
    return tuple(dict.fromkeys(codes))


def _of(rule: Rule, counts: dict[str, Counter[str]]) -> RuleCoverage:
    matters = rule.on_unknown.fallback is not Fallback.IGNORE or bool(rule.then.signal)
    return RuleCoverage(
        rule_id=rule.id,
        ruleset=rule.ruleset,
        path=rule.path,
        line=rule.span.line,
        hits=counts[RuleResult.HIT.value][rule.id],
        misses=counts["miss"][rule.id],
        unknowns=counts[RuleResult.UNKNOWN.value][rule.id],
        can_miss=bool(rule.when.mentions),
        can_be_unknown=matters and _has_unguarded(rule),
    )


def _has_unguarded(rule: Rule) -> bool:
    """Whether a field is read that may be unknown, and about which `has` does not ask before."""
    asked = {node.path for node in walk(rule.when.tree) if isinstance(node, Has)}
    return any(item.known_by and item.known_by not in asked for item in rule.when.reads)
