"""Who may approve: Ed25519 public keys by name, and what a review signs."""

from __future__ import annotations

import base64
import binascii
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from engine.errors import PermissionDenied, TouchstoneError

MAX_APPROVERS = 1_000
_KEY_BYTES = 32


class ApproversRefused(TouchstoneError):
    """The file of approvers, or a key, cannot be used."""

    reason = "APPROVERS"


def review_message(digest: str, *, approve: bool) -> bytes:
    """What an approver signs. The first line keeps the signature from meaning anything else."""
    verdict = "approve" if approve else "reject"
    return f"touchstone policy review 1\n{digest}\n{verdict}\n".encode()


@dataclass(frozen=True, slots=True)
class Approvers:
    """Public keys by the approvers' names."""

    keys: Mapping[str, Ed25519PublicKey] = field(default_factory=dict)

    def require(self, name: str, digest: str, signature: bytes, *, approve: bool) -> None:
        """Raise ``PermissionDenied`` unless the signature is that approver's, of this review."""
        key = self.keys.get(name)
        if key is None:
            raise PermissionDenied("the server's list of approvers has nobody of that name")
        try:
            key.verify(signature, review_message(digest, approve=approve))
        except InvalidSignature:
            raise PermissionDenied(
                "the signature is not this approver's, or of another review"
            ) from None


def load_approvers(path: Path | None) -> Approvers:
    """``[approvers]``, each ``name = "public key, base64"``; nobody without a file.

    Raises ``ApproversRefused``. One key belongs to one name: else one person could be two.
    """
    if path is None:
        return Approvers()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("approvers", {})
    except (OSError, ValueError) as error:
        raise ApproversRefused(f"{path} cannot be read: {type(error).__name__}") from None
    if not isinstance(table, dict) or len(table) > MAX_APPROVERS:
        raise ApproversRefused(f"{path}: [approvers] must name at most {MAX_APPROVERS} approvers")
    raw = {name: _decoded(path, name, text) for name, text in table.items()}
    if len(set(raw.values())) != len(raw):
        raise ApproversRefused(f"{path}: two approvers have the same key")
    return Approvers({name: Ed25519PublicKey.from_public_bytes(key) for name, key in raw.items()})


def _decoded(path: Path, name: str, text: object) -> bytes:
    try:
        key = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise ApproversRefused(f"{path}: the key of `{name}` is not 32 bytes in base64")
    return key


def new_key(path: Path) -> str:
    """Make a private key in a file that only its owner reads; return the public one, base64."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise ApproversRefused(f"{path} cannot be made: {error.strerror}") from None
    path.write_bytes(pem)
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def sign(path: Path, digest: str, *, approve: bool) -> bytes:
    """The signature of a review with the private key in a file. Raises ``ApproversRefused``."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        raise ApproversRefused(f"{path} holds no private key that can be read") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ApproversRefused(f"{path} holds no Ed25519 key")
    return key.sign(review_message(digest, approve=approve))
