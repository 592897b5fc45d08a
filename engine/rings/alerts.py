"""Alerts for decisions already made: raised once for each decision and ring, listed by page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from engine.codec import decode, encode
from engine.ledger import DuplicateRecord, Ledger, NewRecord, RecordRef, StoredAnswer
from engine.outcome import Outcome
from engine.rings.model import ALERT_KIND, CALLER, SUBJECT, Alert
from graph.rings import Ring

_LOOKED_AGAIN = frozenset({Outcome.APPROVE.value, Outcome.REFER.value})
_ID_DIGITS = 32


class Target(Protocol):
    """The ledger, as far as raising needs it."""

    async def append(self, record: NewRecord) -> RecordRef:
        """Return once it is durable."""
        ...

    async def find(self, caller: str, request_id: str) -> StoredAnswer | None:
        """The answer to an earlier request."""
        ...


def due(rings: Iterable[Ring], alarm_score: int, run: str, at_us: int) -> Iterator[Alert]:
    """Members that were approved or referred, of rings with that score; no known fraud."""
    for ring in rings:
        if ring.score < alarm_score:
            continue
        for member in ring.members:
            if member.status in _LOOKED_AGAIN and member.fraud_at_us is None:
                yield Alert(
                    alert_id=_alert_id(member.applicant, ring.ring),
                    decision_id=member.applicant,
                    outcome=member.status,
                    decided_at_us=member.at_us,
                    ring=ring.ring,
                    score=ring.score,
                    members=ring.figures.members,
                    fraud=ring.figures.fraud,
                    run=run,
                    raised_at_us=at_us,
                )


def _alert_id(decision_id: str, ring: str) -> str:
    text = f"{decision_id}\n{ring}".encode()
    return "alert_" + hashlib.sha256(text).hexdigest()[:_ID_DIGITS]


async def fresh(target: Target, alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Those that were not raised before."""
    return tuple([x for x in alerts if await target.find(CALLER, x.alert_id) is None])


async def raise_alert(target: Target, alert: Alert) -> bool:
    """Record it; ``False`` if it was there. Raises as ``Ledger.append``."""
    try:
        await target.append(
            NewRecord(
                caller=CALLER,
                request_id=alert.alert_id,
                fingerprint=b"",
                decision_id=alert.alert_id,
                subject=SUBJECT,
                kind=ALERT_KIND,
                at_us=alert.raised_at_us,
                body=encode(alert),
                answer=b"",
            )
        )
    except DuplicateRecord:
        return False
    return True


async def list_alerts(
    ledger: Ledger, *, before: int | None, size: int
) -> tuple[tuple[Alert, ...], int | None]:
    """A page, newest first, below a sequence; the sequence to go on below, ``None`` at the end.

    ``size``: 1 to 1,000.
    """
    rows = await ledger.newest(ALERT_KIND, subject=SUBJECT, before=before, limit=size)
    page = tuple(decode(row.body, Alert) for _, row in rows)
    return page, rows[-1][0] if len(rows) == size else None
