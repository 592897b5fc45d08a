"""Two hundred applications of one ring at once: the n-th admitted sees the n-1 before it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import grpc
import pytest

from client_examples.applications import Person, application, clean_bureau
from engine.codec import decode
from engine.model import IdentifierKind
from engine.record import DecisionRecord
from graph.settings import GraphSettings
from tests.running_app import RunningApp, running_app
from touchstone.v1 import decision_pb2 as pb

_MEMBERS = 200
_RUNS = 20
# Wide enough that no list is cut and no identifier becomes a hub: visibility is what is tested.
_WIDE = GraphSettings(
    caps={kind: 1000 for kind in IdentifierKind},
    near_per_identifier=1000,
    near_total=10_000,
    near_applicants=1000,
)


async def _send_ring(app: RunningApp, run: int) -> list[str]:
    async with grpc.aio.insecure_channel(app.address) as channel:
        decide = channel.unary_unary("/touchstone.v1.DecisionService/Decide")

        async def one(number: int) -> str:
            message = application(
                Person(number=run * 1000 + number, device=f"ring-{run}"),
                bureau=clean_bureau(),
                monthly_income=15_000,
            )
            request = pb.DecideRequest(request_id=f"{run}:{number}", application=message)
            answer = await decide(request.SerializeToString(), timeout=60)
            return pb.DecideResponse.FromString(answer).decision.decision_id

        return await asyncio.gather(*(one(number) for number in range(_MEMBERS)))


@pytest.mark.slow
async def test_every_member_of_a_ring_sees_all_that_were_admitted_before(tmp_path: Path) -> None:
    """Also those that are not yet in the graph, in every run."""
    async with running_app(tmp_path, graph_settings=_WIDE, max_decisions=_MEMBERS) as app:
        for run in range(_RUNS):
            decision_ids = await _send_ring(app, run)
            records = [
                decode((await app.ledger.get(decision_id)).body, DecisionRecord)
                for decision_id in decision_ids
            ]
            records.sort(key=lambda record: record.admission.as_of_us)
            before: set[str] = set()
            for record in records:
                seen = {row.applicant for row in record.gathered.graph.near}
                assert before == seen
                before.add(record.admission.decision_id)
