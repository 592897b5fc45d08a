"""Secret keys: made at the first start, kept beside the data by default, elsewhere in production.

Two keys: one for tokens, one that wraps the keys of records. Losing them loses the data; a new
key for an existing ledger would quietly make every known identifier a stranger, so it is refused.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from engine.durable import sync

_KEY_BYTES = 32
_NAMES = ("token.key", "master.key")


class KeyringError(Exception):
    """Keys are missing, unreadable or open to others. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """32 bytes each. Never printed."""

    token_key: bytes = field(repr=False)
    master_key: bytes = field(repr=False)

    @property
    def key_ids(self) -> Mapping[str, str]:
        """A name for each key by its purpose, 16 hex digits that tell nothing about the key."""
        keys = {"token": self.token_key, "master": self.master_key}
        return {
            purpose: hmac.digest(key, b"touchstone key id", sha256).hex()[:16]
            for purpose, key in keys.items()
        }

    @classmethod
    def open(cls, directory: Path, *, ledger_exists: bool) -> Keyring:
        """Read the keys, or make them if there is no ledger yet.

        Raises ``KeyringError``.
        """
        paths = [directory / name for name in _NAMES]
        present = [path.exists() for path in paths]
        if not any(present) and not ledger_exists:
            private_directory(directory)
            for path in paths:
                _write(path, secrets.token_bytes(_KEY_BYTES))
            # A ledger must not outlive its keys in a power cut.
            sync(directory)
            sync(directory.parent)
        elif not all(present):
            missing = ", ".join(
                str(p) for p, there in zip(paths, present, strict=True) if not there
            )
            raise KeyringError(
                f"missing: {missing}; restore the keys that belong to this ledger (a new key "
                "would not recognise anything it holds)"
            )
        return cls(*(_read(path) for path in paths))


def private_directory(directory: Path) -> None:
    """Make it, and what is missing above it, for its owner alone; what is there stays as it is."""
    # `mkdir(parents=True)` would give the mode to the last one only.
    for place in reversed((directory, *directory.parents)):
        place.mkdir(exist_ok=True, mode=0o700)


def _write(path: Path, key: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise KeyringError(f"{path} is readable by others; run: chmod 600 {path}")
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise KeyringError(f"{path} must hold exactly {_KEY_BYTES} bytes; it holds {len(key)}")
    return key
