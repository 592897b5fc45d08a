"""What was known as of a time: histories of fraud marks, of declarations of legitimate sharing, and
of places in the rings.

A history is a sorted tuple of ``(at_us, value)``; its state as of T is the value of the last
entry before T. It is a set: the order in which entries arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph.model import RingPlace

NOT_FRAUD = -1
"""The value of a mark that clears an earlier one."""

LONGEST = 64
"""Entries kept of one history; the oldest go first."""

Marks = tuple[tuple[int, int], ...]
"""``(at_us, fraud_at_us or NOT_FRAUD)``."""

Declarations = tuple[tuple[int, str], ...]
"""``(at_us, reason)``; ``""`` withdraws."""

Places = tuple[tuple[int, str], ...]
"""``(at_us, place)`` in the rings as text; ``""`` takes it back."""


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


def merged_places(first: Iterable[tuple[int, str]], second: Iterable[tuple[int, str]]) -> Places:
    """Both histories in one, each entry once."""
    return tuple(sorted({*first, *second})[-LONGEST:])


def place_as_of(places: Places, as_of_us: int) -> tuple[int, str] | None:
    """Since when an applicant was placed at ``as_of_us``, and where; ``None`` if it was not."""
    for at_us, text in reversed(places):
        if at_us < as_of_us:
            return (at_us, text) if text else None
    return None


def place_text(place: RingPlace) -> str:
    """The place as one property of the graph; ``""`` for nowhere."""
    if not place.ring and not place.reach_ppm:
        return ""
    return f"{place.ring}|{place.score}|{place.members}|{place.fraud}|{place.reach_ppm}"


def place_of(applicant: str, text: str) -> RingPlace:
    """The place that ``place_text`` wrote. ``ValueError`` if it is none."""
    ring, score, members, fraud, reach_ppm = text.split("|")
    return RingPlace(
        applicant=applicant,
        ring=ring,
        score=int(score),
        members=int(members),
        fraud=int(fraud),
        reach_ppm=int(reach_ppm),
    )
