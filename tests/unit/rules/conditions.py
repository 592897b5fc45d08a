"""Evaluates one condition with both engines; they must agree before a test looks at the answer."""

from __future__ import annotations

from engine.outcome import RuleResult, RuleTrace
from engine.rules import DurableRuleEngine, Effects, ReferenceRuleEngine, Signals
from engine.rules.condition import Condition, compile_condition
from engine.rules.environment import shared_environment
from tests.property.rules_random import STAGE, make_bundle, make_rule
from touchstone.v1 import facts_pb2

#: Signals that every condition of these tests may read; rules that never hit declare them.
SIGNALS = ("bad", "burst", "good")


def condition(text: str) -> Condition:
    """The compiled condition; an assertion says why it was refused."""
    compiled = compile_condition(text, shared_environment(SIGNALS))
    assert isinstance(compiled, Condition), compiled
    return compiled


def trace(text: str, facts: facts_pb2.Facts, signals: Signals | None = None) -> RuleTrace | None:
    """The trace of a rule with this condition, ``None`` for a miss."""
    never = [
        make_rule(number, condition("false"), then=Effects(signal=name))
        for number, name in enumerate(SIGNALS)
    ]
    asked = make_rule(99, condition(text), then=Effects(adjust_points=1))
    bundle = make_bundle((*never, asked))
    engine, reference = DurableRuleEngine(bundle), ReferenceRuleEngine(bundle)
    try:
        actual = engine.evaluate(STAGE, facts, signals or Signals())
    finally:
        engine.close()
    assert actual == reference.evaluate(STAGE, facts, signals or Signals())
    return next((item for item in actual.rules if item.rule_id == "R99"), None)


def result(text: str, facts: facts_pb2.Facts, signals: Signals | None = None) -> str:
    """``hit``, ``miss``, ``unknown`` or ``error``."""
    found = trace(text, facts, signals)
    return "miss" if found is None else RuleResult(found.result).value
