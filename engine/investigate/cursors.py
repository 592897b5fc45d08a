"""Page tokens of investigators: opaque, as of a time, of one question only, and tamper-evident."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass

from engine.errors import FieldViolation, InvalidApplication

_TAG_BYTES = 16
_Value = str | int


@dataclass(frozen=True, slots=True)
class PageKeys:
    """Makes and reads tokens. ``seal``: a keyed fingerprint, ``Tokeniser.fingerprint``."""

    seal: Callable[[bytes], bytes]

    def token(self, question: bytes, place: tuple[_Value, ...]) -> str:
        """The token of a place in the answer to ``question``."""
        body = json.dumps(place, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._tag(question, body) + body).decode()

    def place(self, question: bytes, token: str) -> tuple[_Value, ...]:
        """The place. Raises ``InvalidApplication`` for a token of anything else."""
        try:
            raw = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            raw = b""
        tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(question, body)):
            raise InvalidApplication(
                (FieldViolation("page_token", "is not a token of this question: start anew"),)
            )
        return tuple(json.loads(body))

    def _tag(self, question: bytes, body: bytes) -> bytes:
        length = len(question).to_bytes(8, "big")
        return self.seal(b"page\0" + length + question + body)[:_TAG_BYTES]
