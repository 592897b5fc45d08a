"""The least and the most that a line can be while some of what it rests on is not known. Pure.

Every cap moves one way with each input, so the two ends are lines of the best and of the worst
that each input can be; people of all ages and kinds are tried where ceilings differ by them.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import product as every

from engine.estimate.prospect import Prospect
from engine.lines import LineInputs, Product, compute_line, highest_line
from engine.outcome import CapName, LineResult
from touchstone.v1 import facts_pb2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """``inputs``: those of the line, if nothing else than the proofs is open; else ``None``.

    ``proofs_known``: whether the proofs of ``inputs`` are all that count.
    ``reachable_minor``: the least and the most of the line with every proof there is.
    ``binding_cap``: of the most; ``beyond_cap``: of the most with every proof.
    """

    lowest_minor: int
    highest_minor: int
    reachable_minor: tuple[int, int]
    inputs: LineInputs | None
    proofs_known: bool
    binding_cap: CapName
    beyond_cap: CapName


def line_bounds(
    product: Product,
    prospect: Prospect,
    facts: facts_pb2.Facts,
    hidden: AbstractSet[str],
    pd: tuple[float, float],
    caps_minor: tuple[int | None, int | None],
) -> Bounds:
    """``pd``, ``caps_minor``: the least and the most that the score and the rules may give."""
    best, worst = _ends(product, prospect, facts, pd, caps_minor)
    people = list(_people(product, facts, hidden))
    at_best = [replace(best, is_student=s, age=a, customer_segment=g) for s, a, g in people]
    at_worst = [replace(worst, is_student=s, age=a, customer_segment=g) for s, a, g in people]
    lowest = reachable_lowest = 0
    bounded = not hidden & _WORST_IS_NOTHING
    if bounded:
        lowest = min(compute_line(product, one).line_minor for one in at_worst)
        reachable_lowest = min(highest_line(product, one).line_minor for one in at_worst)
    highest = max((highest_line(product, one) for one in at_best), key=_size)
    line = highest  # every proof that is accepted may come
    if prospect.is_proved:
        line = max((compute_line(product, one) for one in at_best), key=_size)
    return Bounds(
        lowest_minor=lowest,
        highest_minor=line.line_minor,
        reachable_minor=(reachable_lowest, highest.line_minor),
        inputs=at_best[0] if bounded and best == worst and len(people) == 1 else None,
        proofs_known=prospect.is_proved,
        binding_cap=line.binding_cap,
        beyond_cap=highest.binding_cap,
    )


def _size(line: LineResult) -> int:
    return line.line_minor


_WORST_IS_NOTHING = frozenset(
    {"bureau.monthly_obligations_minor", "lines.own_minor", "lines.elsewhere_minor"}
)
"""Without them the line may be nothing: there is no bound to debts and to lines elsewhere."""


def _ends(
    product: Product,
    prospect: Prospect,
    facts: facts_pb2.Facts,
    pd: tuple[float, float],
    caps_minor: tuple[int | None, int | None],
) -> tuple[LineInputs, LineInputs]:
    """The best and the worst; as nobody's links are looked at, the circle has been granted nothing.

    Where the worst is nothing at all, the worst here is as good as the best.
    """
    best = LineInputs(
        pd=pd[0],
        evidence=prospect.evidence,
        monthly_obligations_minor=facts.bureau.monthly_obligations_minor.value,
        own_lines_minor=facts.lines.own_minor.value,
        elsewhere_lines_minor=facts.lines.elsewhere_minor.value,
        is_student=facts.applicant.is_student,
        age=facts.applicant.age,
        customer_segment=facts.application.customer_segment,
        policy_cap_minor=caps_minor[1],
        group_room_minor=product.group_exposure_minor,
    )
    worst = replace(best, pd=pd[1], policy_cap_minor=caps_minor[0])
    return best, worst


def _people(
    product: Product, facts: facts_pb2.Facts, hidden: AbstractSet[str]
) -> Iterator[tuple[bool, int, str]]:
    """Students or not, ages and segments that the product's ceilings tell apart."""
    ceilings = product.ceilings
    students: tuple[bool, ...] = (facts.applicant.is_student,)
    if "applicant.is_student" in hidden and ceilings.student_minor is not None:
        students = (False, True)
    ages: tuple[int, ...] = (facts.applicant.age,)
    if "applicant.age" in hidden:
        ages = (0, *(n for age in ceilings.ages for n in (age.from_age, age.below_age)))
    segments: tuple[str, ...] = (facts.application.customer_segment,)
    if "application.customer_segment" in hidden:
        segments = ("", *ceilings.segments)
    yield from every(students, tuple(dict.fromkeys(ages)), segments)
