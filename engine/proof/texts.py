"""Strings as integers in their own order: each text that a policy names is odd, each gap even.

Strings order by code points, as in CEL. Whatever a condition asks of a string against the texts
of the policy is a comparison of these codes, so a proof over codes is a proof over all strings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, timedelta

_LAST_CODE_POINT = 0x10FFFF
_BEFORE_SURROGATES, _AFTER_SURROGATES = 0xD7FF, 0xE000
_ISO_DAY = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


def after_prefix(prefix: str) -> str | None:
    """The least text above every text that starts with ``prefix``; ``None``: there is none."""
    while prefix:
        last = ord(prefix[-1])
        if last < _LAST_CODE_POINT:
            following = _AFTER_SURROGATES if last == _BEFORE_SURROGATES else last + 1
            return prefix[:-1] + chr(following)
        prefix = prefix[:-1]
    return None


class Texts:
    """The codes of the texts that a policy names. ``prefixes``: what it asks ``startsWith``."""

    def __init__(self, texts: Iterable[str], prefixes: Iterable[str]) -> None:
        known = set(texts)
        for prefix in prefixes:
            known.add(prefix)
            above = after_prefix(prefix)
            if above is not None:
                known.add(above)
        self._sorted = sorted(known)

    @property
    def named(self) -> tuple[tuple[int, str], ...]:
        """Each text with its code."""
        return tuple((2 * place + 1, text) for place, text in enumerate(self._sorted))

    @property
    def highest(self) -> int:
        """The code of the gap above every text."""
        return 2 * len(self._sorted)

    def code(self, text: str) -> int:
        """The text's own code, or that of its gap."""
        place = bisect_left(self._sorted, text)
        known = place < len(self._sorted) and self._sorted[place] == text
        return 2 * place + 1 if known else 2 * place

    def sample(self, code: int) -> str | None:
        """A text of that code, as plain as possible; ``None`` if the gap is empty."""
        if code % 2:
            return self._sorted[code // 2]
        below = self._sorted[code // 2 - 1] if code else ""
        tries = ("other", "x", "a", *(below + tail for tail in ("x", "a", "0", "-", " ", "\x00")))
        found = next((text for text in tries if self.code(text) == code), None)
        return "" if found is None and self.code("") == code else found

    def day(self, code: int) -> str | None:
        """A day of the calendar of that code, ISO; ``None`` if there is none."""
        if code % 2:
            text = self._sorted[code // 2]
            return text if _as_day(text) is not None else None
        below = self._sorted[code // 2 - 1] if code else ""
        start = _as_day(below)
        tries = ["2026-06-15"] + ([] if start is None else _next_day(start))
        tries += _around(below)
        return next((text for text in tries if self.code(text) == code), None)


def _as_day(text: str) -> date | None:
    if not _ISO_DAY.match(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _next_day(day: date) -> list[str]:
    return [] if day == date.max else [(day + timedelta(days=1)).isoformat()]


def _around(below: str) -> list[str]:
    """Ends of the calendar, and the first days that can follow a text that is no day."""
    found = ["0001-01-01", "1970-01-01", "9999-12-31"]
    if re.match(r"^[0-9]{4}", below) and 1 <= int(below[:4]) < date.max.year:
        year = int(below[:4])
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
        found += [day.isoformat() for day in days if day.isoformat() > below][:1]
        found.append(date(year + 1, 1, 1).isoformat())
    return found
