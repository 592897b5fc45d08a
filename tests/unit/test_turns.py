"""Decisions that share a line take turns."""

from __future__ import annotations

import asyncio

import pytest

from engine.deadline import Deadline
from engine.errors import DeadlineExceeded
from engine.turns import Turns


async def test_one_after_the_other_by_key_and_side_by_side_otherwise() -> None:
    """And nothing is kept of a key that nobody uses."""
    turns, inside, most = Turns(), {"a": 0, "b": 0}, {"a": 0, "both": 0}

    async def take(key: str) -> None:
        async with turns.turn(key, Deadline(5)):
            inside[key] += 1
            most["a"] = max(most["a"], inside["a"])
            most["both"] = max(most["both"], inside["a"] + inside["b"])
            await asyncio.sleep(0.001)
            inside[key] -= 1

    await asyncio.gather(*(take(key) for key in "aaaab"))
    assert most == {"a": 1, "both": 2}
    assert len(turns) == 0


async def test_nobody_waits_beyond_the_deadline() -> None:
    """Who gave up is not in the way of the next."""
    turns = Turns()
    async with turns.turn("a", Deadline(5)):
        with pytest.raises(DeadlineExceeded):
            async with turns.turn("a", Deadline(0.01)):
                raise AssertionError("it was not our turn")
        assert len(turns) == 1
    async with turns.turn("a", Deadline(5)):
        pass
    assert len(turns) == 0


async def test_a_turn_ends_with_an_error_too() -> None:
    """The next one comes."""
    turns = Turns()
    with pytest.raises(ValueError, match="wrong"):
        async with turns.turn("a", Deadline(5)):
            raise ValueError("wrong")
    async with turns.turn("a", Deadline(1)):
        assert len(turns) == 1
