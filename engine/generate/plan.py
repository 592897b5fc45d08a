"""How many groups of each kind there are, of which sizes, and when each may begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from engine.generate import sharing
from engine.generate.chance import Chance
from engine.generate.draft import Draft, Group
from engine.generate.identifiers import MOST_SERIALS
from engine.generate.people import World
from engine.generate.rings import TYPOLOGIES
from engine.generate.truth import DAY_US

Make = Callable[[World, Group, Chance], Iterator[Draft]]

GENERATOR_VERSION = 1
"""Changes whenever the same settings give other applications."""

SERIALS_EACH = 4
MOST_APPLICANTS = MOST_SERIALS // SERIALS_EACH
LEAST_APPLICANTS = 50
LEAST_DAYS, MOST_DAYS = 7, 3_650
RINGS_SHARE = 60 / 40_000
SOLO_SHARE = 0.004
_RING_SIZES = (5, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What to generate. The same settings give the same bytes on every machine.

    ``applicants``: applications in all. ``days``: length of the period, which begins on ``first``
    (UTC). ``rings``: fraud rings; ``None``: 60 for each 40,000 applicants. ``typologies``: of the
    rings, in turn; all by default. Raises ``ValueError``.
    """

    seed: int = 1
    applicants: int = 40_000
    days: int = 365
    first: date = date(2025, 1, 1)
    rings: int | None = None
    typologies: tuple[str, ...] = field(default_factory=lambda: tuple(TYPOLOGIES))

    def __post_init__(self) -> None:
        """Refuse what cannot be generated."""
        _require("applicants", self.applicants, LEAST_APPLICANTS, MOST_APPLICANTS)
        _require("days", self.days, LEAST_DAYS, MOST_DAYS)
        _require("rings", self.ring_count, 0, self.applicants // 50)
        _require("seed", self.seed, 0, 2**63 - 1)
        _require("first: the year", self.first.year, 2006, 2100)
        unknown = sorted(set(self.typologies) - set(TYPOLOGIES))
        if unknown or not self.typologies:
            known = ", ".join(TYPOLOGIES)
            raise ValueError(f"typologies: {', '.join(unknown) or 'none'}; there are {known}")

    @property
    def ring_count(self) -> int:
        """Rings in all."""
        return round(self.applicants * RINGS_SHARE) if self.rings is None else self.rings

    @property
    def begin_us(self) -> int:
        """Start of the period."""
        first = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)
        return int(first.timestamp()) * 1_000_000


def _require(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} must be {low:,} to {high:,}, not {value:,}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of group: part of all applications, sizes, and days over which a group applies."""

    name: str
    share: float
    sizes: tuple[int, int]
    span_days: int
    make: Make


HONEST = (
    Kind("dormitory", 0.02, (6, 40), 60, sharing.dormitory),
    Kind("family", 0.14, (2, 5), 150, sharing.family),
    Kind("switchboard", 0.03, (5, 30), 200, sharing.switchboard),
    Kind("branch_wifi", 0.05, (20, 100), 300, sharing.branch_wifi),
    Kind("partner_agent", 0.03, (8, 50), 200, sharing.partner_agent),
    Kind("friend_referral", 0.03, (2, 7), 120, sharing.friend_referral),
    Kind("same_person", 0.06, (2, 3), 240, sharing.same_person),
    Kind("recycled_phone", 0.006, (2, 2), 300, sharing.recycled_phone),
    Kind("tenancy", 0.03, (2, 3), 300, sharing.tenancy),
)
"""Kinds of honest groups; students first, whose ID numbers are fewest."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Groups of one kind in the order in which they begin; ``sizes`` and spans of each."""

    names: Callable[[int], str]
    sizes: range | tuple[int, ...]
    spans: Callable[[int], int]
    make: Callable[[int], Make]
    first_serial: int

    @property
    def total(self) -> int:
        """Applications in all."""
        return len(self.sizes) if isinstance(self.sizes, range) else sum(self.sizes)


def batches(settings: Settings) -> list[Batch]:
    """All groups of a run; their applications add to ``settings.applicants``."""
    made: list[Batch] = []
    serial = 0
    for kind in HONEST:
        sizes = _sizes(settings, kind)
        made.append(_batch_of(kind, sizes, serial))
        serial += SERIALS_EACH * sum(sizes)
    rings = _rings(settings, serial)
    solo = Kind("solo", 0, (1, 1), 0, sharing.solo_fraud)
    single = Kind("single", 0, (1, 1), 0, sharing.single)
    solo_count = round(settings.applicants * SOLO_SHARE)
    left = settings.applicants - sum(b.total for b in made) - rings.total - solo_count
    if left < 0:
        raise ValueError(
            f"rings: {settings.ring_count} do not fit among {settings.applicants:,} applicants"
        )
    serial += SERIALS_EACH * rings.total
    made += [rings, _batch_of(solo, (1,) * solo_count, serial)]
    serial += SERIALS_EACH * solo_count
    return [*made, _batch_of(single, range(left), serial)]


def _batch_of(kind: Kind, sizes: range | tuple[int, ...], serial: int) -> Batch:
    return Batch(
        lambda place: f"{kind.name}-{place + 1:06}",
        sizes,
        lambda _: kind.span_days * DAY_US,
        lambda _: kind.make,
        serial,
    )


def _sizes(settings: Settings, kind: Kind) -> tuple[int, ...]:
    """Small groups are more frequent than large ones; the sum stays within the kind's share."""
    low, high = kind.sizes
    room = int(settings.applicants * kind.share)
    chance = Chance(settings.seed, GENERATOR_VERSION, "sizes", kind.name)
    sizes: list[int] = []
    while room >= low:
        size = min(room, low + int((high - low + 1) * chance.share() * chance.share()))
        sizes.append(size)
        room -= size
    return tuple(sizes)


def _rings(settings: Settings, serial: int) -> Batch:
    """Rings of 5 to 16, the typologies in turn, so that each has early and late rings."""
    chance = Chance(settings.seed, GENERATOR_VERSION, "sizes", "rings")
    sizes = tuple(chance.between(*_RING_SIZES) for _ in range(settings.ring_count))
    spans = tuple(chance.between(15, 75) * DAY_US for _ in sizes)
    turn, shift = settings.typologies, settings.seed % len(settings.typologies)

    def typology(place: int) -> str:
        return turn[(place + shift) % len(turn)]

    return Batch(
        lambda place: f"{typology(place)}-{place + 1:06}",
        sizes,
        lambda place: spans[place],
        lambda place: TYPOLOGIES[typology(place)],
        serial,
    )
