"""The caps on a line, each from its own rule, in the fixed order of ``CapName``. Pure."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from engine.lines.inputs import LineInputs
from engine.lines.product import Band, Product
from engine.lines.sharing import is_part, line_range, parent_cap
from engine.outcome import Cap, CapName


def line_caps(product: Product, inputs: LineInputs, income: int, assets: int) -> tuple[Cap, ...]:
    """All caps, minor units, rounded down; ``None``: does not apply.

    ``income`` and ``assets``: verified, minor units. Of a part of another's line only the ceilings
    apply: it adds no exposure, and not its holder repays. ``PARENT`` is there for lines that share
    another's.
    """
    segment, why = _segment(product, inputs)
    sharing = inputs.sharing
    maximum = line_range(product, inputs)[1]
    none = (CapName.INCOME, CapName.DEBT_SERVICE, CapName.EXPECTED_LOSS, CapName.TOTAL_EXPOSURE)
    part = is_part(inputs)
    return (
        *(
            (_cap(name, None, "") for name in none)
            if part
            else _own(product, inputs, income, assets)
        ),
        _cap(CapName.SEGMENT, segment, why),
        _cap(CapName.PRODUCT, maximum, f"maximum of {product.name}"),
        _cap(
            CapName.GROUP,
            None if part else inputs.group_room_minor,
            "lines of the circle of linked applicants count towards a common ceiling",
        ),
        _cap(CapName.POLICY, inputs.policy_cap_minor, "rules"),
        *(() if sharing is None else (parent_cap(product, inputs, sharing),)),
    )


def _own(product: Product, inputs: LineInputs, income: int, assets: int) -> tuple[Cap, ...]:
    """What the applicant can carry, with the lines there are."""
    band = product.band(inputs.pd)
    held = inputs.own_lines_minor + inputs.elsewhere_lines_minor
    return (
        _cap(CapName.INCOME, _strength(band, income, assets), f"risk band {band.name}"),
        _cap(CapName.DEBT_SERVICE, _debt_service(product, inputs, income), "verified income"),
        _cap(
            CapName.EXPECTED_LOSS,
            _expected_loss(product, band, inputs.pd),
            f"loss budget of risk band {band.name}",
        ),
        _cap(
            CapName.TOTAL_EXPOSURE,
            max(product.total_exposure_minor - held, 0),
            "lines held here and elsewhere are deducted in full",
        ),
    )


def _cap(name: CapName, amount: int | None, detail: str) -> Cap:
    return Cap(name=name, amount_minor=amount, detail="" if amount is None else detail)


def _strength(band: Band, income: int, assets: int) -> int:
    return int(band.income_multiple * income + band.asset_share * assets)


def _debt_service(product: Product, inputs: LineInputs, income: int) -> int:
    """The balance whose minimum payment fits into what income leaves after obligations."""
    left = product.debt_service_share * income - inputs.monthly_obligations_minor
    return max(int(left / product.minimum_payment), 0)


def _expected_loss(product: Product, band: Band, pd: float) -> int | None:
    """The greatest multiple of the step whose expected loss is within the band's budget."""
    rate = Fraction(pd) * product.loss_given_default * band.expected_use
    if rate == 0:
        return None
    return int(band.loss_budget_minor / rate) // product.step_minor * product.step_minor


def _segment(product: Product, inputs: LineInputs) -> tuple[int | None, str]:
    """The lowest ceiling that applies to this person, and which it is."""
    ceilings = product.ceilings
    applying = [
        (ceilings.unsecured_minor, "unsecured"),
        (ceilings.student_minor if inputs.is_student else None, "student"),
        *(
            (age.ceiling_minor, "age")
            for age in ceilings.ages
            if age.from_age <= inputs.age < age.below_age
        ),
        (ceilings.segments.get(inputs.customer_segment), "customer segment"),
    ]
    known = [(amount, why) for amount, why in applying if amount is not None]
    return min(known, key=lambda entry: entry[0], default=(None, ""))


def room_by_strength(product: Product, inputs: LineInputs) -> Callable[[int, int], int]:
    """The room, minor units, as a function of verified income and assets, all else being fixed.

    Proofs move the first two caps only, so the others are worked out once. They move nothing of a
    part of another's line.
    """
    band = product.band(inputs.pd)
    moved = (CapName.INCOME, CapName.DEBT_SERVICE)
    others = [c.amount_minor for c in line_caps(product, inputs, 0, 0) if c.name not in moved]
    fixed = min(amount for amount in others if amount is not None)
    if is_part(inputs):
        return lambda _income, _assets: fixed

    # The same fractions in whole numbers, since a plan asks for hundreds of rooms.
    multiple, share = band.income_multiple, band.asset_share
    whole = multiple.denominator * share.denominator
    per_income = multiple.numerator * share.denominator
    per_asset = share.numerator * multiple.denominator
    theta, rho = product.debt_service_share, product.minimum_payment
    debts = inputs.monthly_obligations_minor * theta.denominator
    served = theta.denominator * rho.numerator

    def room(income: int, assets: int) -> int:
        strength = (per_income * income + per_asset * assets) // whole
        service = (theta.numerator * income - debts) * rho.denominator // served
        return min(fixed, strength, max(service, 0))

    return room
