"""The answer to the limit that the applicant hoped for (预期额度). Pure."""

from __future__ import annotations

from engine.lines.inputs import LineInputs
from engine.lines.line import highest_line
from engine.lines.plan import evidence_plan
from engine.lines.product import Product
from engine.lines.sharing import line_range, target_of
from engine.outcome import CapName, ExpectedLimit, LimitStatus, LineResult


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
    highest = None if declined or inputs is None else highest_line(product, inputs)
    if asked_minor is None:
        return ExpectedLimit(
            status=LimitStatus.NOT_ASKED,
            asked_minor=None,
            target_minor=None,
            offer_minor=approved,
            gap_minor=0,
            binding_cap=None,
            highest_minor=None if highest is None else highest.line_minor,
        )
    target = target_of(product, asked_minor, inputs)
    gap = max(target - approved, 0)
    beyond = 0 if highest is None else max(target - highest.line_minor, 0)
    plan = () if declined or inputs is None else evidence_plan(product, inputs, target)
    return ExpectedLimit(
        status=LimitStatus.DECLINED if declined else _status(approved, target, highest),
        asked_minor=asked_minor,
        target_minor=target,
        offer_minor=min(approved, target),
        gap_minor=gap,
        binding_cap=_binding(
            line_range(product, inputs)[1], None if declined else line, asked_minor, gap
        ),
        plan=plan,
        highest_minor=None if highest is None else highest.line_minor,
        unreachable_minor=beyond,
        unreachable_cap=highest.binding_cap if highest is not None and beyond else None,
    )


def _status(approved: int, target: int, highest: LineResult | None) -> LimitStatus:
    if approved >= target:
        return LimitStatus.MET
    if highest is None:
        return LimitStatus.UNDETERMINED
    if highest.line_minor >= target:
        return LimitStatus.NEEDS_EVIDENCE
    return LimitStatus.PARTIAL if highest.line_minor > 0 else LimitStatus.UNREACHABLE


def _binding(maximum: int, line: LineResult | None, asked_minor: int, gap: int) -> CapName | None:
    """Why it is less than asked: the cap that binds the line, or the product's maximum."""
    if gap:
        return None if line is None else line.binding_cap
    return CapName.PRODUCT if asked_minor > maximum else None
