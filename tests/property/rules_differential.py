"""Compares the rule engine with its reference on random rulesets and facts.

    python -m tests.property.rules_differential --rulesets 5000 --facts 10 [--seed N]

Prints every mismatch with the seed that repeats it, and exits 1 if there was one.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.outcome import RuleResult
from engine.rules import (
    Bundle,
    DurableRuleEngine,
    ReferenceRuleEngine,
    Signals,
    StageResult,
    Standing,
)
from tests.property.rules_random import LISTS, SIGNALS, STAGE, random_bundle, random_facts


@dataclass(slots=True)
class Tally:
    """What was compared, and how it came out; a test without unknowns would prove nothing."""

    evaluations: int = 0
    mismatches: int = 0
    results: Counter[str] = field(default_factory=Counter)
    misses: int = 0

    def count(self, bundle: Bundle, result: StageResult) -> None:
        """Count one evaluation."""
        self.evaluations += 1
        self.results.update(trace.result.value for trace in result.rules)
        self.misses += len(bundle.rulesets["random"].rules) - len(result.rules)

    def __str__(self) -> str:
        """One line for people."""
        parts = ", ".join(f"{self.results[kind.value]:,} {kind.value}" for kind in RuleResult)
        return (
            f"{self.evaluations:,} evaluations, {self.mismatches} mismatches "
            f"({parts}, {self.misses:,} miss)"
        )


def compare(seed: int, facts: int, tally: Tally) -> Iterator[str]:
    """Yield a description of every mismatch of one random ruleset."""
    rng = random.Random(seed)
    bundle = random_bundle(rng)
    engine, reference = DurableRuleEngine(bundle), ReferenceRuleEngine(bundle)
    try:
        for number in range(facts):
            given, signals = random_facts(rng), random_signals(rng)
            standing = random_standing(rng, bundle)
            expected = reference.evaluate(STAGE, given, signals, standing)
            actual = engine.evaluate(STAGE, given, signals, standing)
            tally.count(bundle, actual)
            if actual != expected:
                tally.mismatches += 1
                yield f"seed {seed}, facts {number}:\n{difference(bundle, expected, actual)}"
    finally:
        engine.close()


def random_signals(rng: random.Random) -> Signals:
    """Signals of earlier stages."""
    true = frozenset(name for name in SIGNALS if rng.random() < 0.1)
    unknown = frozenset(name for name in SIGNALS if rng.random() < 0.1) - true
    return Signals(true, unknown)


def random_standing(rng: random.Random, bundle: Bundle) -> Standing:
    """Lists that the applicant is on, or may be on, and rules snoozed for them."""
    true = frozenset(name for name in LISTS if rng.random() < 0.3)
    unknown = frozenset(name for name in LISTS if rng.random() < 0.3) - true
    rules = bundle.rulesets["random"].rules
    snoozed = frozenset(rule.id for rule in rules if rng.random() < 0.1)
    return Standing(Signals(true, unknown), snoozed if rng.random() < 0.3 else frozenset())


def difference(bundle: Bundle, expected: StageResult, actual: StageResult) -> str:
    """The rules on which the two differ, with their conditions."""
    texts = {rule.id: rule.when.text for rule in bundle.rulesets["random"].rules}
    differing = {trace.rule_id for trace in set(expected.rules) ^ set(actual.rules)} or set(texts)
    lines = [f"  {name}: {texts[name]}" for name in sorted(differing)]
    return "\n".join([*lines, f"  expected {expected}", f"  actual   {actual}"])


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rulesets", type=int, default=400)
    parser.add_argument("--facts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tally = Tally()
    for seed in range(options.seed, options.seed + options.rulesets):
        for text in compare(seed, options.facts, tally):
            sys.stdout.write(f"{text}\n")
    sys.stdout.write(f"{options.rulesets:,} rulesets x {options.facts} facts: {tally}\n")
    return 1 if tally.mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
