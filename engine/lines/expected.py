"""The answer to the limit that the applicant hoped for (预期额度). Pure."""

from __future__ import annotations

from engine.lines.inputs import LineInputs
from engine.lines.line import highest_line
from engine.lines.plan import evidence_plan
from engine.lines.product import Product
from engine.lines.sharing import line_range
from engine.outcome import CapName, ExpectedLimit, LimitStatus, LineResult, PlanItem


def expected_limit(
    product: Product,
    *,
    line: LineResult | None,
    asked_minor: int | None,
    declined: bool,
    inputs: LineInputs | None,
) -> ExpectedLimit:
    """Compare the line with what was asked; see ``docs/lines.md`` for each status.

    ``line`` and ``inputs`` are ``None`` where no line could be computed; ``inputs`` must be those
    of ``line``. Asking for more never changes the line.
    """
    approved = 0 if line is None or declined else line.line_minor
    if asked_minor is None:
        return _answer(LimitStatus.NOT_ASKED, offer=approved)
    target = target_of(product, asked_minor, inputs)
    gap = max(target - approved, 0)
    return _answer(
        _status(product, approved, target, declined=declined, inputs=inputs),
        asked=asked_minor,
        target=target,
        offer=min(approved, target),
        gap=gap,
        binding=_binding(
            line_range(product, inputs)[1], None if declined else line, asked_minor, gap
        ),
        plan=() if declined or inputs is None else evidence_plan(product, inputs, target),
    )


def target_of(product: Product, asked_minor: int, inputs: LineInputs | None = None) -> int:
    """T*: the asked limit, rounded down to the step and brought within the range of the line."""
    stepped = asked_minor // product.step_minor * product.step_minor
    minimum, maximum = line_range(product, inputs)
    return min(max(stepped, minimum), maximum)


def _status(
    product: Product, approved: int, target: int, *, declined: bool, inputs: LineInputs | None
) -> LimitStatus:
    if declined:
        return LimitStatus.DECLINED
    if approved >= target:
        return LimitStatus.MET
    if inputs is None:
        return LimitStatus.PARTIAL
    reachable = highest_line(product, inputs).line_minor
    if reachable >= target:
        return LimitStatus.NEEDS_EVIDENCE
    return LimitStatus.PARTIAL if reachable > 0 else LimitStatus.UNREACHABLE


def _binding(maximum: int, line: LineResult | None, asked_minor: int, gap: int) -> CapName | None:
    """Why it is less than asked: the cap that binds the line, or the product's maximum."""
    if gap:
        return None if line is None else line.binding_cap
    return CapName.PRODUCT if asked_minor > maximum else None


def _answer(
    status: LimitStatus,
    *,
    offer: int,
    asked: int | None = None,
    target: int | None = None,
    gap: int = 0,
    binding: CapName | None = None,
    plan: tuple[PlanItem, ...] = (),
) -> ExpectedLimit:
    return ExpectedLimit(
        status=status,
        asked_minor=asked,
        target_minor=target,
        offer_minor=offer,
        gap_minor=gap,
        binding_cap=binding,
        plan=plan,
    )
