"""What investigators say, made durable: one record for each request, safe to retry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from engine.clock import AdmissionClock
from engine.codec import decode, encode
from engine.errors import RequestIdReused
from engine.ledger import DuplicateRecord, Ledger, NewRecord, StoredAnswer
from engine.privacy import Tokeniser
from graph.model import GraphEvent
from graph.pending import PendingIndex

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who says something. ``content``: what must be the same for a repeated request."""

    caller: str
    request_id: str
    content: bytes
    case_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What of a record stands plainly beside its ids, as in ``NewRecord``."""

    outcome: str = ""
    line_minor: int = 0
    root: str = ""


_NO_COLUMNS = Columns()


class Recorder:
    """Appends to the ledger, and lets the very next decision see what it is to see."""

    def __init__(
        self, ledger: Ledger, pending: PendingIndex, clock: AdmissionClock, tokeniser: Tokeniser
    ) -> None:
        self._ledger, self._pending = ledger, pending
        self._clock, self._tokeniser = clock, tokeniser

    async def record(
        self,
        said: Said,
        kind: str,
        subject: str,
        value_type: type[_T],
        make: Callable[[str, int], tuple[_T, tuple[GraphEvent, ...]]],
        columns: Columns = _NO_COLUMNS,
    ) -> _T:
        """The value that ``make`` gives for a record's id and time, once it is durable.

        A repeated request gets the value of the first. Raises ``RequestIdReused``, ``Erased``.
        """
        fingerprint = self._tokeniser.fingerprint(said.content)
        record_id = self._tokeniser.decision_id(said.caller, said.request_id)
        stored = await self._ledger.find(said.caller, said.request_id)
        if stored is not None:
            return _same(stored, fingerprint, value_type)
        # From its very time on it waits in the index: no step of anybody else is in between.
        at_us = self._clock.next_us()
        value, events = make(record_id, at_us)
        for event in events:
            self._pending.expect(event)
        try:
            await self._ledger.append(
                NewRecord(
                    caller=said.caller,
                    request_id=said.request_id,
                    fingerprint=fingerprint,
                    decision_id=record_id,
                    subject=subject,
                    kind=kind,
                    at_us=at_us,
                    outcome=columns.outcome,
                    line_minor=columns.line_minor,
                    root=columns.root,
                    body=encode(value),
                    answer=encode(value),
                    graph_events=events,
                )
            )
        except BaseException as error:
            for event in events:
                self._pending.discard(event)
            if isinstance(error, DuplicateRecord):
                return _same(error.stored, fingerprint, value_type)
            raise
        return value


def _same(stored: StoredAnswer, fingerprint: bytes, value_type: type[_T]) -> _T:
    if stored.fingerprint != fingerprint:
        raise RequestIdReused("request_id was used before with other content")
    return decode(stored.answer, value_type)
