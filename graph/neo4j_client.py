"""Calls to a Neo4j server: bounded, consumed, and with our errors instead of the driver's.

The driver's own patience is set to none. It would hold a call for half a minute when the server is
dead; here every call has one deadline, which covers connecting, waiting for a connection, the
statement and reading its result. The server gets a shorter one, so that it stops what nobody waits
for any more.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from graph.neo4j_settings import Neo4jSettings
from graph.rows import Record
from graph.store import GraphLate, GraphUnavailable

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

# Of the time left, what the server may use: the rest is for the way back.
_SERVER_SHARE = 0.9
# One retry is only worth while with time for it.
_RETRY_LEAST_S = 0.01
_CLOSE_S = 2.0
_FETCHED = 50
LATE_CODES = frozenset(
    {
        "Neo.ClientError.Transaction.TransactionTimedOut",
        "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
        "Neo.ClientError.Transaction.LockAcquisitionTimeout",
    }
)


class Neo4jClient:
    """One driver and its pool; belongs to the event loop that first uses it."""

    def __init__(self, settings: Neo4jSettings) -> None:
        self._settings = settings
        self._closed = False
        # Where reads of a cluster must have got to, so that they see what was projected.
        self._bookmarks: neo4j.Bookmarks | None = None
        self._driver = neo4j.AsyncGraphDatabase.driver(
            settings.uri,
            auth=(settings.user, settings.password),
            max_connection_pool_size=settings.pool,
            connection_timeout=settings.connect_s,
            connection_write_timeout=settings.connect_s,
            connection_acquisition_timeout=settings.acquire_s,
            max_transaction_retry_time=0.0,
            disable_auto_commit_retries=True,
            liveness_check_timeout=settings.idle_check_s,
            max_connection_lifetime=settings.lifetime_s,
            notifications_min_severity="OFF",
            warn_notification_severity="OFF",
            telemetry_disabled=True,
            user_agent="touchstone",
            # All rows in the first answer: they are bounded, and one round trip is the point.
            fetch_size=-1,
        )

    async def read(
        self, text: str, parameters: Mapping[str, Any], *, timeout_s: float, about: str = ""
    ) -> list[Record]:
        """The rows of one read-only statement, in one round trip.

        A failure that the driver calls retryable, such as a connection that went stale in the
        pool, is tried once more at once if there is time. ``about`` goes into the transaction's
        metadata.
        """

        async def call(deadline: float) -> list[Record]:
            try:
                return await self._read_once(text, parameters, deadline, about)
            except (DriverError, Neo4jError) as error:
                if not error.is_retryable() or deadline - time.monotonic() < _RETRY_LEAST_S:
                    raise
            return await self._read_once(text, parameters, deadline, about)

        return await self._bounded(call, timeout_s)

    async def some(
        self,
        text: str,
        parameters: Mapping[str, Any],
        *,
        most_rows: int,
        most_bytes: int,
        timeout_s: float,
    ) -> list[list[Any]]:
        """The first rows of a read-only statement, few at a time, until one of the bounds.

        Bytes are those of the rows' text, roughly. Raises ``Neo4jError`` as the server told it.
        """

        async def call(deadline: float) -> list[list[Any]] | Neo4jError:
            try:
                return await self._some(text, parameters, deadline, most_rows, most_bytes)
            except Neo4jError as error:
                return error

        found = await self._bounded(call, timeout_s)
        if isinstance(found, Neo4jError):
            raise found
        return found

    async def _some(
        self,
        text: str,
        parameters: Mapping[str, Any],
        deadline: float,
        most_rows: int,
        most_bytes: int,
    ) -> list[list[Any]]:
        found: list[list[Any]] = []
        async with self._driver.session(
            database=self._settings.database,
            default_access_mode=neo4j.READ_ACCESS,
            bookmarks=self._bookmarks,
            fetch_size=_FETCHED,
        ) as session:
            query = neo4j.Query(text, metadata=_metadata(""), timeout=_server_s(deadline))
            result = await session.run(query, dict(parameters))
            async for record in result:
                found.append(list(record.values()))
                most_bytes -= len(str(found[-1]))
                if len(found) >= most_rows or most_bytes < 0:
                    break
            # What is left is discarded by the server, not sent.
            await result.consume()
        return found

    async def write(
        self,
        work: Callable[[neo4j.AsyncTransaction], Awaitable[_T]],
        *,
        timeout_s: float,
        about: str = "",
    ) -> _T:
        """Do ``work`` in one transaction and commit it. No retry: the caller knows what to repeat.

        After ``GraphLate`` or ``GraphUnavailable`` it may have been committed or not.
        """

        async def call(deadline: float) -> _T:
            async with self._session(neo4j.WRITE_ACCESS) as session:
                transaction = await session.begin_transaction(
                    metadata=_metadata(about), timeout=_server_s(deadline)
                )
                async with transaction:
                    answer = await work(transaction)
                    await transaction.commit()
                if self._settings.is_routed:
                    self._bookmarks = await session.last_bookmarks()
                return answer

        return await self._bounded(call, timeout_s)

    async def run(self, text: str, *, timeout_s: float) -> None:
        """A statement that needs a transaction of its own, such as one about the schema."""

        async def call(deadline: float) -> None:
            async with self._session(neo4j.WRITE_ACCESS) as session:
                query = neo4j.Query(text, metadata=_metadata(""), timeout=_server_s(deadline))
                await (await session.run(query)).consume()

        await self._bounded(call, timeout_s)

    def forget_bookmarks(self) -> None:
        """The database was replaced: it will never reach what was written to the old one."""
        self._bookmarks = None

    async def close(self) -> None:
        """Close every connection; a server that does not take leave is left. Idempotent."""
        if self._closed:
            return
        self._closed = True
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._driver.close()
        except (TimeoutError, DriverError, OSError):
            _log.warning("neo4j: connections were not closed in order")

    async def _read_once(
        self, text: str, parameters: Mapping[str, Any], deadline: float, about: str
    ) -> list[Record]:
        async with self._session(neo4j.READ_ACCESS) as session:
            query = neo4j.Query(text, metadata=_metadata(about), timeout=_server_s(deadline))
            result = await session.run(query, dict(parameters))
            return await rows(result)

    @asynccontextmanager
    async def _session(self, mode: str) -> AsyncIterator[neo4j.AsyncSession]:
        async with self._driver.session(
            database=self._settings.database,
            default_access_mode=mode,
            bookmarks=self._bookmarks,
        ) as session:
            yield session

    async def _bounded(self, call: Callable[[float], Awaitable[_T]], timeout_s: float) -> _T:
        if self._closed:
            raise GraphUnavailable("the graph is closed")
        try:
            async with asyncio.timeout(timeout_s):
                return await call(time.monotonic() + timeout_s)
        except TimeoutError:
            raise GraphLate("the graph did not answer in time") from None
        except (GraphUnavailable, GraphLate):
            raise
        except Neo4jError as error:
            raise _refused(error) from error
        except Exception as error:
            # Whatever a broken or foreign server makes the driver raise, it is no answer.
            name = type(error).__name__
            raise GraphUnavailable(f"the graph cannot be reached: {name}") from error


async def rows(result: neo4j.AsyncResult) -> list[Record]:
    """All rows; the result is consumed, whatever comes after them."""
    records: list[Record] = [record async for record in result]
    await result.consume()
    return records


def _refused(error: Neo4jError) -> GraphLate | GraphUnavailable:
    # The code and not the message: a message may quote values.
    if error.code in LATE_CODES:
        return GraphLate("the graph's statement took too long")
    return GraphUnavailable(f"the graph refused the statement: {error.code}")


def _metadata(about: str) -> dict[str, str]:
    return {"app": "touchstone"} | ({"decision": about} if about else {})


def _server_s(deadline: float) -> float:
    """At least a millisecond: zero would mean without a bound."""
    return max(0.001, _SERVER_SHARE * (deadline - time.monotonic()))
