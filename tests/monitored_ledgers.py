"""Many varied applications over days; ``engine.watch.sample`` fills ledgers with decisions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from engine.model import Admission, Application, Identifier, IdentifierKind, Link, Role
from tests.applications import application, bureau, months, payroll

FIRST = date(2026, 3, 1)
DAY_US = 86_400_000_000

Vary = Callable[[random.Random, date, dict[str, object]], None]
"""Changes the fields of an application, for a planted cause."""


def at_us(day: date, number: int) -> int:
    """A time on that day, UTC."""
    moment = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    return int(moment.timestamp()) * 1_000_000 + number


def asked(chance: random.Random, day: date, number: int, vary: Vary | None = None) -> Application:
    """One of many: most are good, some owe too much, some pay late."""
    used = chance.choice((0, 100_000, 300_000, 500_000, 900_000, 1_500_000))
    fields: dict[str, object] = {
        "product": chance.choice(("classic", "classic", "gold")),
        "channel": chance.choices(("mobile", "branch", "partner"), (5, 3, 2))[0],
        "customer_segment": chance.choice(("mass", "affluent", "new_to_credit")),
        "branch": f"branch_{chance.randrange(8)}",
        "staff_member": f"staff_{chance.randrange(40)}",
        "expected_limit_minor": chance.choice((None, 2_000_000, 8_000_000)),
        "used": used,
        "income": chance.randrange(400_000, 4_000_000),
        "months_on_file": chance.randrange(3, 240),
        "inquiries": chance.randrange(0, 8),
    }
    if vary is not None:
        vary(chance, day, fields)
    used, income = int(str(fields.pop("used"))), int(str(fields.pop("income")))
    on_file, inquiries = fields.pop("months_on_file"), fields.pop("inquiries")
    person = Link(
        Role.USES, Identifier(IdentifierKind.ID_NUMBER, f"id_number:{number:064x}", "****")
    )
    return replace(
        application(
            **fields,
            bureau=bureau(
                months_on_file=on_file,
                months=months(12, balance_minor=used, payment_minor=used // 3 + 1_000),
                inquiries_1m=inquiries,
                monthly_obligations_minor=chance.randrange(0, 300_000),
            ),
            evidence=payroll(income),
        ),
        links=(person,),
    )


def admissions(
    count: int, days: int, *, seed: int = 1, vary: Vary | None = None, first: date = FIRST
) -> Iterable[Admission]:
    """``count`` applications spread evenly over the days from ``first``."""
    chance = random.Random(seed)
    for number in range(count):
        day = first + timedelta(days=number * days // count)
        yield Admission(
            decision_id=f"dec_{seed:08x}{number:024x}",
            caller="mobile",
            request_id=f"r{seed}:{number}",
            as_of_us=at_us(day, number),
            application=asked(chance, day, seed * 10_000_000 + number, vary),
        )
