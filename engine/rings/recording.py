"""A run is written back: each ring with its places, the alerts, and the run itself last.

A run that is interrupted leaves some of it behind. The next one finds these as told, and tells the
rest; the list of rings is that of the last run that came to its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Protocol, TypeVar

from engine.codec import decode, encode
from engine.ledger import Ledger, NewRecord
from engine.rings.alerts import Target, due, fresh, raise_alert
from engine.rings.model import (
    CALLER,
    MOST_HEADS,
    PLACES_KIND,
    RING_KIND,
    RUN_KIND,
    SUBJECT,
    Found,
    Report,
    RingHead,
    RunRecord,
)
from graph.model import GraphEvent, RingPlace, RingsFound
from graph.rings import Ring

PLACES_EACH = 16
"""Places in one event: a batch of events is one commit, and a decision may have to wait for it."""

_EVENTS_EACH = 32
_AT_ONCE = 64
_T = TypeVar("_T")


class Pending(Protocol):
    """What lets the very next decision see an event, as far as it is needed here."""

    def expect(self, event: GraphEvent) -> None:
        """It is about to be recorded."""
        ...

    def discard(self, event: GraphEvent) -> None:
        """It was not recorded after all."""
        ...


class NobodyDecides:
    """The pending events of a server that is stopped."""

    def expect(self, event: GraphEvent) -> None:
        """Nobody looks."""

    def discard(self, event: GraphEvent) -> None:
        """Nobody looks."""


async def would_record(target: Target, found: Found, alarm_score: int) -> Report:
    """What recording would do."""
    alerts = [*due(found.rings, alarm_score, found.run, found.as_of_us)]
    raised = await fresh(target, alerts)
    return Report(
        run=_run_record(found, found.as_of_us, alarm_score),
        changed=len(found.changed),
        placed=_placed(found),
        alerts=raised,
        known_alerts=len(alerts) - len(raised),
    )


async def record(
    target: Target,
    found: Found,
    alarm_score: int,
    *,
    pending: Pending,
    next_us: Callable[[], int],
) -> Report:
    """Record it; decisions admitted after the call has begun see all of it.

    Raises as ``Ledger.append``; what was recorded until then stays.
    """
    at_us = next_us()
    run = _run_record(found, at_us, alarm_score)
    records = [*_records(found, at_us)]
    waiting = [event for entry in records for event in entry.graph_events]
    for event in waiting:
        pending.expect(event)
    await _append_all(target, records, pending)
    alerts = [*due(found.rings, alarm_score, found.run, at_us)]
    raised = [alert for alert in alerts if await raise_alert(target, alert)]
    await target.append(_new_record(found.run, RUN_KIND, at_us, encode(run)))
    return Report(
        run=run,
        changed=len(found.changed),
        placed=_placed(found),
        alerts=tuple(raised),
        known_alerts=len(alerts) - len(raised),
    )


async def last_run(ledger: Ledger) -> RunRecord | None:
    """The last run that came to its end."""
    rows = await ledger.newest(RUN_KIND, subject=SUBJECT, before=None, limit=1)
    return decode(rows[0][1].body, RunRecord) if rows else None


async def ring_of(ledger: Ledger, run: RunRecord, ring: str) -> Ring | None:
    """A ring of that run with its members and the reasons of its score."""
    for head in run.rings:
        if head.ring == ring:
            stored = await ledger.get(head.record_id)
            return None if stored is None else decode(stored.body, Ring)
    return None


def _placed(found: Found) -> int:
    return len(found.places) + sum(map(len, found.members.values()))


async def _append_all(target: Target, records: Sequence[NewRecord], pending: Pending) -> None:
    """Some at once, because the ledger syncs those that wait together."""
    left = {entry.decision_id: entry for entry in records}

    async def append(entry: NewRecord) -> None:
        await target.append(entry)
        del left[entry.decision_id]

    try:
        for group in _groups(records, _AT_ONCE):
            results = await asyncio.gather(*map(append, group), return_exceptions=True)
            for error in (x for x in results if isinstance(x, BaseException)):
                raise error
    finally:
        for entry in left.values():
            for event in entry.graph_events:
                pending.discard(event)


def _run_record(found: Found, at_us: int, alarm_score: int) -> RunRecord:
    return RunRecord(
        run=found.run,
        as_of_us=found.as_of_us,
        at_us=at_us,
        position=found.position,
        applicants=found.applicants,
        pairs=found.pairs,
        communities=found.communities,
        rings=tuple(_head(found, ring) for ring in found.rings[:MOST_HEADS]),
        ended=found.ended,
        alarm_score=alarm_score,
    )


def _head(found: Found, ring: Ring) -> RingHead:
    return RingHead(
        ring=ring.ring,
        score=ring.score,
        members=ring.figures.members,
        fraud=ring.figures.fraud,
        per_week=round(ring.figures.per_week, 3),
        came_from=ring.came_from,
        record_id=f"{found.told_in.get(ring.ring, found.run)}.{ring.ring}",
    )


def _records(found: Found, at_us: int) -> Iterable[NewRecord]:
    """Those of rings and of other places, with their events; each event has a part of its own."""
    parts = count()

    def events(places: Sequence[RingPlace]) -> tuple[GraphEvent, ...]:
        return tuple(
            RingsFound(run=found.run, part=next(parts), at_us=at_us, places=tuple(group))
            for group in _groups(places, PLACES_EACH)
        )

    for ring in found.rings:
        if ring.ring in found.members:
            told = events(found.members[ring.ring])
            record_id = f"{found.run}.{ring.ring}"
            yield _new_record(record_id, RING_KIND, at_us, encode(ring), told)
    for number, group in enumerate(_groups(found.places, PLACES_EACH * _EVENTS_EACH)):
        record_id = f"{found.run}.places{number}"
        yield _new_record(record_id, PLACES_KIND, at_us, encode(len(group)), events(group))


def _groups(values: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (values[low : low + size] for low in range(0, len(values), size))


def _new_record(
    record_id: str, kind: str, at_us: int, body: bytes, events: tuple[GraphEvent, ...] = ()
) -> NewRecord:
    return NewRecord(
        caller=CALLER,
        request_id=record_id,
        fingerprint=b"",
        decision_id=record_id,
        subject=SUBJECT,
        kind=kind,
        at_us=at_us,
        body=body,
        answer=b"",
        graph_events=events,
    )
