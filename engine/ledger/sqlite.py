"""The embedded ledger: SQLite in WAL mode, synchronous=FULL, one writer, group commit.

One process uses a data directory; a lock that dies with the process holds others off.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import apsw

from engine.errors import LedgerUnavailable
from engine.ledger import reader as read
from engine.ledger.model import (
    ListFilter,
    NewRecord,
    RecordPage,
    RecordRef,
    StoredAnswer,
    StoredRecord,
    VerifyReport,
)
from engine.ledger.reader import Reader
from engine.ledger.schema import lock, open_writer, require_keys
from engine.ledger.shared_reads import shared
from engine.ledger.sharing import SharedLines
from engine.ledger.writer import Writer, last_position
from engine.model import GrantedLine, History
from engine.privacy import Keyring, Sealer, private_directory
from graph.model import GraphEvent

FILE_NAME = "ledger.sqlite3"


class SqliteLedger:
    """Implements ``Ledger``. Create it with ``open``, on the event loop that uses it."""

    def __init__(
        self,
        path: Path,
        lock_descriptor: int,
        keyring: Keyring,
        capacity: int,
        group: int,
        on_failure: Callable[[], None],
    ) -> None:
        sealer = Sealer(keyring.master_key)
        self._lock = lock_descriptor
        connection = _opened(path, keyring)
        self._head = last_position(connection)
        self._more = asyncio.Event()
        self._closed = False
        self._writer = Writer(
            connection,
            sealer,
            capacity=capacity,
            group=group,
            on_commit=self._committed,
            on_failure=on_failure,
        )
        self._reader = Reader(path, sealer, keyring.token_key, threads=2)
        # A list over years or a walk of the chain must not make a decision wait.
        self._browser = Reader(path, sealer, keyring.token_key, threads=1)

    @classmethod
    async def open(
        cls,
        directory: Path,
        keyring: Keyring,
        *,
        capacity: int = 4096,
        group: int = 64,
        on_failure: Callable[[], None] = lambda: None,
    ) -> SqliteLedger:
        """Open or create the ledger in ``directory``.

        ``capacity``: records that may wait to be written; ``group``: in one commit.
        ``on_failure`` is called when a write failed: the process must stop answering. Raises
        ``LedgerUnavailable`` if another process uses the directory or a newer version wrote it,
        ``KeyringError`` if the ledger was written with other keys.
        """
        await asyncio.to_thread(private_directory, directory)
        descriptor = lock(directory)
        try:
            return cls(directory / FILE_NAME, descriptor, keyring, capacity, group, on_failure)
        except BaseException:
            os.close(descriptor)
            raise

    @property
    def healthy(self) -> bool:
        """False after a failed write."""
        return self._writer.healthy

    @property
    def commits(self) -> int:
        """Transactions committed since the start: fewer than records when commits are shared."""
        return self._writer.commits

    @property
    def last_position(self) -> int:
        """The last position of the outbox; 0 if it is empty."""
        return self._head

    async def append(self, record: NewRecord) -> RecordRef:
        """Return once it is durable. Raises as ``Ledger.append`` says."""
        return await self._writer.append(record)

    async def find(self, caller: str, request_id: str) -> StoredAnswer | None:
        """The answer to an earlier request. Raises ``Erased``."""
        self._require_healthy()
        return await self._reader.run(lambda c: self._reader.find(c, caller, request_id))

    async def get(self, decision_id: str) -> StoredRecord | None:
        """The record. Raises ``Erased``."""
        self._require_healthy()
        return await self._reader.run(lambda c: self._reader.get(c, decision_id))

    async def list(
        self, listing: ListFilter, *, caller: str | None, page_size: int, page_token: str
    ) -> RecordPage:
        """Decisions, newest first. Raises ``InvalidApplication`` for a foreign token."""
        self._require_healthy()
        return await self._browser.run(
            lambda c: self._browser.page(c, listing, caller, page_size, page_token)
        )

    async def history(self, subject: str, *, before_us: int, limit: int, but: str = "") -> History:
        """The person's decisions before that time, newest first."""
        self._require_healthy()
        return await self._reader.run(lambda c: read.history(c, subject, before_us, limit, but))

    async def granted(
        self, decision_ids: Sequence[str], *, before_us: int
    ) -> tuple[GrantedLine, ...]:
        """Lines granted on applications, as ``Ledger.granted`` says."""
        self._require_healthy()
        return await self._reader.run(lambda c: read.granted(c, decision_ids, before_us))

    async def shared(self, application: str, *, before_us: int, but: str) -> SharedLines:
        """What became of an application and what shares its line, as ``Ledger.shared`` says."""
        self._require_healthy()
        return await self._reader.run(lambda c: shared(c, application, before_us, but))

    async def decided_at_us(self, application: str) -> int:
        """When the last decision on it was made, as ``Ledger.decided_at_us`` says."""
        self._require_healthy()
        return await self._reader.run(lambda c: read.decided_at_us(c, application))

    async def read_after(self, position: int, limit: int) -> Sequence[tuple[int, GraphEvent]]:
        """The outbox after ``position``, in commit order."""
        self._require_healthy()
        return await self._reader.run(lambda c: read.read_after(c, position, limit))

    async def bodies(
        self, kind: str, *, after: int | None, limit: int
    ) -> Sequence[tuple[int, bytes]]:
        """Sequence and body of records of one kind, as ``Ledger.bodies`` says."""
        self._require_healthy()
        return await self._browser.run(lambda c: self._browser.bodies(c, kind, after, limit))

    async def loaded(self, about: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Of these digests of what an event is about, those loaded, with the content's."""
        self._require_healthy()
        return await self._browser.run(lambda c: read.loaded(c, about))

    async def newest(
        self, kind: str, *, subject: str | None, before: int | None, limit: int
    ) -> Sequence[tuple[int, StoredRecord]]:
        """Sequence and record, newest first, as ``Ledger.newest`` says."""
        self._require_healthy()
        return await self._browser.run(
            lambda c: self._browser.newest(c, kind, subject, before, limit)
        )

    async def wait_for_more(self, position: int, timeout: float) -> None:  # noqa: ASYNC109
        """Return once the outbox reaches beyond ``position``, or after ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while self._head <= position:
                    await self._more.wait()
        except TimeoutError:
            return

    async def last_at_us(self) -> int:
        """The latest time of any record; 0 if there is none."""
        return await self._reader.run(read.last_at_us)

    async def erase(self, subject: str) -> int:
        """Delete the person's keys; the number of keys deleted."""
        return await self._writer.erase(subject)

    async def verify(self) -> VerifyReport:
        """Walk the whole chain."""
        return await self._browser.run(read.verify)

    async def close(self) -> None:
        """Write what waits, then release everything. Idempotent."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._reader.close)
        await asyncio.to_thread(self._browser.close)
        await self._writer.close()
        os.close(self._lock)

    def _require_healthy(self) -> None:
        if not self._writer.healthy:
            raise LedgerUnavailable("the ledger failed; nothing is answered until a restart")

    def _committed(self, position: int) -> None:
        self._head = max(self._head, position)
        self._more.set()
        self._more = asyncio.Event()


def _opened(path: Path, keyring: Keyring) -> apsw.Connection:
    connection = open_writer(path)
    try:
        require_keys(connection, keyring)
    except BaseException:
        connection.close()
        raise
    return connection
