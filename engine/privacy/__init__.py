"""Tokens instead of identifiers, masks for people, keys, and sealing of stored records."""

from engine.privacy.keyring import Keyring, KeyringError, private_directory
from engine.privacy.normalise import UnusableIdentifier
from engine.privacy.sealing import Erased, Sealer
from engine.privacy.tokens import Tokeniser

__all__ = [
    "Erased",
    "Keyring",
    "KeyringError",
    "Sealer",
    "Tokeniser",
    "UnusableIdentifier",
    "private_directory",
]
