"""A policy's life through the command line against a real server: proposed to rolled back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
import structlog

from client_examples.applications import Person, application, clean_bureau
from engine.cli import main
from engine.codec import decode, encode
from engine.lifecycle import BundleStore
from engine.policy import load_policy
from engine.record import DecisionRecord, replay
from engine.settings import Governance
from tests.raw_calls import RawCall
from tests.running_app import POLICY, RunningApp, running_app
from touchstone.v1 import decision_pb2 as pb


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """The server's log would stand between the lines of the commands."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


def changed(tmp_path: Path, name: str, *edits: tuple[str, str, str]) -> Path:
    """The shipped policy with (file, before, after) applied, and without its own tests."""
    root = tmp_path / name
    shutil.copytree(POLICY, root)
    shutil.rmtree(root / "tests")
    for file, before, after in edits:
        text = (root / file).read_text(encoding="utf-8")
        assert before in text
        (root / file).write_text(text.replace(before, after), encoding="utf-8")
    return root


def harmless(tmp_path: Path, name: str = "harmless") -> Path:
    """Another comment, so another digest and the same decisions."""
    edit = ("approval.yaml", "ruleset: approval", f"# {name}\nruleset: approval")
    return changed(tmp_path, name, edit)


class Desk:
    """The commands of a team: ann proposes, bob approves, cleo operates."""

    def __init__(self, app: RunningApp, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._server, self._keys, self._capsys = app.address, keys, capsys

    async def run(self, caller: str, *arguments: str) -> tuple[int, str]:
        """A command's exit code and what it printed."""
        line = ["policy", *arguments, "--server", self._server, "--caller", caller]
        code = await asyncio.to_thread(main, line)
        said = self._capsys.readouterr()
        return code, said.out + said.err

    async def good(self, caller: str, *arguments: str) -> str:
        """A command that must succeed."""
        code, said = await self.run(caller, *arguments)
        assert code == 0, said
        return said

    async def propose(self, root: Path) -> str:
        """The digest of a proposal."""
        said = await self.good("ann", "propose", str(root), "--note", "because")
        return said.split("digest ")[1].split()[0]

    async def approve(self, digest: str, who: str = "bob") -> tuple[int, str]:
        """Approve with that person's key."""
        key = str(self._keys / f"{who}.pem")
        return await self.run(who, "approve", digest, "--key", key, "--name", who)

    async def approved(self, root: Path) -> str:
        """The digest of a policy that may go live."""
        digest = await self.propose(root)
        code, said = await self.approve(digest)
        assert code == 0, said
        return digest


def make_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Governance:
    """Keys of bob and ann, and the server's settings that name them."""
    table = "[approvers]\n"
    for name in ("ann", "bob"):
        assert main(["policy", "key", str(tmp_path / f"{name}.pem"), "--name", name]) == 0
        table += capsys.readouterr().out.strip().splitlines()[-1] + "\n"
    (tmp_path / "approvers.toml").write_text(table, encoding="utf-8")
    return Governance(policy_mode="governed", policy_approvers=tmp_path / "approvers.toml")


@asynccontextmanager
async def governed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], governance: Governance | None = None
) -> AsyncIterator[tuple[RunningApp, Desk, RawCall]]:
    """A governed server, its desk, and its method Decide."""
    if governance is None:
        governance = make_keys(tmp_path, capsys)
    async with (
        running_app(tmp_path / "data", governance=governance) as app,
        grpc.aio.insecure_channel(app.address) as channel,
    ):
        decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")
        yield app, Desk(app, tmp_path, capsys), decide


async def decided(decide: RawCall, number: int) -> pb.DecideResponse:
    """A good customer's decision."""
    request = pb.DecideRequest(
        request_id=f"r:{number}",
        application=application(Person(number=number), bureau=clean_bureau()),
    )
    return pb.DecideResponse.FromString(await decide(request.SerializeToString(), timeout=10))


async def test_from_a_proposal_to_live_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each step is in the history, and what is live survives a restart."""
    governance = make_keys(tmp_path, capsys)
    async with governed(tmp_path, capsys, governance) as (app, desk, decide):
        first = app.app.policy.digest
        digest = await desk.propose(harmless(tmp_path))

        code, said = await desk.run("cleo", "activate", digest)
        assert code == 1
        assert "not approved" in said
        code, said = await desk.approve(digest, "ann")
        assert code == 1
        assert "the author of a proposal cannot review it" in said
        assert (await desk.approve(digest))[0] == 0

        assert (await decided(decide, 1)).decision.policy_digest == first
        await desk.good("cleo", "activate", digest)
        assert (await decided(decide, 2)).decision.policy_digest == digest
        assert digest in await desk.good("ann", "status")

    async with governed(tmp_path, capsys, governance) as (app, desk, decide):
        assert (await decided(decide, 3)).decision.policy_digest == digest
        await desk.good("cleo", "rollback", "--note", "second thoughts")
        assert (await decided(decide, 4)).decision.policy_digest == first
        history = await desk.good("ann", "history")
        kinds = [line.split("  ")[1] for line in history.splitlines()]
        assert kinds == ["rolled_back", "activated", "approved", "proposed", "initial"]
        assert "second thoughts" in history


async def test_a_policy_that_fails_is_not_proposed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong is told: by its check, by its own cases, by its claims."""
    broken = changed(
        tmp_path, "broken", ("approval.yaml", "bureau.current_delay", "bureau.curent_delay")
    )
    tested = changed(tmp_path, "tested")
    (tested / "tests").mkdir()
    (tested / "tests" / "cases.yaml").write_text(
        "suite: s\ncases:\n  - {name: never, expect: {outcome: decline}}\n", encoding="utf-8"
    )
    claimed = changed(
        tmp_path, "claimed", ("eligibility.yaml", "applicant.age < 18", "applicant.age < 17")
    )
    async with governed(tmp_path, capsys) as (_, desk, _decide):
        for root, told in ((broken, "TS1202"), (tested, "never"), (claimed, "claim")):
            code, said = await desk.run("ann", "propose", str(root), "--note", "x")
            assert code == 1
            assert told in said


