"""Keyed tokens: the same identifier gives the same token, and no one without the key can try."""

from __future__ import annotations

import hmac
from hashlib import sha256

from engine.model import Identifier, IdentifierKind
from engine.privacy import normalise
from engine.privacy.masking import mask

_LEAST_KEY_BYTES = 32


class Tokeniser:
    """Turns raw values into tokens with HMAC-SHA256 under one secret key of 32 bytes or more.

    Each purpose is separated by its own prefix, so that a token of one kind never equals one of
    another. Methods raise ``UnusableIdentifier`` (a ``ValueError``) without the value.
    """

    def __init__(self, key: bytes, *, default_region: str = "CN") -> None:
        if len(key) < _LEAST_KEY_BYTES:
            raise ValueError(f"the token key must have {_LEAST_KEY_BYTES} bytes or more")
        self._key = key
        self._region = default_region

    def identifier(self, kind: IdentifierKind, raw: str) -> Identifier:
        """A device, e-mail, address, bank account or IP address."""
        return self._token(kind, normalise.PLAIN[kind](raw))

    def phone(self, raw: str) -> Identifier:
        """A phone number; national ones are read in the default region."""
        return self._token(IdentifierKind.PHONE, normalise.phone(raw, self._region))

    def id_number(self, raw: str, document: str) -> Identifier:
        """An ID document's number; ``document`` such as "cn_resident_id"."""
        return self._token(IdentifierKind.ID_NUMBER, normalise.id_number(raw, document))

    def employer(self, name: str, unified_social_credit_code: str = "") -> Identifier:
        """An employer, by its code if there is one, else by its name."""
        normal = normalise.employer(name, unified_social_credit_code)
        return self._token(IdentifierKind.EMPLOYER, normal)

    def name_token(self, raw: str) -> str:
        """A person's name, for comparison only."""
        return self._hex("name", " ".join(normalise.folded(raw).split()))

    def decision_id(self, caller: str, request_id: str) -> str:
        """The id of the decision on that request: a retry after a crash gets the same one."""
        return "dec_" + self._hex("decision", f"{caller}\n{request_id}")[:32]

    def external_id(self, application: str) -> str:
        """The key of an application that was made elsewhere, by its number there."""
        return "ext_" + self._hex("application", application)[:32]

    def fingerprint(self, content: bytes) -> bytes:
        """Tells whether two requests have the same content, and nothing about it."""
        return hmac.digest(self._key, b"content\0" + content, sha256)

    def _token(self, kind: IdentifierKind, normal: str) -> Identifier:
        key = f"{kind.value}:{self._hex(kind.value, normal)}"
        return Identifier(kind=kind, key=key, masked=mask(kind, normal))

    def _hex(self, purpose: str, text: str) -> str:
        return hmac.digest(self._key, f"{purpose}\0{text}".encode(), sha256).hex()
