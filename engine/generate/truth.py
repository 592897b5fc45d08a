"""What is true of a generated application, and what a bank only learns later."""

from __future__ import annotations

import msgspec

from engine.generate.chance import Chance

DAY_US = 86_400_000_000
LATE = 0.75
"""Part of frauds that become known late: 30 to 150 days after the application, else 2 to 20."""


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """Ground truth of one application.

    ``person``: the human being behind it. ``ring`` and ``typology``: the ring it belongs to, ""
    if none. ``fraud``: also without a ring (``typology`` is then "solo"). ``known_at_us``: when
    the bank learns of it, perhaps after the last application; ``None`` for what is no fraud.
    ``group`` and ``group_kind``: people who share identifiers for honest reasons, "" if none.
    """

    person: int
    fraud: bool = False
    ring: str = ""
    typology: str = ""
    known_at_us: int | None = None
    group: str = ""
    group_kind: str = ""


def known_at(chance: Chance, at_us: int) -> int:
    """When the bank learns of a fraud committed at that time."""
    days = chance.between(30, 150) if chance.happens(LATE) else chance.between(2, 20)
    return at_us + days * DAY_US + int(chance.share() * DAY_US)
