"""The formulas of the road leave to a given application the outcome and line of ``evaluate``."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import z3

from engine.model import LineKind
from engine.outcome import Outcome
from engine.policy import Policy, load_policy
from engine.proof.decide import decide, line_of
from engine.proof.model import PolicyModel
from engine.proof.road import Road
from engine.proof.stages import FAMILIES
from engine.proof.witness import Witness
from engine.rules import vocabulary
from engine.sharing import ParentState
from tests.property.proof_pinned import pinned

_SHIPPED = Path(__file__).parents[2] / "rulesets" / "credit_card"
_APPLICATIONS = 300
_SEED = 20_260_615


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped policy."""
    loaded = load_policy(_SHIPPED)
    yield loaded
    loaded.rules.close()


def _application(rng: random.Random, model: PolicyModel) -> dict[str, Any]:
    """A plausible application: ordinary, with a few fields as the policy's boundaries have them."""
    facts: dict[str, Any] = dict(model.reader.ordinary)
    income = rng.choice((0, 1, 99_999, 500_000, 800_000, 1_500_000, 3_000_000, 10_000_000))
    owed = rng.choice((0, 50_000, 150_000, 420_000, 700_000))
    facts |= {
        "application.product": rng.choice(tuple(model.world.products)),
        "application.customer_segment": rng.choice(("mass", "new_to_credit")),
        "applicant.age": rng.choice((17, 18, 21, 22, 25, 35, 59, 60, 65, 66)),
        "evidence.verified_income_minor": min(income, 2_000_000),
        "evidence.verified_assets_minor": rng.choice((0, 0, 10_000_000)),
        "evidence.verified_kinds": ("deposits", "tax"),
        "bureau.monthly_obligations_minor": owed,
        "history.circle_line_minor": rng.choice((*(0,) * 9, 59_100_000)),
        "lines.own_minor": rng.choice((0, 500_000, 20_000_000)),
        "lines.elsewhere_minor": rng.choice((0, 2_000_000, 9_999_900)),
        "score.pd": rng.choice((0.0, 0.01, 0.0699, 0.07, 0.1, 0.12, 0.2, 0.25, 0.39, 0.4, 0.9)),
    }
    facts["applicant.is_student"] = facts["application.product"] == "student"
    if shared := _shared(rng):
        # Of the people above few get a line, and of those who share one hardly any.
        facts |= (_sound(rng) if rng.random() < 0.85 else {}) | shared
        owed = facts["bureau.monthly_obligations_minor"]
    if rng.random() < 0.3:
        path = rng.choice([f.path for f in vocabulary.fields().values() if f.type == "bool"])
        facts[path] = facts[path] is not None and not facts[path]
    if rng.random() < 0.2:
        facts["bureau.worst_delay_24m"] = facts["bureau.worst_delay_6m"] = rng.choice((1, 2, 3))
        facts["bureau.months_delayed_6m"] = 1
    if rng.random() < 0.1:
        facts |= {p: None for p in facts if p.startswith("history.")}
    facts["graph.available"] = True
    facts["lists.watched_countries"] = None if facts["session.country"] is None else False
    income = facts["evidence.verified_income_minor"]
    facts["evidence.debt_to_income"] = owed / income if income else None
    return facts


def _sound(rng: random.Random) -> dict[str, Any]:
    """What nothing but a cap stands in the way of."""
    return {
        "applicant.age": rng.choice((25, 35, 59)),
        "evidence.verified_income_minor": rng.choice((1_500_000, 2_000_000)),
        "bureau.monthly_obligations_minor": rng.choice((0, 50_000)),
        "history.circle_line_minor": 0,
        "lines.own_minor": 0,
        "score.pd": rng.choice((0.01, 0.0699, 0.07, 0.1)),
    }


def _shared(rng: random.Random) -> dict[str, Any]:
    """A line that shares another's, as often as not, and what becomes of the other one."""
    kind = rng.choice(("", "", "supplementary", "temporary"))
    if not kind:
        return {}
    facts: dict[str, Any] = {f"application.{kind}": True}
    if kind == "temporary":
        facts["application.temporary_days"] = rng.choice((None, -1, 0, 30, 400))
    if rng.random() < 0.1:
        return facts
    asked = rng.choice((None, 1, 500_000, 1_499_999, 3_000_000))
    facts |= {
        "application.expected_limit_minor": asked,
        "application.has_expected_limit": asked is not None,
    }
    states = (*(ParentState.IN_FORCE,) * 40, *ParentState)
    line = rng.choice((0, 133_333, 700_000, 1_000_000, 1_200_000, 1_450_000, 1_800_000))
    return facts | {
        "parent.state": str(rng.choice(states)),
        "parent.line_minor": line,
        "parent.supplementary_minor": rng.choice((0, 0, 0, line // 3, line, line + 1)),
        "parent.held_minor": rng.choice((0, line)),
        "parent.same_person": kind == "temporary",
    }


def test_the_road_is_that_of_the_engine(policy: Policy) -> None:
    """Given every fact, the formulas leave exactly the engine's outcome and line, of any kind."""
    rng = random.Random(_SEED)
    model = PolicyModel(policy.bundle, policy.products)
    roads = {name: Road(model.stages, product) for name, product in policy.products.items()}
    outcomes: Counter[str] = Counter()
    lines: set[int] = set()
    kinds: Counter[str] = Counter()
    for _ in range(_APPLICATIONS):
        witness = Witness(facts=_application(rng, model), families=True)
        decision = decide(policy, witness)
        road = roads[decision.product]
        solver = z3.Solver(ctx=model.logic.context)
        has_families = model.world.free_truth(FAMILIES, FAMILIES)
        background = (*model.background(), *model.encoder.facts, *model.encoder.hints)
        for term in (
            *background,
            *road.definition(),
            *pinned(model.world, witness.facts),
            has_families,
        ):
            solver.add(model.logic.formula(term))
        if solver.check() == z3.unsat:
            outcomes["impossible"] += 1  # such as a limit hoped for that nobody named
            continue
        same = z3.And(
            model.logic.formula(road.outcome(decision.outcome)),
            road.line_minor == line_of(decision),
        )
        assert solver.check(z3.Not(same)) == z3.unsat, (decision.outcome, line_of(decision))
        outcomes[decision.outcome] += 1
        lines.add(line_of(decision))
        kinds[decision.kind] += line_of(decision) > 0
    assert min(outcomes[outcome] for outcome in Outcome) > 10
    assert outcomes["impossible"] < _APPLICATIONS // 4
    assert len(lines) > 20
    assert min(kinds[kind] for kind in LineKind) > 5
