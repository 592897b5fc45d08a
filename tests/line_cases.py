"""Products, people and a second opinion for tests of lines."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from hypothesis import strategies as st

from engine.lines import LineInputs, Product, load_products
from engine.lines.product import AgeCeiling, Band, Ceilings, Combine, EvidenceRule
from engine.model import INCOME_EVIDENCE, Evidence, EvidenceKind, VerificationStatus

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
    while line >= product.minimum_minor:
        if _allowed(product, person, income, assets, line):
            return line
        line -= product.step_minor
    return 0


def _allowed(product: Product, person: LineInputs, income: int, assets: int, line: int) -> bool:
    band = next(b for b in product.bands if person.pd < b.pd_below or b is product.bands[-1])
    free = max(product.debt_service_share * income - person.monthly_obligations_minor, Fraction(0))
    use = product.loss_given_default * band.expected_use
    held = person.own_lines_minor + person.elsewhere_lines_minor
    ages = [a for a in product.ceilings.ages if a.from_age <= person.age < a.below_age]
    ceilings = [
        product.ceilings.unsecured_minor,
        product.ceilings.student_minor if person.is_student else None,
        product.ceilings.segments.get(person.customer_segment),
        *(a.ceiling_minor for a in ages),
        person.policy_cap_minor,
        person.group_room_minor,
    ]
    return (
        line <= band.income_multiple * income + band.asset_share * assets
        and line * product.minimum_payment <= free
        and Fraction(person.pd) * use * line <= band.loss_budget_minor
        and line + held <= product.total_exposure_minor
        and all(line <= ceiling for ceiling in ceilings if ceiling is not None)
    )


_amounts = st.one_of(st.integers(1, 10_000_000), st.integers(1, 400).map(lambda n: n * 50_000))
_rates = st.integers(0, 100).map(lambda n: Fraction(n, 100))


@st.composite
def _rule(draw: st.DrawFn, kind: EvidenceKind) -> EvidenceRule:
    combines = list(Combine) if kind in INCOME_EVIDENCE else [Combine.ADDITIVE]
    return EvidenceRule(
        kind=kind,
        combine=draw(st.sampled_from(combines)),
        haircut=draw(_rates),
        cap_minor=draw(_amounts),
        cost=1,
        days=1,
        grid_minor=50_000,
    )


def _falling(draw: st.DrawFn, values: st.SearchStrategy[Any], count: int) -> list[Any]:
    return sorted(draw(st.lists(values, min_size=count, max_size=count)), reverse=True)


@st.composite
def _bands(draw: st.DrawFn) -> tuple[Band, ...]:
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=3)))
    bounds = [*(Fraction(cut, 100) for cut in cuts), Fraction(1)]
    count = len(bounds)
    parts = zip(
        bounds,
        _falling(draw, st.integers(0, 600).map(lambda n: Fraction(n, 100)), count),
        _falling(draw, st.integers(0, 50).map(lambda n: Fraction(n, 100)), count),
        reversed(_falling(draw, _rates, count)),
        _falling(draw, st.integers(1, 2_000_000), count),
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


@st.composite
def _products(draw: st.DrawFn) -> Product:
    step = draw(st.sampled_from([1, 7, 1_000, 50_000]))
    least = draw(st.integers(1, 20))
    ages = st.builds(
        AgeCeiling,
        from_age=st.integers(0, 40),
        below_age=st.integers(41, 99),
        ceiling_minor=_amounts,
    )
    kinds = draw(st.sets(st.sampled_from(list(EvidenceKind)), min_size=1))
    return Product(
        name="random",
        step_minor=step,
        minimum_minor=least * step,
        maximum_minor=(least + draw(st.integers(0, 200))) * step,
        bands=draw(_bands()),
        debt_service_share=draw(_rates),
        minimum_payment=draw(st.integers(1, 100).map(lambda n: Fraction(n, 100))),
        loss_given_default=draw(_rates),
        total_exposure_minor=draw(_amounts),
        group_exposure_minor=None,
        income_cap_minor=draw(_amounts),
        assets_cap_minor=draw(_amounts),
        ceilings=Ceilings(
            unsecured_minor=draw(st.none() | _amounts),
            student_minor=draw(st.none() | _amounts),
            ages=tuple(draw(st.lists(ages, max_size=2))),
            segments=MappingProxyType(draw(st.dictionaries(st.just("mass"), _amounts, max_size=1))),
        ),
        evidence=MappingProxyType({k: draw(_rule(k)) for k in EvidenceKind if k in kinds}),
    )


products = st.one_of(st.sampled_from(list(SHIPPED.values())), _products())

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
