"""A case whose expectation is what ``evaluate`` says passes; any other expectation fails.

Facts are drawn from the whole vocabulary and go through the text of a suite, so the reader, the
standard applicant, the run and the comparison are tried together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cases import Runner, Status, read_suites, run_cases
from engine.cases.compare import ACTUAL
from engine.outcome import CapName, Decision, LimitStatus, Outcome
from engine.policy import Policy, load_policy
from engine.rules import vocabulary
from engine.rules.diagnostics import Diagnostics

_POLICY = Path(__file__).parents[2] / "rulesets" / "credit_card"
_TEXTS = {
    "application.product": ["classic", "gold", "platinum", "student"],
    "application.channel": ["mobile", "branch"],
}
_KINDS = {
    "bool": st.booleans(),
    "int": st.integers(0, 40) | st.integers(0, 10**9),
    "double": st.floats(0, 1, allow_nan=False),
    "string": st.sampled_from(["", "CN", "mass", "学生"]),
    "list(string)": st.lists(st.sampled_from(["tax", "deposits"]), max_size=2),
    "list(touchstone.v1.NeighbourFacts)": st.lists(
        st.fixed_dictionaries(
            {
                "fraud": st.booleans(),
                "kinds": st.lists(st.sampled_from(["device", "phone"]), unique=True),
                "days": st.integers(0, 400),
            }
        ),
        max_size=4,
    ),
}


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped policy."""
    loaded = load_policy(_POLICY)
    yield loaded
    loaded.rules.close()


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """What a case gives: a few facts, sources, a limit hoped for."""
    facts: dict[str, Any] = {}
    sources = {
        name: draw(st.sampled_from(["ok", "ok", "ok", "down", "late", "stale"]))
        for name in ("graph", "history")
    }
    for field in draw(st.lists(st.sampled_from(sorted(vocabulary.fields())), max_size=8)):
        known = vocabulary.fields()[field]
        source = vocabulary.SOURCE_OF_ROOT.get(field.partition(".")[0], "")
        values = st.sampled_from(_TEXTS[field]) if field in _TEXTS else _KINDS.get(known.type)
        if values is None or sources.get(source, "ok") != "ok" or field == "application.date":
            continue
        facts[field] = draw(st.none() | values if known.known_by == field else values)
    limit = draw(st.none() | st.integers(0, 200).map(lambda n: n * 500))
    return {
        "name": "drawn",
        "base": draw(st.sampled_from(["standard", "standard", "unknown"])),
        "on": draw(st.dates()).isoformat() if draw(st.booleans()) else "2026-06-15",
        "facts": facts,
        "sources": sources,
        "application": {"expected_limit": limit, "guarantor": draw(st.booleans())},
    }


def _days_of_a_business(case: dict[str, Any]) -> dict[str, Any]:
    """The day of a case lies where people live."""
    year = max(1971, min(2100, int(case["on"][:4])))
    return case | {"on": f"{year}-{case['on'][5:7]}-{min(28, int(case['on'][8:])):02d}"}


def _run(policy: Policy, case: dict[str, Any]) -> Status:
    report = run_cases(policy, _read(policy, case))
    assert report.results[0].note == ""
    return report.results[0].status


def _read(policy: Policy, case: dict[str, Any]) -> Any:
    found = Diagnostics()
    text = json.dumps({"suite": "drawn", "cases": [case]}, ensure_ascii=False)
    read = read_suites(policy.bundle, {"tests/drawn.yaml": text.encode()}, found)
    found.refuse_if_errors()
    return read


def _expected(decision: Decision) -> dict[str, Any]:
    values = {name: actual(decision) for name, actual in ACTUAL.items()}
    return {
        name: list(value)
        if isinstance(value, tuple)
        else float(value)
        if isinstance(value, Decimal)
        else value
        for name, value in values.items()
        if value is not None
    }


def _other(policy: Policy, name: str, value: Any) -> Any:
    """Another expectation that a suite may hold."""
    choices = {"outcome": Outcome, "line_binding": CapName, "limit_status": LimitStatus}
    if name in choices:
        return next(item.value for item in choices[name] if item.value != value)
    if name == "risk_band":
        return "A" if value != "A" else "B"
    if isinstance(value, list):
        return value[1:] if value else _some(policy, name)
    return {"at_least": value + 0.001}


def _some(policy: Policy, name: str) -> list[str]:
    rules = [rule for ruleset in policy.bundle.rulesets.values() for rule in ruleset.rules]
    names = {
        "reasons": "THIN_FILE",
        "signals": policy.bundle.signals[0],
        "required_documents": next(rule.then.require[0] for rule in rules if rule.then.require),
        "degraded": "graph",
    }
    return [names.get(name, rules[0].id)]


@settings(max_examples=150, deadline=None)
@given(case=cases().map(_days_of_a_business), data=st.data())
def test_what_is_decided_passes_and_anything_else_fails(
    policy: Policy, case: dict[str, Any], data: st.DataObject
) -> None:
    """For every field of an expectation."""
    probe = _read(policy, case | {"expect": {"outcome": "approve"}})[0].cases[0]
    decision = Runner(policy).run(probe).decision
    expected = _expected(decision)
    assert _run(policy, case | {"expect": expected}) is Status.PASSED
    name = data.draw(st.sampled_from(sorted(expected)))
    wrong = _other(policy, name, expected[name])
    assert _run(policy, case | {"expect": {name: wrong}}) is Status.FAILED
