"""Writes a table's rows as YAML that people read: cells aligned, quoted only where needed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: Texts that YAML leaves alone inside ``[...]``; a dash must not be followed by a blank.
_PLAIN = re.compile(r"^(?:[A-Za-z_][A-Za-z0-9_.]*|[-+]?[0-9][0-9_.eE+-]*|-)$")


def scalar_text(text: str) -> str:
    """A text as a YAML scalar of one line."""
    return text if _PLAIN.match(text) else quoted(text)


def quoted(text: str) -> str:
    """A text as a YAML scalar that is a text, whatever it looks like."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def list_text(texts: Sequence[str]) -> str:
    """Texts as a YAML list of one line."""
    return f"[{', '.join(scalar_text(text) for text in texts)}]"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Written cells, one line for each row, columns under one another."""
    count = max((len(row) for row in rows), default=0)
    widths = [
        max((_width(row[n]) for row in rows if n < len(row)), default=0) for n in range(count)
    ]
    lines = []
    for row in rows:
        last = len(row) - 1
        parts = [
            cell if n == last else f"{cell}, {' ' * (widths[n] - _width(cell))}"
            for n, cell in enumerate(row)
        ]
        lines.append("".join(parts))
    return lines


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"
