"""Sealing of stored records: AES-256-GCM under a key per person, wrapped by the master key.

Erasing a person is deleting that person's keys: what was sealed under them is unreadable for good,
and the hash chain over the sealed bytes still verifies.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import PreconditionFailed

_NONCE_BYTES = 12
_KEY_BYTES = 32
_CACHED_KEYS = 10_000


class Erased(PreconditionFailed):
    """The person's key was deleted on request; the record cannot be read any more."""

    reason = "ERASED"


class Sealer:
    """Seals and opens. Unwrapped keys are cached, at most 10,000. Safe to share by threads."""

    def __init__(self, master_key: bytes) -> None:
        self._master = AESGCM(master_key)
        self._keys: OrderedDict[int, AESGCM] = OrderedDict()
        self._lock = threading.Lock()

    def new_key(self, subject: str) -> bytes:
        """A fresh wrapped key for a person."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        key = secrets.token_bytes(_KEY_BYTES)
        return nonce + self._master.encrypt(nonce, key, subject.encode())

    def seal(self, key: AESGCM, context: str, data: bytes) -> bytes:
        """The sealed bytes; ``context`` binds them to their place."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + key.encrypt(nonce, data, context.encode())

    def open(self, key: AESGCM, context: str, sealed: bytes) -> bytes:
        """The data. ``ValueError`` if the bytes were altered."""
        try:
            return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
        except InvalidTag:
            raise ValueError(f"the sealed bytes of {context} were altered") from None

    def key(self, key_id: int, subject: str, wrapped: bytes | None) -> AESGCM:
        """The person's key. ``Erased`` if it was deleted, ``ValueError`` if it does not open."""
        if wrapped is None:
            raise Erased("the record was erased at the person's request")
        with self._lock:
            cached = self._keys.get(key_id)
            if cached is None:
                cached = self._keys[key_id] = self._unwrapped(subject, wrapped)
                if len(self._keys) > _CACHED_KEYS:
                    self._keys.popitem(last=False)
            self._keys.move_to_end(key_id)
            return cached

    def _unwrapped(self, subject: str, wrapped: bytes) -> AESGCM:
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return AESGCM(self._master.decrypt(nonce, sealed, subject.encode()))
        except InvalidTag:
            raise ValueError("a person's key does not open: wrong master key?") from None
