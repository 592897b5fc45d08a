"""From one cell to a value. Errors say what the cell should be, and never what it is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, tzinfo

from engine.model import IdentifierKind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"(?:dec|ext)_[0-9a-f]{32}")
_LONGEST_MASK = 64
DOCUMENTS = ("cn_resident_id", "passport", "travel_permit", "other")
_LONGEST_TEXT = 128
_LONGEST_NUMBER = 18


class UnusableCell(ValueError):
    """The cell cannot be what its column says; the text says why, without the value."""


def text_of(cell: object) -> str:
    """A text, or a whole number as its digits; "" for an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    raise UnusableCell(f"is a {type(cell).__name__}; it must be text")


def values_of(cell: object) -> list[str]:
    """The texts of a cell: of a list each, of anything else the one; empty ones left out."""
    cells = cell if isinstance(cell, list) else [cell]
    return [text for text in map(text_of, cells) if text]


def short_text(cell: object) -> str:
    """A text of a few words, that can be printed."""
    text = text_of(cell)
    if len(text) > _LONGEST_TEXT or not text.isprintable():
        raise UnusableCell(f"must be at most {_LONGEST_TEXT} characters that can be printed")
    return text


def time_us(cell: object, zone: tzinfo | None, now_us: int) -> int | None:
    """Microseconds since the epoch; ``None`` for an empty cell. A day is its first moment."""
    moment = _moment(cell)
    if moment is None:
        return None
    if moment.tzinfo is None:
        if zone is None:
            raise UnusableCell("has no time zone: write ...Z or ...+08:00, or give --utc-offset")
        moment = moment.replace(tzinfo=zone)
    since = moment - _EPOCH
    found = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return _bounded(found, now_us)


def micros_of(cell: object, now_us: int) -> int | None:
    """The same, given as that number; ``None`` for an empty cell."""
    text = text_of(cell)
    if not text:
        return None
    if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        raise UnusableCell("must be a whole number of microseconds since 1970")
    return _bounded(int(text), now_us)


def _bounded(found: int, now_us: int) -> int:
    if found <= 0:
        raise UnusableCell("lies before 1970")
    if found > now_us:
        raise UnusableCell("lies in the future")
    return found


def _moment(cell: object) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    text = text_of(cell)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UnusableCell("is no time such as 2026-01-31T09:30:00+08:00") from None


def token_of(cell: object, kind: IdentifierKind) -> str:
    """The key of an identifier that was tokenised before, under the key of this ledger."""
    text = text_of(cell)
    prefix, _, digits = text.rpartition(":")
    if text and (prefix != kind.value or not _TOKEN.fullmatch(digits)):
        raise UnusableCell(f"is no token of the form {kind.value}: and 64 hexadecimal digits")
    return text


def mask_of(cell: object) -> str:
    """What people may see. One that hides nothing is refused: it may be the value itself."""
    text = text_of(cell) or "***"
    if "*" not in text or len(text) > _LONGEST_MASK or not text.isprintable():
        raise UnusableCell(f"must hide something behind * and have at most {_LONGEST_MASK} signs")
    return text


def key_of(cell: object) -> str:
    """The key of an applicant that is in the ledger, or was loaded."""
    text = text_of(cell)
    if text and not _KEY.fullmatch(text):
        raise UnusableCell("is no key of an applicant: dec_ or ext_ and 32 hexadecimal digits")
    return text
