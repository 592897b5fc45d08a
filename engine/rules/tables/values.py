"""The values that a cell names, by the type of its column."""

from __future__ import annotations

import math
import re
from datetime import date

Value = bool | int | float | str

_INT = re.compile(r"^[-+]?(?:0|[1-9][0-9_]*)$")
_DOUBLE = re.compile(r"^[-+]?(?:0|[1-9][0-9_]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$")
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", re.ASCII)
_OTHER_DATE = re.compile(r"^[0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{1,4}$")
_QUOTED = re.compile(r'^"(?:[^"\\]|\\["\\])*"$')
#: A text without quotes begins with a letter, a digit or an underscore, and has no sign of cells.
_BARE = re.compile(r"^\w[^\"\\\[\](){}<>=,\n\r\t]*$")
_DOUBTFUL = frozenset({"not", "null", "none", "any", "~", "*"})
_INT64 = 2**63

_SPOKEN = {"bool": "true or false", "int": "a whole number", "double": "a number"}


class NotThatType(Exception):
    """What is written is no value of the column's type. ``hint``: what to write."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message, self.hint = message, hint
        super().__init__(message)


def read_value(written: str, kind: str) -> Value:
    """The value of CEL's type ``kind``, or ``NotThatType``."""
    if written.lower() in _DOUBTFUL:
        hint = "`-` takes any value, `unknown` what nobody supplied; a text goes in double quotes"
        raise NotThatType(f"`{written}` could mean several things", hint)
    match kind:
        case "bool":
            return _bool(written)
        case "int":
            return _int(written)
        case "double":
            return _double(written)
        case _:
            return _text(written)


def is_date(written: str) -> bool:
    """Whether it is an ISO date of the calendar, such as 2026-01-31; such texts have an order."""
    if not _DATE.match(written):
        return False
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def order_refused(written: str, kind: str) -> tuple[str, str]:
    """Message and hint where the column's values have no order."""
    if kind == "string" and _DATE.match(written):
        return f"{written} is no day of the calendar", ""
    if kind == "bool":
        return "true and false have no order", "write `true`, `false` or `-`"
    return (
        "texts are not compared by size",
        "dates are, as `>= 2026-01-31`; for a number the column needs a field of that type",
    )


def _bool(written: str) -> bool:
    # A spreadsheet writes TRUE and FALSE.
    if written.lower() in {"true", "false"}:
        return written.lower() == "true"
    raise _wrong(written, "bool")


def _int(written: str) -> int:
    if not _INT.match(written):
        hint = "write 1000 or 1_000: a comma separates values" if _leading_zero(written) else ""
        if _DOUBLE.match(written):
            hint = "this column has whole numbers"
        raise _wrong(written, "int", hint)
    value = int(written.replace("_", ""))
    if not -_INT64 <= value < _INT64:
        raise NotThatType(f"{written} is too large for a whole number of 64 bits")
    return value


def _double(written: str) -> float:
    if not _DOUBLE.match(written):
        hint = "write 1000 or 1_000: a comma separates values" if _leading_zero(written) else ""
        if written.endswith("%"):
            hint = "write a share as a number: 0.25 for 25%"
        raise _wrong(written, "double", hint)
    value = float(written.replace("_", ""))
    if not math.isfinite(value):
        raise NotThatType(f"{written} is too large for a number")
    return value


def _leading_zero(written: str) -> bool:
    return bool(re.match(r"^0[0-9]+$", written))


def _text(written: str) -> str:
    hidden = next((char for char in written if not char.isprintable()), "")
    if hidden:
        message = f"the text holds the invisible character U+{ord(hidden):04X}"
        raise NotThatType(message, "type the text anew: copied texts bring such characters along")
    if _QUOTED.match(written):
        return re.sub(r"\\([\"\\])", r"\1", written[1:-1])
    if _OTHER_DATE.match(written):
        hint = "write a date as 2026-01-31; any other text goes in double quotes"
        raise NotThatType(f"`{written}` is no date of the form YYYY-MM-DD", hint)
    if not _BARE.match(written):
        raise NotThatType(f"`{written}` cannot be read as a text", "put it in double quotes")
    return written


def _wrong(written: str, kind: str, hint: str = "") -> NotThatType:
    return NotThatType(f"`{written}` is not {_SPOKEN[kind]}, as this column has", hint)
