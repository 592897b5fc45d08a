"""What each stage of one decision costs, alone and warm, in one process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from engine.codec import encode
from engine.evaluate import evaluate
from engine.facts import add_graph, add_score, base_facts, day_of
from engine.lines import LineInputs, compute_line, verified_strength
from engine.model import Bureau, HeldLines
from engine.outcome import Decision, ScoreResult
from engine.policy import Policy, load_policy
from engine.record import DecisionRecord
from engine.rules import Signals
from tests.applications import AS_OF_US, admission, application, gathered, neighbourhood

_POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"
_ROUNDS = 500


def stage_table() -> Table:
    """Microseconds by stage, median and 99th percentile."""
    policy = load_policy(_POLICY)
    table = Table(title="One decision by stage, in process, µs", title_justify="left")
    for heading in ("stage", "p50", "p99"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    for name, call in _stages(policy).items():
        spent = sorted(_micros(call) for _ in range(_ROUNDS))
        table.add_row(name, f"{spent[_ROUNDS // 2]:,.0f}", f"{spent[_ROUNDS * 99 // 100]:,.0f}")
    policy.rules.close()
    return table


def _micros(call: Callable[[], object]) -> float:
    start = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - start) / 1000


def _stages(policy: Policy) -> dict[str, Callable[[], object]]:
    asked = application(expected_limit_minor=2_000_000)
    admitted, answers = admission(asked), gathered(neighbourhood(3))
    product = policy.products[asked.product]
    day = day_of(AS_OF_US, policy.bundle.strategy.utc_offset_minutes)
    strength = verified_strength(product, asked.evidence)
    bureau, held = asked.bureau, asked.held_lines
    assert isinstance(bureau, Bureau)
    assert isinstance(held, HeldLines)
    card = next(iter(policy.scorecards.values()))
    score = card.score(bureau)
    assert isinstance(score, ScoreResult)
    facts = base_facts(asked, day, *strength)
    add_graph(facts, answers.graph, asked)
    add_score(facts, score.points, score.pd)
    inputs = LineInputs(
        pd=score.pd,
        evidence=asked.evidence,
        monthly_obligations_minor=bureau.monthly_obligations_minor or 0,
        own_lines_minor=held.own_minor,
        elsewhere_lines_minor=held.elsewhere_minor,
        is_student=False,
        age=36,
        customer_segment=asked.customer_segment,
    )
    decision = evaluate(policy, admitted, answers)
    assert isinstance(decision, Decision)
    record = DecisionRecord(admission=admitted, gathered=answers, decision=decision)
    rules = policy.rules
    return {
        "facts": lambda: base_facts(asked, day, *strength),
        "eligibility rules": lambda: rules.evaluate("eligibility", facts, Signals()),
        "graph features": lambda: add_graph(facts, answers.graph, asked),
        "fraud rules": lambda: rules.evaluate("fraud", facts, Signals()),
        "score": lambda: card.assess_bureau(bureau),
        "score, with its parts": lambda: card.score(bureau),
        "approval rules": lambda: rules.evaluate("approval", facts, Signals()),
        "line": lambda: compute_line(product, inputs),
        "all of evaluate": lambda: evaluate(policy, admitted, answers),
        "all of evaluate, approved as asked": lambda: evaluate(policy, admitted, gathered()),
        "the same, with the parts of its scores": lambda: evaluate(
            policy, admitted, gathered(), explained=True
        ),
        "encode the record": lambda: encode(record),
    }
