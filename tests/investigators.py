"""A server with applications in it, and investigators who call it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from client_examples.applications import Person, application, clean_bureau
from engine.settings import Access, Graph
from tests.neo4j_server import Neo4jServer
from tests.running_app import RunningApp, running_app
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc, graph_pb2_grpc
from touchstone.v1 import graph_types_pb2 as types

ACCESS = Access(
    roles={
        "mobile": ("channel",),
        "ivy": ("investigator",),
        "ada": ("auditor",),
        "nobody": (),
    },
    loopback_roles=(),
)


@dataclass(frozen=True, slots=True)
class Office:
    """Stubs on one channel. Callers: mobile decides, ivy investigates, ada audits."""

    app: RunningApp
    decisions: Any
    graph: Any

    async def decide(self, number: int, **person: Any) -> str:
        """One application by ``mobile``; its decision id."""
        message = application(
            Person(number=number, **person), bureau=clean_bureau(), monthly_income=15_000
        )
        request = pb.DecideRequest(request_id=f"r:{number}", application=message)
        answer: pb.DecideResponse = await self.decisions.Decide(
            request, timeout=10, metadata=(("touchstone-caller", "mobile"),)
        )
        return answer.decision.decision_id

    async def ask(self, method: str, request: Any, caller: str = "ivy") -> Any:
        """The answer of ``GraphService``."""
        call = getattr(self.graph, method)
        return await call(request, timeout=20, metadata=(("touchstone-caller", caller),))


@asynccontextmanager
async def office(
    data_dir: Path, neo4j: Neo4jServer | None = None, **options: Any
) -> AsyncIterator[Office]:
    """The real server, with the embedded graph or the Neo4j given."""
    graph = None
    if neo4j is not None:
        password = data_dir / "password"
        password.write_text(neo4j.settings.password, encoding="utf-8")
        graph = Graph(
            graph_store="neo4j",
            neo4j_uri=neo4j.settings.uri,
            neo4j_user=neo4j.settings.user,
            neo4j_password_file=password,
        )
    async with (
        running_app(data_dir, graph=graph, access=ACCESS, **options) as app,
        grpc.aio.insecure_channel(app.address) as channel,
    ):
        await _reached(app)
        decisions: Any = decision_pb2_grpc.DecisionServiceStub(channel)
        yield Office(app, decisions, graph_pb2_grpc.GraphServiceStub(channel))


async def _reached(app: RunningApp) -> None:
    """A Neo4j may be there later than the server."""
    for _ in range(3000):
        if app.app.projector.position is not None:
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def raw(kind: str, value: str) -> types.GraphSubject:
    """An identifier as an investigator writes it."""
    return types.GraphSubject(identifier=types.RawIdentifier(kind=kind, value=value))


def decision(decision_id: str) -> types.GraphSubject:
    """An application."""
    return types.GraphSubject(decision_id=decision_id)
