"""Characters to words. What could be read in two ways is refused here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from graph.window.model import MOST_CHARACTERS, WindowRefused

MOST_TOKENS = 1_000
_LONGEST_NUMBER = 18
_WORD = re.compile(
    r"""
    (?P<blank>[ \t\n\r]+)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]{0,63})(?![A-Za-z0-9_])
  | (?P<number>[0-9]+(?:\.[0-9]+)?)(?![A-Za-z0-9_])
  | (?P<parameter>\$[A-Za-z_][A-Za-z0-9_]{0,63})(?![A-Za-z0-9_])
  | (?P<text>'[^']*'|"[^"]*")
  | (?P<sign>\.\.|<>|<=|>=|<-|->|[()\[\]{},.:|=<>+\-*/%])
    """,
    re.VERBOSE | re.ASCII,
)
_REFUSED = (
    ("\\", "a backslash: there are no escapes; put a text with ' between \" and the other way"),
    ("`", "a backtick: names are plain letters, digits and _"),
    (";", "a semicolon: one statement, without an end mark"),
    ("//", "a comment: leave it out"),
    ("/*", "a comment: leave it out"),
    ("=~", "=~: use STARTS WITH, ENDS WITH or CONTAINS"),
    ("'", "a text that does not end"),
    ('"', "a text that does not end"),
)


class Kind(StrEnum):
    """What a word is. ``END`` stands behind the last one."""

    NAME = "name"
    NUMBER = "number"
    PARAMETER = "parameter"
    TEXT = "text"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A word and where it begins, from 1."""

    kind: Kind
    text: str
    place: int

    @property
    def word(self) -> str:
        """In capital letters, if it is a name; else ""."""
        return self.text.upper() if self.kind is Kind.NAME else ""


def tokens_of(statement: str) -> list[Token]:
    """The words, and the end. Raises ``WindowRefused``."""
    if len(statement) > MOST_CHARACTERS:
        raise WindowRefused(MOST_CHARACTERS, f"more than {MOST_CHARACTERS} characters")
    found: list[Token] = []
    place = 0
    while place < len(statement):
        match = _WORD.match(statement, place)
        if match is None or statement.startswith(("//", "/*", "=~"), place):
            raise WindowRefused(place + 1, _reason(statement, place))
        kind = str(match.lastgroup)
        if kind != "blank":
            found.append(_token(Kind(kind), match[0], place + 1))
        place = match.end()
    if len(found) > MOST_TOKENS:
        raise WindowRefused(found[MOST_TOKENS].place, f"more than {MOST_TOKENS} words")
    return [*found, Token(Kind.END, "", len(statement) + 1)]


def _token(kind: Kind, text: str, place: int) -> Token:
    if kind is Kind.NUMBER and len(text) > _LONGEST_NUMBER:
        raise WindowRefused(place, f"a number of more than {_LONGEST_NUMBER} digits")
    if kind is Kind.TEXT and ("\\" in text or not text.isprintable()):
        raise WindowRefused(place, "a text with a backslash or characters that cannot be seen")
    return Token(kind, text, place)


def _reason(statement: str, place: int) -> str:
    for sign, told in _REFUSED:
        if statement.startswith(sign, place):
            return told
    return "a character that is no part of any statement here"
