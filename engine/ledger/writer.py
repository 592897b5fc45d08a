"""The one writer: a thread that commits whatever waits in one transaction (group commit)."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import apsw

from engine.codec import encode_event, pack_event
from engine.errors import LedgerUnavailable, Overloaded
from engine.ledger import chain
from engine.ledger.model import (
    AlreadySupplemented,
    DuplicateRecord,
    NewRecord,
    RecordRef,
    RecordRefused,
    StoredAnswer,
)
from engine.ledger.schema import scrub
from engine.privacy import Erased, Sealer

_RETRY_AFTER_S = 0.2
_RECORDS_OWN = (ValueError, TypeError, OverflowError, apsw.ConstraintError, apsw.TooBigError)
"""What one record may have wrong with it (an integer of 65 bits, a lone surrogate, a sealed answer
that was altered). It says nothing about the disk, so it fails that record and no other."""
_COLUMNS = chain.ALL_COLUMNS
_INSERT = (
    f"INSERT INTO records ({', '.join(_COLUMNS)}, chain)"  # noqa: S608 - constants
    f" VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})"
)


@dataclass(frozen=True, slots=True)
class _Append:
    record: NewRecord
    done: asyncio.Future[RecordRef]


@dataclass(frozen=True, slots=True)
class _Erase:
    subject: str
    done: asyncio.Future[int]


_Job = _Append | _Erase
_Settled = Callable[[], None]


class Writer:
    """Owns the writing connection. ``capacity`` bounds the jobs that wait,
    ``group`` those in one transaction.

    ``on_commit`` gets the last outbox position; ``on_failure`` is called once, when a write
    failed. Both run on the event loop.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        sealer: Sealer,
        *,
        capacity: int,
        group: int,
        on_commit: Callable[[int], None],
        on_failure: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._sealer = sealer
        self._capacity = capacity
        self._group = group
        self._on_commit = on_commit
        self._on_failure = on_failure
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._failed = False
        self._to_scrub = False
        self.commits = 0
        self._sequence, self._head = self._last()
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._thread.start()

    @property
    def healthy(self) -> bool:
        """False after a failed write."""
        return not self._failed

    async def append(self, record: NewRecord) -> RecordRef:
        """Return once the record is durable."""
        done: asyncio.Future[RecordRef] = self._loop.create_future()
        self._submit(_Append(record, done))
        return await done

    async def erase(self, subject: str) -> int:
        """Delete the person's keys."""
        done: asyncio.Future[int] = self._loop.create_future()
        self._submit(_Erase(subject, done))
        return await done

    async def close(self) -> None:
        """Commit what waits and end the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        await asyncio.to_thread(self._thread.join)
        self._connection.close()

    def _submit(self, job: _Job) -> None:
        with self._wake:
            if self._failed or self._closing:
                raise _unavailable()
            if len(self._waiting) >= self._capacity:
                raise Overloaded("too many records wait to be written", _RETRY_AFTER_S)
            self._waiting.append(job)
            self._wake.notify()

    def _last(self) -> tuple[int, bytes]:
        row = self._connection.execute(
            "SELECT sequence, chain FROM records ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        return (row[0], row[1]) if row else (0, chain.GENESIS)

    def _run(self) -> None:
        while jobs := self._next_jobs():
            try:
                settled, position = self._commit(jobs)
            except Exception:  # noqa: BLE001 - whatever it was, the disk's state is unknown now
                self._fail(jobs)
                return
            self.commits += 1
            self._tell(settled, position)

    def _next_jobs(self) -> list[_Job]:
        with self._wake:
            while not self._waiting and not self._closing:
                self._wake.wait()
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), self._group))]

    def _commit(self, jobs: list[_Job]) -> tuple[list[_Settled], int]:
        """Do the jobs in one transaction. A failed sync surfaces here and is never retried."""
        before = (self._sequence, self._head)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            settled = [self._settle(job) for job in jobs]
            self._connection.execute("COMMIT")
            self._to_scrub = self._to_scrub and not scrub(self._connection)
        except BaseException:
            self._sequence, self._head = before
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return settled, last_position(self._connection)

    def _settle(self, job: _Job) -> _Settled:
        """Do one job, or undo its part of the transaction and refuse it alone."""
        before = (self._sequence, self._head)
        try:
            with self._connection:
                settled = self._do(job)
        except _RECORDS_OWN as error:
            self._sequence, self._head = before
            refused = RecordRefused(type(error).__name__)
            return lambda: _reject(job.done, refused)
        return settled

    def _do(self, job: _Job) -> _Settled:
        if isinstance(job, _Erase):
            erased = self._erase(job.subject)
            return lambda: _resolve(job.done, erased)
        try:
            stored = self._stored(job.record)
        except Erased as erased_error:
            refusal: Exception = erased_error
            return lambda: _reject(job.done, refusal)
        if stored is not None:
            return lambda: _reject(job.done, DuplicateRecord(stored))
        if follower := self._follower(job.record.supplements):
            return lambda: _reject(job.done, AlreadySupplemented(follower))
        reference = RecordRef(self._insert(job.record))
        return lambda: _resolve(job.done, reference)

    def _erase(self, subject: str) -> int:
        self._connection.execute(
            "UPDATE subject_keys SET wrapped = NULL WHERE subject = ? AND wrapped IS NOT NULL",
            (subject,),
        )
        self._to_scrub = True
        return self._connection.changes()

    def _stored(self, record: NewRecord) -> StoredAnswer | None:
        row = self._connection.execute(
            "SELECT decision_id, fingerprint, answer, r.key_id, r.subject, wrapped FROM records r"
            " JOIN subject_keys USING (key_id)"
            " WHERE (caller = ? AND request_id = ?) OR decision_id = ?",
            (record.caller, record.request_id, record.decision_id),
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

    def _follower(self, decision_id: str) -> str:
        """The decision that supplements this one; "" if there is none."""
        row = self._connection.execute(
            "SELECT decision_id FROM records WHERE supplements = ? AND supplements <> ''",
            (decision_id,),
        ).fetchone()
        return "" if row is None else str(row[0])

    def _key(self, subject: str) -> tuple[int, bytes]:
        row = self._connection.execute(
            "SELECT key_id, wrapped FROM subject_keys WHERE subject = ? AND wrapped IS NOT NULL",
            (subject,),
        ).fetchone()
        if row is not None:
            return row[0], row[1]
        wrapped = self._sealer.new_key(subject)
        self._connection.execute(
            "INSERT INTO subject_keys (subject, wrapped) VALUES (?, ?)", (subject, wrapped)
        )
        return self._connection.last_insert_rowid(), wrapped

    def _insert(self, record: NewRecord) -> int:
        key_id, wrapped = self._key(record.subject)
        key = self._sealer.key(key_id, record.subject, wrapped)
        sequence = self._sequence + 1
        given: dict[str, str | int | bytes] = {
            "sequence": sequence,
            "key_id": key_id,
            "body": self._sealer.seal(key, f"body:{record.decision_id}", record.body),
            "answer": self._sealer.seal(key, f"answer:{record.decision_id}", record.answer),
        }
        values: list[str | int | bytes] = [
            given[name] if name in given else getattr(record, name) for name in _COLUMNS
        ]
        encoded = pack_event if record.loaded else encode_event
        events = [encoded(event) for event in record.graph_events]
        head = chain.link(self._head, chain.hashed(values), [body for _, body in events])
        self._connection.execute(_INSERT, (*values, head))
        self._connection.executemany(
            "INSERT INTO outbox (sequence, kind, body) VALUES (?, ?, ?)",
            [(sequence, kind, body) for kind, body in events],
        )
        self._connection.executemany(
            "INSERT INTO loaded_events (about, content) VALUES (?, ?)", record.loaded
        )
        self._sequence, self._head = sequence, head
        return sequence

    def _tell(self, settled: list[_Settled], position: int) -> None:
        def on_loop() -> None:
            for settle in settled:
                settle()
            self._on_commit(position)

        self._loop.call_soon_threadsafe(on_loop)

    def _fail(self, jobs: list[_Job]) -> None:
        with self._wake:
            self._failed = True
            lost = [*jobs, *self._waiting]
            self._waiting.clear()

        def on_loop() -> None:
            for job in lost:
                _reject(job.done, _unavailable())
            self._on_failure()

        self._loop.call_soon_threadsafe(on_loop)


def last_position(connection: apsw.Connection) -> int:
    """The last position of the outbox; 0 if it is empty."""
    row = connection.execute("SELECT max(position) FROM outbox").fetchone()
    return (row[0] or 0) if row else 0


def _unavailable() -> LedgerUnavailable:
    return LedgerUnavailable("the ledger cannot write; nothing is decided until it can")


def _resolve(done: asyncio.Future[RecordRef] | asyncio.Future[int], value: object) -> None:
    if not done.done():
        done.set_result(value)  # type: ignore[arg-type]


def _reject(done: asyncio.Future[RecordRef] | asyncio.Future[int], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