async def test_a_signature_of_somebody_else_or_of_something_else_counts_for_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another key, another digest, an unknown name."""
    async with governed(tmp_path, capsys) as (_, desk, _decide):
        digest = await desk.propose(harmless(tmp_path))
        key = str(tmp_path / "ann.pem")
        code, said = await desk.run("bob", "approve", digest, "--key", key, "--name", "bob")
        assert code == 1
        assert "not this approver's" in said
        code, said = await desk.run("bob", "approve", digest, "--key", key, "--name", "eve")
        assert code == 1
        assert "nobody of that name" in said


async def test_a_canary_gets_its_share_always_the_same_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then everybody."""
    async with governed(tmp_path, capsys) as (_, desk, decide):
        digest = await desk.approved(harmless(tmp_path))
        await desk.good("cleo", "activate", digest, "--canary", "30")
        rounds = []
        for turn in range(2):
            answers = [await decided(decide, 1000 * turn + n) for n in range(1, 61)]
            rounds.append([a.decision.policy_digest == digest for a in answers])
        # The second round has other request ids and other people.
        for shares in rounds:
            assert 5 <= sum(shares) <= 32
        again = []
        for n in range(1, 61):
            person = application(Person(number=n), bureau=clean_bureau())
            request = pb.DecideRequest(request_id=f"again:{n}", application=person)
            raw = await decide(request.SerializeToString(), timeout=10)
            again.append(pb.DecideResponse.FromString(raw).decision.policy_digest == digest)
        assert again == rounds[0]
        await desk.good("cleo", "canary", "promote")
        assert (await decided(decide, 5000)).decision.policy_digest == digest


async def test_a_shadow_is_compared_and_never_acted_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would decline everybody; nobody is declined."""
    strict = changed(tmp_path, "strict", ("eligibility.yaml", "applicant.age < 18", "true"))
    (strict / "proofs.yaml").unlink()
    async with governed(tmp_path, capsys) as (app, desk, decide):
        said = await desk.good("ann", "propose", str(strict), "--draft", "--note", "x")
        digest = said.split("digest ")[1].split()[0]
        await desk.good("cleo", "shadow", digest)
        outcomes = {(await decided(decide, n)).decision.outcome for n in range(1, 21)}
        shadow = app.app.desk._shadow
        assert shadow is not None
        await shadow.settle(60)
        assert (shadow.comparison.compared, shadow.comparison.not_compared) == (20, 0)
        assert {other.value for _, other in shadow.comparison.outcomes} == {"decline"}
        assert pb.DecideResponse().decision.outcome not in outcomes
        status = await desk.good("ann", "status")
        assert "-> decline: 20" in status
        await desk.good("cleo", "shadow")


async def test_a_guard_rail_takes_a_policy_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A policy that declines everybody goes after a few dozen decisions, and nothing follows it."""
    strict = changed(tmp_path, "strict", ("eligibility.yaml", "applicant.age < 18", "true"))
    (strict / "proofs.yaml").unlink()
    keys = make_keys(tmp_path, capsys)
    governance = Governance(
        policy_mode="governed", policy_approvers=keys.policy_approvers, guard_decisions=30
    )
    async with governed(tmp_path, capsys, governance) as (app, desk, decide):
        first = app.app.policy.digest
        for n in range(40):
            await decided(decide, 10_000 + n)
        digest = await desk.approved(strict)
        await desk.good("cleo", "activate", digest)
        for n in range(40):
            await decided(decide, 20_000 + n)
        for _ in range(100):
            if app.app.policy.digest == first:
                break
            await asyncio.sleep(0.1)
        assert app.app.policy.digest == first
        history = await desk.good("ann", "history")
        assert "by guard_rail" in history
        code, said = await desk.run("cleo", "activate", digest)
        assert code == 1
        assert "frozen" in said
        await desk.good("cleo", "unfreeze")


async def test_no_decision_mixes_two_policies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under load, while two policies take turns: each record replays under its own."""
    async with governed(tmp_path, capsys) as (app, desk, decide):
        first = app.app.policy.digest
        second = await desk.approved(harmless(tmp_path, "second"))
        await desk.good("cleo", "activate", second)
        done = asyncio.Event()
        answers: list[pb.DecideResponse] = []

        async def load(worker: int) -> None:
            number = 0
            while not done.is_set():
                number += 1
                answers.append(await decided(decide, worker * 100_000 + number))

        workers = [asyncio.create_task(load(n)) for n in range(1, 5)]
        for turn in range(10):
            await desk.good("cleo", "rollback", (first, second)[turn % 2])
        done.set()
        await asyncio.gather(*workers)
        digests = {answer.decision.policy_digest for answer in answers}
        assert digests == {first, second}
        store = BundleStore(tmp_path / "data" / "policies")
        policies = {digest: load_policy(store.path(digest)) for digest in digests}
        bodies = await app.ledger.bodies("decision", after=0, limit=100_000)
        assert len(bodies) == len(answers)
        for _, body in bodies:
            record = decode(body, DecisionRecord)
            again = replay(policies[record.decision.policy_digest], body)
            assert again.same
            assert encode(again.replayed) == encode(record.decision)
        for policy in policies.values():
            policy.rules.close()
