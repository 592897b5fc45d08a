"""Bureau summaries for tests of the scorecard."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from engine.model import Bureau, BureauMonth, RepaymentStatus
from engine.training.bureau_rows import bureaus as bureaus_in
from engine.training.read_spec import read_spec
from engine.training.table import read_table

CARD = Path(__file__).parents[1] / "rulesets" / "credit_card" / "scorecards" / "card_bureau"
DATA = Path(__file__).parents[1] / "data" / "taiwan_credit_card.csv.gz"
SPEC = DATA.parent / "card_bureau.yaml"


def shipped_bureaus(rows: int) -> list[Bureau]:
    """The summaries of the first rows of the shipped data."""
    spec = read_spec(SPEC)
    if spec.bureau is None:
        raise AssertionError("the shipped card reads bureau statements")
    return bureaus_in(spec.bureau, read_table(DATA, spec.data).head(rows))


def month(
    status: RepaymentStatus = RepaymentStatus.REVOLVING,
    late: int = 0,
    *,
    balance: int = 500_000,
    limit: int = 1_000_000,
    payment: int = 50_000,
) -> BureauMonth:
    """One month; half of the limit in use and a tenth of it paid, unless told otherwise."""
    return BureauMonth(
        status=status,
        months_past_due=late,
        balance_minor=balance,
        limit_minor=limit,
        payment_minor=payment,
    )


def late(months: int, **amounts: int) -> BureauMonth:
    """A month that is ``months`` past due."""
    return month(RepaymentStatus.PAST_DUE, months, **amounts)


def bureau(months: Sequence[BureauMonth]) -> Bureau:
    """A summary that knows nothing but its months."""
    return Bureau(
        score=None,
        months_on_file=None,
        reported_on=None,
        months=tuple(months),
        inquiries_1m=None,
        inquiries_3m=None,
        inquiries_6m=None,
        card_count=None,
        loan_balance_minor=None,
        monthly_obligations_minor=None,
    )


def with_month(summary: Bureau, index: int, **changes: object) -> Bureau:
    """The summary with one month changed."""
    months = list(summary.months)
    months[index] = replace(months[index], **changes)  # type: ignore[arg-type]
    return replace(summary, months=tuple(months))


@st.composite
def _months(draw: st.DrawFn) -> BureauMonth:
    status = draw(st.sampled_from(list(RepaymentStatus)))
    return month(
        status,
        draw(st.integers(1, 12)) if status is RepaymentStatus.PAST_DUE else 0,
        balance=draw(st.integers(-200_000, 3_000_000)),
        limit=draw(st.integers(1, 2_000_000)),
        payment=draw(st.one_of(st.just(0), st.integers(0, 2_000_000))),
    )


bureaus = st.lists(_months(), min_size=6, max_size=8).map(bureau)
