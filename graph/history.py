"""What was known as of a time: histories of fraud marks and of declarations of legitimate sharing.

A history is a sorted tuple of ``(at_us, value)``; its state as of T is the value of the last
entry before T. It is a set: the order in which entries arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable

NOT_FRAUD = -1
"""The value of a mark that clears an earlier one."""

LONGEST = 64
"""Entries kept of one history; the oldest go first."""

Marks = tuple[tuple[int, int], ...]
"""``(at_us, fraud_at_us or NOT_FRAUD)``."""

Declarations = tuple[tuple[int, str], ...]
"""``(at_us, reason)``; ``""`` withdraws."""


def merged_marks(first: Iterable[tuple[int, int]], second: Iterable[tuple[int, int]]) -> Marks:
    """Both histories in one, each entry once."""
    return tuple(sorted({*first, *second})[-LONGEST:])


def merged_declarations(
    first: Iterable[tuple[int, str]], second: Iterable[tuple[int, str]]
) -> Declarations:
    """Both histories in one, each entry once."""
    return tuple(sorted({*first, *second})[-LONGEST:])


def fraud_as_of(marks: Marks, as_of_us: int) -> int | None:
    """When the applicant became known as fraud, if that was known at ``as_of_us``."""
    for at_us, fraud_at_us in reversed(marks):
        if at_us < as_of_us:
            known = NOT_FRAUD < fraud_at_us <= as_of_us
            return fraud_at_us if known else None
    return None


def shared_as_of(declarations: Declarations, as_of_us: int) -> str:
    """Why the identifier counted as legitimately shared at ``as_of_us``; ``""`` if it did not."""
    for at_us, reason in reversed(declarations):
        if at_us < as_of_us:
            return reason
    return ""
