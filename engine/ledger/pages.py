"""Page tokens: opaque, bound to their list and filter, and of no use to who alters them."""

from __future__ import annotations

import base64
import hashlib
import hmac

from engine.errors import FieldViolation, InvalidApplication
from engine.ledger.model import ListFilter

MOST_PER_PAGE = 1000
_DEFAULT_PER_PAGE = 50
_TAG_BYTES = 16
_POSITION_BYTES = 8


def page_size_of(asked: int) -> int:
    """1 to 1,000; 50 if nothing, or less than nothing, was asked."""
    return min(asked if asked > 0 else _DEFAULT_PER_PAGE, MOST_PER_PAGE)


class PageTokens:
    """Makes and reads the tokens of one list under a secret key."""

    def __init__(self, key: bytes, listing: str = "") -> None:
        self._key = key
        self._listing = listing

    def of(self, listing: ListFilter, caller: str | None) -> PageTokens:
        """The tokens of the list with that filter, for that caller."""
        return PageTokens(self._key, repr((listing, caller)))

    def token(self, sequence: int) -> str:
        """The token that continues below ``sequence``."""
        place = sequence.to_bytes(_POSITION_BYTES, "big")
        return base64.urlsafe_b64encode(place + self._tag(sequence)).decode()

    def position(self, token: str) -> int:
        """The place it continues below. Raises ``InvalidApplication`` for any other token."""
        try:
            raw = base64.urlsafe_b64decode(token.encode())
        except ValueError:
            raw = b""
        sequence = int.from_bytes(raw[:_POSITION_BYTES], "big")
        tag = raw[_POSITION_BYTES:]
        if len(tag) != _TAG_BYTES or not hmac.compare_digest(tag, self._tag(sequence)):
            raise InvalidApplication(
                (FieldViolation("page_token", "is not a token of this list with this filter"),)
            )
        return sequence

    def _tag(self, sequence: int) -> bytes:
        text = f"{sequence}:{self._listing}".encode()
        return hmac.digest(self._key, text, hashlib.sha256)[:_TAG_BYTES]
