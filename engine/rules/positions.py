"""From a character of a YAML scalar's value back to the character in the file.

The non-blank characters of a value stand in the file in the same order, whatever the style; only
blanks are folded, quotes doubled (single quotes) or escapes used (double quotes).
"""

from __future__ import annotations

from yaml.nodes import ScalarNode

from engine.rules.source import Source

_HEX_ESCAPES = {"x": 2, "u": 4, "U": 8}
_BLANK = " \t\r\n"


def value_positions(source: Source, node: ScalarNode) -> tuple[int, ...]:
    """File index of each character of ``node.value``, and of its end."""
    raw, at = source.text, node.start_mark.index
    if node.style in ("|", ">"):
        at = _after_header(raw, at)
    elif node.style in ("'", '"'):
        at += 1
    end = max(at, node.end_mark.index)
    places: list[int] = []
    for char in node.value:
        place, at = _locate(raw, at, end, char, node.style)
        places.append(place)
    places.append(min(at, end))
    return tuple(places)


def _after_header(raw: str, at: int) -> int:
    newline = raw.find("\n", at)
    return len(raw) if newline < 0 else newline + 1


def _locate(raw: str, at: int, end: int, char: str, style: str | None) -> tuple[int, int]:
    """Where ``char`` stands, and where to go on."""
    if style == '"':
        at = _skip_line_continuation(raw, at, end)
        if at < end and raw[at] == "\\":
            return at, at + _escape_length(raw, at)
    if char in _BLANK:
        step = 1 if at < end and raw[at] in _BLANK else 0
        return at, at + step
    while at < end and raw[at] in _BLANK:
        at += 1
    return at, at + (2 if style == "'" and char == "'" else 1)


def _skip_line_continuation(raw: str, at: int, end: int) -> int:
    while at + 1 < end and raw[at] == "\\" and raw[at + 1] in "\r\n":
        at += 2
        while at < end and raw[at] in _BLANK:
            at += 1
    return at


def _escape_length(raw: str, at: int) -> int:
    return 2 + _HEX_ESCAPES.get(raw[at + 1 : at + 2], 0)
