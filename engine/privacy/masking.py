"""What a person may see of an identifier: enough to recognise it, not enough to use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from engine.model import IdentifierKind

_HIDDEN = "****"
_SHORT = 8
"""Of a value this short nothing is shown."""


def mask(kind: IdentifierKind, normal: str) -> str:
    """A display value for a normalised identifier; never the whole of it."""
    return _MASKS.get(kind, _nothing)(normal)


def _nothing(_normal: str) -> str:
    return _HIDDEN


def _email(normal: str) -> str:
    local, _, domain = normal.partition("@")
    return f"{local[0]}***@{domain[0]}***.{domain.rpartition('.')[2]}"


def _phone(normal: str) -> str:
    return f"{normal[:3]}{_HIDDEN}{normal[-2:]}"


def _id_number(normal: str) -> str:
    document, _, number = normal.partition("/")
    return f"{document} {_HIDDEN}{number[-2:]}"


def _bank_account(normal: str) -> str:
    return f"{_HIDDEN}{normal[-4:] if len(normal) > _SHORT else ''}"


def _ip(normal: str) -> str:
    separator = "." if "." in normal else ":"
    return f"{separator.join(normal.split(separator)[:2])}{separator}*"


def _address(normal: str) -> str:
    return f"{normal[:3] if len(normal) > _SHORT else ''}{_HIDDEN}"


def _employer(normal: str) -> str:
    name = normal.partition("/")[2]
    return f"{name[:2] if len(name) > _SHORT else ''}{_HIDDEN}"


_MASKS: Mapping[IdentifierKind, Callable[[str], str]] = MappingProxyType(
    {
        IdentifierKind.EMAIL: _email,
        IdentifierKind.PHONE: _phone,
        IdentifierKind.ID_NUMBER: _id_number,
        IdentifierKind.BANK_ACCOUNT: _bank_account,
        IdentifierKind.IP: _ip,
        IdentifierKind.ADDRESS: _address,
        IdentifierKind.EMPLOYER: _employer,
    }
)
"""Devices are opaque: nothing of them would help anybody."""
