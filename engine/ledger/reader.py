"""Reading: connections that cannot write, one per thread of a small pool."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import apsw

from engine.codec import decode_event
from engine.errors import LedgerUnavailable, Overloaded
from engine.ledger import chain
from engine.ledger.model import (
    ListFilter,
    RecordPage,
    RecordSummary,
    StoredAnswer,
    StoredRecord,
    VerifyReport,
)
from engine.ledger.pages import PageTokens, page_size_of
from engine.ledger.schema import open_reader
from engine.ledger.shared_reads import exposures
from engine.model import GrantedLine, History, PriorApplication
from engine.privacy import Sealer
from graph.model import ApplicationProjected, GraphEvent

_T = TypeVar("_T")
_Review = tuple[int, str, int]
_BodyRow = tuple[int, str, str, bytes, int, bytes]
_MOST_WAITING = 2000
_RETRY_AFTER_S = 0.2


class Reader:
    """Runs reads off the event loop, on ``threads`` threads of its own.

    ``token_key`` makes page tokens tamper-evident.
    """

    def __init__(self, path: Path, sealer: Sealer, token_key: bytes, *, threads: int) -> None:
        self._path = path
        self._sealer = sealer
        self._tokens = PageTokens(token_key)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ledger-reader")
        self._local = threading.local()
        self._connections: list[apsw.Connection] = []
        self._waiting = 0

    async def run(self, read: Callable[[apsw.Connection], _T]) -> _T:
        """The read's result. Raises ``Overloaded`` if too many wait."""
        if self._waiting >= _MOST_WAITING:
            raise Overloaded("too many reads of the ledger wait", _RETRY_AFTER_S)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, read)
        finally:
            self._waiting -= 1

    def _read(self, read: Callable[[apsw.Connection], _T]) -> _T:
        try:
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = open_reader(self._path)
                self._connections.append(connection)
            return read(connection)
        except apsw.Error:
            raise LedgerUnavailable("the ledger cannot be read") from None

    def close(self) -> None:
        """Wait for reads under way and close the connections."""
        self._pool.shutdown(wait=True)
        for connection in self._connections:
            connection.close()

    def find(
        self, connection: apsw.Connection, caller: str, request_id: str
    ) -> StoredAnswer | None:
        """The answer to an earlier request. Raises ``Erased``."""
        row = connection.execute(
            "SELECT decision_id, fingerprint, answer, r.key_id, r.subject, wrapped FROM records r"
            " JOIN subject_keys USING (key_id) WHERE caller = ? AND request_id = ?",
            (caller, request_id),
        ).fetchone()
        if row is None:
            return None
        decision_id, fingerprint, answer, key_id, subject, wrapped = row
        key = self._sealer.key(key_id, subject, wrapped)
        return StoredAnswer(
            decision_id=decision_id,
            fingerprint=fingerprint,
            answer=self._sealer.open(key, f"answer:{decision_id}", answer),
        )

    def get(self, connection: apsw.Connection, decision_id: str) -> StoredRecord | None:
        """The record. Raises ``Erased``."""
        row = connection.execute(
            "SELECT caller, request_id, r.subject, kind, at_us, body, answer, r.key_id, wrapped"
            " FROM records r JOIN subject_keys USING (key_id) WHERE decision_id = ?",
            (decision_id,),
        ).fetchone()
        if row is None:
            return None
        caller, request_id, subject, kind, at_us, body, answer, key_id, wrapped = row
        key = self._sealer.key(key_id, subject, wrapped)
        return StoredRecord(
            decision_id=decision_id,
            caller=caller,
            request_id=request_id,
            subject=subject,
            kind=kind,
            at_us=at_us,
            body=self._sealer.open(key, f"body:{decision_id}", body),
            answer=self._sealer.open(key, f"answer:{decision_id}", answer),
        )

    def bodies(
        self, connection: apsw.Connection, kind: str, after: int | None, limit: int
    ) -> list[tuple[int, bytes]]:
        """Sequence and body of records of one kind, as ``Ledger.bodies`` says."""
        order = "DESC" if after is None else "ASC"
        # The condition of the index `records_beside`, which decisions are not in.
        beside = "" if kind == "decision" else "kind <> 'decision' AND "
        rows = connection.execute(
            "SELECT sequence, decision_id, r.subject, body, r.key_id, wrapped FROM records r"  # noqa: S608
            " JOIN subject_keys USING (key_id)"
            f" WHERE {beside}kind = ? AND sequence > ? AND wrapped IS NOT NULL"
            f" ORDER BY sequence {order} LIMIT ?",
            (kind, after or 0, limit),
        ).fetchall()
        found: list[tuple[int, bytes]] = []
        for row in rows:
            sequence, decision_id, subject, body, key_id, wrapped = cast("_BodyRow", row)
            key = self._sealer.key(key_id, subject, wrapped)
            found.append((sequence, self._sealer.open(key, f"body:{decision_id}", body)))
        return sorted(found)

    def newest(
        self,
        connection: apsw.Connection,
        kind: str,
        subject: str | None,
        before: int | None,
        limit: int,
    ) -> list[tuple[int, StoredRecord]]:
        """Sequence and record, newest first, as ``Ledger.newest`` says."""
        given: list[tuple[str, str | int | None]] = [
            ("kind = ?", kind),
            ("r.subject = ?", subject),
            ("sequence < ?", before),
        ]
        terms = " AND ".join(term for term, value in given if value is not None)
        values = [value for _, value in given if value is not None]
        # The first condition is that of the indexes `records_beside`.
        rows = connection.execute(
            "SELECT sequence, decision_id, caller, request_id, r.subject, kind, at_us, body,"  # noqa: S608
            " answer, r.key_id, wrapped FROM records r JOIN subject_keys USING (key_id)"
            f" WHERE kind <> 'decision' AND {terms} AND wrapped IS NOT NULL"
            " ORDER BY sequence DESC LIMIT ?",
            (*values, limit),
        ).fetchall()
        return [self._opened(row) for row in rows]

    def _opened(self, row: tuple[Any, ...]) -> tuple[int, StoredRecord]:
        sequence, decision_id, caller, request_id, subject, kind, at_us, body, answer = row[:9]
        key = self._sealer.key(row[9], subject, row[10])
        return sequence, StoredRecord(
            decision_id=decision_id,
            caller=caller,
            request_id=request_id,
            subject=subject,
            kind=kind,
            at_us=at_us,
            body=self._sealer.open(key, f"body:{decision_id}", body),
            answer=self._sealer.open(key, f"answer:{decision_id}", answer),
        )

    def page(
        self,
        connection: apsw.Connection,
        listing: ListFilter,
        caller: str | None,
        page_size: int,
        page_token: str,
    ) -> RecordPage:
        """A page, newest first. Raises ``InvalidApplication`` for a foreign token."""
        terms, values = _conditions(listing, caller)
        tokens = self._tokens.of(listing, caller)
        if page_token:
            terms.append("sequence < ?")
            values.append(tokens.position(page_token))
        size = page_size_of(page_size)
        rows: list[tuple[Any, ...]] = connection.execute(
            "SELECT sequence, decision_id, caller, request_id, at_us,"  # noqa: S608 - own terms
            " product, channel, outcome, line_minor,"
            f" supplements, parent, until_us FROM records WHERE {' AND '.join(terms)}"
            " ORDER BY sequence DESC LIMIT ?",
            (*values, size + 1),
        ).fetchall()
        names = RecordSummary.__slots__
        more = tokens.token(int(rows[size - 1][0])) if len(rows) > size else ""
        return RecordPage(
            records=tuple(
                RecordSummary(**dict(zip(names, row[1:], strict=True))) for row in rows[:size]
            ),
            next_page_token=more,
        )


