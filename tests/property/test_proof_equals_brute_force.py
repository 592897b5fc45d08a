"""What the solver says of random policies is what trying every application says."""

from __future__ import annotations

import os
import re
from collections import Counter

import pytest

from engine.proof import check_rules
from engine.rules import Code, Diagnostic
from tests.property.proof_brute_force import try_all, verdicts
from tests.property.proof_random import Policies

_BATCHES, _BATCH = int(os.environ.get("PROOF_BATCHES", "4")), 50


def _said(item: Diagnostic) -> tuple[Code, tuple[int, ...]]:
    rows = re.match(r"rows (\d+) and (\d+) ", item.message)
    numbers = map(int, rows.groups()) if rows and item.code is Code.ROWS_OVERLAP else ()
    return item.code, (item.span.line, *numbers)


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_findings_equal_brute_force(batch: int) -> None:
    """Dead, always true, shadowed, contradictory, overlapping, with gaps: the same verdicts."""
    kinds: Counter[Code] = Counter()
    for seed in range(batch * _BATCH, (batch + 1) * _BATCH):
        policies = Policies(seed)
        bundle = policies.bundle()
        said = {_said(item) for item in check_rules(bundle, {})}
        unsure = {where[0] for code, where in said if code is Code.UNPROVED}
        assert policies.divides or not unsure, f"seed {seed}"
        expected = verdicts(bundle, try_all(bundle, policies.fields))
        if not unsure:
            assert said == expected, f"seed {seed}"
        assert {v for v in said if v[0] is not Code.UNPROVED} <= expected, f"seed {seed}"
        kinds.update(code for code, _ in said)
    # A comparison in which nothing is ever wrong would prove nothing.
    assert len(kinds.keys() - {Code.UNPROVED}) >= 5
    assert sum(kinds.values()) > 40
