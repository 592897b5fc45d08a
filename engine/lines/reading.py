"""Reading plain YAML values: every fault is noted with its path, and the reading goes on.

Numbers are exact: what the file spells as ``0.15`` becomes the fraction 3/20, never a float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from fractions import Fraction

from engine.errors import PolicyError

_MOST_SHOWN = 50
_MOST_DIGITS = 15
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?%", re.ASCII)


class Faults:
    """What is wrong with a file, as ``path: what``."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self.unread: set[str] = set()
        """Paths whose value could not be read: what stands in for it says nothing."""

    def add(self, path: str, what: str) -> None:
        """Note one fault."""
        self._found.append(f"{path}: {what}")

    def refuse(self, source: str) -> None:
        """Raise ``PolicyError`` with all faults, if there are any."""
        if self._found:
            lines = [f"{source}: {fault}" for fault in self._found[:_MOST_SHOWN]]
            raise PolicyError("\n".join(lines))


class Reader:
    """One mapping of the file at ``path``. Amounts are in major units of the currency."""

    def __init__(self, value: object, path: str, faults: Faults, digits: int) -> None:
        self._path = path
        self._faults = faults
        self._digits = digits
        self._asked: set[str] = set()
        self._items: dict[str, object] = {}
        if isinstance(value, Mapping):
            self._items = {str(key): item for key, item in value.items()}
        else:
            faults.add(path, "must be a mapping")

    @property
    def names(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(self._items)

    @property
    def is_read(self) -> bool:
        """Whether everything asked for could be read: only then entries can be compared."""
        under = tuple(f"{self._path}{mark}" for mark in ".[")
        return not any(path.startswith(under) for path in self._faults.unread)

    def wrong(self, key: str, what: str) -> None:
        """Note a fault of an entry."""
        self._faults.add(self._under(key), what)

    def has(self, key: str) -> bool:
        """Whether the entry is there and not null."""
        self._asked.add(key)
        return self._items.get(key) is not None

    def child(self, key: str) -> Reader:
        """A mapping under ``key``."""
        return self._reader(self._value(key, {}), key)

    def children(self, key: str) -> tuple[Reader, ...]:
        """A list of mappings under ``key``; none if it is absent."""
        items = _listed(self._items[key]) if self.has(key) else []
        if items is None:
            self.wrong(key, "must be a list")
            return ()
        return tuple(self._reader(item, f"{key}[{i}]") for i, item in enumerate(items))

    def name(self, key: str) -> str:
        """A text that is not empty."""
        value = self._value(key, "-")
        if isinstance(value, str) and value:
            return value
        self.wrong(key, "must be a text")
        return "-"

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts under ``key``."""
        items = _listed(self._value(key, []))
        if items is None or not all(isinstance(item, str) for item in items):
            self.wrong(key, "must be a list of texts")
            return ()
        return tuple(map(str, items))

    def whole(self, key: str) -> int:
        """An integer, at least 0."""
        value = self._value(key, 0)
        if type(value) is int and value >= 0:
            return value
        self.wrong(key, "must be an integer, at least 0")
        return 0

    def number(self, key: str, low: int, high: int | None, *, above: bool = False) -> Fraction:
        """An exact decimal in [low, high], or (low, high] if ``above``."""
        value = self._decimal(key)
        if value is None:
            return Fraction(1)
        too_low = value <= low if above else value < low
        if too_low or (high is not None and value > high):
            start = f"above {low}" if above else f"at least {low}"
            self.wrong(key, f"must be {start}" + (f", at most {high}" if high is not None else ""))
            return Fraction(1)
        return value

    def amount(self, key: str) -> int:
        """Minor units of an amount above 0, which must be exact in them."""
        value = self._decimal(key)
        if value is None:
            return 1
        minor = value * 10**self._digits
        if minor <= 0 or minor.denominator != 1:
            self.wrong(key, f"must be an amount above 0 with at most {self._digits} decimals")
            return 1
        return int(minor)

    def optional_amount(self, key: str) -> int | None:
        """As ``amount``; ``None`` if it is absent or null."""
        return self.amount(key) if self.has(key) else None

    def done(self) -> None:
        """Note every entry that nobody asked for: most often a misspelled one."""
        for key in self._items:
            if key not in self._asked:
                missing = self._asked - set(self._items)
                near = get_close_matches(key, missing, n=1) or get_close_matches(
                    key, self._asked, n=1
                )
                hint = f"; did you mean `{near[0]}`?" if near else ""
                self.wrong(key, f"is not known here{hint}")

    def _reader(self, value: object, key: str) -> Reader:
        return Reader(value, self._under(key), self._faults, self._digits)

    def _under(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _value(self, key: str, otherwise: object) -> object:
        if self.has(key):
            return self._items[key]
        self._faults.unread.add(self._under(key))
        self.wrong(key, "is missing")
        return otherwise

    def _decimal(self, key: str) -> Fraction | None:
        """``None`` after noting that it is no number."""
        value = self._value(key, 1)
        if type(value) in {int, float, str}:
            exact = _exact(str(value))
            if exact is not None:
                return exact
        self._faults.unread.add(self._under(key))
        hint = _number_hint(str(value))
        self.wrong(key, f"must be a number with at most {_MOST_DIGITS} digits{hint}")
        return None


def _listed(value: object) -> list[object] | None:
    return value if isinstance(value, list) else None


def _number_hint(text: str) -> str:
    """What to write for a number as people write it."""
    if _GROUPED.fullmatch(text):
        return f"; write {text.replace(',', '_')} or {text.replace(',', '')}"
    percent = _PERCENT.fullmatch(text)
    if percent:
        return f"; write {Decimal(percent[1]).scaleb(-2).normalize():f}"
    return ""


def _exact(text: str) -> Fraction | None:
    """``repr`` of a float gives back the digits that were written, up to fifteen of them."""
    try:
        decimal = Decimal(text)
    except InvalidOperation:
        return None
    if not decimal.is_finite() or len(decimal.as_tuple().digits) > _MOST_DIGITS:
        return None
    return Fraction(decimal)
