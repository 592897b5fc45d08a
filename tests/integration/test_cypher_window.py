"""The Cypher window over real gRPC, on both stores: everything that is tried is refused."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from client_examples.applications import Person
from tests.corpus.cypher_attacks import HONEST, REFUSED, STOPPED
from tests.investigators import Office, office, raw
from tests.neo4j_server import Neo4jServer
from tests.unit.api.harness import Told, told_by
from touchstone.v1 import graph_pb2 as pb
from touchstone.v1 import graph_types_pb2 as types

STORES = ["embedded", pytest.param("neo4j", marks=pytest.mark.xdist_group("neo4j"))]
PEOPLE = 60
_PATIENT_MS = 5_000
"""For statements that must end by themselves, also on a busy machine."""


@pytest.fixture(params=STORES)
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """A server with some applications in its graph, of each kind."""
    server: Neo4jServer | None = None
    if request.param == "neo4j":
        server = request.getfixturevalue("neo4j_database")
    async with office(tmp_path, server) as opened:
        await asyncio.gather(*(opened.decide(n, device=f"shared-{n // 3}") for n in range(PEOPLE)))
        # An investigator waits until the graph holds what was decided before.
        await opened.ask("SearchGraph", pb.SearchGraphRequest(subject=raw("device", "shared-0")))
        yield opened


async def run(desk: Office, statement: str, **options: object) -> pb.RunCypherResponse:
    """The answer of one statement."""
    request = pb.RunCypherRequest(statement=statement, **options)  # type: ignore[arg-type]
    answer: pb.RunCypherResponse = await desk.ask("RunCypher", request)
    return answer


async def refused(desk: Office, statement: str, **options: object) -> Told:
    """What a refused statement told."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await run(desk, statement, **options)
    return told_by(caught.value)


async def test_every_attack_is_refused_and_changes_nothing(desk: Office) -> None:
    """Writes, files, procedures, tricks and exhaustion: all of the list, each where it stands."""
    before = await desk.app.app.graph.counts(timeout_s=10)
    assert len(REFUSED) >= 60
    for name, statement in REFUSED.items():
        told = await refused(desk, statement)
        assert (name, told.code) == (name, "INVALID_ARGUMENT")
        assert list(told.fields) == ["statement"], name
    assert await desk.app.app.graph.counts(timeout_s=10) == before
    listed = await desk.ask("ListAccess", pb.ListAccessRequest(page_size=200), "ada")
    seen = [x.result for x in listed.accesses if x.method == "RunCypher"]
    assert seen == ["INVALID_APPLICATION"] * len(
        [x for x in REFUSED.values() if 0 < len(x) <= 4000]
    )


async def test_a_runaway_is_stopped_and_decisions_go_on(desk: Office) -> None:
    """By time or memory; meanwhile decisions are made, with the graph."""
    for place, statement in enumerate(STOPPED):
        running = asyncio.create_task(refused(desk, statement, timeout_ms=1_000))
        await asyncio.sleep(0.3)
        for number in range(3):
            made = await desk.decide(1_000_000 + 10 * place + number)
            seen = await desk.ask("GetDecisionGraph", pb.GetDecisionGraphRequest(decision_id=made))
            assert seen.status == "ok"
        told = await running
        assert told.reason in {"WINDOW_FAILED", "GRAPH_LATE"}, statement
    assert (await run(desk, "RETURN 1 AS one")).rows[0].values == ["1"]


