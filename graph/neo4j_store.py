"""The Neo4j store: the statements of the embedded one, over Bolt.

A decision's neighbourhood is one statement in one round trip. The projector is the only writer; a
batch is one transaction that first takes the lock of the ``GraphMeta`` node. A batch that was given
up for late, and commits after all, has therefore ended before the next one reads where the graph
stands: nothing older is ever written over something newer.

The server may be away when the store is opened. Schema and stored caps are looked at when the
projector first asks for the position, and again whenever the graph turns out to have been replaced.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import neo4j

from graph.apply import apply_events, touched_keys
from graph.assemble import assemble
from graph.investigate.model import Answer, Question, require_bounds
from graph.investigate.rows import answer_of, statement_of
from graph.model import NOBODY, Neighbourhood, NeighbourhoodQuery
from graph.neo4j_client import Neo4jClient, rows
from graph.rows import (
    Record,
    counts_of,
    hinted_text,
    neighbourhood_parameters,
    schema_statements,
    subgraph_of,
)
from graph.settings import GraphSettings
from graph.store import (
    GraphBehind,
    GraphCounts,
    GraphUnavailable,
    OutboxEvent,
    PendingView,
)
from graph.subgraph import Subgraph, seeds_beyond
from graph.upkeep import Steps
from graph.window.model import Statement, WindowAnswer
from graph.window.neo4j import run_on_neo4j
from graph.written import project_parameters, touched_of

_CLEAR_AT_ONCE = 10_000
# Lists of 11 to 100 are planned alike. Only identifiers of applicants that wait can be more.
_LIST_LEAST = 11
_LIST_MOST = 100
# A removal that comes between the parts of an answer is met once, hardly ever twice.
_TRIES = 3
_T = TypeVar("_T")


class Neo4jGraphStore:
    """A ``GraphStore`` in one database of a server, which one Touchstone writes to.

    A database written under other caps is emptied of applicants and identifiers before its position
    is told: 0 then, and it is rebuilt from the outbox.
    """

    def __init__(self, client: Neo4jClient, settings: GraphSettings | None = None) -> None:
        self._client = client
        self._settings = settings or GraphSettings()
        self._digest = self._settings.projection_digest()
        self._prepared = False

    async def neighbourhood(
        self, query: NeighbourhoodQuery, pending: PendingView, *, timeout_s: float
    ) -> Neighbourhood:
        """As the protocol says."""
        if len(query.links) > self._settings.links_per_application:
            raise ValueError(f"more than {self._settings.links_per_application} links")
        beyond = seeds_beyond(query, pending, self._settings)
        parameters = _padded(neighbourhood_parameters(query, beyond))
        deadline = time.monotonic() + timeout_s
        for _ in range(_TRIES):
            records = await self._client.read(
                hinted_text("neighbourhood"),
                parameters,
                timeout_s=_left(deadline),
                about=query.applicant_key,
            )
            found = self._whole(records)
            if found is not None:
                return assemble(query, self._stored(found, query), pending, self._settings)
        raise GraphUnavailable("links were removed while they were read")

    async def look(self, question: Question, *, timeout_s: float) -> Answer:
        """As ``InvestigatorStore`` says."""
        require_bounds(question)
        name, parameters = statement_of(question)
        records = await self._client.read(
            hinted_text(name), _padded(parameters), timeout_s=timeout_s
        )
        try:
            return answer_of(question, _apart(records))
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise GraphUnavailable("the graph's answer has not the form it should") from error

    async def run(self, statement: Statement, *, timeout_s: float) -> WindowAnswer:
        """As ``InvestigatorStore`` says."""
        return await run_on_neo4j(self._client, statement, timeout_s=timeout_s)

    async def project(self, events: Sequence[OutboxEvent], *, after: int, timeout_s: float) -> None:
        """As the protocol says."""
        positions = [position for position, _ in events]
        if [after, *positions] != sorted({after, *positions}):
            raise ValueError("positions must increase")
        if not events:
            return

        async def work(transaction: neo4j.AsyncTransaction) -> None:
            await self._project(transaction, events, after)

        try:
            await self._client.write(work, timeout_s=timeout_s)
        except GraphBehind:
            self._prepared = False
            self._client.forget_bookmarks()
            raise

    async def position(self, *, timeout_s: float) -> int:
        """As the protocol says. Creates the schema where it is missing."""
        deadline = time.monotonic() + timeout_s
        if not self._prepared:
            await self._prepare(deadline)
        records = await self._client.read(hinted_text("meta"), {}, timeout_s=_left(deadline))
        return int(records[0]["position"]) if records else 0

    async def counts(self, *, timeout_s: float) -> GraphCounts:
        """As the protocol says."""
        return counts_of(await self._client.read(hinted_text("counts"), {}, timeout_s=timeout_s))

    async def carry_out(self, steps: Steps[_T], *, timeout_s: float) -> _T:
        """As ``UpkeepStore`` says, in one transaction."""

        async def work(transaction: neo4j.AsyncTransaction) -> _T:
            await self._lock(transaction)
            try:
                name, parameters = next(steps)
                while True:
                    found = await _ask(transaction, name, parameters)
                    name, parameters = steps.send(_rows_of(found))
            except StopIteration as ended:
                result: _T = ended.value
                return result

        return await self._client.write(work, timeout_s=timeout_s)

    async def empty(self, *, timeout_s: float) -> None:
        """Delete every applicant and identifier; the position is 0 then.

        Interrupted, it is gone on with when the position is next asked for.
        """
        deadline = time.monotonic() + timeout_s
        await self._clear(deadline)
        self._prepared = False

    async def close(self) -> None:
        """As the protocol says."""
        await self._client.close()

    def _whole(self, records: Sequence[Record]) -> list[Record] | None:
        """The rows; ``None`` if something was removed between the first and the last of them.

        ``GraphUnavailable`` if they are not what was asked for.
        """
        with _formed():
            found = _apart(records)
            ends = {x["part"]: x["row"] for x in found if x["part"] in {"position", "removals"}}
            if not ends:
                return found
            _, digest, removals = ends["position"]
            if digest != self._digest:
                raise GraphUnavailable("the graph was written under other caps")
            return found if ends["removals"] == [removals] else None

    def _stored(self, found: Sequence[Record], query: NeighbourhoodQuery) -> Subgraph:
        """The rows as a subgraph."""
        with _formed():
            return subgraph_of(found, query.as_of_us)

    async def _project(
        self, transaction: neo4j.AsyncTransaction, events: Sequence[OutboxEvent], after: int
    ) -> None:
        reached = await self._lock(transaction)
        if reached < after:
            raise GraphBehind("the graph is behind the projector")
        fresh = [event for position, event in events if position > reached]
        if not fresh:
            return
        applicants, identifiers = touched_keys(fresh)
        keys = {"applicants": applicants, "identifiers": identifiers}
        touched = touched_of(_apart(await _ask(transaction, "touched", keys)))
        changed = apply_events(touched, fresh, self._settings)
        parameters = project_parameters(touched, changed, events[-1][0], self._settings)
        await _ask(transaction, "project", parameters)

    async def _lock(self, transaction: neo4j.AsyncTransaction) -> int:
        """The position, read as the only writer."""
        (record,) = await _ask(transaction, "lock", {"digest": self._digest})
        if record["digest"] != self._digest:
            raise GraphBehind("the graph was written under other caps")
        return int(record["position"])

    async def _prepare(self, deadline: float) -> None:
        for statement in schema_statements():
            await self._client.run(statement, timeout_s=_left(deadline))
        records = await self._client.read(hinted_text("meta"), {}, timeout_s=_left(deadline))
        if records and records[0]["digest"] != self._digest:
            await self._clear(deadline)
        await self._plan(deadline)
        self._prepared = True

    async def _plan(self, deadline: float) -> None:
        """Have the decisions' statement planned before the first of them has to wait for it."""
        query = NeighbourhoodQuery(applicant_key=NOBODY, links=(), as_of_us=0, since_us=0)
        for beyond in ([], [NOBODY] * (_LIST_MOST + 1)):
            parameters = _padded(neighbourhood_parameters(query, []) | {"beyond": beyond})
            await self._client.read(
                hinted_text("neighbourhood"), parameters, timeout_s=_left(deadline)
            )

    async def _clear(self, deadline: float) -> None:
        """Empty the graph in steps. Interrupted, it is begun again by the next ``position``."""
        await self._restart("", deadline)
        deleted = _CLEAR_AT_ONCE
        while deleted:
            deleted = await self._clear_some(deadline)
        await self._restart(self._digest, deadline)

    async def _restart(self, digest: str, deadline: float) -> None:
        await self._client.write(
            lambda transaction: _ask(transaction, "restart", {"digest": digest}),
            timeout_s=_left(deadline),
        )

    async def _clear_some(self, deadline: float) -> int:
        records = await self._client.write(
            lambda transaction: _ask(transaction, "clear", {"most": _CLEAR_AT_ONCE}),
            timeout_s=_left(deadline),
        )
        return int(records[0]["n"])


