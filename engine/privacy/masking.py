"""What a person may see of an identifier: enough to recognise it, not enough to use it."""

from __future__ import annotations

from engine.model import IdentifierKind

_HIDDEN = "****"


def mask(kind: IdentifierKind, normal: str) -> str:
    """A display value for a normalised identifier; never the whole of it."""
    if kind is IdentifierKind.EMAIL:
        local, _, domain = normal.partition("@")
        return f"{local[0]}***@{domain[0]}***.{domain.rpartition('.')[2]}"
    if kind is IdentifierKind.PHONE:
        return f"{normal[:3]}{_HIDDEN}{normal[-2:]}"
    if kind is IdentifierKind.ID_NUMBER:
        document, _, number = normal.partition("/")
        return f"{document} {_HIDDEN}{number[-2:]}"
    if kind is IdentifierKind.BANK_ACCOUNT:
        return f"{_HIDDEN}{normal[-4:] if len(normal) > 8 else ''}"
    if kind is IdentifierKind.IP:
        separator = "." if "." in normal else ":"
        return f"{separator.join(normal.split(separator)[:2])}{separator}*"
    if kind is IdentifierKind.ADDRESS:
        return f"{normal[:3] if len(normal) > 8 else ''}{_HIDDEN}"
    if kind is IdentifierKind.EMPLOYER:
        return f"{normal.partition('/')[2][:2]}{_HIDDEN}"
    return _HIDDEN
