"""From the recorded events to what there is to tell. Reads the outbox, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.rings.model import Found
from graph.catch_up import Events
from graph.history import place_text
from graph.model import ApplicationProjected, GraphEvent, RingPlace, RingsFound
from graph.rings import Collector, Ring, RingSettings, RingsRun, find_rings

_BATCH = 1000
_DAY_US = 86_400_000_000
_PPM = 1_000_000

Progress = Callable[[str, int], None]
"""Called with what is being done, and how far it is: the outbox position while reading, else 0."""


@dataclass(slots=True)
class _Told:
    """What earlier runs have told: each applicant's last place, and each ring's last run."""

    as_of_us: int
    kept_since_us: int
    gone: set[str] = field(default_factory=set)
    latest: dict[str, tuple[int, str, RingPlace]] = field(default_factory=dict)
    runs: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, event: GraphEvent) -> None:
        if isinstance(event, ApplicationProjected) and event.at_us < self.kept_since_us:
            self.gone.add(event.applicant)
        if not isinstance(event, RingsFound) or event.at_us >= self.as_of_us:
            return
        for place in event.places:
            entry = (event.at_us, place_text(place))
            if entry > self.latest.get(place.applicant, (-1, ""))[:2]:
                self.latest[place.applicant] = (*entry, place)
            if place.ring:
                run = (event.at_us, event.run)
                self.runs[place.ring] = max(run, self.runs.get(place.ring, run))

    def places(self) -> dict[str, RingPlace]:
        """Not of applicants that the graph may have let go: a place would bring them back."""
        return {
            who: place
            for who, (_, text, place) in self.latest.items()
            if text and who not in self.gone
        }


async def search(
    events: Events,
    as_of_us: int,
    settings: RingSettings,
    progress: Progress = lambda _what, _done: None,
    *,
    kept_since_us: int = 0,
) -> Found:
    """What a search finds of all that was recorded before ``as_of_us``.

    Who applied before ``kept_since_us`` may have left the graph and is left out.

    Memory grows with the links of the window, time with the events. Raises what ``events`` raises.
    """
    since_us = max(kept_since_us, as_of_us - settings.window_days * _DAY_US)
    collector = Collector(as_of_us=as_of_us, since_us=since_us)
    told = _Told(as_of_us, kept_since_us)
    position = 0
    while batch := await events.read_after(position, _BATCH):
        for _, event in batch:
            collector.add(event)
            told.add(event)
        position = batch[-1][0]
        progress("events", position)
    before = told.places()
    previous = {who: place.ring for who, place in before.items() if place.ring}
    run = find_rings(
        collector.material(), previous, settings, progress=lambda step: progress(step, 0)
    )
    return _found(run, before, told.runs, position, settings)


def _found(
    run: RingsRun,
    before: Mapping[str, RingPlace],
    runs: Mapping[str, tuple[int, str]],
    position: int,
    settings: RingSettings,
) -> Found:
    rings = tuple(ring for ring in run.rings if ring.score >= settings.told_score)
    members: dict[str, tuple[RingPlace, ...]] = {}
    placed: set[str] = set()
    for ring in rings:
        now = tuple(_place(ring, m.applicant, m.reach) for m in ring.members)
        placed.update(place.applicant for place in now)
        if changed := tuple(place for place in now if before.get(place.applicant) != place):
            members[ring.ring] = changed
    return Found(
        run=f"rings_{run.as_of_us}",
        as_of_us=run.as_of_us,
        position=position,
        applicants=run.applicants,
        pairs=run.pairs,
        communities=run.communities,
        rings=rings,
        changed=tuple(members),
        told_in={r.ring: runs[r.ring][1] for r in rings if r.ring not in members},
        members=members,
        places=_others(run, before, placed, settings),
        ended=tuple(sorted({p.ring for p in before.values() if p.ring} - {r.ring for r in rings})),
    )


def _place(ring: Ring, applicant: str, reach: float) -> RingPlace:
    return RingPlace(
        applicant=applicant,
        ring=ring.ring,
        score=ring.score,
        members=ring.figures.members,
        fraud=ring.figures.fraud,
        reach_ppm=round(reach * _PPM),
    )


def _others(
    run: RingsRun, before: Mapping[str, RingPlace], placed: set[str], settings: RingSettings
) -> tuple[RingPlace, ...]:
    """Whom known fraud reaches outside the rings that are told, and who is nowhere any more."""
    reached = dict(run.reached)
    for ring in run.rings:
        reached.update((m.applicant, m.reach) for m in ring.members)
    now = {
        who: RingPlace(applicant=who, reach_ppm=round(reach * _PPM))
        for who, reach in reached.items()
        if who not in placed and reach >= settings.told_reach
    }
    gone = {who: RingPlace(applicant=who) for who in before if who not in placed and who not in now}
    changed = (place for who, place in {**now, **gone}.items() if before.get(who) != place)
    return tuple(sorted(changed, key=lambda place: place.applicant))
