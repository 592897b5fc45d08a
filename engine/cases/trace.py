"""The road that led to a decision, as plain values for people: what hit, and on what facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.cases.known import rules_of
from engine.cases.model import Expectation, Members
from engine.cases.record_rules import Seen
from engine.currency import MINOR_DIGITS
from engine.outcome import Decision, LineResult, RuleTrace, StageTrace
from engine.rules import Bundle, Rule, teller
from engine.rules.vocabulary import LISTS, SIGNALS, fields, getter, presence_test
from touchstone.v1 import facts_pb2

MISS = "miss"


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field that a condition mentions, and its value as people read it."""

    path: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStep:
    """One rule. ``result``: hit, unknown, error, or miss for one that was expected to speak."""

    rule_id: str
    result: str
    path: str
    line: int
    condition: str
    outcome: str
    reason: str
    values: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStep:
    """One stage, run or skipped. ``has_rules``: it is not the scorecard's or the line's."""

    stage: str
    has_rules: bool
    skipped_because: str
    outcome: str
    rules: tuple[RuleStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTrace:
    """The road of a case.

    ``reasons``: code and what gave it. ``waterfall``: step and amount in major units.
    """

    stages: tuple[StageStep, ...]
    degradations: tuple[str, ...]
    score: str
    reasons: tuple[tuple[str, str], ...]
    waterfall: tuple[tuple[str, str], ...]


def trace(
    bundle: Bundle, decision: Decision, seen: tuple[Seen, ...], expect: Expectation
) -> CaseTrace:
    """The trace of a decision. Rules that were expected to speak and did not are in it too."""
    rules = {rule.id: rule for rule in rules_of(bundle)}
    by_stage = {item.stage: item for item in seen}
    score = decision.score
    return CaseTrace(
        stages=tuple(
            _stage(bundle, rules, stage, by_stage.get(stage.stage), expect)
            for stage in decision.stages
        ),
        degradations=tuple(
            f"{item.source} {item.status.value}: {item.fallback}" for item in decision.degradations
        ),
        score="" if score is None else f"{score.points} points, PD {score.pd:.4f}",
        reasons=tuple((reason.code, reason.source) for reason in decision.reasons),
        waterfall=tuple(_waterfall(decision, decision.line)),
    )


def _stage(
    bundle: Bundle,
    rules: dict[str, Rule],
    stage: StageTrace,
    seen: Seen | None,
    expect: Expectation,
) -> StageStep:
    steps = [_step(rules[item.rule_id], item, seen) for item in stage.rules]
    if seen is not None:
        told = {item.rule_id for item in stage.rules}
        of_stage = bundle.rules_of(bundle.stage(stage.stage))
        steps += [
            _step(rule, None, seen)
            for rule in of_stage
            if rule.id not in told and _was_wanted(rule, expect)
        ]
    return StageStep(
        stage=stage.stage,
        has_rules=bool(bundle.stage(stage.stage).rulesets),
        skipped_because=stage.skipped_because,
        outcome="" if stage.outcome is None else stage.outcome.value,
        rules=tuple(steps),
    )


def _step(rule: Rule, told: RuleTrace | None, seen: Seen | None) -> RuleStep:
    outcome = rule.then.outcome if told is None else told.outcome
    return RuleStep(
        rule_id=rule.id,
        result=MISS if told is None else told.result.value,
        path=rule.path,
        line=rule.span.line,
        condition=" ".join(rule.when.text.split()),
        outcome="" if outcome is None else outcome.value,
        reason=rule.then.reason if told is None else told.reason,
        values=() if seen is None else tuple(values_of(rule, seen)),
    )


def _was_wanted(rule: Rule, expect: Expectation) -> bool:
    then = rule.then
    pairs: tuple[tuple[Members | None, tuple[str, ...]], ...] = (
        (expect.rules, (rule.id,)),
        (expect.unknown_rules, (rule.id,)),
        (expect.reasons, (then.reason,)),
        (expect.signals, (then.signal,)),
        (expect.required_documents, then.require),
    )
    return any(
        wanted is not None and bool(set(names) & set(wanted.wanted)) for wanted, names in pairs
    )


def values_of(rule: Rule, seen: Seen) -> Iterator[FieldValue]:
    """The fields that the rule's condition mentions, as they were in the stage."""
    for path in rule.when.mentions:
        tell = teller(seen.result.signals, seen.standing)
        yield FieldValue(path, shown(path, seen.facts, tell))


def shown(path: str, facts: facts_pb2.Facts, tell: Callable[[str], bool | None]) -> str:
    """A field's value as people read it; ``tell``: signals and lists by path."""
    if path.partition(".")[0] in (SIGNALS, LISTS):
        value = tell(path)
        return "unknown" if value is None else str(value).lower()
    return text_of(read(path, facts))


def read(path: str, facts: facts_pb2.Facts) -> object:
    """A field's value; ``None`` if nobody knows."""
    known_by = fields()[path].known_by
    if known_by and not presence_test(known_by)(facts):
        return None
    return getter(path)(facts)


def text_of(value: object) -> str:
    """A value as a rule would write it."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (int, float)):
        return f"{value}"
    items = list(value)  # type: ignore[call-overload]
    if all(isinstance(item, str) for item in items):
        return f"[{', '.join(items)}]"
    return f"{len(items)} entries"


def _waterfall(decision: Decision, line: LineResult | None) -> Iterator[tuple[str, str]]:
    if line is None:
        return
    digits = MINOR_DIGITS[decision.currency]
    for step in line.waterfall:
        yield step.name, f"{Decimal(step.amount_minor).scaleb(-digits):,.{digits}f}"
    yield "line", f"{Decimal(line.line_minor).scaleb(-digits):,.{digits}f}"
