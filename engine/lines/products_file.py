"""``products.yaml``: read, check everything, and refuse it with all faults at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

from engine.currency import MINOR_DIGITS
from engine.errors import PolicyError
from engine.lines.product import (
    AgeCeiling,
    Band,
    Ceilings,
    Combine,
    EvidenceRule,
    Product,
    SupplementaryRule,
    TemporaryRule,
)
from engine.lines.reading import Faults, Reader
from engine.model import INCOME_EVIDENCE, EvidenceKind

_FILE = "products.yaml"
_OLDEST = 200
# Who belongs to the circle, and what it was granted.
_OF_GROUPS = ("graph", "history")
_LONGEST_PLAN_DAYS = 365
# A raise that is not for a time is another line.
_LONGEST_RAISE_DAYS = 366

EvidenceRules = Mapping[EvidenceKind, EvidenceRule]


def load_products(
    values: Mapping[str, object], currency: str, sources: Collection[str] = _OF_GROUPS
) -> Mapping[str, Product]:
    """Products by name, from the plain values of ``products.yaml``.

    Amounts are in major units of ``currency`` and must be exact in minor units. ``sources``: those
    that are asked before the line. Raises ``PolicyError`` that names the path of every fault.
    """
    if currency not in MINOR_DIGITS:
        raise PolicyError(f"{_FILE}: `{currency}` is not an ISO 4217 currency in use")
    faults = Faults()
    root = Reader(values, "", faults, MINOR_DIGITS[currency])
    evidence = _evidence(root.child("evidence"))
    listed = root.child("products")
    products = {name: _product(name, listed.child(name), evidence) for name in listed.names}
    missing = [source for source in _OF_GROUPS if source not in sources]
    for name, product in products.items():
        if product.group_exposure_minor is not None and missing:
            told = f"needs the source {missing[0]}: no stage before the line asks it"
            listed.child(name).wrong("group_exposure", told)
        for key, rule in (
            ("supplementary", product.supplementary),
            ("temporary", product.temporary),
        ):
            if rule is not None and "history" not in sources:
                told = "needs the source history: no stage before the line asks it"
                listed.child(name).wrong(key, told)
    if not products:
        root.wrong("products", "must name at least one product")
    root.done()
    faults.refuse(_FILE)
    return MappingProxyType(products)


def _evidence(reader: Reader) -> dict[EvidenceKind, EvidenceRule]:
    kinds = {kind.value: kind for kind in EvidenceKind}
    rules: dict[EvidenceKind, EvidenceRule] = {}
    for name in reader.names:
        if name in kinds:
            rules[kinds[name]] = _evidence_rule(reader.child(name), kinds[name])
        else:
            reader.wrong(name, f"is not a kind of evidence: {', '.join(kinds)}")
    return rules


def _evidence_rule(reader: Reader, kind: EvidenceKind) -> EvidenceRule:
    combine = reader.name("combine")
    if combine not in set(Combine):
        reader.wrong("combine", "must be alternative or additive")
        combine = Combine.ADDITIVE
    if kind not in INCOME_EVIDENCE and combine != Combine.ADDITIVE:
        reader.wrong("combine", "must be additive: assets add up")
    rule = EvidenceRule(
        kind=kind,
        combine=Combine(combine),
        haircut=reader.number("haircut", 0, 1),
        cap_minor=reader.amount("cap"),
        cost=reader.whole("cost"),
        days=reader.whole("days"),
        grid_minor=reader.amount("grid"),
    )
    reader.done()
    return rule


def _product(name: str, reader: Reader, evidence: EvidenceRules) -> Product:
    product = Product(
        name=name,
        step_minor=reader.amount("step"),
        minimum_minor=reader.amount("minimum"),
        maximum_minor=reader.amount("maximum"),
        bands=tuple(map(_band, reader.children("bands"))),
        debt_service_share=reader.number("debt_service_share", 0, 1),
        minimum_payment=reader.number("minimum_payment", 0, 1, above=True),
        loss_given_default=reader.number("loss_given_default", 0, 1),
        total_exposure_minor=reader.amount("total_exposure"),
        group_exposure_minor=reader.optional_amount("group_exposure"),
        income_cap_minor=reader.amount("income_cap"),
        assets_cap_minor=reader.amount("assets_cap"),
        ceilings=_ceilings(reader.child("ceilings")),
        evidence=MappingProxyType(_accepted(reader, evidence)),
        plan_days=_plan_days(reader),
    )
    product = replace(
        product,
        supplementary=_supplementary(reader, product),
        temporary=_temporary(reader),
    )
    reader.done()
    if reader.is_read:
        _check_range(reader, product)
        _check_bands(reader, product.bands)
    return product


def _plan_days(reader: Reader) -> int | None:
    if not reader.has("plan_days"):
        return None
    days = reader.whole("plan_days")
    if not 1 <= days <= _LONGEST_PLAN_DAYS:
        reader.wrong("plan_days", f"must be 1 to {_LONGEST_PLAN_DAYS}")
    return days


def _supplementary(reader: Reader, product: Product) -> SupplementaryRule | None:
    if not reader.has("supplementary"):
        return None
    entry = reader.child("supplementary")
    least, most = entry.optional_amount("minimum"), entry.optional_amount("maximum")
    rule = SupplementaryRule(
        share=entry.number("share", 0, 1, above=True),
        minimum_minor=product.minimum_minor if least is None else least,
        maximum_minor=product.maximum_minor if most is None else most,
    )
    entry.done()
    if not reader.is_read:
        return rule
    for key, amount in (("minimum", rule.minimum_minor), ("maximum", rule.maximum_minor)):
        if amount % product.step_minor:
            entry.wrong(key, "must be a multiple of `step`")
    if rule.minimum_minor > rule.maximum_minor:
        entry.wrong("minimum", "must not exceed `maximum`")
    if rule.maximum_minor > product.maximum_minor:
        entry.wrong("maximum", "must not exceed the product's")
    return rule


def _temporary(reader: Reader) -> TemporaryRule | None:
    if not reader.has("temporary"):
        return None
    entry = reader.child("temporary")
    rule = TemporaryRule(
        share=entry.number("share", 0, 1, above=True),
        maximum_minor=entry.amount("maximum"),
        days=entry.whole("days"),
    )
    if not 1 <= rule.days <= _LONGEST_RAISE_DAYS:
        entry.wrong("days", f"must be 1 to {_LONGEST_RAISE_DAYS}")
    entry.done()
    return rule


def _accepted(reader: Reader, evidence: EvidenceRules) -> dict[EvidenceKind, EvidenceRule]:
    """The kinds the product accepts: those it lists, in the fixed order of kinds."""
    listed = reader.texts("evidence")
    for name in listed:
        if name not in {kind.value for kind in evidence}:
            reader.wrong("evidence", f"`{name}` is not described under `evidence` at the top")
    return {kind: evidence[kind] for kind in EvidenceKind if kind in listed and kind in evidence}


def _band(reader: Reader) -> Band:
    band = Band(
        name=reader.name("name"),
        pd_below=reader.number("pd_below", 0, 1, above=True),
        income_multiple=reader.number("income_multiple", 0, 100),
        asset_share=reader.number("asset_share", 0, 10),
        expected_use=reader.number("expected_use", 0, 1),
        loss_budget_minor=reader.amount("loss_budget"),
    )
    reader.done()
    return band


def _ceilings(reader: Reader) -> Ceilings:
    segments = reader.child("segments") if reader.has("segments") else None
    found = Ceilings(
        unsecured_minor=reader.optional_amount("unsecured"),
        student_minor=reader.optional_amount("student"),
        ages=tuple(map(_age_ceiling, reader.children("ages"))),
        segments=MappingProxyType({n: segments.amount(n) for n in segments.names})
        if segments
        else MappingProxyType({}),
    )
    reader.done()
    return found


def _age_ceiling(reader: Reader) -> AgeCeiling:
    found = AgeCeiling(
        from_age=reader.whole("from") if reader.has("from") else 0,
        below_age=reader.whole("below") if reader.has("below") else _OLDEST,
        ceiling_minor=reader.amount("ceiling"),
    )
    if found.from_age >= found.below_age:
        reader.wrong("below", "must be greater than `from`")
    reader.done()
    return found


def _check_range(reader: Reader, product: Product) -> None:
    for key, amount in (("minimum", product.minimum_minor), ("maximum", product.maximum_minor)):
        if amount % product.step_minor:
            reader.wrong(key, "must be a multiple of `step`")
    if product.minimum_minor > product.maximum_minor:
        reader.wrong("minimum", "must not exceed `maximum`")


def _check_bands(reader: Reader, bands: tuple[Band, ...]) -> None:
    """All PDs belong to a band, and a higher PD never gives a higher line."""
    if not bands or bands[-1].pd_below != 1:
        reader.wrong("bands", "must end in a band with `pd_below: 1`")
    if len({band.name for band in bands}) != len(bands):
        reader.wrong("bands", "must have different names")
    for i, (safer, riskier) in enumerate(pairwise(bands), 1):
        for key, wrong in (
            ("pd_below", riskier.pd_below <= safer.pd_below),
            ("expected_use", riskier.expected_use < safer.expected_use),
        ):
            if wrong:
                reader.wrong(f"bands[{i}].{key}", "must not be lower than in the band before")
        for key, wrong in (
            ("income_multiple", riskier.income_multiple > safer.income_multiple),
            ("asset_share", riskier.asset_share > safer.asset_share),
            ("loss_budget", riskier.loss_budget_minor > safer.loss_budget_minor),
        ):
            if wrong:
                reader.wrong(f"bands[{i}].{key}", "must not be higher than in the band before")
