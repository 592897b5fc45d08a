"""Evidence plans against brute force, and what they cost: ``python -m tests.bench.plans``.

Random products whose proofs differ in cost, days, grid, haircut and cap, some alternative and some
additive, with ties. The brute force tries every admissible set at its most and takes the best in
the order of the specification; it shares no search with the plan.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from types import MappingProxyType
from typing import Any

from engine.lines import LineInputs, Product, compute_line, evidence_plan, highest_line
from engine.lines.product import Ceilings, Combine, EvidenceRule
from engine.model import INCOME_EVIDENCE, EvidenceKind
from engine.outcome import PlanItem
from tests.line_cases import SHIPPED, inputs, proof

_MORE = ("jewellery", "insurance", "fund_shares", "farmland", "royalties")
_NAMES = [*(kind.value for kind in EvidenceKind), *_MORE]
Kinds: Any = StrEnum("Kinds", {name.upper(): name for name in _NAMES})  # type: ignore[misc]
"""Twelve; the seven that the engine knows are equal to its own, as both are their text."""


def main() -> None:
    """Print agreement and times; exit with 1 if a plan is not the best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    spent: list[float] = []
    best = planned = 0
    for _ in range(options.cases):
        product, person, target = _case(chance, chance.randrange(1, 11))
        start = time.perf_counter()
        plan = evidence_plan(product, person, target)
        spent.append((time.perf_counter() - start) * 1_000)
        best += is_best(product, person, target, plan)
        planned += bool(plan)
    print(f"plans equal to brute force: {best:,} of {options.cases:,} ({planned:,} not empty)")
    _print_times("up to 10 kinds", spent)
    for kinds in (len(EvidenceKind), 12):
        spent = []
        for _ in range(50):
            product, person, target = _case(chance, kinds, additive=True)
            start = time.perf_counter()
            evidence_plan(product, person, target)
            spent.append((time.perf_counter() - start) * 1_000)
        _print_times(f"{kinds} kinds, all additive", spent)
    raise SystemExit(best != options.cases)


def _print_times(what: str, spent: list[float]) -> None:
    ordered = sorted(spent)
    p50, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    print(f"{what}: p50 {p50:.2f} ms, p99 {p99:.2f} ms, most {ordered[-1]:.2f} ms")


def is_best(product: Product, person: LineInputs, target: int, plan: tuple[PlanItem, ...]) -> bool:
    """Sound, no amount a grid step too high, and of all sets that reach it the first in order."""
    wanted = min(target, highest_line(product, person).line_minor)
    if _line(product, person, {}) >= wanted:
        return not plan
    amounts = {item.proof: item.least_amount_minor for item in plan}
    if _line(product, person, amounts) < wanted:
        return False
    for name, amount in amounts.items():
        kind: Any = Kinds(name)
        grid = product.evidence[kind].grid_minor
        lower = amounts | {name: amount - grid}
        if amount > grid and _line(product, person, lower) >= wanted:
            return False
    reaching = [
        chosen
        for chosen in _sets(product)
        if _line(product, person, {rule.kind.value: _most(rule) for rule in chosen}) >= wanted
    ]
    names = {item.proof for item in plan}
    own = [rule for rule in product.evidence.values() if rule.kind.value in names]
    return _price(own) == min(map(_price, reaching))


def _sets(product: Product) -> Iterator[tuple[EvidenceRule, ...]]:
    rules = [rule for rule in product.evidence.values() if rule.haircut > 0]
    for size in range(1, len(rules) + 1):
        for chosen in combinations(rules, size):
            if sum(rule.combine is Combine.ALTERNATIVE for rule in chosen) <= 1:
                yield chosen


def _price(rules: Sequence[EvidenceRule]) -> tuple[int, int, int, list[str]]:
    days = max(rule.days for rule in rules)
    names = sorted(rule.kind.value for rule in rules)
    return sum(rule.cost for rule in rules), len(rules), days, names


def _most(rule: EvidenceRule) -> int:
    return (int(rule.cap_minor / rule.haircut) // rule.grid_minor + 2) * rule.grid_minor


def _line(product: Product, person: LineInputs, amounts: dict[str, int]) -> int:
    kinds: dict[str, Any] = {name: Kinds(name) for name in amounts}
    added = tuple(proof(kinds[name], amount, f"new-{name}") for name, amount in amounts.items())
    return compute_line(product, replace(person, evidence=(*person.evidence, *added))).line_minor


def _case(
    chance: random.Random, kinds: int, *, additive: bool = False
) -> tuple[Product, LineInputs, int]:
    """A product with that many kinds of proofs, somebody with a few of them, and a target."""
    base = chance.choice(list(SHIPPED.values()))
    chosen: list[Any] = chance.sample(list(Kinds), kinds)
    rules: dict[Any, EvidenceRule] = {
        kind: _rule(chance, kind, additive=additive) for kind in chosen
    }
    bands = tuple(
        replace(
            band,
            income_multiple=Fraction(chance.randrange(1, 5)),
            asset_share=Fraction(chance.randrange(1, 60), 100),
            loss_budget_minor=chance.choice([band.loss_budget_minor, 10**12]),
        )
        for band in base.bands[-1:]
    )
    step = chance.choice([1, 7, 10_000, 50_000])
    product = replace(
        base,
        bands=bands,
        step_minor=step,
        minimum_minor=step,
        maximum_minor=step * (50_000_000 // step),
        debt_service_share=Fraction(1),
        minimum_payment=Fraction(1, chance.choice([10, 100])),
        total_exposure_minor=10**12,
        group_exposure_minor=None,
        income_cap_minor=chance.choice([2_000_000, 10**9]),
        assets_cap_minor=chance.choice([20_000_000, 10**10]),
        ceilings=Ceilings(
            unsecured_minor=None, student_minor=None, ages=(), segments=MappingProxyType({})
        ),
        evidence=MappingProxyType(rules),
    )
    income = proof(EvidenceKind.PAYROLL_FLOW, 300_000, "held")
    held = [income] if EvidenceKind.PAYROLL_FLOW in rules else []
    held += [
        proof(kind, chance.randrange(1, 500_000), f"held-{kind}")
        for kind in chance.sample(chosen, min(2, kinds))
    ]
    person = inputs(evidence=tuple(held), elsewhere_lines_minor=0, own_lines_minor=0)
    highest = highest_line(product, person).line_minor
    share = 100 if additive else chance.randrange(1, 110)
    return product, person, max(highest * share // 100, 1)


def _rule(chance: random.Random, kind: EvidenceKind, *, additive: bool) -> EvidenceRule:
    alternative = not additive and kind in INCOME_EVIDENCE and chance.random() < 0.6
    return EvidenceRule(
        kind=kind,
        combine=Combine.ALTERNATIVE if alternative else Combine.ADDITIVE,
        haircut=Fraction(chance.randrange(1, 21), 20),
        cap_minor=chance.randrange(1, 60) * 100_000,
        cost=chance.randrange(4),
        days=chance.randrange(4),
        grid_minor=chance.choice([1, 777, 50_000, 1_000_000]),
    )


if __name__ == "__main__":
    main()
