"""P6 to P8 and P11: the evidence plan against brute force, which shares no search with it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.lines import LineInputs, Product, compute_line, evidence_plan, highest_line
from engine.lines.product import Ceilings, Combine, EvidenceRule
from engine.model import Evidence, EvidenceKind
from engine.outcome import PlanItem
from tests.line_cases import everybody, products, proof

_MANY = settings(max_examples=2_000, deadline=None)


def _with(person: LineInputs, amounts: dict[EvidenceKind, int]) -> LineInputs:
    added = tuple(proof(kind, amount, f"new-{kind.value}") for kind, amount in amounts.items())
    return replace(person, evidence=(*person.evidence, *added))


def _line(product: Product, person: LineInputs, amounts: dict[EvidenceKind, int]) -> int:
    return compute_line(product, _with(person, amounts)).line_minor


def _enough(product: Product, kind: EvidenceKind) -> int:
    """More than a proof of the kind can count for, on its grid."""
    rule = product.evidence[kind]
    return (int(rule.cap_minor / rule.haircut) // rule.grid_minor + 2) * rule.grid_minor


def _sets(product: Product) -> Iterator[tuple[EvidenceKind, ...]]:
    kinds = [kind for kind, rule in product.evidence.items() if rule.haircut > 0]
    every = chain.from_iterable(combinations(kinds, n) for n in range(len(kinds) + 1))
    for chosen in every:
        if sum(product.evidence[k].combine is Combine.ALTERNATIVE for k in chosen) <= 1:
            yield chosen


def _price(product: Product, kinds: tuple[EvidenceKind, ...]) -> tuple[int, int, int, list[str]]:
    rules = [product.evidence[kind] for kind in kinds]
    days = max((rule.days for rule in rules), default=0)
    return sum(rule.cost for rule in rules), len(kinds), days, sorted(k.value for k in kinds)


def _amounts(plan: tuple[PlanItem, ...]) -> dict[EvidenceKind, int]:
    return {EvidenceKind(item.proof): item.least_amount_minor for item in plan}


def _priced(product: Product, seed: int) -> Product:
    """A product whose proofs differ in cost, days and grid."""
    chance = random.Random(seed)
    rules = {
        kind: replace(
            rule,
            cost=chance.randint(0, 4),
            days=chance.randint(0, 5),
            grid_minor=chance.choice((1, 777, 50_000, 1_000_000)),
        )
        for kind, rule in product.evidence.items()
    }
    return replace(product, evidence=rules)


def _open_handed(product: Product) -> Product:
    """Only proofs keep the line down, each kind by little: plans need several of them."""
    bands = tuple(
        replace(
            band,
            income_multiple=Fraction(3),
            asset_share=Fraction(1, 2),
            loss_budget_minor=10**12,
        )
        for band in product.bands
    )
    rules = {
        kind: EvidenceRule(
            kind=kind,
            combine=Combine.ALTERNATIVE if kind in _ALTERNATIVES else Combine.ADDITIVE,
            haircut=Fraction(9, 10),
            cap_minor=1_000_000 * number,
            cost=1,
            days=1,
            grid_minor=50_000,
        )
        for number, kind in enumerate(EvidenceKind, 1)
    }
    return replace(
        product,
        maximum_minor=product.step_minor * (40_000_000 // product.step_minor),
        minimum_minor=product.step_minor,
        bands=bands,
        debt_service_share=Fraction(1),
        minimum_payment=Fraction(1, 100),
        total_exposure_minor=10**12,
        income_cap_minor=10**9,
        assets_cap_minor=10**9,
        ceilings=Ceilings(
            unsecured_minor=None, student_minor=None, ages=(), segments=MappingProxyType({})
        ),
        evidence=rules,
    )


_ALTERNATIVES = (EvidenceKind.PAYROLL_FLOW, EvidenceKind.TAX)
_products = st.builds(
    _priced, st.one_of(products, products.map(_open_handed)), st.integers(0, 2**32 - 1)
)


@_MANY
@given(product=_products, person=everybody, part=st.integers(1, 120))
def test_p6_the_plan_is_sound_minimal_and_optimal(
    product: Product, person: LineInputs, part: int
) -> None:
    """Its proofs reach the target; none can show a step less; no cheaper set reaches it."""
    best = highest_line(product, person).line_minor
    wanted = max(product.maximum_minor * part // 100, 1)
    target = min(wanted, best)
    plan = evidence_plan(product, person, wanted)
    if _line(product, person, {}) >= target:
        assert plan == ()
        return

    amounts = _amounts(plan)
    assert _line(product, person, amounts) >= target
    for kind, amount in amounts.items():
        grid = product.evidence[kind].grid_minor
        assert amount % grid == 0
        assert amount > 0
        if amount > grid:
            assert _line(product, person, amounts | {kind: amount - grid}) < target
    reaching = [
        kinds
        for kinds in _sets(product)
        if _line(product, person, {kind: _enough(product, kind) for kind in kinds}) >= target
    ]
    assert min(_price(product, kinds) for kinds in reaching) == _price(product, tuple(amounts))


@_MANY
@given(product=_products, person=everybody, part=st.integers(1, 120))
def test_p7_a_plan_is_empty_only_where_nothing_is_to_gain(
    product: Product, person: LineInputs, part: int
) -> None:
    """Either the target is met, or the highest line there is."""
    target = max(product.maximum_minor * part // 100, 1)
    line = _line(product, person, {})
    empty = evidence_plan(product, person, target) == ()
    assert empty == (line >= min(target, highest_line(product, person).line_minor))


@_MANY
@given(product=_products, person=everybody, part=st.integers(1, 120), shown=st.integers(0, 99))
def test_p11_a_proof_below_its_minimum_never_lowers_the_line(
    product: Product, person: LineInputs, part: int, shown: int
) -> None:
    """It may be too little, but never harms."""
    plan = _amounts(evidence_plan(product, person, product.maximum_minor * part // 100))
    less = {kind: amount * shown // 100 for kind, amount in plan.items()}
    assert _line(product, person, less) >= _line(product, person, {})


@_MANY
@given(product=_products, person=everybody, data=st.data())
def test_p8_the_order_of_proofs_does_not_matter(
    product: Product, person: LineInputs, data: st.DataObject
) -> None:
    """The same plan, whatever the order of the proofs there are."""
    shuffled: list[Evidence] = data.draw(st.permutations(person.evidence))
    again = replace(person, evidence=tuple(shuffled))
    target = product.maximum_minor
    assert evidence_plan(product, again, target) == evidence_plan(product, person, target)