async def test_honest_questions_are_answered_alike(desk: Office) -> None:
    """What the grammar allows both stores understand, with the same columns."""
    kinds = await run(desk, HONEST[0])
    assert list(kinds.columns) == ["kind", "n"]
    found = {json.loads(row.values[0]): json.loads(row.values[1]) for row in kinds.rows}
    assert (found["device"], found["phone"]) == (PEOPLE // 3, PEOPLE)
    shared = await run(desk, HONEST[1])
    assert [json.loads(row.values[1]) for row in shared.rows] == [3] * 5
    assert shared.columns[0] == "i.masked"
    for statement in HONEST:
        answer = await run(desk, statement)
        assert all(len(row.values) == len(answer.columns) for row in answer.rows)
    (node,) = (await run(desk, HONEST[-1])).rows
    assert json.loads(node.values[0]) == "Applicant"
    assert set(json.loads(node.values[1])) == {"labels", "properties"}


async def test_a_raw_identifier_is_a_parameter_and_never_told(desk: Office) -> None:
    """It becomes its token; texts in the statement are hidden in the access log."""
    phone = Person(number=1).phone
    statement = "MATCH (a:Applicant)-[:USES]->(i:Identifier {key: $who}) RETURN a.key"
    who = pb.CypherParameter(name="who", identifier=types.RawIdentifier(kind="phone", value=phone))
    answer = await run(desk, statement, parameters=[who])
    assert len(answer.rows) == 1
    await run(desk, f"MATCH (i:Identifier) WHERE i.masked = '{phone}' RETURN i.key")
    listed = await desk.ask("ListAccess", pb.ListAccessRequest(), "ada")
    assert phone not in str(listed)
    assert "'***'" in listed.accesses[0].detail
    assert listed.accesses[1].subjects[0].startswith("phone:")
    assert "$who" in listed.accesses[1].detail


async def test_rows_and_bytes_are_bounded(desk: Office) -> None:
    """A thousand rows, a mebibyte; that there are more is said."""
    many = await run(desk, "MATCH (a), (b) RETURN a.key, b.key", timeout_ms=_PATIENT_MS)
    assert (len(many.rows), many.cut) == (1000, True)
    heavy = await run(
        desk,
        "MATCH (a:Applicant), (b) WITH a, collect(b.key) AS x LIMIT 5 "
        "MATCH (c:Applicant) RETURN a.key, c.key, x, x AS y, x AS z",
        timeout_ms=_PATIENT_MS,
    )
    assert heavy.cut
    assert heavy.ByteSize() < 2 * 1_048_576
    few = await run(desk, "MATCH (a:Applicant) RETURN a.key LIMIT 5")
    assert (len(few.rows), few.cut) == (5, False)


async def test_one_at_a_time_and_the_others_wait_their_turn_or_are_told(desk: Office) -> None:
    """The window has one place: a queue of four, and no more."""
    slow = "MATCH (a), (b), (c) RETURN count(*) AS n"
    runs = [run(desk, slow, timeout_ms=500) for _ in range(9)]
    ends = await asyncio.gather(*runs, return_exceptions=True)
    reasons = [told_by(x).reason for x in ends if isinstance(x, grpc.aio.AioRpcError)]
    assert len(reasons) == 9
    assert reasons.count("GRAPH_UNAVAILABLE") == 4
    assert (await run(desk, "RETURN 1 AS one")).rows[0].values == ["1"]


async def test_random_statements_never_change_anything(desk: Office) -> None:
    """Words of attacks and of honest questions, shuffled: run or refused, never written."""
    seed = random.Random(7)
    words = sorted({word for text in (*REFUSED.values(), *HONEST) for word in text.split()})
    before = await desk.app.app.graph.counts(timeout_s=10)
    outcomes = set()
    for _ in range(150):
        pieces = seed.choice([*HONEST, *REFUSED.values()]).split()
        for _ in range(seed.randint(1, 3)):
            pieces.insert(seed.randint(0, len(pieces)), seed.choice(words))
        try:
            await run(desk, " ".join(pieces)[:4000] or "x", timeout_ms=300)
            outcomes.add("OK")
        except grpc.aio.AioRpcError as error:
            outcomes.add(told_by(error).reason)
    assert outcomes <= {"OK", "INVALID_APPLICATION", "WINDOW_FAILED", "GRAPH_LATE"}
    assert await desk.app.app.graph.counts(timeout_s=10) == before
