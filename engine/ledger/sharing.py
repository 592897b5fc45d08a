"""Lines that share a parent's, so that nobody's exposure counts twice. Pure.

A supplementary card's part is in the primary card's line already. A raise for a time adds what it
is above the parent's line, until it ends or a later one takes its place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

MOST_SHARERS = 200
"""Applications that are looked at for one parent; beyond them nothing of its line is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharer:
    """An application that shares a line: its last decision's time and end (0: a supplementary
    card's part has none), microseconds; what was granted on it, minor units.
    """

    application: str
    at_us: int
    until_us: int
    line_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLines:
    """What became of an application by a time, and what shares its line; minor units.

    ``last``: the last decision on it; it and ``outcome`` are "" if there is no such application.
    ``temporary_minor``: the total of the raise in force, 0 without one.
    """

    last: str
    outcome: str
    line_minor: int
    supplementary_minor: int
    temporary_minor: int


def shared_lines(
    last: str, word: tuple[str, int], sharers: Collection[Sharer], before_us: int, but: str
) -> SharedLines:
    """``word``: outcome and line. ``but``: the application that is being decided.

    More than ``MOST_SHARERS`` take all of the line.
    """
    outcome, line_minor = word
    parts = sum(s.line_minor for s in sharers if not s.until_us and s.application != but)
    raised = raise_in_force(sharers, before_us)
    return SharedLines(
        last=last,
        outcome=outcome,
        line_minor=line_minor,
        supplementary_minor=line_minor if len(sharers) > MOST_SHARERS else parts,
        temporary_minor=0 if raised is None else raised.line_minor,
    )


def raise_in_force(sharers: Collection[Sharer], before_us: int) -> Sharer | None:
    """The raise that holds at that time: the latest, if it has not ended."""
    raises = [sharer for sharer in sharers if sharer.until_us and sharer.line_minor]
    latest = max(raises, key=lambda sharer: sharer.at_us, default=None)
    return latest if latest is not None and latest.until_us > before_us else None


def added_minor(
    application: str,
    line_minor: int,
    until_us: int,
    parent: tuple[int, Collection[Sharer]],
    before_us: int,
) -> int:
    """What an application that shares a line adds to it. ``parent``: its line and its sharers."""
    if not until_us:
        return 0
    parent_minor, sharers = parent
    holds = raise_in_force(sharers, before_us)
    if holds is None or holds.application != application:
        return 0
    return max(line_minor - parent_minor, 0)
