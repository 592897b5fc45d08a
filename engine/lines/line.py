"""The approved line: the least of the caps, rounded down to the product's step. Pure.

Everything is integers and exact fractions. Rounding is always down, towards the lower line: a cap
to the minor unit, the line to the step.
"""

from __future__ import annotations

from engine.lines.caps import line_caps
from engine.lines.evidence import highest_strength, verified_strength
from engine.lines.inputs import LineInputs
from engine.lines.product import Product
from engine.lines.sharing import is_part, line_range
from engine.outcome import Cap, CapName, LineResult, WaterfallStep


def compute_line(
    product: Product, inputs: LineInputs, strength: tuple[int, int] | None = None
) -> LineResult:
    """The line that the verified evidence supports; 0 if it would be below the minimum.

    ``strength``: verified income and assets, minor units, where they are known already.
    """
    if strength is None:
        strength = verified_strength(product, inputs.evidence)
    return _line(product, inputs, *strength)


def highest_line(product: Product, inputs: LineInputs) -> LineResult:
    """The line with every proof that the product accepts, each at its cap: A_max."""
    return _line(product, inputs, *highest_strength(product))


def _line(product: Product, inputs: LineInputs, income: int, assets: int) -> LineResult:
    caps = line_caps(product, inputs, income, assets)
    room, binding = _least(caps)
    minimum, _ = line_range(product, inputs)
    line = room // product.step_minor * product.step_minor
    if room < minimum:
        line = 0
    return LineResult(
        line_minor=line,
        room_minor=room,
        minimum_minor=minimum if line else 0,
        maximum_minor=line,
        step_minor=product.step_minor,
        verified_income_minor=income,
        verified_assets_minor=assets,
        risk_band="" if is_part(inputs) else product.band(inputs.pd).name,
        caps=caps,
        binding_cap=binding,
        waterfall=_waterfall(caps, room, line),
    )


def _least(caps: tuple[Cap, ...]) -> tuple[int, CapName]:
    """The least amount and the first cap, in fixed order, that attains it."""
    applying = [(cap.amount_minor, cap.name) for cap in caps if cap.amount_minor is not None]
    return min(applying, key=lambda entry: entry[0])


def _waterfall(caps: tuple[Cap, ...], room: int, line: int) -> tuple[WaterfallStep, ...]:
    """From the first cap that applies through what each further cap takes away, down to the line.

    Caps that take nothing are left out. The amounts add exactly to the line.
    """
    applying = [cap for cap in caps if cap.amount_minor is not None]
    left = applying[0].amount_minor or 0
    steps = [WaterfallStep(name=applying[0].name.value, amount_minor=left)]
    for cap in applying[1:]:
        if cap.amount_minor is not None and cap.amount_minor < left:
            steps.append(WaterfallStep(name=cap.name.value, amount_minor=cap.amount_minor - left))
            left = cap.amount_minor
    if line != room:
        name = "rounding" if line else "below_minimum"
        steps.append(WaterfallStep(name=name, amount_minor=line - room))
    return tuple(steps)
