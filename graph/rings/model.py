"""What a search for rings found: frozen values, in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model import IdentifierKind
from graph.rings.figures import Figures
from graph.rings.scoring import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An application in a ring, and when it joined: when it was made.

    ``fraud_at_us``: since when it is known as fraud. ``reach``: of known fraud, 0 if none does.
    """

    applicant: str
    at_us: int
    status: str
    fraud_at_us: int | None
    reach: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedIdentifier:
    """What several members have in common. ``named``: those that name it and do not use it."""

    key: str
    kind: IdentifierKind
    masked: str
    users: int
    named: int
    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A community with its score. ``members`` in order of joining, ``shared`` by members.

    ``ring`` is the same in the next run for what is most like it. ``came_from``: rings of the run
    before that it swallowed or, where it is new, was part of.
    """

    ring: str
    score: int
    parts: tuple[Part, ...]
    figures: Figures
    members: tuple[Member, ...]
    shared: tuple[SharedIdentifier, ...]
    came_from: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RingsRun:
    """All rings, the highest score first. ``ended``: rings of the run before that are no more.

    ``reached``: of applicants in no ring, the reach of known fraud that is worth telling.
    """

    as_of_us: int
    applicants: int
    pairs: int
    communities: int
    rings: tuple[Ring, ...]
    reached: tuple[tuple[str, float], ...]
    ended: tuple[str, ...]
