"""An application planned but not yet written: who, when, through what, and what is true of it."""

from __future__ import annotations

import msgspec

from engine.generate.people import Actor
from engine.generate.truth import Truth


class Named(msgspec.Struct, frozen=True):
    """A person named in an application, by phone and perhaps by ID number."""

    phone: str
    id_number: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """``profile``: what the bureau knows, see ``engine.generate.bureau``; "" leaves it open."""

    at_us: int
    actor: Actor
    truth: Truth
    profile: str = ""
    channel: str = ""
    branch: str = ""
    partner: str = ""
    staff_member: str = ""
    guarantor: Named | None = None
    referrer: Named | None = None
    contacts: tuple[Named, ...] = ()


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group about to be planned: its place among its kind, its size, its serial numbers.

    Serial numbers ``serial`` to ``serial + 4 * size - 1`` are its own. ``start`` and ``span``: the
    part of the period, in microseconds since the epoch, in which its members apply.
    """

    name: str
    size: int
    serial: int
    start_us: int
    span_us: int
