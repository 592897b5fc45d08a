"""kill -9 between any two steps of a change of policy: what is live is the last durable event.

The suite kills three times; `make fault` ten times.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from pathlib import Path

import grpc
import pytest

from client_examples.applications import Person, application, clean_bureau
from client_examples.local_server import LocalServer, local_server
from engine.cli import remote
from engine.cli.remote import Refused
from engine.codec import decode
from engine.ledger import SqliteLedger
from engine.lifecycle import BundleStore, EventKind
from engine.lifecycle.desk import recorded_events
from engine.lifecycle.state import fold
from engine.policy import load_policy
from engine.privacy import Keyring
from engine.record import DecisionRecord, replay
from tests.reloads import Team, bundle, governed_arguments
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc


def _change_until_killed(server: LocalServer, team: Team, digests: list[str], at_s: float) -> None:
    """Activations and roll-backs in turn, and decisions all the while, until the process dies."""
    killer = threading.Timer(at_s, server.process.kill)
    killer.start()
    number = time.time_ns()
    with grpc.insecure_channel(server.address) as channel:
        service = decision_pb2_grpc.DecisionServiceStub(channel)
        try:
            while server.process.poll() is None:
                number += 1
                person = application(Person(number=number % 10**8), bureau=clean_bureau())
                # Not waited for: the change comes while it is under way.
                request = pb.DecideRequest(request_id=f"{number}", application=person)
                under_way = service.Decide.future(request, timeout=10)
                team.turn(digests)
                under_way.result()
        except (grpc.RpcError, Refused) as gone:
            # Only for that reason; a change that was refused would be a defect.
            if "UNAVAILABLE" not in str(gone):
                raise
    killer.join()
    server.process.wait()


async def _kept(data_dir: Path) -> tuple[str, list[str], int]:
    """What the last durable event made live, what is wrong with the ledger, and the decisions."""
    keyring = Keyring.open(data_dir / "keys", ledger_exists=True)
    ledger = await SqliteLedger.open(data_dir, keyring)
    wrong = []
    try:
        events = await recorded_events(ledger)
        changes = (EventKind.INITIAL, EventKind.ACTIVATED, EventKind.ROLLED_BACK)
        last = [event for event in events if event.kind in changes][-1]
        if last.digest != fold(events, 1).live:
            wrong.append("the last event is not what is live")
        if problem := (await ledger.verify()).problem:
            wrong.append(problem)
        bodies = await ledger.bodies("decision", after=0, limit=10_000)
    finally:
        await ledger.close()
    store = BundleStore(data_dir / "policies")
    policies = {}
    for _, body in bodies:
        made = decode(body, DecisionRecord).decision.policy_digest
        if made not in policies:
            policies[made] = load_policy(store.path(made))
        if not replay(policies[made], body).same:
            wrong.append(f"a decision differs under {made}")
    for policy in policies.values():
        policy.rules.close()
    return last.digest, wrong, len(bodies)


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(3, marks=[pytest.mark.slow, pytest.mark.timeout(300)]),
        pytest.param(10, marks=[pytest.mark.fault, pytest.mark.timeout(1800)]),
    ],
)
def test_what_is_live_after_a_kill_is_the_last_durable_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int
) -> None:
    """Promise P7 under a crash: one policy, whole, and every decision under its own."""
    chance = random.Random(20260201)
    data_dir = tmp_path / "data"
    arguments = (*governed_arguments(tmp_path), f"--policy-dir={bundle(tmp_path, 'first')}")
    digests: list[str] = []
    expected = ""
    for turn in range(kills + 1):
        with (
            local_server(*arguments, data_dir=data_dir) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            team = Team(channel, tmp_path / "bob.pem")
            live = team.live()
            if not digests:
                digests = [live, team.approved(bundle(tmp_path, "second"))]
                team.activate(digests[1])
                # A server that was killed does not come back at its address.
                monkeypatch.setattr(remote, "_TRIES", 1)
            else:
                assert live == expected
            if turn < kills:
                _change_until_killed(server, team, digests, chance.uniform(0.3, 3.0))
        # Before the next server writes anything of its own.
        expected, wrong, made = asyncio.run(_kept(data_dir))
        assert wrong == []
        assert expected in digests
        assert made >= turn
