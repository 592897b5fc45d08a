"""Products, people and a second opinion for tests of lines."""

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from hypothesis import strategies as st

from engine.lines import LineInputs, Product, Sharing, load_products
from engine.lines.product import (
    AgeCeiling,
    Band,
    Ceilings,
    Combine,
    EvidenceRule,
    SupplementaryRule,
    TemporaryRule,
)
from engine.model import INCOME_EVIDENCE, Evidence, EvidenceKind, LineKind, VerificationStatus

PRODUCTS_FILE = Path(__file__).parents[1] / "rulesets" / "credit_card" / "products.yaml"


def shipped_values() -> dict[str, Any]:
    """The plain values of the shipped file."""
    values: dict[str, Any] = yaml.safe_load(PRODUCTS_FILE.read_text(encoding="utf-8"))
    return values


SHIPPED = load_products(shipped_values(), "CNY")


def proof(kind: EvidenceKind, amount: int, name: str = "p") -> Evidence:
    """A verified proof."""
    return Evidence(
        evidence_id=name,
        kind=kind,
        amount_minor=amount,
        source="test",
        status=VerificationStatus.VERIFIED,
        issued_on=None,
    )


def inputs(**changes: Any) -> LineInputs:
    """A person with 15,000 a month on payroll, 20,000 of lines elsewhere and a PD of 8 %."""
    person = LineInputs(
        pd=0.08,
        evidence=(proof(EvidenceKind.PAYROLL_FLOW, 1_500_000),),
        monthly_obligations_minor=150_000,
        own_lines_minor=0,
        elsewhere_lines_minor=2_000_000,
        is_student=False,
        age=30,
        customer_segment="mass",
    )
    return replace(person, **changes)


def second_opinion(product: Product, person: LineInputs, income: int, assets: int) -> int:
    """The line by definition: the greatest multiple of the step that breaks no limit.

    Tries them one by one from the top; shares nothing with the caps but the product.
    """
    line = product.maximum_minor
    while line > 0:
        if _offered(product, person, line) and _allowed(product, person, income, assets, line):
            return line
        line -= product.step_minor
    return 0


def _offered(product: Product, person: LineInputs, line: int) -> bool:
    """Whether there is such a line at all, whoever asks."""
    sharing, part, raised = person.sharing, product.supplementary, product.temporary
    if sharing is None:
        return line >= product.minimum_minor
    parent = sharing.parent_line_minor
    least = _least(product, sharing)
    if sharing.asked_minor is not None and line > max(sharing.asked_minor, least):
        return False
    if sharing.kind is LineKind.SUPPLEMENTARY:
        assert part is not None
        together = line + sharing.supplementary_minor
        within = part.minimum_minor <= line <= part.maximum_minor
        return within and line <= part.share * parent and together <= parent
    assert raised is not None
    more = line - parent
    within = product.minimum_minor <= line and 0 < more <= raised.maximum_minor
    return within and more <= raised.share * parent


def _least(product: Product, sharing: Sharing) -> int:
    """The least line of the kind: whoever asks for less is offered it."""
    if sharing.kind is LineKind.SUPPLEMENTARY:
        assert product.supplementary is not None
        return product.supplementary.minimum_minor
    above = sharing.parent_line_minor + product.step_minor
    return max(product.minimum_minor, above - above % product.step_minor)


def _allowed(product: Product, person: LineInputs, income: int, assets: int, line: int) -> bool:
    """Whether ceilings and, unless another person repays, what the applicant can carry allow it."""
    ages = [a for a in product.ceilings.ages if a.from_age <= person.age < a.below_age]
    ceilings = [
        product.ceilings.unsecured_minor,
        product.ceilings.student_minor if person.is_student else None,
        product.ceilings.segments.get(person.customer_segment),
        *(a.ceiling_minor for a in ages),
        person.policy_cap_minor,
    ]
    if not all(line <= ceiling for ceiling in ceilings if ceiling is not None):
        return False
    if person.sharing is not None and person.sharing.kind is LineKind.SUPPLEMENTARY:
        return True
    band = next(b for b in product.bands if person.pd < b.pd_below or b is product.bands[-1])
    free = max(product.debt_service_share * income - person.monthly_obligations_minor, Fraction(0))
    use = product.loss_given_default * band.expected_use
    held = person.own_lines_minor + person.elsewhere_lines_minor
    return (
        line <= band.income_multiple * income + band.asset_share * assets
        and line * product.minimum_payment <= free
        and Fraction(person.pd) * use * line <= band.loss_budget_minor
        and line + held <= product.total_exposure_minor
        and (person.group_room_minor is None or line <= person.group_room_minor)
    )


_amounts = st.one_of(st.integers(1, 10_000_000), st.integers(1, 400).map(lambda n: n * 50_000))


def _amount(chance: random.Random) -> int:
    return chance.choice((chance.randint(1, 10_000_000), chance.randint(1, 400) * 50_000))


def _rate(chance: random.Random, most: int = 100) -> Fraction:
    return Fraction(chance.randint(0, most), 100)


def _rule(chance: random.Random, kind: EvidenceKind) -> EvidenceRule:
    combines = list(Combine) if kind in INCOME_EVIDENCE else [Combine.ADDITIVE]
    return EvidenceRule(
        kind=kind,
        combine=chance.choice(combines),
        haircut=_rate(chance),
        cap_minor=_amount(chance),
        cost=1,
        days=1,
        grid_minor=50_000,
    )


