"""Leases: a policy that was swapped out is closed once, and only when nobody uses it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from engine.lifecycle.live import LivePolicies, Role, in_share
from engine.policy import Policy


@dataclass(eq=False)
class _Rules:
    """Counts its closings; what it would evaluate is of no matter here."""

    closed: int = 0


@dataclass(eq=False)
class _Made:
    digest: str
    rules: SimpleNamespace = field(init=False)
    counts: _Rules = field(default_factory=_Rules)

    def __post_init__(self) -> None:
        self.rules = SimpleNamespace(close=self._close)

    def _close(self) -> None:
        self.counts.closed += 1

    @property
    def policy(self) -> Policy:
        """As the leases take it: they read its digest and close its rules."""
        return cast("Policy", self)


def test_a_canary_whose_share_changes_is_not_closed() -> None:
    """It is the same policy, in the hands of more people."""
    live, canary = _Made("live"), _Made("canary")
    policies = LivePolicies(live.policy)
    policies.start_canary(canary.policy, 10)
    policies.start_canary(canary.policy, 99)
    assert canary.counts.closed == 0
    with policies.lease("somebody") as (policy, role):
        assert (policy, role) == (canary.policy, Role.CANARY)
    policies.swap(canary.policy)
    assert (live.counts.closed, canary.counts.closed) == (1, 0)
    policies.close()
    assert canary.counts.closed == 1


@given(st.lists(st.sampled_from(["lease", "end", "swap", "canary", "wider", "promote", "none"])))
def test_every_policy_is_closed_once_and_only_when_unused(steps: list[str]) -> None:
    """Whatever is swapped while decisions are under way."""
    made = [_Made("0")]
    policies = LivePolicies(made[0].policy)
    leases: list[tuple[AbstractContextManager[tuple[Policy, Role]], Policy]] = []
    for step in steps:
        canary = policies.canary
        match step:
            case "lease":
                lease: AbstractContextManager[tuple[Policy, Role]] = policies.lease(
                    f"subject {len(leases)}"
                )
                leases.append((lease, lease.__enter__()[0]))
            case "end" if leases:
                leases.pop(0)[0].__exit__(None, None, None)
            case "swap" | "canary":
                made.append(_Made(str(len(made))))
                if step == "swap":
                    policies.swap(made[-1].policy)
                else:
                    policies.start_canary(made[-1].policy, 50)
            case "wider" if canary is not None:
                policies.start_canary(canary, 80)
            case "promote" if canary is not None:
                policies.swap(canary)
            case _:
                policies.end_canary()
        used = [policies.live, policies.canary, *(policy for _, policy in leases)]
        for one in made:
            assert one.counts.closed == (one.policy not in used)
    policies.close()
    for held, _ in leases:
        held.__exit__(None, None, None)
    assert all(one.counts.closed == 1 for one in made)


def test_a_share_is_as_large_as_it_says() -> None:
    """Nobody in particular is in none; another policy has other people."""
    people = [f"person {n}" for n in range(20_000)]
    first = {p for p in people if in_share(p, "first", 10)}
    second = {p for p in people if in_share(p, "second", 10)}
    assert 1_800 < len(first) < 2_200
    assert len(first & second) < 300
    assert first < {p for p in people if in_share(p, "first", 20)}
    assert not in_share("", "first", 99)
