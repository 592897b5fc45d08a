"""Runs statements of the window on Neo4j: read access, a time limit there, few rows at a time."""

from __future__ import annotations

from typing import Any

import neo4j.graph
from neo4j.exceptions import Neo4jError

from graph.neo4j_client import LATE_CODES, Neo4jClient
from graph.window.embedded import TOO_LARGE, TOO_LATE
from graph.window.model import MOST_BYTES, Statement, WindowAnswer, WindowFailed
from graph.window.values import answer_of

_OUT_OF_MEMORY = "Neo.TransientError.General.MemoryPoolOutOfMemoryError"
_TRANSACTION_OUT_OF_MEMORY = "Neo.TransientError.General.TransactionOutOfMemoryError"


async def run_on_neo4j(
    client: Neo4jClient, statement: Statement, *, timeout_s: float
) -> WindowAnswer:
    """The rows. Raises ``WindowFailed``, ``GraphLate`` and ``GraphUnavailable``."""
    try:
        rows = await client.some(
            statement.text,
            statement.parameters,
            most_rows=statement.rows + 1,
            most_bytes=MOST_BYTES,
            timeout_s=timeout_s,
        )
    except Neo4jError as error:
        raise WindowFailed(_reason(error)) from error
    return answer_of(statement, [[_value(cell) for cell in row] for row in rows])


def _reason(error: Neo4jError) -> str:
    # The code and not the message: a message may quote values.
    if error.code in LATE_CODES:
        return TOO_LATE
    if error.code in {_OUT_OF_MEMORY, _TRANSACTION_OUT_OF_MEMORY}:
        return TOO_LARGE
    return f"the graph refused the statement: {error.code}"


def _value(value: Any) -> object:  # noqa: ANN401 - a driver that knows no types
    match value:
        case neo4j.graph.Node():
            return {"labels": sorted(value.labels), "properties": dict(sorted(value.items()))}
        case neo4j.graph.Relationship():
            return {"type": value.type, "properties": dict(value.items())}
        case neo4j.graph.Path():
            return {
                "nodes": [_value(node) for node in value.nodes],
                "relationships": [_value(link) for link in value.relationships],
            }
        case list() | tuple():
            return [_value(item) for item in value]
        case str() | int() | float() | bool() | None:
            return value
        case _:
            return str(value)
