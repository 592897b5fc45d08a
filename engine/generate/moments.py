"""When people apply: sorted moments within a group's part of the period, mostly by day."""

from __future__ import annotations

from engine.generate.chance import Chance
from engine.generate.draft import Group
from engine.generate.truth import DAY_US

_DAYTIME, _DAY_PART = 0.88, 15 / 24
"""So much of a day's applications come from 8 to 23 o'clock in Beijing: 0 to 15 o'clock UTC."""


def by_day(at_us: int) -> int:
    """The moment moved within its day towards waking hours; the order is kept."""
    day, within = divmod(at_us, DAY_US)
    share = within / DAY_US
    if share < _DAYTIME:
        moved = share / _DAYTIME * _DAY_PART
    else:
        moved = _DAY_PART + (share - _DAYTIME) / (1 - _DAYTIME) * (1 - _DAY_PART)
    return day * DAY_US + int(moved * DAY_US)


def spread(chance: Chance, group: Group, count: int) -> list[int]:
    """So many moments over the whole span, the earliest first."""
    return [by_day(group.start_us + int(s * group.span_us)) for s in chance.sorted_shares(count)]


def burst(chance: Chance, group: Group, count: int, days: int) -> list[int]:
    """So many moments within a few days."""
    span_us = min(group.span_us, days * DAY_US)
    return [by_day(group.start_us + int(s * span_us)) for s in chance.sorted_shares(count)]


def apart(chance: Chance, group: Group, count: int) -> list[int]:
    """So many moments, each in its own part of the span, and well behind the one before."""
    part_us = group.span_us // count
    return [
        by_day(group.start_us + place * part_us + int(chance.share() * part_us / 2))
        for place in range(count)
    ]
