"""Products, people and a second opinion for tests of lines."""

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
    if sharing.kind is LineKind.SUPPLEMENTARY:
        assert part is not None
        together = line + sharing.supplementary_minor
        within = part.minimum_minor <= line <= part.maximum_minor
        return within and line <= part.share * parent and together <= parent
    assert raised is not None
    more = line - parent
    within = product.minimum_minor <= line and 0 < more <= raised.maximum_minor
    return within and more <= raised.share * parent


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


@st.composite
def _sharing_products(draw: st.DrawFn, product: st.SearchStrategy[Product]) -> Product:
    """With supplementary cards and raises for a time, of its own rules or of random ones."""
    drawn = draw(product)
    if drawn.supplementary is not None and drawn.temporary is not None:
        return drawn
    steps = drawn.maximum_minor // drawn.step_minor
    least, most = sorted(draw(st.tuples(st.integers(1, steps), st.integers(1, steps))))
    share = st.integers(1, 100).map(lambda n: Fraction(n, 100))
    return replace(
        drawn,
        supplementary=SupplementaryRule(
            share=draw(share),
            minimum_minor=least * drawn.step_minor,
            maximum_minor=most * drawn.step_minor,
        ),
        temporary=TemporaryRule(share=draw(share), maximum_minor=draw(_amounts), days=60),
    )


products = _sharing_products(st.one_of(st.sampled_from(list(SHIPPED.values())), _products()))

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
)
sharers = st.builds(replace, people, sharing=_sharing)
"""Whoever asks for a part of a line, or for a raise for a time."""
everybody = st.one_of(people, sharers)
