"""The embedded store: kglite in this process, durable in a directory.

One thread does everything. Concurrent reads would be correct, but a snapshot held while a
statement writes makes the engine copy the whole graph (17 ms instead of 0.1 ms at 60,000
applicants), and so does a multi-statement transaction; one statement at a time, in turn, does not.

Each commit is in the operating system's hands before it returns: it survives the death of the
process, not that of the machine. After that the position is an earlier one, in the same frame as
the data, and the outbox is projected again from there.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import kglite

from graph.apply import apply_events, touched_keys
from graph.assemble import assemble
from graph.investigate.model import Answer, Question, require_bounds
from graph.investigate.rows import answer_of, statement_of
from graph.model import Neighbourhood, NeighbourhoodQuery
from graph.rows import (
    Record,
    counts_of,
    neighbourhood_parameters,
    query_text,
    schema_statements,
    subgraph_of,
)
from graph.settings import GraphSettings
from graph.store import (
    GraphBehind,
    GraphCounts,
    GraphLate,
    GraphUnavailable,
    OutboxEvent,
    PendingView,
)
from graph.subgraph import seeds_beyond
from graph.upkeep import Steps
from graph.window.embedded import COPY, EmbeddedWindow
from graph.window.model import Statement, WindowAnswer
from graph.worker import Worker
from graph.written import project_parameters, touched_of

_FILE = "graph.kgl"
_T = TypeVar("_T")


class EmbeddedGraphStore:
    """A ``GraphStore`` on disk under ``directory``, which one process owns at a time.

    A directory written under other caps is wiped on opening: its position is 0 then, and it is
    rebuilt from the outbox.
    """

    def __init__(
        self,
        session: kglite.Session,
        settings: GraphSettings,
        worker: Worker,
        window: EmbeddedWindow,
    ) -> None:
        self._session = session
        self._window = window
        self._settings = settings
        self._worker = worker

    @classmethod
    async def open(
        cls,
        directory: Path,
        settings: GraphSettings | None = None,
        *,
        queue_length: int = 256,
        timeout_s: float = 60.0,
    ) -> EmbeddedGraphStore:
        """Open or create. ``GraphUnavailable`` if another process owns the directory."""
        settings = settings or GraphSettings()
        worker = Worker("graph", queue_length=queue_length)
        try:
            session = await worker.run(lambda _: _open(directory, settings), timeout_s)
        except BaseException:
            await worker.close(lambda: None)
            raise
        window = EmbeddedWindow(directory, session.backup, session.version)
        return cls(session, settings, worker, window)

    async def neighbourhood(
        self, query: NeighbourhoodQuery, pending: PendingView, *, timeout_s: float
    ) -> Neighbourhood:
        """As the protocol says."""
        if len(query.links) > self._settings.links_per_application:
            raise ValueError(f"more than {self._settings.links_per_application} links")
        beyond = seeds_beyond(query, pending, self._settings)
        parameters = neighbourhood_parameters(query, beyond)
        records = await self._run(
            lambda left: self._read("neighbourhood", parameters, left), timeout_s
        )
        return assemble(query, subgraph_of(records, query.as_of_us), pending, self._settings)

    async def look(self, question: Question, *, timeout_s: float) -> Answer:
        """As ``InvestigatorStore`` says."""
        require_bounds(question)
        name, parameters = statement_of(question)
        return answer_of(
            question, await self._run(lambda left: self._read(name, parameters, left), timeout_s)
        )

    async def run(self, statement: Statement, *, timeout_s: float) -> WindowAnswer:
        """As ``InvestigatorStore`` says: on a copy, in a process of its own."""
        return await self._window.run(statement, timeout_s=timeout_s)

    async def project(self, events: Sequence[OutboxEvent], *, after: int, timeout_s: float) -> None:
        """As the protocol says."""
        positions = [position for position, _ in events]
        if [after, *positions] != sorted({after, *positions}):
            raise ValueError("positions must increase")
        if events:
            await self._run(lambda left: self._project(events, after, left), timeout_s)

    async def position(self, *, timeout_s: float) -> int:
        """As the protocol says."""
        return await self._run(self._position, timeout_s)

    async def counts(self, *, timeout_s: float) -> GraphCounts:
        """As the protocol says."""
        return counts_of(await self._run(lambda left: self._read("counts", {}, left), timeout_s))

    async def carry_out(self, steps: Steps[_T], *, timeout_s: float) -> _T:
        """As ``UpkeepStore`` says. Each statement is done or undone as a whole."""
        return await self._run(lambda left: self._carry_out(steps, left), timeout_s)

    async def close(self) -> None:
        """As the protocol says; writes a checkpoint."""
        await self._window.close()
        await self._worker.close(self._session.close)

    async def _run(self, call: Callable[[float], _T], timeout_s: float) -> _T:
        return await self._worker.run(lambda left: _translated(call, left), timeout_s)

    def _read(self, name: str, parameters: dict[str, Any], left_s: float) -> list[Record]:
        result = self._session.cypher(
            query_text(name), params=parameters, timeout_ms=_milliseconds(left_s)
        )
        records: list[Record] = result.to_list()
        return records

    def _carry_out(self, steps: Steps[_T], left_s: float) -> _T:
        deadline = time.monotonic() + left_s
        try:
            name, parameters = next(steps)
            while True:
                left = deadline - time.monotonic()
                name, parameters = steps.send(self._do(name, parameters, left))
        except StopIteration as ended:
            result: _T = ended.value
            return result

    def _do(self, name: str, parameters: dict[str, Any], left_s: float) -> list[Record]:
        """One statement, that may write."""
        result = self._session.execute(
            query_text(name), params=parameters, timeout_ms=_milliseconds(left_s)
        )
        records: list[Record] = result.to_list()
        return records

    def _position(self, left_s: float) -> int:
        records = self._read("meta", {}, left_s)
        return int(records[0]["position"]) if records else 0

    def _project(self, events: Sequence[OutboxEvent], after: int, left_s: float) -> None:
        reached = self._position(left_s)
        if reached < after:
            raise GraphBehind("the graph is behind the projector")
        fresh = [event for position, event in events if position > reached]
        if not fresh:
            return
        applicants, identifiers = touched_keys(fresh)
        keys = {"applicants": applicants, "identifiers": identifiers}
        touched = touched_of(self._read("touched", keys, left_s))
        changed = apply_events(touched, fresh, self._settings)
        parameters = project_parameters(touched, changed, events[-1][0], self._settings)
        self._session.execute(
            query_text("project"), params=parameters, timeout_ms=_milliseconds(left_s)
        )


def _milliseconds(left_s: float) -> int:
    """At least one: zero would mean without a bound."""
    return max(1, int(left_s * 1000))


def _translated(call: Callable[[float], _T], left_s: float) -> _T:
    try:
        return call(left_s)
    except kglite.CypherTimeoutError as error:
        raise GraphLate("the graph's statement took too long") from error
    except (kglite.KgError, RuntimeError, OSError) as error:
        raise GraphUnavailable(f"the embedded graph failed: {type(error).__name__}") from error


def _open(directory: Path, settings: GraphSettings) -> kglite.Session:
    # Advice on statements goes to the result; nobody reads it on standard error.
    kglite.set_query_warning_policy("silent")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in directory.glob(f"{COPY}*"):
        left.unlink()
    try:
        session = _session(directory)
        if _digest(session) not in {None, settings.projection_digest()}:
            session.close()
            shutil.rmtree(directory)
            directory.mkdir(parents=True, mode=0o700)
            session = _session(directory)
    except (kglite.KgError, RuntimeError, OSError) as error:
        raise GraphUnavailable(f"the graph cannot be opened: {type(error).__name__}") from error
    return session


def _session(directory: Path) -> kglite.Session:
    session = kglite.open_session(str(directory / _FILE), durable="normal")
    for statement in schema_statements():
        session.execute(statement)
    return session


def _digest(session: kglite.Session) -> str | None:
    records = session.cypher(query_text("meta")).to_list()
    return str(records[0]["digest"]) if records else None
