"""What counts of decisions, supplements and reviews: both ledgers against a walk through time."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger import Ledger, MemoryLedger, NewRecord, SqliteLedger
from engine.model import GrantedLine, PriorApplication
from engine.privacy import Keyring
from tests.ledger_records import record

_PEOPLE = ("id_number:a", "id_number:b")
_OUTCOMES = ("approve", "refer", "decline")


@dataclass(frozen=True, slots=True)
class _Event:
    """``what``: "apply", "supplement" or "review"; ``target``: which application so far."""

    what: str
    target: int
    person: int
    outcome: str
    line_minor: int


_EVENTS = st.lists(
    st.builds(
        _Event,
        what=st.sampled_from(("apply", "supplement", "review", "late review", "performance")),
        target=st.integers(0, 4),
        person=st.integers(0, 1),
        outcome=st.sampled_from(_OUTCOMES),
        line_minor=st.integers(0, 3),
    ),
    max_size=14,
)


@dataclass(slots=True)
class _Application:
    """One application as the walk knows it."""

    root: str
    person: str
    seen: PriorApplication


def _record(number: int, event: _Event, target: _Application | None) -> NewRecord:
    """The record that the engine would write for the event."""
    if event.what == "apply" or target is None:
        return record(
            number,
            subject=_PEOPLE[event.person],
            outcome=event.outcome,
            line_minor=event.line_minor,
        )
    own = {"subject": target.person, "product": "classic"}
    if event.what == "supplement":
        chain = {"root": target.root, "supplements": target.seen.decision_id}
        return record(number, outcome=event.outcome, line_minor=event.line_minor, **chain, **own)
    counts = event.what == "review"
    return record(
        number,
        kind="reported_outcome",
        graph_events=(),
        root=target.root if counts else "",
        outcome=event.outcome if counts else "",
        line_minor=event.line_minor if counts else 0,
        **own,
    )


def _walk(events: list[_Event]) -> tuple[list[NewRecord], list[list[_Application]]]:
    """The records, and before each of them and after all what then counts."""
    records: list[NewRecord] = []
    known: list[_Application] = []
    states = []
    for number, event in enumerate(events):
        states.append([_Application(a.root, a.person, a.seen) for a in known])
        target = known[event.target % len(known)] if known else None
        new = _record(number, event, target)
        records.append(new)
        decided = PriorApplication(
            decision_id=new.decision_id,
            at_us=new.at_us,
            product=new.product,
            outcome=new.outcome,
            line_minor=new.line_minor,
        )
        if new.kind == "decision" and target is not None and new.root:
            target.seen = decided
        elif new.kind == "decision":
            known.append(_Application(new.decision_id, new.subject, decided))
        elif new.root and target is not None:
            target.seen = PriorApplication(
                decision_id=target.seen.decision_id,
                at_us=target.seen.at_us,
                product=target.seen.product,
                outcome=new.outcome,
                line_minor=new.line_minor,
                reviewed_at_us=new.at_us,
            )
    return records, [*states, known]


async def _same(ledger: Ledger, events: list[_Event]) -> None:
    records, states = _walk(events)
    for new in records:
        await ledger.append(new)
    roots = [application.root for application in states[-1]]
    for number, state in enumerate(states):
        before_us = record(number).at_us
        lines = {a.root: a.seen.line_minor for a in state if a.seen.line_minor}
        granted = await ledger.granted(roots, before_us=before_us)
        assert granted == tuple(
            GrantedLine(decision_id=root, line_minor=lines[root]) for root in roots if root in lines
        )
        for person in _PEOPLE:
            found = await ledger.history(person, before_us=before_us, limit=99)
            own = [a.seen for a in state if a.person == person]
            assert list(found.applications) == sorted(own, key=lambda a: -a.at_us)


async def _on_a_file(events: list[_Event]) -> None:
    with tempfile.TemporaryDirectory() as name:
        keyring = Keyring.open(Path(name) / "keys", ledger_exists=False)
        ledger = await SqliteLedger.open(Path(name), keyring)
        try:
            await _same(ledger, events)
        finally:
            await ledger.close()


@settings(max_examples=500, deadline=None)
@given(_EVENTS)
def test_the_ledger_in_memory_counts_the_last_word(events: list[_Event]) -> None:
    """As of every moment, for everybody."""
    asyncio.run(_same(MemoryLedger(), events))


@settings(max_examples=60, deadline=None)
@given(_EVENTS)
def test_the_ledger_in_a_file_counts_the_last_word(events: list[_Event]) -> None:
    """The same in SQL."""
    asyncio.run(_on_a_file(events))
