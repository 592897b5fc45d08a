"""Calendar days in policies, ISO 8601, and the window in which a rule is in force."""

from __future__ import annotations

import re
from datetime import date

from engine.rules.ast import And, Call, Expr, Literal, Read
from engine.rules.diagnostics import Code
from engine.rules.reader import Reader

TODAY = "application.date"
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def read_day(reader: Reader, key: str) -> str:
    """The day under a key as ISO 8601, "" if there is none or it is no day."""
    if reader.node_of(key) is None:
        return ""
    text = reader.text(key)
    if text and not is_day(text):
        reader.found.error(
            Code.BAD_DAY,
            f"`{key}` must be a calendar day such as 2026-01-31",
            reader.value_span(key),
        )
        return ""
    return text


def is_day(text: str) -> bool:
    """Whether it is a day of the calendar, written as 2026-01-31."""
    if not _DAY.match(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_window(reader: Reader) -> tuple[str, str]:
    """``from`` and ``until``, both inclusive, "" where open."""
    begin, end = read_day(reader, "from"), read_day(reader, "until")
    if begin and end and begin > end:
        reader.found.error(
            Code.BAD_DAY, "`from` is after `until`: it is never in force", reader.value_span("from")
        )
    return begin, end


def within(tree: Expr, begin: str, end: str) -> Expr:
    """The condition, and that the application's day is in the window. ISO days order as texts."""
    bounds = [(">=", begin)] if begin else []
    bounds += [("<=", end)] if end else []
    if not bounds:
        return tree
    today = Read(path=TODAY, known_by="", type="string")
    tests = tuple(
        Call(name=sign, operands=(today, Literal(value=day, type="string")), type="bool")
        for sign, day in bounds
    )
    rest = tree.operands if isinstance(tree, And) else (tree,)
    return And(operands=(*tests, *rest), type="bool", offset=tree.offset)
