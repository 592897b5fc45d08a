"""A directory that is watched: saved, broken, mended, moved away, put back, linked anew."""

from __future__ import annotations

import asyncio
import shutil
import sys
from io import StringIO
from pathlib import Path

import grpc
import pytest

from engine.codec import decode
from engine.lifecycle import BundleStore
from engine.lifecycle.desk import Command
from engine.policy import load_policy
from engine.record import DecisionRecord, replay
from engine.settings import Governance
from tests.integration.test_policy_lifecycle import changed, decided
from tests.raw_calls import RawCall
from tests.running_app import RunningApp, running_app

_WAIT_S = 20.0


async def _until_live(app: RunningApp, digest: str) -> None:
    async with asyncio.timeout(_WAIT_S):
        while app.app.policy.digest != digest:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


async def _until_told(terminal: StringIO, text: str) -> None:
    async with asyncio.timeout(_WAIT_S):
        while text not in terminal.getvalue():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


def _edit(root: Path, before: str, after: str) -> None:
    path = root / "eligibility.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    # As editors do: another file, renamed over the old one.
    draft = root / "eligibility.yaml~"
    draft.write_text(text.replace(before, after), encoding="utf-8")
    draft.rename(path)


def _digest(root: Path) -> str:
    policy = load_policy(root)
    policy.rules.close()
    return policy.digest


@pytest.mark.slow
async def test_a_save_is_taken_and_a_broken_one_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one stays live meanwhile; each decision can be made again under its own."""
    terminal = StringIO()
    monkeypatch.setattr(sys, "stderr", terminal)
    root = changed(tmp_path, "v1")
    other = changed(
        tmp_path, "v2", ("eligibility.yaml", "applicant.age < 18", "applicant.age < 21")
    )
    (other / "proofs.yaml").unlink()
    link = tmp_path / "policy"
    link.symlink_to(root)
    async with (
        running_app(
            tmp_path / "data", policy_dir=link, governance=Governance(policy_watch=True)
        ) as app,
        grpc.aio.insecure_channel(app.address) as channel,
    ):
        decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")
        digests = [(await decided(decide, 1)).decision.policy_digest]

        _edit(root, "applicant.age < 18", "applicant.age < 19")
        second = _digest(root)
        await _until_live(app, second)
        digests.append((await decided(decide, 2)).decision.policy_digest)

        _edit(root, "applicant.age < 19", "applicant.agee < 19")
        await _until_told(terminal, "applicant.agee")
        assert "TS1202" in terminal.getvalue()
        assert (await decided(decide, 3)).decision.policy_digest == second

        _edit(root, "applicant.agee < 19", "applicant.age < 20")
        await _until_live(app, _digest(root))
        digests.append((await decided(decide, 4)).decision.policy_digest)

        link.unlink()
        link.symlink_to(other)
        await _until_live(app, _digest(other))
        digests.append((await decided(decide, 5)).decision.policy_digest)

        shutil.move(other, tmp_path / "away")
        await asyncio.sleep(1.5)
        assert (await decided(decide, 6)).decision.policy_digest == digests[-1]
        (tmp_path / "away").rename(other)
        _edit(other, "applicant.age < 21", "applicant.age < 22")
        await _until_live(app, _digest(other))
        digests.append((await decided(decide, 7)).decision.policy_digest)

        assert len(set(digests)) == len(digests)
        assert [e.actor for e in app.app.desk.history()] == ["server"] + ["files"] * 4
        assert terminal.getvalue().count("TS1202") == 1
        for _, body in await app.ledger.bodies("decision", after=0, limit=100):
            made = decode(body, DecisionRecord).decision.policy_digest
            policy = load_policy(BundleStore(tmp_path / "data" / "policies").path(made))
            assert replay(policy, body).same
            policy.rules.close()


@pytest.mark.slow
async def test_nothing_is_taken_while_frozen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is said why."""
    terminal = StringIO()
    monkeypatch.setattr(sys, "stderr", terminal)
    root = changed(tmp_path, "v1")
    async with running_app(
        tmp_path / "data", policy_dir=root, governance=Governance(policy_watch=True)
    ) as app:
        first = app.app.policy.digest
        await app.app.desk.freeze(Command(caller="cleo", request_id="f"), frozen=True)
        _edit(root, "applicant.age < 18", "applicant.age < 19")
        await _until_told(terminal, "frozen")
        assert app.app.policy.digest == first
