"""Two hundred applications of one ring at once: the n-th admitted sees the n-1 before it.

The suite runs four rounds; `make fault` runs twenty.
"""

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
from tests.raw_calls import RawCall
from tests.running_app import RunningApp, running_app, waiting
from touchstone.v1 import decision_pb2 as pb

_MEMBERS = 200
# Wide enough that no near list is cut and no identifier becomes a hub: visibility is what is
# tested, by name. The second step is cut short; two hundred on one device would be all of it.
_WIDE = GraphSettings(
    caps=dict.fromkeys(IdentifierKind, 1000),
    near_per_identifier=1000,
    near_total=10_000,
    near_applicants=1,
    far_per_applicant=1,
    far_total=1,
)


async def _send_ring(app: RunningApp, run: int) -> list[str]:
    async with grpc.aio.insecure_channel(app.address) as channel:
        decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")

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


async def _records(app: RunningApp, decision_ids: list[str]) -> list[DecisionRecord]:
    """In the order of admission."""
    stored = [await app.ledger.get(decision_id) for decision_id in decision_ids]
    records = [decode(record.body, DecisionRecord) for record in stored if record is not None]
    return sorted(records, key=lambda record: record.admission.as_of_us)


@pytest.mark.parametrize(
    "runs",
    [pytest.param(4, marks=pytest.mark.slow), pytest.param(20, marks=pytest.mark.fault)],
)
async def test_every_member_of_a_ring_sees_all_that_were_admitted_before(
    tmp_path: Path, runs: int
) -> None:
    """By name, also those that are not yet in the graph, in every run."""
    async with running_app(
        tmp_path / "data",
        graph_settings=_WIDE,
        max_decisions=_MEMBERS,
        max_working=_MEMBERS,
    ) as app:
        for run in range(runs):
            before: set[str] = set()
            for record in await _records(app, await _send_ring(app, run)):
                assert record.gathered.graph is not None
                assert before == {row.applicant for row in record.gathered.graph.near}
                before.add(record.admission.decision_id)


async def test_a_burst_makes_no_healthy_source_look_late(tmp_path: Path) -> None:
    """With the bounds of production: exact up to the device's cap, then known to be over it."""
    cap = GraphSettings().caps[IdentifierKind.DEVICE]
    # Less than all of them take together, and more than one takes on a busy machine.
    policy = waiting(1_000, tmp_path / "policy")
    async with running_app(tmp_path / "data", policy_dir=policy, max_decisions=_MEMBERS) as app:
        records = await _records(app, await _send_ring(app, 0))

    assert [record.decision.degradations for record in records] == [()] * _MEMBERS
    for place, record in enumerate(records):
        assert record.gathered.graph is not None
        device = next(
            row for row in record.gathered.graph.identifiers if row.kind is IdentifierKind.DEVICE
        )
        assert (min(place, cap + 1), place > cap) == (device.degree, device.hub)
