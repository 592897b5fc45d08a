"""The search in a process of its own: decisions do not wait for it, and its memory goes with it.

Reads the ledger's outbox, which holds tokens only, without its keys. What to do comes as JSON on
standard input; what was found goes to standard output.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import apsw
import msgspec

from engine.codec import decode_event, encode
from engine.ledger.schema import open_reader
from engine.lifecycle.bounded import leave
from engine.rings.search import search
from graph.rings import RingSettings
from graph.store import OutboxEvent


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Where to search, as of when, from which score on there is an alarm; as for ``search``."""

    ledger: str
    as_of_us: int
    alarm_score: int
    kept_since_us: int = 0


class OutboxFile:
    """The outbox of a ledger that another process writes."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    async def read_after(self, position: int, limit: int) -> Sequence[OutboxEvent]:
        """As ``Events`` says."""
        rows = self._connection.execute(
            "SELECT position, kind, body FROM outbox WHERE position > ? ORDER BY position LIMIT ?",
            (position, limit),
        )
        return [(place, decode_event(kind, body)) for place, kind, body in rows]


def run() -> None:
    """Search, write what was found, end."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    outbox = OutboxFile(open_reader(Path(task.ledger)))
    settings = RingSettings(alarm_score=task.alarm_score)
    found = asyncio.run(search(outbox, task.as_of_us, settings, kept_since_us=task.kept_since_us))
    sys.stdout.buffer.write(encode(found))
    leave(0)