def _conditions(listing: ListFilter, caller: str | None) -> tuple[list[str], list[str | int]]:
    given: list[tuple[str, str | int | None]] = [
        ("caller = ?", caller),
        ("product = ?", listing.product or None),
        ("channel = ?", listing.channel or None),
        ("outcome = ?", listing.outcome or None),
        ("at_us >= ?", listing.since_us),
        ("at_us < ?", listing.until_us),
    ]
    terms = [term for term, value in given if value is not None]
    return ["kind = 'decision'", *terms], [value for _, value in given if value is not None]


def history(
    connection: apsw.Connection, subject: str, before_us: int, limit: int, but: str
) -> History:
    """The person's applications before that time, as ``Ledger.history`` says."""
    rows: list[tuple[Any, ...]] = connection.execute(
        "SELECT root, decision_id, at_us, product, outcome, line_minor FROM records r"
        " WHERE subject = ?1 AND at_us < ?2 AND kind = 'decision'"
        " AND decision_id <> ?4 AND (root = '' OR root <> ?4)"
        " AND NOT EXISTS (SELECT 1 FROM records n WHERE n.supplements = r.decision_id"
        " AND n.supplements <> '' AND n.at_us < ?2)"
        " ORDER BY at_us DESC LIMIT ?3",
        (subject, before_us, limit + 1, but),
    ).fetchall()
    reviews = _reviews_of(connection, subject, before_us)
    found = [_prior(row, reviews) for row in rows[:limit]]
    lines = [(row[0] or row[1], one.line_minor) for row, one in zip(rows, found, strict=False)]
    added = exposures(connection, lines, before_us)
    return History(
        applications=tuple(
            replace(one, line_minor=line) for one, line in zip(found, added, strict=True)
        ),
        cut=len(rows) > limit,
    )


