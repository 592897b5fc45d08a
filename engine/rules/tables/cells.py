"""The language of a table's cells: literals, comparisons, ranges, sets, presence, ``not``.

A cell is typed by its column: ``5`` is a whole number in one column and a text in another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from engine.rules.diagnostics import Code
from engine.rules.explain import Problem
from engine.rules.tables.values import NotThatType, Value, is_date, order_refused, read_value

MAX_CELL = 1_000
MAX_ITEMS = 200
#: Ranges and comparisons of one cell; each is an operand of a disjunction.
MAX_TESTS = 16

_ANY = frozenset({"", "-"})
_SIGN = re.compile(r"<=|>=|==|!=|<|>")
_RANGE = re.compile(r"^(?P<open>[\[(])(?P<low>.*?)\.\.(?P<high>.*)(?P<close>[\])])$", re.DOTALL)
_NOT = re.compile(r"not(?=[\s(\[\"<>=!])\s*", re.IGNORECASE)
#: Signs that a Chinese keyboard or a word processor writes in place of those of cells. Other
#: full-width signs are found by their compatibility form.
_FOREIGN = {"\u3001": ",", "\u3010": "[", "\u3011": "]", "\u2264": "<=", "\u2265": ">="}
_FOREIGN |= {"\u2260": "!=", "\u201c": '"', "\u201d": '"', "\u2026": "..", "\u2013": "-"}
_SIGNS = frozenset(',;()[]<>=-".!')


@dataclass(frozen=True, slots=True)
class Is:
    """The column's value is this one."""

    value: Value


@dataclass(frozen=True, slots=True)
class Compare:
    """The column's value compares with this one; ``sign`` is CEL's."""

    sign: str
    value: Value


@dataclass(frozen=True, slots=True)
class Between:
    """The column's value lies between two; the ends belong to it or not."""

    low: Value
    high: Value
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether the column's value is known."""

    known: bool


Item = Is | Compare | Between | Presence


@dataclass(frozen=True, slots=True)
class CellTest:
    """Any of the items, or none of them. No item at all: any value will do."""

    items: tuple[Item, ...] = ()
    negated: bool = False


class CellRefused(Exception):
    """The cell says nothing that can be understood."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


def parse_cell(text: str, kind: str) -> CellTest:
    """What the cell of a column of CEL's type ``kind`` asks; ``CellRefused`` with the place."""
    return _Parser(text, kind).cell()


