"""Times as a split and the periods of a report order them."""

from __future__ import annotations

import re
from math import isfinite

TIMES = "write 2026-01-31, 2026-01, 2026Q1 or 2026, or a number that rises with time"
_ORDERED = re.compile(r"\d{4}-?(Q[1-4]|W\d{2}|\d{2}(-\d{2}([ T].*)?)?)")

TimeKey = tuple[bool, float, str]


def time_key(text: str) -> TimeKey | None:
    """What orders a time: numbers as numbers, days and months as texts; ``None`` if it is neither.

    ``Jan-2026`` and ``2026-7`` would be ordered by the alphabet. The first part is whether it is a
    text: numbers and texts have no order among them.
    """
    if _ORDERED.fullmatch(text) and not text.isdecimal():
        return True, 0.0, text
    try:
        number = float(text)
    except ValueError:
        return None
    return (False, number, "") if isfinite(number) else None