def _bands(chance: random.Random) -> tuple[Band, ...]:
    cuts = sorted(chance.sample(range(1, 100), chance.randint(0, 3)))
    bounds = [*(Fraction(cut, 100) for cut in cuts), Fraction(1)]

    def falling(value: Callable[[], Any]) -> list[Any]:
        return sorted((value() for _ in bounds), reverse=True)

    parts = zip(
        bounds,
        falling(lambda: _rate(chance, 600)),
        falling(lambda: _rate(chance, 50)),
        reversed(falling(lambda: _rate(chance))),
        falling(lambda: chance.randint(1, 2_000_000)),
        strict=True,
    )
    return tuple(
        Band(
            name=f"band{i}",
            pd_below=bound,
            income_multiple=multiple,
            asset_share=share,
            expected_use=use,
            loss_budget_minor=budget,
        )
        for i, (bound, multiple, share, use, budget) in enumerate(parts)
    )


def _ceilings(chance: random.Random) -> Ceilings:
    def perhaps() -> int | None:
        return _amount(chance) if chance.random() < 0.5 else None

    ages = tuple(
        AgeCeiling(
            from_age=chance.randint(0, 40),
            below_age=chance.randint(41, 99),
            ceiling_minor=_amount(chance),
        )
        for _ in range(chance.randint(0, 2))
    )
    segment = perhaps()
    return Ceilings(
        unsecured_minor=perhaps(),
        student_minor=perhaps(),
        ages=ages,
        segments=MappingProxyType({} if segment is None else {"mass": segment}),
    )


def random_product(seed: int) -> Product:
    """A product drawn as a whole: value by value Hypothesis takes ten times as long."""
    chance = random.Random(seed)
    step = chance.choice((1, 7, 1_000, 50_000))
    least = chance.randint(1, 20)
    kinds = chance.sample(list(EvidenceKind), chance.randint(1, len(EvidenceKind)))
    product = Product(
        name="random",
        step_minor=step,
        minimum_minor=least * step,
        maximum_minor=(least + chance.randint(0, 200)) * step,
        bands=_bands(chance),
        debt_service_share=_rate(chance),
        minimum_payment=Fraction(chance.randint(1, 100), 100),
        loss_given_default=_rate(chance),
        total_exposure_minor=_amount(chance),
        group_exposure_minor=None,
        income_cap_minor=_amount(chance),
        assets_cap_minor=_amount(chance),
        ceilings=_ceilings(chance),
        evidence=MappingProxyType({k: _rule(chance, k) for k in EvidenceKind if k in kinds}),
    )
    return _shared(product, chance)


def _shared(product: Product, chance: random.Random) -> Product:
    """With supplementary cards and raises for a time."""
    steps = product.maximum_minor // product.step_minor
    least, most = sorted(chance.randint(1, steps) for _ in range(2))
    return replace(
        product,
        supplementary=SupplementaryRule(
            share=Fraction(chance.randint(1, 100), 100),
            minimum_minor=least * product.step_minor,
            maximum_minor=most * product.step_minor,
        ),
        temporary=TemporaryRule(
            share=Fraction(chance.randint(1, 100), 100), maximum_minor=_amount(chance), days=60
        ),
    )


_seeds = st.integers(0, 2**32 - 1)
products = st.one_of(
    st.sampled_from([p for p in SHIPPED.values() if p.supplementary and p.temporary]),
    _seeds.map(random_product),
    st.builds(
        lambda product, seed: _shared(product, random.Random(seed)),
        st.sampled_from(list(SHIPPED.values())),
        _seeds,
    ),
)

proofs = st.builds(
    Evidence,
    evidence_id=st.sampled_from("abcdef"),
    kind=st.sampled_from(list(EvidenceKind)),
    amount_minor=_amounts,
    source=st.just("test"),
    status=st.just(VerificationStatus.VERIFIED),
    issued_on=st.none(),
)

people = st.builds(
    LineInputs,
    pd=st.one_of(st.floats(0, 1), st.sampled_from([0.07, 0.1, 0.16, 0.25, 0.5, 1.0])),
    evidence=st.lists(proofs, max_size=5).map(tuple),
    monthly_obligations_minor=st.integers(0, 500_000),
    own_lines_minor=st.integers(0, 5_000_000),
    elsewhere_lines_minor=st.one_of(st.just(0), st.integers(0, 30_000_000)),
    is_student=st.booleans(),
    age=st.integers(18, 80),
    customer_segment=st.sampled_from(["mass", "affluent", "new_to_credit"]),
    policy_cap_minor=st.one_of(st.none(), st.none(), _amounts),
    group_room_minor=st.one_of(st.none(), st.none(), _amounts),
)

_sharing = st.builds(
    Sharing,
    kind=st.sampled_from([LineKind.SUPPLEMENTARY, LineKind.TEMPORARY]),
    parent_line_minor=st.one_of(st.just(0), _amounts, st.integers(1, 100).map(lambda n: n * 7)),
    supplementary_minor=st.one_of(st.just(0), _amounts),
    asked_minor=st.one_of(st.none(), _amounts),
)
sharers = st.builds(replace, people, sharing=_sharing)
"""Whoever asks for a part of a line, or for a raise for a time."""
everybody = st.one_of(people, sharers)
