"""Compares a decision with what a case expects, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal

from engine.cases.model import Between, Expectation, Members, listed
from engine.currency import MINOR_DIGITS
from engine.outcome import Decision, RuleResult


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as expected."""

    field: str
    expected: str
    actual: str


def differences(expect: Expectation, decision: Decision) -> tuple[Difference, ...]:
    """What is not as expected, in the order of ``Expectation``."""
    return tuple(_differences(expect, decision))


def _differences(expect: Expectation, decision: Decision) -> Iterator[Difference]:
    for item in fields(Expectation):
        wanted = getattr(expect, item.name)
        if wanted is None:
            continue
        actual = ACTUAL[item.name](decision)
        if isinstance(wanted, Between):
            good = isinstance(actual, Decimal) and wanted.holds(actual)
        elif isinstance(wanted, Members):
            good = isinstance(actual, tuple) and wanted.holds(actual)
        else:
            good = actual == wanted
        if not good:
            yield Difference(item.name, str(wanted), _spoken(actual))


def _spoken(actual: object) -> str:
    if actual is None:
        return "none"
    if isinstance(actual, tuple):
        return listed(actual)
    return f"{actual:,f}" if isinstance(actual, Decimal) else str(actual)


def _major(decision: Decision, minor: int) -> Decimal:
    return Decimal(minor).scaleb(-MINOR_DIGITS[decision.currency])


def _line(decision: Decision) -> Decimal:
    return _major(decision, 0 if decision.line is None else decision.line.line_minor)


def rules_with(decision: Decision, result: RuleResult) -> tuple[str, ...]:
    """The rules with a result, in the order of the stages."""
    rules = (rule for stage in decision.stages for rule in stage.rules)
    return tuple(rule.rule_id for rule in rules if rule.result is result)


def signals_of(decision: Decision) -> tuple[str, ...]:
    """The signals that are true, in the order in which they were set."""
    rules = (rule for stage in decision.stages for rule in stage.rules)
    hits = (rule.signal for rule in rules if rule.signal and rule.result is RuleResult.HIT)
    return tuple(dict.fromkeys(hits))


ACTUAL: dict[str, Callable[[Decision], object]] = {
    "outcome": lambda d: d.outcome,
    "reasons": lambda d: tuple(reason.code for reason in d.reasons),
    "line": _line,
    "line_binding": lambda d: None if d.line is None else d.line.binding_cap,
    "risk_band": lambda d: None if d.line is None else d.line.risk_band,
    "limit_status": lambda d: d.expected_limit.status,
    "offer": lambda d: _major(d, d.expected_limit.offer_minor),
    "score": lambda d: None if d.score is None else Decimal(d.score.points),
    "pd": lambda d: None if d.score is None else Decimal(repr(d.score.pd)),
    "signals": signals_of,
    "rules": lambda d: rules_with(d, RuleResult.HIT),
    "unknown_rules": lambda d: rules_with(d, RuleResult.UNKNOWN),
    "required_documents": lambda d: d.required_documents,
    "degraded": lambda d: tuple(item.source for item in d.degradations),
}
"""What came, by the names of ``Expectation``."""