@contextmanager
def _formed() -> Iterator[None]:
    """``GraphUnavailable`` for rows that have not the form they should."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise GraphUnavailable("the graph's answer has not the form it should") from error


def _rows_of(records: Sequence[Record]) -> Sequence[Record]:
    """Rows as the embedded store gives them, of a statement with parts or without.

    ``in`` would look at a record's values.
    """
    names = list(records[0].keys()) if records else []
    return _apart(records) if "rows" in names else records


async def _ask(
    transaction: neo4j.AsyncTransaction, name: str, parameters: dict[str, Any]
) -> list[Record]:
    result = await transaction.run(hinted_text(name), parameters)
    return await rows(result)


def _apart(records: Sequence[Record]) -> list[Record]:
    """Rows as the embedded store gives them, from records that each hold a part's rows."""
    return [{"part": record["part"], "row": row} for record in records for row in record["rows"]]


def _padded(parameters: dict[str, Any]) -> dict[str, Any]:
    """The same question in lists of which the planner expects the same length.

    It keeps a plan for each combination of lengths up to 1, 10, 100 and so on, and a decision that
    is the first with its own would wait for the planning: 0.2 s of its 0.3. Texts are told apart by
    length too; the keys of decisions are all of one.
    """
    return {
        name: value + [NOBODY] * (_LIST_LEAST - len(value)) if isinstance(value, list) else value
        for name, value in parameters.items()
    }


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