def _reviews_of(connection: apsw.Connection, subject: str, before_us: int) -> dict[str, _Review]:
    """By application of the person, the last review before that time."""
    # Of a group, SQLite takes bare columns from the row that has the maximum.
    rows = connection.execute(
        "SELECT root, max(at_us), outcome, line_minor FROM records INDEXED BY reviews_of_subject"
        " WHERE kind = 'reported_outcome' AND root <> '' AND subject = ? AND at_us < ?"
        " GROUP BY root",
        (subject, before_us),
    )
    return {str(root): cast("_Review", tuple(review)) for root, *review in rows}


def _prior(row: tuple[Any, ...], reviews: dict[str, _Review]) -> PriorApplication:
    root, decision_id, at_us, product, outcome, line_minor = row
    review = reviews.get(root or decision_id)
    if review is None or review[0] < at_us:
        return PriorApplication(
            decision_id=decision_id,
            at_us=at_us,
            product=product,
            outcome=outcome,
            line_minor=line_minor,
        )
    return PriorApplication(
        decision_id=decision_id,
        at_us=at_us,
        product=product,
        outcome=review[1],
        line_minor=review[2],
        reviewed_at_us=review[0],
    )


def granted(
    connection: apsw.Connection, decision_ids: Sequence[str], before_us: int
) -> tuple[GrantedLine, ...]:
    """Lines granted on applications, as ``Ledger.granted`` says."""
    # Two statements for all of them: to ask for each one by one takes several times as long.
    asked = (json.dumps(list(decision_ids)), before_us)
    first = connection.execute(
        "SELECT decision_id, line_minor FROM records WHERE kind = 'decision'"
        " AND decision_id IN (SELECT value FROM json_each(?)) AND at_us < ?",
        asked,
    )
    lines = {str(application): int(str(line)) for application, line in first}
    # What came later on the same application; of a group, the line is that of the last one.
    later = connection.execute(
        "SELECT root, line_minor, max(at_us) FROM records"
        " WHERE root <> '' AND root IN (SELECT value FROM json_each(?)) AND at_us < ?"
        " AND kind IN ('decision', 'reported_outcome') GROUP BY root",
        asked,
    )
    lines |= {str(application): int(str(line)) for application, line, _ in later}
    found = [(one, lines[one]) for one in decision_ids if lines.get(one, 0) > 0]
    added = zip(found, exposures(connection, found, before_us), strict=True)
    return tuple(
        GrantedLine(decision_id=one, line_minor=line) for (one, _), line in added if line > 0
    )


def decided_at_us(connection: apsw.Connection, application: str) -> int:
    """When the last decision on it was made, as ``Ledger.decided_at_us`` says."""
    row = connection.execute(
        "SELECT max(at_us) FROM records WHERE kind = 'decision'"
        " AND (decision_id = ?1 OR (root = ?1 AND root <> ''))",
        (application,),
    ).fetchone()
    return (row[0] or 0) if row else 0


