"""Guard rails: noise never trips one, a real shift does."""

from __future__ import annotations

import random

import pytest

from engine.lifecycle.guard import GuardRails, RailLimits, Tally
from engine.outcome import Outcome

Mix = tuple[float, float, float]
"""Shares of declines and referrals, and the mean approved line."""


def _one(chance: random.Random, mix: Mix) -> tuple[Outcome, int]:
    decline, refer, mean = mix
    draw = chance.random()
    if draw < decline:
        return Outcome.DECLINE, 0
    if draw < decline + refer:
        return Outcome.REFER, 0
    return Outcome.APPROVE, int(chance.lognormvariate(0, 0.8) * mean)


def _watched(seed: int, old: Mix, new: Mix, decisions: int) -> tuple[str, int]:
    """The rail that tripped and after how many decisions; "" if none did."""
    chance = random.Random(seed)
    baseline = Tally()
    for _ in range(2_000):
        baseline.add(*_one(chance, old))
    rails = GuardRails(RailLimits())
    rails.watch("new", baseline)
    for number in range(1, decisions + 1):
        rails.observe("new", *_one(chance, new))
        tripped = rails.tripped()
        if tripped is not None:
            return tripped.name, number
    return "", decisions


def test_noise_trips_nothing() -> None:
    """200 pairs of equal policies, looked at after each of 2,000 decisions."""
    chance = random.Random(1)
    for seed in range(200):
        mix = (chance.uniform(0.01, 0.5), chance.uniform(0.01, 0.4), chance.uniform(1e5, 1e7))
        assert _watched(seed, mix, mix, 2_000) == ("", 2_000)


@pytest.mark.parametrize(
    "new, rail",
    [
        ((0.45, 0.2, 2e6), "decline_rate"),
        ((0.02, 0.2, 2e6), "decline_rate"),
        ((0.2, 0.45, 2e6), "refer_rate"),
        ((0.2, 0.2, 5e6), "approved_line"),
        ((0.2, 0.2, 5e5), "approved_line"),
    ],
)
def test_a_shift_trips_its_rail_soon(new: Mix, rail: str) -> None:
    """Up or down, within a few hundred decisions."""
    for seed in range(10):
        tripped, after = _watched(seed, (0.2, 0.2, 2e6), new, 2_000)
        assert tripped == rail
        assert after < 1_000


def test_a_shift_within_the_limits_is_the_teams_own_business() -> None:
    """Five points are what the policy was changed for."""
    for seed in range(10):
        assert _watched(seed, (0.2, 0.2, 2e6), (0.25, 0.2, 2e6), 4_000)[0] == ""


def test_without_a_baseline_nothing_is_judged() -> None:
    """After a start there may be too few decisions of the policy before."""
    rails = GuardRails(RailLimits(least=30))
    rails.watch("new", Tally())
    for _ in range(1_000):
        rails.observe("new", Outcome.DECLINE, 0)
    assert rails.tripped() is None
    assert rails.status()[0].value == 1.0


def test_what_was_seen_before_a_restart_counts() -> None:
    """Else a restart would give a bad policy a new start."""
    baseline, seen = Tally(), Tally()
    for _ in range(100):
        baseline.add(Outcome.APPROVE, 100)
        seen.add(Outcome.DECLINE, 0)
    rails = GuardRails(RailLimits(least=100))
    rails.watch("new", baseline, seen)
    assert rails.tripped() is not None
