"""Reloads under load, against a server process; `python -m tests.bench.reload` is the long form."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from client_examples.local_server import LocalServer
from engine.codec import decode
from engine.ledger import SqliteLedger
from engine.lifecycle import BundleStore
from engine.policy import load_policy
from engine.privacy import Keyring
from engine.record import DecisionRecord, replay
from tests.reloads import Reload, by_roll_back, by_saving, measure

Way = Callable[[Path], AbstractContextManager[tuple[LocalServer, Reload]]]

_GENEROUS = 60 << 20
"""Bytes: a policy that stayed after each of 30 reloads would take several times as much."""


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("way", [by_roll_back, by_saving])
async def test_reloads_under_load(tmp_path: Path, way: Way) -> None:
    """No error, no decision of two policies, no policy that stays in memory."""
    with way(tmp_path) as (server, reload):
        found = await measure(server, reload, warm_up=10, reloads=30, calm_s=1)
    assert found.errors == []
    assert len(found.digests) >= 2
    assert found.resident[-1] - found.resident[0] < _GENEROUS
    data_dir = tmp_path / "data"
    ledger = await SqliteLedger.open(data_dir, Keyring.open(data_dir / "keys", ledger_exists=True))
    try:
        bodies = await ledger.bodies("decision", after=0, limit=100_000)
    finally:
        await ledger.close()
    store = BundleStore(data_dir / "policies")
    policies = {digest: load_policy(store.path(digest)) for digest in found.digests}
    assert len(bodies) >= len(found.calm) + len(found.reloading)
    for _, body in bodies[::3]:
        record = decode(body, DecisionRecord)
        assert replay(policies[record.decision.policy_digest], body).same
    for policy in policies.values():
        policy.rules.close()
