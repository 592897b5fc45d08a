import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.property.rules_differential import Tally, compare
from tests.property.rules_memory import measure_evaluations, measure_reloads

_ROOT = Path(__file__).parents[2]
_BATCHES, _BATCH, _FACTS = 8, 50, 10


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_engine_agrees_with_its_reference(batch: int) -> None:
    """On random rulesets and facts the two engines give the same stage result."""
    tally = Tally()
    found = [
        text
        for seed in range(batch * _BATCH, (batch + 1) * _BATCH)
        for text in compare(seed, _FACTS, tally)
    ]
    assert found == []
    assert tally.evaluations == _BATCH * _FACTS
    # The comparison is worth something only if every kind of result was drawn.
    assert min(tally.misses, *(tally.results[kind] for kind in ("hit", "unknown", "error"))) > 20


@pytest.mark.slow
def test_agreement_survives_dirty_heap_memory() -> None:
    """C code that reads memory it never wrote is found by filling what malloc gives."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.property.rules_differential", "--rulesets", "100"],
        cwd=_ROOT,
        env={**os.environ, "MALLOC_PERTURB_": "165", "PYTHONPATH": f"{_ROOT}:{_ROOT / 'proto'}"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "1,000 evaluations, 0 mismatches" in done.stdout


@pytest.mark.slow
def test_evaluation_keeps_memory_flat() -> None:
    """A server evaluates for months: nothing may be left behind."""
    growth = measure_evaluations(20_000)
    assert growth.megabytes < 2
    assert abs(growth.none_references) < 500


@pytest.mark.slow
def test_reloading_keeps_memory_flat() -> None:
    """A new policy gives back what the old one held."""
    growth = measure_reloads(100)
    assert growth.megabytes < 2