class _Parser:
    def __init__(self, text: str, kind: str) -> None:
        self._text, self._kind = text, kind

    def cell(self) -> CellTest:
        text = self._text
        if len(text) > MAX_CELL:
            self._refuse(Code.TABLE_LIMIT, 0, 1, f"the cell has more than {MAX_CELL} characters")
        if text.strip() in _ANY:
            return CellTest()
        start = len(text) - len(text.lstrip())
        negation = _NOT.match(text, start)
        items = tuple(self._items(negation.end() if negation else start))
        tests = sum(not isinstance(item, Is) for item in items)
        if len(items) > MAX_ITEMS or tests > MAX_TESTS:
            message = f"more than {MAX_ITEMS} values, or {MAX_TESTS} comparisons, in one cell"
            self._refuse(Code.TABLE_LIMIT, 0, 1, message, "split the row, or read a list")
        return CellTest(items, negated=negation is not None)

    def _items(self, start: int) -> Iterator[Item]:
        for begin, end in self._parts(start):
            part = self._text[begin:end]
            offset = begin + len(part) - len(part.lstrip())
            if part.strip() in _ANY:
                hint = 'a value that is empty or a dash is written "" or "-"'
                self._refuse(Code.CELL_SYNTAX, begin, 1, "a value is missing here", hint)
            yield self._item(part.strip(), offset)

    def _parts(self, start: int) -> Iterator[tuple[int, int]]:
        """The stretches between commas that do not stand in quotes."""
        begin, quoted, at = start, False, start
        while at < len(self._text):
            char = self._text[at]
            if quoted and char == "\\":
                at += 1
            elif char == '"':
                quoted = not quoted
            elif not quoted and char == ",":
                yield begin, at
                begin = at + 1
            elif not quoted and _meant(char):
                hint = f"write `{_meant(char)}`, or put a text in double quotes"
                self._refuse(Code.CELL_SYNTAX, at, 1, f"`{char}` is no sign of a cell", hint)
            at += 1
        if quoted:
            self._refuse(Code.CELL_SYNTAX, begin, 1, "a double quote is not closed")
        yield begin, len(self._text)

    def _item(self, part: str, offset: int) -> Item:
        if part.lower() in {"known", "unknown"}:
            return Presence(part.lower() == "known")
        sign = _SIGN.match(part)
        if sign is not None:
            return self._comparison(part, offset, sign.group())
        if part[0] in "[(":
            return self._range(part, offset)
        if ".." in part and not part.startswith('"'):
            hint = f"say whether the ends belong to it: `[{part}]`, `[{part})`, `({part}]`"
            self._refuse(Code.CELL_SYNTAX, offset, len(part), "a range has no brackets", hint)
        return Is(self._value(part, offset))

    def _comparison(self, part: str, offset: int, sign: str) -> Item:
        inner = part[len(sign) :]
        value = self._value(inner.strip(), offset + len(part) - len(inner.lstrip()))
        if sign == "==":
            return Is(value)
        if sign != "!=":
            self._ordered(inner.strip(), offset, len(part))
        return Compare(sign, value)

    def _range(self, part: str, offset: int) -> Between:
        found = _RANGE.match(part)
        if found is None:
            hint = "a range is written `[1 .. 2)`, a set of values `1, 2`"
            self._refuse(Code.CELL_SYNTAX, offset, len(part), f"`{part}` is no range", hint)
        ends = []
        for name in ("low", "high"):
            inner = found.group(name)
            at = offset + found.start(name) + len(inner) - len(inner.lstrip())
            if not inner.strip():
                hint = "a range with one end is a comparison: `>= 5`"
                self._refuse(Code.CELL_SYNTAX, at, 1, "an end of the range is missing", hint)
            ends.append(self._value(inner.strip(), at))
            self._ordered(inner.strip(), offset, len(part))
        between = Between(ends[0], ends[1], found["open"] == "[", found["close"] == "]")
        if _is_empty(between):
            message = f"no value lies in the range `{part}`"
            self._refuse(Code.CELL_SYNTAX, offset, len(part), message, "the lower end goes first")
        return between

    def _ordered(self, written: str, offset: int, length: int) -> None:
        """Numbers have an order, and dates; of texts nobody expects ``"9" > "10"``."""
        if self._kind == "string" and is_date(written):
            return
        if self._kind in {"bool", "string"}:
            message, hint = order_refused(written, self._kind)
            self._refuse(Code.CELL_TYPE, offset, length, message, hint)

    def _value(self, written: str, offset: int) -> Value:
        try:
            return read_value(written, self._kind)
        except NotThatType as refused:
            length = max(1, len(written))
            self._refuse(Code.CELL_TYPE, offset, length, refused.message, refused.hint)

    def _refuse(
        self, code: Code, offset: int, length: int, message: str, hint: str = ""
    ) -> NoReturn:
        raise CellRefused(Problem(code, offset, length, message, hint=hint))


def _meant(char: str) -> str:
    """The sign of cells in whose place a foreign one was written; otherwise nothing."""
    if char.isascii():
        return ""
    plain = unicodedata.normalize("NFKC", char)
    return _FOREIGN.get(char, plain if plain in _SIGNS else "")


def _is_empty(between: Between) -> bool:
    low, high = between.low, between.high
    closed = between.low_closed and between.high_closed
    if isinstance(low, int) and isinstance(high, int):
        first = low if between.low_closed else low + 1
        return first > (high if between.high_closed else high - 1)
    return not _at_most(low, high) or (low == high and not closed)


def _at_most(low: Value, high: Value) -> bool:
    if isinstance(low, str) and isinstance(high, str):
        return low <= high
    return not isinstance(low, str) and not isinstance(high, str) and low <= high
