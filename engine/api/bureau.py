"""The credit bureau's summary: protobuf to the engine's ``Bureau``."""

from __future__ import annotations

from datetime import date

from engine.api.dates import past_date
from engine.api.money import Purse, Sign
from engine.api.problems import Problems
from engine.model import Bureau, BureauMonth, RepaymentStatus
from touchstone.v1 import types_pb2 as pb

_STATUS = {
    pb.RepaymentStatus.Value(f"REPAYMENT_STATUS_{status.name}"): status
    for status in RepaymentStatus
}


def to_bureau(
    path: str, message: pb.BureauSummary, purse: Purse, problems: Problems, today: date
) -> Bureau:
    """The summary. What the message leaves unset stays unknown; problems go to ``problems``."""
    reported = None
    if message.HasField("reported_on"):
        with problems.noting(f"{path}.reported_on"):
            reported = past_date(message.reported_on, today)
    months = (
        _month(f"{path}.months[{place}]", month, purse)
        for place, month in enumerate(message.months)
    )
    return Bureau(
        score=_known(message, "score"),
        months_on_file=_known(message, "months_on_file"),
        reported_on=reported,
        months=tuple(month for month in months if month is not None),
        inquiries_1m=_known(message, "inquiries_1m"),
        inquiries_3m=_known(message, "inquiries_3m"),
        inquiries_6m=_known(message, "inquiries_6m"),
        card_count=_known(message, "card_count"),
        loan_balance_minor=_amount(path, message, "loan_balance", purse),
        monthly_obligations_minor=_amount(path, message, "monthly_obligations", purse),
    )


def _month(path: str, message: pb.BureauMonth, purse: Purse) -> BureauMonth | None:
    """``None`` where the status is not a defined one: the proto's constraints name it."""
    balance = limit = payment = 0
    # An amount that is missing is named by the proto's constraints, better than "no currency".
    if message.HasField("balance"):
        balance = purse.read(f"{path}.balance", message.balance, Sign.ANY)
    if message.HasField("limit"):
        limit = purse.read(f"{path}.limit", message.limit)
    if message.HasField("payment"):
        payment = purse.read(f"{path}.payment", message.payment)
    status = _STATUS.get(message.status)
    if status is None:
        return None
    return BureauMonth(
        status=status,
        months_past_due=message.months_past_due,
        balance_minor=balance,
        limit_minor=limit,
        payment_minor=payment,
    )


def _known(message: pb.BureauSummary, field: str) -> int | None:
    return getattr(message, field) if message.HasField(field) else None


def _amount(path: str, message: pb.BureauSummary, field: str, purse: Purse) -> int | None:
    if not message.HasField(field):
        return None
    return purse.read(f"{path}.{field}", getattr(message, field))
