"""What a stage's rules came to. One pure combination, whoever evaluated the conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.outcome import Outcome, Reason, RuleResult, RuleTrace
from engine.rules.model import ReasonText, Rule
from engine.rules.signals import Signals
from engine.rules.standing import Standing
from engine.rules.tables.aggregate import total_cap, total_points
from engine.rules.tables.model import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A rule's result; ``result`` ``None`` is a miss. ``unknown_fields`` only if unknown."""

    result: RuleResult | None
    unknown_fields: tuple[str, ...] = ()


MISS = Verdict(result=None)
HIT = Verdict(result=RuleResult.HIT)
ERROR = Verdict(result=RuleResult.ERROR)
SNOOZED = Verdict(result=RuleResult.SNOOZED)
_UNDECIDED = (RuleResult.UNKNOWN, RuleResult.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """A stage's answer.

    ``outcome``: the most severe, ``None`` if no rule gave one. ``rules``: hits, unknowns and
    errors in the order of the agenda. ``reasons``: each code once, gravest outcome first.
    ``signals``: with those of earlier stages. ``cap_line_minor``: the lowest cap, minor units.
    """

    outcome: Outcome | None
    rules: tuple[RuleTrace, ...]
    reasons: tuple[Reason, ...]
    signals: Signals
    required_documents: tuple[str, ...]
    cap_line_minor: int | None
    adjust_points: int


def combine(
    agenda: Sequence[tuple[Rule, Verdict]],
    signals: Signals,
    texts: Mapping[str, ReasonText],
    tables: Mapping[str, Table],
) -> StageResult:
    """The stage's answer from every rule's verdict, in the order of the agenda.

    The verdicts of a table's rows are those that its hit policy left.
    """
    told = [(r, verdict) for r, verdict in agenda if verdict.result is not None and not r.is_idle]
    traces = tuple(_trace(rule, verdict) for rule, verdict in told)
    hits = [rule for rule, verdict in told if verdict.result is RuleResult.HIT]
    outcomes = [trace.outcome for trace in traces if trace.outcome is not None]
    documents = dict.fromkeys(document for rule in hits for document in rule.then.require)
    return StageResult(
        outcome=max(outcomes, key=lambda outcome: outcome.severity, default=None),
        rules=traces,
        reasons=_reasons(traces, texts),
        signals=signals,
        required_documents=tuple(documents),
        cap_line_minor=total_cap(hits, tables),
        adjust_points=total_points(hits, tables),
    )


def snooze(
    rules: Sequence[Rule], verdicts: Sequence[Verdict], standing: Standing
) -> Sequence[Verdict]:
    """The verdicts with those of snoozed rules replaced; a miss stays a miss."""
    return [
        SNOOZED if verdict.result is not None and rule.id in standing.snoozed else verdict
        for rule, verdict in zip(rules, verdicts, strict=True)
    ]


def settle(agenda: Sequence[tuple[Rule, Verdict]], signals: Signals) -> Signals:
    """The signals after these rules: a rule in error leaves its signal unknown too."""
    setters = [(rule.then.signal, verdict) for rule, verdict in agenda if rule.then.signal]
    return signals.plus(
        (name for name, verdict in setters if verdict.result is RuleResult.HIT),
        (name for name, verdict in setters if verdict.result in _UNDECIDED),
    )


def _trace(rule: Rule, verdict: Verdict) -> RuleTrace:
    outcome, reason = rule.then.outcome, rule.then.reason
    if verdict.result is RuleResult.UNKNOWN:
        outcome, reason = rule.on_unknown.outcome, rule.on_unknown.reason
    elif verdict.result is RuleResult.ERROR:
        outcome, reason = rule.on_error.outcome, rule.on_error.reason
    elif verdict.result is RuleResult.SNOOZED:
        outcome, reason = None, ""
    if verdict.result is None:
        raise AssertionError("a miss is not traced")
    return RuleTrace(
        ruleset=rule.ruleset,
        rule_id=rule.id,
        result=verdict.result,
        outcome=outcome,
        reason=reason,
        signal=rule.then.signal,
        unknown_fields=verdict.unknown_fields,
    )


def _reasons(traces: Sequence[RuleTrace], texts: Mapping[str, ReasonText]) -> tuple[Reason, ...]:
    ranked = sorted(
        (trace for trace in traces if trace.reason),
        key=lambda trace: -(trace.outcome or Outcome.APPROVE).severity,
    )
    first: dict[str, Reason] = {}
    for trace in ranked:
        text = texts[trace.reason]
        first.setdefault(
            trace.reason,
            Reason(
                code=trace.reason,
                source=f"rule:{trace.rule_id}",
                outcome=trace.outcome or Outcome.APPROVE,
                text_en=text.text_en,
                text_zh=text.text_zh,
            ),
        )
    return tuple(first.values())
