"""Bureau histories, income, proofs and held lines: what a credit decision needs besides.

Profiles: ``ordinary``, ``strong`` (bust-out actors look like this too), ``strained``, ``thin`` (a
few months), ``none`` (no report).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import msgspec

from engine.generate.chance import Chance
from engine.generate.request import (
    BureauMonth,
    BureauSummary,
    Date,
    Evidence,
    HeldLine,
    HeldLines,
    Money,
)

PROFILES = (("ordinary", 0.55), ("strong", 0.2), ("strained", 0.1), ("thin", 0.12), ("none", 0.03))
"""Of honest people, and of most frauds: a ring is not seen in its bureau files."""


class Habits(msgspec.Struct, frozen=True):
    """How somebody uses cards. Shares of the limit; ``late``: chance of a delay in a month."""

    limits: tuple[int, ...]
    use: tuple[int, int]
    paid_in_full: float
    late: float
    inquiries: int
    obligations: tuple[int, int]


_HABITS = {
    "ordinary": Habits((8_000, 15_000, 20_000, 30_000), (5, 60), 0.6, 0.01, 3, (0, 4_000)),
    "strong": Habits((30_000, 50_000, 80_000), (5, 30), 0.9, 0.0, 2, (0, 3_000)),
    "strained": Habits((10_000, 20_000, 50_000), (60, 100), 0.1, 0.25, 9, (2_000, 9_000)),
    "thin": Habits((5_000, 8_000), (5, 40), 0.7, 0.01, 3, (0, 1_000)),
}


def summary(chance: Chance, profile: str, day: date) -> BureauSummary | None:
    """The bureau's report of the day before; ``None`` if there is none."""
    if profile == "none":
        return None
    habits = _HABITS[profile]
    count = chance.between(0, 5) if profile == "thin" else chance.between(12, 24)
    limit = chance.pick(habits.limits)
    inquiries = chance.between(0, habits.inquiries)
    return BureauSummary(
        months_on_file=count if profile == "thin" else count + chance.between(0, 120),
        reported_on=Date.of(day - timedelta(days=1)),
        months=_months(chance, habits, limit, count),
        inquiries_1m=inquiries // 3,
        inquiries_3m=inquiries // 2,
        inquiries_6m=inquiries,
        card_count=chance.between(1, 5),
        loan_balance=Money(1_000 * chance.between(0, 200) if chance.happens(0.4) else 0),
        monthly_obligations=Money(100 * chance.between(*habits.obligations) // 100),
    )


def _months(chance: Chance, habits: Habits, limit: int, count: int) -> list[BureauMonth]:
    """Latest first. A delay of a month becomes one of two if the next is missed as well."""
    months: list[BureauMonth] = []
    delay = 0
    use = chance.between(*habits.use)
    for _ in range(count):
        delay = delay + 1 if chance.happens(0.5 if delay else habits.late) else 0
        use = min(max(use + chance.between(-8, 8), 0), 100)
        months.append(_month(chance, habits, limit * use // 100, _money(limit), delay))
    months.reverse()
    return months


def _month(chance: Chance, habits: Habits, balance: int, limit: Money, delay: int) -> BureauMonth:
    owed = _money(balance)
    if delay:
        return BureauMonth("REPAYMENT_STATUS_PAST_DUE", owed, limit, _money(0), delay)
    if not balance:
        return BureauMonth("REPAYMENT_STATUS_NO_USE", owed, limit, owed)
    if chance.happens(habits.paid_in_full):
        return BureauMonth("REPAYMENT_STATUS_PAID_IN_FULL", owed, limit, owed)
    least = balance // 10
    return BureauMonth(
        "REPAYMENT_STATUS_REVOLVING", owed, limit, _money(least + chance.below(balance // 2 + 1))
    )


@cache
def _cached(units: int) -> Money:
    return Money(units)


def _money(units: int) -> Money:
    """One object for each amount: a report has dozens, and they repeat."""
    return _cached(units) if units % 50 == 0 else Money(units)


def income(chance: Chance, profile: str) -> int:
    """Monthly net income in yuan."""
    base = {"strong": 15_000, "strained": 6_000, "thin": 5_000}.get(profile, 8_000)
    return base + 500 * int(30 * chance.share() * chance.share())


def evidence(chance: Chance, monthly_income: int, day: date, *, student: bool) -> list[Evidence]:
    """Proofs of income: most are verified, some are not yet."""
    if chance.happens(0.6 if student else 0.12):
        return []
    kind = chance.pick(("PAYROLL_FLOW", "PAYROLL_FLOW", "TAX", "HOUSING_FUND", "SOCIAL_SECURITY"))
    status = "VERIFIED" if chance.happens(0.9) else "UNVERIFIED"
    return [
        Evidence(
            evidence_id="proof-1",
            kind=f"EVIDENCE_KIND_{kind}",
            amount=Money(monthly_income),
            source="sample_source",
            status=f"VERIFICATION_STATUS_{status}",
            issued_on=Date.of(day - timedelta(days=chance.between(1, 40))),
        )
    ]


def held_lines(chance: Chance, profile: str) -> HeldLines:
    """Lines at other banks, and here now and then."""
    if profile in {"thin", "none"}:
        return HeldLines([])
    lines = [HeldLine("LINE_HOLDER_ELSEWHERE", Money(5_000 * chance.between(1, 12)))]
    if chance.happens(0.1):
        lines.append(HeldLine("LINE_HOLDER_OWN", Money(5_000 * chance.between(1, 4))))
    return HeldLines(lines)
