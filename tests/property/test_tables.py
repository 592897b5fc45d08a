"""Random decision tables: the rule engine, its reference and brute force agree."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from engine.rules import DurableRuleEngine, ReferenceRuleEngine, Signals, StageResult
from tests.property.rules_random import STAGE
from tests.property.tables_brute_force import Expected, decide
from tests.property.tables_random import (
    bundle_of,
    random_facts,
    random_tables,
    read_tables,
    write_table,
)

_BATCHES, _BATCH, _FACTS = 8, 60, 12


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_tables_mean_what_their_cells_say(batch: int) -> None:
    """All hit policies, unknown and failing columns, signals between tables, aggregates."""
    seen: Counter[str] = Counter()
    for seed in range(batch * _BATCH, (batch + 1) * _BATCH):
        _compare(seed, seen)
    assert seen["evaluations"] == _BATCH * _FACTS
    # The comparison is worth something only if every kind of result was drawn.
    assert min(seen[kind] for kind in ("hit", "unknown", "error")) > 30, seen


def _compare(seed: int, seen: Counter[str]) -> None:
    rng = random.Random(seed)
    specs = random_tables(rng)
    texts = {spec.name: write_table(spec, rng) for spec in specs}
    rulesets = read_tables(texts)
    bundle = bundle_of(rulesets)
    engine, reference = DurableRuleEngine(bundle), ReferenceRuleEngine(bundle)
    try:
        for _ in range(_FACTS):
            facts = random_facts(rng)
            actual = engine.evaluate(STAGE, facts, Signals())
            where = f"seed {seed}\n{facts}\n" + "\n".join(texts.values())
            assert actual == reference.evaluate(STAGE, facts, Signals()), where
            assert _told(actual, len(specs)) == decide(specs, facts), where
            seen["evaluations"] += 1
            seen.update(trace.result.value for trace in actual.rules)
    finally:
        engine.close()


def _told(result: StageResult, tables: int) -> Expected:
    return Expected(
        trace=[(trace.rule_id, trace.result.value) for trace in result.rules],
        outcome=None if result.outcome is None else result.outcome.value,
        cap_line_minor=result.cap_line_minor,
        adjust_points=result.adjust_points,
        documents=set(result.required_documents),
        reasons={reason.code for reason in result.reasons},
        signals={f"s{n}": result.signals.value(f"s{n}") for n in range(tables)},
    )
