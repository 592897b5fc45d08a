"""A condition's formulas allow what the interpreter answers, and where they are exact, only that.

Random conditions over the whole vocabulary, with arithmetic, texts, lists and macros, on random
applications in which nothing but ranges and what is supplied together is as it is in service.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
import z3

from engine.model import EvidenceKind, IdentifierKind
from engine.proof.domain import RANGES, interval
from engine.proof.encode import Encoder
from engine.proof.logic import Logic, Truth
from engine.proof.model import texts_of
from engine.proof.world import World, group_of
from engine.rules import vocabulary
from engine.rules.ast import Expr
from engine.rules.condition import Condition, compile_condition
from engine.rules.environment import shared_environment
from engine.rules.interpreter import Failed, Interpreter, Unknown
from engine.suppose import apply
from tests.property.proof_pinned import pinned
from tests.property.rules_random import random_condition
from touchstone.v1 import facts_pb2

_BATCHES, _BATCH, _APPLICATIONS = 4, 300, 3
_TEXTS = ("", "a", "b", "ab", "CN", "学生", "classic", "device", "nothing of the kind")
_INTS = (-7, -1, 0, 1, 2, 3, 6, 7, 100, 2**40, 2**62, 2**63 - 1, -(2**63))
_DOUBLES = (0.0, 0.25, 0.5, 1.0, 3.0, 1e-05, 1e15)
_DTI = "evidence.debt_to_income"


def _application(rng: random.Random) -> dict[str, Any]:
    known = {group_of(f.known_by): rng.random() < 0.7 for f in vocabulary.fields().values()}
    facts: dict[str, Any] = {}
    for field in vocabulary.fields().values():
        if field.known_by and not known[group_of(field.known_by)]:
            facts[field.path] = () if field.type.startswith("list(") else None
        else:
            facts[field.path] = _value(rng, field)
    facts[_DTI] = None  # a quotient of two others: its formulas rest on them
    return facts


def _value(rng: random.Random, field: vocabulary.Field) -> Any:
    match field.type:
        case "bool":
            return rng.random() < 0.5
        case "string":
            return rng.choice(_TEXTS)
        case "int":
            low, high = interval(field.path)
            return rng.choice([n for n in (*_INTS, low, high) if low <= n <= high])
        case "double":
            low, high = RANGES.get(field.path, (0, 2**50))
            return rng.choice([n for n in _DOUBLES if low <= n <= high])
        case "list(string)":
            return tuple(sorted(rng.sample(list(EvidenceKind), rng.randrange(3))))
        case _:
            return tuple(_neighbour(rng) for _ in range(rng.randrange(4)))


def _neighbour(rng: random.Random) -> dict[str, Any]:
    kinds = rng.sample(list(IdentifierKind), rng.randrange(4))
    return {
        "fraud": rng.random() < 0.4,
        "kinds": [str(kind) for kind in IdentifierKind if kind in kinds],
        "days": rng.choice((0, 1, 6, 7, 30)),
        "same_person": rng.random() < 0.2,
    }


def _answered(tree: Expr, facts: dict[str, Any]) -> str:
    message = facts_pb2.Facts()
    apply(message, facts)
    value = Interpreter(message, lambda _: None).truth(tree)
    if isinstance(value, Unknown):
        return "unknown"
    return "failed" if isinstance(value, Failed) else str(value).lower()


def _says(logic: Logic, truth: Truth, answer: str) -> Any:
    term = truth.failed(logic) if answer == "failed" else getattr(truth, answer)
    return logic.formula(term)


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_formulas_allow_what_the_interpreter_answers(batch: int) -> None:
    """Never less: what no formula allows never happens. And most of the time exactly that."""
    seen: Counter[str] = Counter()
    for seed in range(batch * _BATCH, (batch + 1) * _BATCH):
        rng = random.Random(seed)
        condition = random_condition(rng, (), ())
        logic = Logic()
        world = World(logic, texts_of([condition.tree], rng.sample(_TEXTS, 3)), {})
        encoder = Encoder(world)
        truth = encoder.truth(condition.tree, _no_signal, "")
        for _ in range(_APPLICATIONS):
            facts = _application(rng)
            solver = z3.Solver(ctx=logic.context)
            solver.set("rlimit", 3_000_000)
            solver.add(*(logic.formula(t) for t in (*pinned(world, facts), *encoder.facts)))
            answer = _answered(condition.tree, facts)
            allowed = solver.check(_says(logic, truth, answer))
            assert allowed != z3.unsat, f"seed {seed}: {answer} of {condition.text}"
            exact = solver.check(z3.Not(_says(logic, truth, answer))) == z3.unsat
            seen["exact" if exact else "free"] += 1
            seen[answer] += 1
    assert seen["exact"] > 2 * seen["free"]
    assert min(seen[answer] for answer in ("true", "false", "unknown", "failed")) > 0


_DAYS = "applicant.id_document_days_left"


@pytest.mark.parametrize(
    "text",
    [
        f"{_DAYS} {sign} {by} == {result}"
        for sign in "/%"
        for by in (3, -3)
        for result in range(-3, 4)
    ]
    + [f"int(double({_DAYS}) - 0.5) == {n}" for n in (-2, 0, 1)]
    + [f"applicant.occupation {sign} session.country" for sign in ("==", "!=", "<", "<=")],
)
def test_signs_and_texts_in_one_gap(text: str) -> None:
    """Truncation towards zero, and two texts that no condition names."""
    condition = compile_condition(text, shared_environment(()))
    assert isinstance(condition, Condition)
    logic = Logic()
    world = World(logic, texts_of([condition.tree], ()), {})
    encoder = Encoder(world)
    truth = encoder.truth(condition.tree, _no_signal, "")
    usual = _application(random.Random(0))
    for days in range(-10, 11):
        for occupation, country in (("x", "y"), ("y", "x"), ("x", "x")):
            changes = {_DAYS: days, "applicant.occupation": occupation, "session.country": country}
            facts = usual | changes
            solver = z3.Solver(ctx=logic.context)
            solver.add(*(logic.formula(t) for t in (*pinned(world, facts), *encoder.facts)))
            answer = _answered(condition.tree, facts)
            assert solver.check(_says(logic, truth, answer)) == z3.sat, (facts[_DAYS], answer)


def _no_signal(name: str) -> Truth:
    raise KeyError(name)