def read_after(
    connection: apsw.Connection, position: int, limit: int
) -> list[tuple[int, GraphEvent]]:
    """The outbox after ``position``, in commit order; of erased people without their links."""
    rows = connection.execute(
        "SELECT position, o.kind, o.body, wrapped IS NULL FROM outbox o"
        " JOIN records USING (sequence) JOIN subject_keys USING (key_id)"
        " WHERE position > ? ORDER BY position LIMIT ?",
        (position, limit),
    )
    return [
        (place, without_links(event) if erased else event)
        for place, event, erased in ((p, decode_event(kind, body), e) for p, kind, body, e in rows)
    ]


def without_links(event: GraphEvent) -> GraphEvent:
    """What is left of it when the person was erased: that there was an application."""
    return replace(event, links=()) if isinstance(event, ApplicationProjected) else event


def loaded(connection: apsw.Connection, about: Sequence[bytes]) -> dict[bytes, bytes]:
    """What was loaded of these, with the digest of its content."""
    rows = connection.executemany(
        "SELECT about, content FROM loaded_events WHERE about = ?", [(digest,) for digest in about]
    )
    return {bytes(row[0]): bytes(row[1]) for row in rows}


def last_at_us(connection: apsw.Connection) -> int:
    """The latest time of any record; 0 if there is none."""
    row = connection.execute("SELECT max(at_us) FROM records").fetchone()
    return (row[0] or 0) if row else 0


def verify(connection: apsw.Connection, contains: str = "") -> VerifyReport:
    """Walk the chain from the first record; stop at the first that does not hold.

    ``contains``: a head in hex that is looked for on the way.
    """
    connection.execute("BEGIN")  # one snapshot: records are appended meanwhile
    try:
        return _walk(connection, contains)
    finally:
        connection.execute("ROLLBACK")


def _walk(connection: apsw.Connection, contains: str) -> VerifyReport:
    head, count, position, contains_at = chain.GENESIS, 0, 0, 0
    columns = ", ".join(chain.ALL_COLUMNS)
    rows = connection.execute(
        f"SELECT {columns}, chain FROM records ORDER BY sequence"  # noqa: S608 - constants
    )
    outbox = _Outbox(connection)
    for *values, stored in rows:
        events = outbox.of(values[0])
        head = chain.link(head, chain.hashed(values), [body for _, _, body in events])
        count += 1
        if values[0] != count or head != stored or not _in_place(events, position):
            problem = f"record {count} (decision {values[4]}) was altered, removed or moved"
            return VerifyReport(records=count, head=head.hex(), problem=problem)
        position += len(events)
        if head.hex() == contains:
            contains_at = count
    return VerifyReport(
        records=count,
        head=head.hex(),
        problem=_surplus(connection, position),
        contains_at=contains_at,
    )


class _Outbox:
    """The outbox in its order, taken record by record: both were written in the same order."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._rows = connection.execute(
            "SELECT sequence, position, kind, body FROM outbox ORDER BY position"
        )
        self._next: tuple[Any, ...] | None = next(self._rows, None)

    def of(self, sequence: int) -> list[tuple[Any, ...]]:
        """Position, kind and body of the rows that come next and belong to the record."""
        found: list[tuple[Any, ...]] = []
        while self._next is not None and self._next[0] == sequence:
            found.append(self._next[1:])
            self._next = next(self._rows, None)
        return found


def _in_place(events: list[tuple[Any, ...]], position: int) -> bool:
    """Each event is of the kind it says and stands where it was committed."""
    try:
        return all(
            place == position + step and decode_event(kind, body) is not None
            for step, (place, kind, body) in enumerate(events, start=1)
        )
    except ValueError:
        return False


def _surplus(connection: apsw.Connection, position: int) -> str:
    row = connection.execute(
        "SELECT position FROM outbox WHERE position > ? OR position < 1 LIMIT 1", (position,)
    ).fetchone()
    return "" if row is None else f"outbox row {row[0]} belongs to no record"
