"""Amounts: google.type.Money on the wire, integer minor units inside, never a float."""

from __future__ import annotations

from enum import Enum

from google.type import money_pb2

from engine.api.problems import Problems
from engine.currency import MAX_MINOR, MINOR_DIGITS

_NANOS = 1_000_000_000


class Sign(Enum):
    """What an amount may be."""

    ANY = "any"
    NOT_NEGATIVE = "not negative"
    POSITIVE = "positive"


def minor_units(money: money_pb2.Money, sign: Sign) -> int:
    """The amount in minor units of its own currency. Raises ``ValueError``, without the value."""
    digits = MINOR_DIGITS.get(money.currency_code)
    if digits is None:
        raise ValueError("currency_code must be an ISO 4217 code of a currency in use")
    if abs(money.nanos) >= _NANOS:
        raise ValueError("nanos must be between -999999999 and 999999999")
    if money.units * money.nanos < 0:
        raise ValueError("units and nanos must have the same sign")
    # Sign and size are even in Python: divmod floors, and so would take -0.5 for -1 and a rest.
    nanos_per_minor = _NANOS // 10**digits
    if money.nanos % nanos_per_minor:
        raise ValueError("must be whole minor units of the currency")
    minor: int = money.units * 10**digits + money.nanos // nanos_per_minor
    if abs(minor) >= MAX_MINOR:
        raise ValueError("is too large")
    if sign is not Sign.ANY and minor < 0:
        raise ValueError("must not be negative")
    if sign is Sign.POSITIVE and minor == 0:
        raise ValueError("must be above zero")
    return minor


class Purse:
    """Reads the amounts of one request and holds them to one currency."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._paths: dict[str, list[str]] = {}

    def read(self, path: str, money: money_pb2.Money, sign: Sign = Sign.NOT_NEGATIVE) -> int:
        """Minor units; 0 after noting a problem, which keeps the request from going on."""
        # Called for some forty amounts a request: a plain try costs nothing where all is well.
        try:
            minor = minor_units(money, sign)
        except ValueError as error:
            self._problems.add(path, str(error))
            return 0
        paths = self._paths.get(money.currency_code)
        if paths is None:
            paths = self._paths[money.currency_code] = []
        paths.append(path)
        return minor

    def settle(self) -> str:
        """The currency of most amounts that were read, of two the earlier; empty for none.

        Notes one problem for each other currency, at its first amount: which one is the slip is
        told by the many.
        """
        if not self._paths:
            return ""
        currency = max(self._paths, key=lambda code: len(self._paths[code]))
        for code, paths in self._paths.items():
            if code != currency:
                more = f", as are {len(paths) - 1} more" if len(paths) > 1 else ""
                self._problems.add(
                    paths[0],
                    f"is in {code}{more}, other amounts in {currency}: all amounts of a request "
                    "must be in one currency",
                )
        return currency


def to_money(minor: int, currency: str) -> money_pb2.Money:
    """The amount on the wire; units and nanos have the same sign."""
    digits = MINOR_DIGITS[currency]
    units, rest = divmod(abs(minor), 10**digits)
    sign = -1 if minor < 0 else 1
    return money_pb2.Money(
        currency_code=currency,
        units=sign * units,
        nanos=sign * rest * (_NANOS // 10**digits),
    )
