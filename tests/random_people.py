"""People at random for property tests of whole decisions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from engine.model import (
    Application,
    Bureau,
    BureauMonth,
    Evidence,
    EvidenceKind,
    HeldLines,
    RepaymentStatus,
    Session,
    VerificationStatus,
)
from tests.applications import application, bureau

_LATER = (date(2035, 1, 1),) * 5
_USUAL_YEARS = tuple(range(1966, 2004, 4))
_VERIFIED = (VerificationStatus.VERIFIED,) * 5


def random_bureau(chance: random.Random) -> Bureau:
    """A report: of few months or many, late or in time."""
    late = chance.choice([0, 0, 0, 0, 0, 0, 0, 0, 1, 4])
    used = chance.choice([0, 200_000, 1_000_000, 1_990_000])
    month = BureauMonth(
        status=RepaymentStatus.PAST_DUE if late else RepaymentStatus.PAID_IN_FULL,
        months_past_due=late,
        balance_minor=used,
        limit_minor=2_000_000,
        payment_minor=used // 2,
    )
    return bureau(
        months=(month,) * chance.choice([2, 8, 12, 12, 12]),
        months_on_file=chance.choice([3, 8, 20, 84, 84]),
        inquiries_1m=chance.choice([0, 1, 7]),
        inquiries_3m=chance.choice([0, 3, 8]),
        card_count=chance.choice([0, 1, 3]),
        monthly_obligations_minor=chance.choice([0, 50_000, 200_000, 600_000]),
    )


def random_proofs(chance: random.Random) -> tuple[Evidence, ...]:
    """Up to three proofs, verified or not."""
    return tuple(
        Evidence(
            evidence_id=f"proof-{number}",
            kind=chance.choice(list(EvidenceKind)),
            amount_minor=chance.randrange(1, 60) * 100_000,
            source="test",
            status=chance.choice([*VerificationStatus, *_VERIFIED]),
            issued_on=None,
        )
        for number in range(chance.randrange(5))
    )


def somebody(products: Sequence[str], chance: random.Random) -> Application:
    """Somebody at random who applies for one of the products; everything is known."""
    product = chance.choice(products)
    return application(
        product=product,
        channel=chance.choice(["mobile", "branch"]),
        customer_segment=chance.choice(["mass", "new_to_credit", "payroll"]),
        branch=chance.choice(["", "X"]),
        birth_date=date(_year(chance), chance.randrange(1, 13), 5),
        is_student=(product == "student") is (chance.random() < 0.9),
        id_document_expires_on=chance.choice(
            [None, None, date(2026, 1, 1), date(2026, 6, 10), *_LATER]
        ),
        occupation=chance.choice([None, "nurse"]),
        declared_income_minor=chance.choice([None, 500_000, 2_000_000]),
        expected_limit_minor=chance.choice([None, *range(500_000, 8_000_000, 700_000)]),
        session=Session(
            channel_session_id=None,
            # The shipped fraud stage, which a trial calculation skips, caps lines of such devices.
            emulator=False,
            rooted=False,
            country="CN",
            city=None,
        ),
        bureau=random_bureau(chance),
        held_lines=HeldLines(
            own_minor=chance.choice([0, 900_000]),
            elsewhere_minor=chance.choice([0, 3_000_000, 29_000_000]),
        ),
        evidence=random_proofs(chance),
    )


def _year(chance: random.Random) -> int:
    """Of birth: too young, too old, and mostly neither."""
    return chance.choice([chance.randrange(1940, 2015), *_USUAL_YEARS])
