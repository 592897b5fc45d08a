"""Amounts are exact in both directions."""

from __future__ import annotations

import pytest
from google.type import money_pb2
from hypothesis import given
from hypothesis import strategies as st

from engine.api.money import Sign, minor_units, to_money
from engine.currency import MAX_MINOR, MINOR_DIGITS


@given(
    st.integers(min_value=-MAX_MINOR + 1, max_value=MAX_MINOR - 1),
    st.sampled_from(sorted(MINOR_DIGITS)),
)
def test_an_amount_survives_the_wire(minor: int, currency: str) -> None:
    """Any amount in any currency, and units and nanos agree in sign."""
    money = to_money(minor, currency)

    assert minor == minor_units(money, Sign.ANY)
    assert money.units * money.nanos >= 0


@pytest.mark.parametrize(
    "currency, units, nanos, minor",
    [
        ("CNY", 1, 230_000_000, 123),
        ("CNY", -1, -230_000_000, -123),
        ("CNY", 0, -10_000_000, -1),
        ("JPY", 5, 0, 5),
        ("KWD", 1, 1_000_000, 1001),
    ],
)
def test_minor_units_follow_the_currency(currency: str, units: int, nanos: int, minor: int) -> None:
    """Two digits, none, or three."""
    money = money_pb2.Money(currency_code=currency, units=units, nanos=nanos)

    assert minor == minor_units(money, Sign.ANY)


@pytest.mark.parametrize(
    "currency, units, nanos",
    [
        ("", 1, 0),
        ("CN", 1, 0),
        ("XXX", 1, 0),
        ("CNY", 1, 5_000_000),
        ("JPY", 1, 500_000_000),
        ("CNY", 1, -1_000_000),
        ("CNY", 0, 1_000_000_000),
        ("CNY", 0, -(2**31)),
        ("CNY", 2**63 - 1, 0),
        ("CNY", -(2**63), 0),
    ],
)
def test_what_is_not_exact_is_refused(currency: str, units: int, nanos: int) -> None:
    """No rounding, no overflow, no unknown currency; and the text repeats no value."""
    money = money_pb2.Money(currency_code=currency, units=units, nanos=nanos)

    with pytest.raises(ValueError, match=r"^[a-z]") as refused:
        minor_units(money, Sign.ANY)

    assert str(abs(units)) not in str(refused.value) or abs(units) <= 1
