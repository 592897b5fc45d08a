"""The hash chain: each record's hash covers the one before it and everything it stores.

A changed, removed or re-ordered row breaks it. A tail that was cut off does not: keep the head
that ``verify`` prints somewhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

GENESIS = bytes(32)

COLUMNS = (
    "sequence",
    "caller",
    "request_id",
    "fingerprint",
    "decision_id",
    "subject",
    "key_id",
    "kind",
    "at_us",
    "product",
    "channel",
    "customer_segment",
    "branch",
    "staff_member",
    "partner",
    "outcome",
    "line_minor",
    "body",
    "answer",
)
"""The columns that are hashed, in this order."""

LATER_COLUMNS = (("root", "supplements"), ("parent", "until_us"))
"""Columns that came with each later version: hashed, after the others, in records that use them or
those of a version after it.
"""
ALL_COLUMNS = (*COLUMNS, *(name for added in LATER_COLUMNS for name in added))


def link(previous: bytes, values: Sequence[str | int | bytes], events: Sequence[bytes]) -> bytes:
    """The record's hash. Each part goes in with its length, so that no two rows look alike."""
    digest = hashlib.sha256(previous)
    for value in (*values, *events):
        part = value if isinstance(value, bytes) else str(value).encode()
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


def hashed(values: Sequence[str | int | bytes]) -> Sequence[str | int | bytes]:
    """Of all columns, the later ones last, those that go into a record's hash.

    A record that does not use the later ones has the hash that it had before they came.
    """
    end = len(values)
    for added in reversed(LATER_COLUMNS):
        if any(values[end - len(added) : end]):
            break
        end -= len(added)
    return values[:end]
