"""A real server whose policy changes again and again while it decides, and what that costs."""

from __future__ import annotations

import asyncio
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from client_examples.applications import Person, application, clean_bureau
from client_examples.local_server import LocalServer, local_server
from engine.cli.remote import Client
from engine.lifecycle import new_key, sign
from engine.rules.contents import read_contents
from engine.rules.diagnostics import Diagnostics
from tests.raw_calls import RawCall
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import policy_pb2, policy_pb2_grpc

_POLICY = Path(__file__).resolve().parent.parent / "rulesets" / "credit_card"
_TAKEN_S = 30.0

Reload = Callable[[int], None]
"""Makes another policy live, the one of two that is not; given the number of the turn."""


def bundle(root: Path, name: str) -> Path:
    """The shipped policy without its own tests and claims, under a digest of its own."""
    place = root / name
    shutil.copytree(_POLICY, place)
    shutil.rmtree(place / "tests")
    (place / "proofs.yaml").unlink()
    write_name(place, name)
    return place


def write_name(place: Path, name: str) -> None:
    """Change a comment and nothing else."""
    path = place / "approval.yaml"
    text = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in text if not line.startswith("# named ")]
    path.write_text("\n".join([f"# named {name}", *kept]) + "\n", encoding="utf-8")


class Team:
    """Proposes, approves and operates on a governed server, each under a name of its own."""

    def __init__(self, channel: grpc.Channel, key: Path) -> None:
        stub = policy_pb2_grpc.PolicyServiceStub(channel)
        self._clients = {name: Client(stub, name) for name in ("ann", "bob", "cleo")}
        self._key = key

    def approved(self, place: Path) -> str:
        """The digest of a policy that may go live."""
        ann, bob = self._clients["ann"], self._clients["bob"]
        digest = ann.upload(dict(read_contents(place.resolve(), Diagnostics())))
        ann.call(
            "ProposePolicy",
            policy_pb2.ProposePolicyRequest(request_id=_id(), digest=digest, note="a reload"),
        )
        review = policy_pb2.ReviewPolicyRequest(
            request_id=_id(),
            digest=digest,
            approver="bob",
            signature=sign(self._key, digest, approve=True),
            approve=True,
        )
        bob.call("ReviewPolicy", review)
        return digest

    def activate(self, digest: str) -> None:
        """Make it live for everybody."""
        request = policy_pb2.ActivatePolicyRequest(request_id=_id(), digest=digest)
        self._clients["cleo"].call("ActivatePolicy", request)

    def roll_back(self, digest: str) -> None:
        """Make one live that was before."""
        request = policy_pb2.RollBackPolicyRequest(request_id=_id(), digest=digest, note="a turn")
        self._clients["cleo"].call("RollBackPolicy", request)

    def turn(self, digests: Sequence[str]) -> None:
        """Go to the other of two policies: back to the first, or forward to the second."""
        if self.live() == digests[0]:
            self.activate(digests[1])
        else:
            self.roll_back(digests[0])

    def live(self) -> str:
        """The live digest."""
        status = self._clients["cleo"].call("GetPolicyStatus", policy_pb2.GetPolicyStatusRequest())
        return str(status.live_digest)


def _id() -> str:
    return uuid.uuid4().hex


def governed_arguments(root: Path) -> tuple[str, ...]:
    """Make bob's key and the list of approvers under ``root``; the server's options."""
    approvers = root / "approvers.toml"
    if not approvers.exists():
        approvers.write_text(f'[approvers]\nbob = "{new_key(root / "bob.pem")}"\n', "utf-8")
    return ("--policy-mode=governed", f"--policy-approvers={approvers}")


@contextmanager
def by_roll_back(root: Path) -> Iterator[tuple[LocalServer, Reload]]:
    """A governed server with two policies that were live."""
    first = bundle(root, "first")
    arguments = (*governed_arguments(root), f"--policy-dir={first}")
    with (
        local_server(*arguments, data_dir=root / "data") as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        team = Team(channel, root / "bob.pem")
        digests = [team.live(), team.approved(bundle(root, "second"))]
        team.activate(digests[1])
        yield server, lambda turn: team.roll_back(digests[turn % 2])


@contextmanager
def by_saving(root: Path) -> Iterator[tuple[LocalServer, Reload]]:
    """A server that watches its directory."""
    place = bundle(root, "watched")
    arguments = ("--policy-watch", f"--policy-dir={place}")
    with (
        local_server(*arguments, data_dir=root / "data") as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        team = Team(channel, root / "bob.pem")

        def reload(turn: int) -> None:
            before = team.live()
            write_name(place, ("one", "other")[turn % 2])
            deadline = time.monotonic() + _TAKEN_S
            while team.live() == before:
                if time.monotonic() > deadline:
                    raise TimeoutError("the save was not taken")
                time.sleep(0.02)

        yield server, reload


@dataclass(slots=True)
class Measured:
    """``calm``, ``reloading``: latencies of decisions, ms, sorted. ``resident``: bytes in use.

    ``resident`` has one value at the end of the warm-up and one after each tenth of the reloads.
    """

    calm: list[float] = field(default_factory=list)
    reloading: list[float] = field(default_factory=list)
    reloads: list[float] = field(default_factory=list)
    resident: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    digests: set[str] = field(default_factory=set)


def resident_bytes(server: LocalServer) -> int:
    """Memory of the server that is in use now."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


async def measure(
    server: LocalServer, reload: Reload, *, warm_up: int, reloads: int, calm_s: float
) -> Measured:
    """Decide all the time, two at once: calmly first, then while the policy is reloaded."""
    found = Measured()
    done = asyncio.Event()
    latencies = found.calm
    numbers = iter(range(10_000_000))

    async with grpc.aio.insecure_channel(server.address) as channel:
        decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")

        async def load() -> None:
            while not done.is_set():
                number = next(numbers)
                person = application(Person(number=number), bureau=clean_bureau())
                request = pb.DecideRequest(request_id=f"{number}", application=person)
                start = time.perf_counter()
                try:
                    raw = await decide(request.SerializeToString(), timeout=10)
                except grpc.aio.AioRpcError as error:
                    found.errors.append(f"{error.code()}: {error.details()}")
                    continue
                latencies.append((time.perf_counter() - start) * 1000)
                found.digests.add(pb.DecideResponse.FromString(raw).decision.policy_digest)

        workers = [asyncio.create_task(load()) for _ in range(2)]
        try:
            await asyncio.sleep(1)
            latencies.clear()
            await asyncio.sleep(calm_s)
            latencies = found.reloading
            for turn in range(warm_up + reloads):
                start = time.perf_counter()
                await asyncio.to_thread(reload, turn)
                found.reloads.append((time.perf_counter() - start) * 1000)
                after = turn + 1 - warm_up
                if after >= 0 and after % max(reloads // 10, 1) == 0:
                    found.resident.append(resident_bytes(server))
        finally:
            done.set()
            await asyncio.gather(*workers)
    for values in (found.calm, found.reloading, found.reloads):
        values.sort()
    return found
