"""Any decision can be evaluated again from the ledger alone, with the same bytes."""

from __future__ import annotations

import random
from pathlib import Path

import grpc

from client_examples.applications import (
    Person,
    application,
    clean_bureau,
    indebted_bureau,
    thin_bureau,
)
from engine.policy import load_policy
from engine.record import replay
from tests.raw_calls import RawCall
from tests.running_app import POLICY, running_app
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import graph_pb2, graph_pb2_grpc, types_pb2


def _mixed(number: int, chance: random.Random) -> types_pb2.Application:
    """People who share devices, of every quality of file."""
    bureau = chance.choice([clean_bureau(), thin_bureau(), indebted_bureau(), None])
    return application(
        Person(number=number, device=f"device-{chance.randrange(12)}"),
        product=chance.choice(["classic", "gold", "platinum"]),
        expected_limit=chance.choice([None, 5_000, 40_000, 900_000]),
        bureau=bureau,
        lines_elsewhere=chance.choice([None, (), (20_000,), (150_000, 80_000)]),
        monthly_income=chance.choice([None, 3_000, 15_000, 60_000]),
    )


async def test_every_stored_decision_replays_to_the_same_bytes(tmp_path: Path) -> None:
    """Also later, with marks made meanwhile, by a policy loaded afresh."""
    chance = random.Random(7)
    async with running_app(tmp_path) as app, grpc.aio.insecure_channel(app.address) as channel:
        decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")
        marks = graph_pb2_grpc.GraphServiceStub(channel)
        decided: list[str] = []
        for number in range(120):
            request = pb.DecideRequest(
                request_id=f"replay:{number}", application=_mixed(number, chance)
            )
            answer = await decide(request.SerializeToString(), timeout=10)
            decided.append(pb.DecideResponse.FromString(answer).decision.decision_id)
            if number % 10 == 9:
                await marks.MarkFraud(
                    graph_pb2.MarkFraudRequest(
                        request_id=f"mark:{number}",
                        decision_id=chance.choice(decided),
                        fraud_type="identity_theft",
                        source="test_desk",
                    )
                )
        records = [await app.ledger.get(decision_id) for decision_id in decided]

    policy = load_policy(POLICY)
    replays = [replay(policy, record.body) for record in records if record is not None]

    assert len(replays) == 120
    assert all(one.same for one in replays)
    assert len({one.stored.outcome for one in replays}) == 3
    policy.rules.close()
