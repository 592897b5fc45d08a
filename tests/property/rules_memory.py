"""Measures whether evaluation, and reloading of policies, keep memory flat.

    python -m tests.property.rules_memory --evaluations 200000 --reloads 300

Prints resident megabytes before and after, and the change of the count of references to None:
a C extension that returns None without counting it kills CPython 3.11 in the end.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
from dataclasses import dataclass

import psutil

from engine.rules import Bundle, DurableRuleEngine, Signals
from tests.property.rules_random import STAGE, random_bundle, random_facts
from touchstone.v1 import facts_pb2

_BUNDLES = 5
_FACTS = 50
_MEGABYTE = 1_048_576


@dataclass(frozen=True, slots=True)
class Growth:
    """Resident memory before and after, in megabytes, and references to None gained."""

    before_mb: float
    after_mb: float
    none_references: int

    @property
    def megabytes(self) -> float:
        """What was gained."""
        return self.after_mb - self.before_mb


def resident_mb() -> float:
    """Resident memory of this process."""
    gc.collect()
    return float(psutil.Process().memory_info().rss) / _MEGABYTE


def measure_evaluations(count: int) -> Growth:
    """Evaluate random rulesets, after a warm-up of a tenth as many."""
    bundles = [random_bundle(random.Random(seed)) for seed in range(_BUNDLES)]
    engines = [DurableRuleEngine(bundle) for bundle in bundles]
    rng = random.Random(1)
    facts = [random_facts(rng) for _ in range(_FACTS)]

    def run(times: int) -> None:
        for number in range(times):
            engine = engines[number % _BUNDLES]
            engine.evaluate(STAGE, facts[number % _FACTS], Signals())

    try:
        run(count // 10)
        before, nones = resident_mb(), sys.getrefcount(None)
        run(count)
        return Growth(before, resident_mb(), sys.getrefcount(None) - nones)
    finally:
        for engine in engines:
            engine.close()


def measure_reloads(count: int) -> Growth:
    """Build, use once and close engines, after a warm-up of a tenth as many."""
    bundle, facts = random_bundle(random.Random(3)), random_facts(random.Random(3))

    def run(times: int) -> None:
        for _ in range(times):
            _use_once(bundle, facts)

    run(max(1, count // 10))
    before, nones = resident_mb(), sys.getrefcount(None)
    run(count)
    return Growth(before, resident_mb(), sys.getrefcount(None) - nones)


def _use_once(bundle: Bundle, facts: facts_pb2.Facts) -> None:
    engine = DurableRuleEngine(bundle)
    try:
        engine.evaluate(STAGE, facts, Signals())
    finally:
        engine.close()


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=200_000)
    parser.add_argument("--reloads", type=int, default=300)
    options = parser.parse_args()
    for what, count, growth in (
        ("evaluations", options.evaluations, measure_evaluations(options.evaluations)),
        ("reloads", options.reloads, measure_reloads(options.reloads)),
    ):
        sys.stdout.write(
            f"{count:,} {what}: {growth.before_mb:.1f} MB before, {growth.after_mb:.1f} MB after, "
            f"{growth.none_references:+d} references to None\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
