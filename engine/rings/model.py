"""What a search leaves behind: rings to tell, places that changed, alerts."""

from __future__ import annotations

from dataclasses import dataclass

from graph.model import RingPlace
from graph.rings import Ring

CALLER = "graph-rings"
SUBJECT = "graph-rings"
"""One key for all: erasing a person must not erase what was found of others."""

RING_KIND = "ring"
PLACES_KIND = "ring_places"
ALERT_KIND = "ring_alert"
RUN_KIND = "ring_run"
MOST_HEADS = 5000
"""Rings that a run lists; those with the highest scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A search's result, not yet recorded.

    ``rings``: those worth telling, the highest score first. ``changed``: the ids of those that are
    new or have changed. ``told_in``: of the others, the run whose record holds them. ``places``:
    of applicants in none of ``changed``, those that changed.
    """

    run: str
    as_of_us: int
    position: int
    applicants: int
    pairs: int
    communities: int
    rings: tuple[Ring, ...]
    changed: tuple[str, ...]
    told_in: dict[str, str]
    members: dict[str, tuple[RingPlace, ...]]
    places: tuple[RingPlace, ...]
    ended: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RingHead:
    """A ring in the list of a run. ``record_id``: of the ledger's record with all of it."""

    ring: str
    score: int
    members: int
    fraud: int
    per_week: float
    came_from: tuple[str, ...]
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What the ledger keeps of a run. ``at_us``: from then on decisions see it."""

    run: str
    as_of_us: int
    at_us: int
    position: int
    applicants: int
    pairs: int
    communities: int
    rings: tuple[RingHead, ...]
    ended: tuple[str, ...]
    alarm_score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An application was approved or referred, and now turns out to belong to a ring.

    One for each decision and ring, however often rings are searched for. The figures are those of
    when it was raised. ``score``, ``members`` and ``fraud`` are the ring's.
    """

    alert_id: str
    decision_id: str
    outcome: str
    decided_at_us: int
    ring: str
    score: int
    members: int
    fraud: int
    run: str
    raised_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run found and wrote; ``run`` is as recorded, or as it would be."""

    run: RunRecord
    changed: int
    placed: int
    alerts: tuple[Alert, ...]
    known_alerts: int
