"""Amounts, days and lists as a customer reads them, in English and in Chinese. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from engine.currency import MINOR_DIGITS

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_ZH_UNITS = {
    "CNY": "元",
    "HKD": "港元",
    "MOP": "澳门元",
    "TWD": "新台币",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "SGD": "新加坡元",
}


def amount(minor: int, currency: str) -> tuple[str, str]:
    """``CNY 30,000`` and ``30,000元``; decimals only where there are any."""
    digits = MINOR_DIGITS.get(currency, 2)
    whole = minor % 10**digits == 0
    number = f"{Decimal(minor).scaleb(-digits):,.{0 if whole else digits}f}"
    unit = _ZH_UNITS.get(currency)
    return f"{currency} {number}", f"{number}{unit}" if unit else f"{number} {currency}"


def day(at_us: int, utc_offset_minutes: int) -> tuple[str, str]:
    """``25 December 2025`` and ``2025年12月25日``, of the calendar where the business is."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        microseconds=at_us, minutes=utc_offset_minutes
    )
    en = f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return en, f"{moment.year}年{moment.month}月{moment.day}日"


def listed(texts: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """``a, b and c`` and ``a、b、c``."""
    en = [text for text, _ in texts]
    joined = " and ".join((", ".join(en[:-1]), en[-1])) if len(en) > 1 else "".join(en)
    return joined, "、".join(text for _, text in texts)
