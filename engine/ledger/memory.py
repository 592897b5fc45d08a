"""A ledger that keeps everything in memory: trial runs and tests, and the second opinion of the
contract. It forgets all with the process, and nothing in it is sealed: erasing drops the bytes.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from engine.codec import encode_event
from engine.errors import LedgerUnavailable
from engine.ledger import chain
from engine.ledger.model import (
    AlreadySupplemented,
    DuplicateRecord,
    ListFilter,
    NewRecord,
    RecordPage,
    RecordRef,
    RecordRefused,
    RecordSummary,
    StoredAnswer,
    StoredRecord,
    VerifyReport,
)
from engine.ledger.pages import PageTokens, page_size_of
from engine.ledger.reader import without_links
from engine.ledger.sharing import SharedLines, Sharer, added_minor, shared_lines
from engine.model import GrantedLine, History, PriorApplication
from engine.privacy import Erased
from graph.model import GraphEvent

_LARGEST = 2**63 - 1
_TEXTS = (
    "caller",
    "request_id",
    "decision_id",
    "subject",
    "kind",
    "product",
    "channel",
    "customer_segment",
    "branch",
    "staff_member",
    "partner",
    "outcome",
    "root",
    "supplements",
    "parent",
)
_NUMBERS = ("at_us", "line_minor", "until_us")


@dataclass(slots=True)
class _Row:
    record: NewRecord
    contents: tuple[bytes, bytes]
    """SHA-256 of body and answer: what the chain covers, also when they are gone."""
    head: bytes
    erased: bool = False


class MemoryLedger:
    """Implements ``Ledger``. Use it on one event loop; nothing in it waits or blocks."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._by_request: dict[tuple[str, str], _Row] = {}
        self._by_decision: dict[str, _Row] = {}
        self._events: list[tuple[_Row, GraphEvent]] = []
        self._loaded: dict[bytes, bytes] = {}
        self._tokens = PageTokens(secrets.token_bytes(32))
        self._more = asyncio.Event()
        self._closed = False

    @property
    def healthy(self) -> bool:
        """Memory does not fail."""
        return True

    async def append(self, record: NewRecord) -> RecordRef:
        """Store it. Raises as ``Ledger.append`` says, but is never ``Overloaded``."""
        if self._closed:
            raise LedgerUnavailable("the ledger is closed")
        _require_storable(record)
        key = (record.caller, record.request_id)
        there = self._by_request.get(key) or self._by_decision.get(record.decision_id)
        if there is not None:
            raise DuplicateRecord(_answer(there))
        fresh = dict(record.loaded)
        if len(fresh) != len(record.loaded) or not self._loaded.keys().isdisjoint(fresh):
            raise RecordRefused("ConstraintError")
        for row in self._rows if record.supplements else ():
            if row.record.supplements == record.supplements:
                raise AlreadySupplemented(row.record.decision_id)
        contents = (sha256(record.body).digest(), sha256(record.answer).digest())
        head = _linked(self._head(), len(self._rows) + 1, record, contents)
        row = _Row(record, contents, head)
        self._rows.append(row)
        self._by_request[key] = self._by_decision[record.decision_id] = row
        self._events.extend((row, event) for event in record.graph_events)
        self._loaded.update(record.loaded)
        self._more.set()
        self._more = asyncio.Event()
        return RecordRef(len(self._rows))

    async def find(self, caller: str, request_id: str) -> StoredAnswer | None:
        """The answer to an earlier request. Raises ``Erased``."""
        row = self._by_request.get((caller, request_id))
        return None if row is None else _answer(row)

    async def get(self, decision_id: str) -> StoredRecord | None:
        """The record. Raises ``Erased``."""
        row = self._by_decision.get(decision_id)
        if row is None:
            return None
        return _stored(_open(row))

    async def list(
        self, listing: ListFilter, *, caller: str | None, page_size: int, page_token: str
    ) -> RecordPage:
        """Decisions, newest first. Raises ``InvalidApplication`` for a foreign token."""
        tokens = self._tokens.of(listing, caller)
        before = tokens.position(page_token) if page_token else len(self._rows) + 1
        size = page_size_of(page_size)
        found = [
            (sequence, row.record)
            for sequence, row in enumerate(self._rows, start=1)
            if sequence < before and _matches(row.record, listing, caller)
        ][::-1][: size + 1]
        return RecordPage(
            records=tuple(_summary(record) for _, record in found[:size]),
            next_page_token=tokens.token(found[size - 1][0]) if len(found) > size else "",
        )

    async def history(self, subject: str, *, before_us: int, limit: int, but: str = "") -> History:
        """The person's applications before that time, as ``Ledger.history`` says."""
        records = [row.record for row in self._rows if row.record.at_us < before_us]
        followed = {record.supplements for record in records}
        found = sorted(
            (
                record
                for record in records
                if record.subject == subject
                and record.kind == "decision"
                and record.decision_id not in followed
                and (record.root or record.decision_id) != but
            ),
            key=lambda record: -record.at_us,
        )
        last = {_application(record): record for record in _words(self._rows, before_us)}
        return History(
            applications=tuple(
                replace(
                    _prior(one, last[_application(one)]),
                    line_minor=self._exposure(_application(one), before_us),
                )
                for one in found[:limit]
            ),
            cut=len(found) > limit,
        )

    async def granted(
        self, decision_ids: Sequence[str], *, before_us: int
    ) -> tuple[GrantedLine, ...]:
        """Lines granted on applications, as ``Ledger.granted`` says."""
        lines = ((one, self._exposure(one, before_us)) for one in decision_ids)
        return tuple(GrantedLine(decision_id=one, line_minor=line) for one, line in lines if line)

    async def shared(self, application: str, *, before_us: int, but: str) -> SharedLines:
        """What became of an application and what shares its line, as ``Ledger.shared`` says."""
        word = self._last_word(application, before_us)
        last = self._last_decisions(before_us).get(application)
        return shared_lines(
            "" if last is None else last.decision_id,
            ("", 0) if word is None else (word.outcome, word.line_minor),
            self._sharers(application, before_us),
            before_us,
            but,
        )

    def _exposure(self, application: str, before_us: int) -> int:
        """What the line granted on it adds to anybody's exposure at that time."""
        word = self._last_word(application, before_us)
        if word is None or not word.line_minor:
            return 0
        last = self._last_decisions(before_us)[application]
        if not last.parent:
            return word.line_minor
        above = self._last_word(last.parent, before_us)
        parent = (0 if above is None else above.line_minor, self._sharers(last.parent, before_us))
        return added_minor(application, word.line_minor, last.until_us, parent, before_us)

    def _last_word(self, application: str, before_us: int) -> NewRecord | None:
        words = _words(self._rows, before_us)
        return next((one for one in reversed(words) if _application(one) == application), None)

    def _last_decisions(self, before_us: int) -> dict[str, NewRecord]:
        words = _words(self._rows, before_us)
        return {_application(one): one for one in words if one.kind == "decision"}

    def _sharers(self, parent: str, before_us: int) -> Sequence[Sharer]:
        found = []
        for application, last in self._last_decisions(before_us).items():
            word = self._last_word(application, before_us)
            if last.parent == parent and word is not None:
                found.append(
                    Sharer(
                        application=application,
                        at_us=last.at_us,
                        until_us=last.until_us,
                        line_minor=word.line_minor,
                    )
                )
        return found

    async def decided_at_us(self, application: str) -> int:
        """When the last decision on it was made, as ``Ledger.decided_at_us`` says."""
        words = [one for one in _words(self._rows, _LARGEST) if one.kind == "decision"]
        return max((one.at_us for one in words if _application(one) == application), default=0)

    async def read_after(self, position: int, limit: int) -> Sequence[tuple[int, GraphEvent]]:
        """The outbox after ``position``, in commit order."""
        found = self._events[position : position + limit]
        events = [without_links(event) if row.erased else event for row, event in found]
        return list(enumerate(events, start=position + 1))

    async def bodies(
        self, kind: str, *, after: int | None, limit: int
    ) -> Sequence[tuple[int, bytes]]:
        """Sequence and body of records of one kind, as ``Ledger.bodies`` says."""
        found = [
            (sequence, row.record.body)
            for sequence, row in enumerate(self._rows, start=1)
            if row.record.kind == kind and sequence > (after or 0) and not row.erased
        ]
        return found[-limit:] if after is None else found[:limit]

    async def loaded(self, about: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Of these digests of what an event is about, those loaded, with the content's."""
        return {digest: self._loaded[digest] for digest in about if digest in self._loaded}

    async def newest(
        self, kind: str, *, subject: str | None, before: int | None, limit: int
    ) -> Sequence[tuple[int, StoredRecord]]:
        """Sequence and record, newest first, as ``Ledger.newest`` says."""
        found = [
            (sequence, row.record)
            for sequence, row in enumerate(self._rows, start=1)
            if row.record.kind == kind
            and subject in {None, row.record.subject}
            and (before is None or sequence < before)
            and not row.erased
        ][::-1][:limit]
        return [(sequence, _stored(record)) for sequence, record in found]

    async def wait_for_more(self, position: int, timeout: float) -> None:  # noqa: ASYNC109
        """Return once the outbox reaches beyond ``position``, or after ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while len(self._events) <= position:
                    await self._more.wait()
        except TimeoutError:
            return

    async def last_at_us(self) -> int:
        """The latest time of any record; 0 if there is none."""
        return max((row.record.at_us for row in self._rows), default=0)

    async def erase(self, subject: str) -> int:
        """Forget the person's bodies and answers; 1 if there were any, else 0."""
        rows = [row for row in self._rows if row.record.subject == subject and not row.erased]
        for row in rows:
            row.record = replace(row.record, body=b"", answer=b"")
            row.erased = True
        return min(len(rows), 1)

    async def verify(self) -> VerifyReport:
        """Walk the whole chain."""
        head = chain.GENESIS
        for sequence, row in enumerate(self._rows, start=1):
            head = _linked(head, sequence, row.record, row.contents)
            if head != row.head:
                problem = f"record {sequence} (decision {row.record.decision_id}) was altered"
                return VerifyReport(records=sequence, head=head.hex(), problem=problem)
        return VerifyReport(records=len(self._rows), head=head.hex(), problem="")

    async def close(self) -> None:
        """Refuse what comes later. Idempotent."""
        self._closed = True

    def _head(self) -> bytes:
        return self._rows[-1].head if self._rows else chain.GENESIS


def _words(rows: Iterable[_Row], before_us: int) -> list[NewRecord]:
    """Decisions and the reviews that count, in the order of their times."""
    records = [row.record for row in rows if row.record.at_us < before_us]
    words = [one for one in records if one.kind == "decision" or _is_review(one)]
    return sorted(words, key=lambda record: record.at_us)


def _application(record: NewRecord) -> str:
    return record.root or record.decision_id


def _is_review(record: NewRecord) -> bool:
    return record.kind == "reported_outcome" and bool(record.root)


def _prior(record: NewRecord, last: NewRecord) -> PriorApplication:
    return PriorApplication(
        decision_id=record.decision_id,
        at_us=record.at_us,
        product=record.product,
        outcome=last.outcome,
        line_minor=last.line_minor,
        reviewed_at_us=last.at_us if _is_review(last) else None,
    )


def _require_storable(record: NewRecord) -> None:
    """The same values that a file cannot hold are refused here."""
    try:
        for name in _TEXTS:
            getattr(record, name).encode()
    except (AttributeError, UnicodeEncodeError) as error:
        raise RecordRefused(type(error).__name__) from None
    if not all(-_LARGEST <= getattr(record, name) <= _LARGEST for name in _NUMBERS):
        raise RecordRefused("OverflowError")


def _linked(
    previous: bytes, sequence: int, record: NewRecord, contents: tuple[bytes, bytes]
) -> bytes:
    plain = [getattr(record, name) for name in (*_TEXTS, "fingerprint", *_NUMBERS)]
    events = [body for _, body in map(encode_event, record.graph_events)]
    return chain.link(previous, [sequence, *plain, *contents], events)


def _open(row: _Row) -> NewRecord:
    if row.erased:
        raise Erased("the record was erased at the person's request")
    return row.record


def _stored(record: NewRecord) -> StoredRecord:
    return StoredRecord(**{name: getattr(record, name) for name in StoredRecord.__slots__})


def _answer(row: _Row) -> StoredAnswer:
    record = _open(row)
    return StoredAnswer(
        decision_id=record.decision_id, fingerprint=record.fingerprint, answer=record.answer
    )


def _summary(record: NewRecord) -> RecordSummary:
    return RecordSummary(**{name: getattr(record, name) for name in RecordSummary.__slots__})


def _matches(record: NewRecord, listing: ListFilter, caller: str | None) -> bool:
    asked = (
        (caller, record.caller),
        (listing.product or None, record.product),
        (listing.channel or None, record.channel),
        (listing.outcome or None, record.outcome),
    )
    return (
        record.kind == "decision"
        and all(value is None or value == found for value, found in asked)
        and (listing.since_us is None or record.at_us >= listing.since_us)
        and (listing.until_us is None or record.at_us < listing.until_us)
    )
