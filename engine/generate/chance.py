"""Chance that is the same on every machine: a seeded source, integers and exact arithmetic only.

No logarithm, no exponential, none of the library's distributions: their last bit may differ
between machines and between versions of Python, and then so would everything behind it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

_T = TypeVar("_T")
_PRIME = 1017692858334138043  # it divides no size in use, so that multiplying by it only reorders


class Chance:
    """A stream of chance named by its parts: the same names give the same stream."""

    __slots__ = ("_next",)

    def __init__(self, *names: object) -> None:
        digest = sha256("\0".join(map(str, names)).encode()).digest()
        # The generator behind it is specified to the bit; nothing here is a secret.
        self._next = random.Random(int.from_bytes(digest[:8])).random  # noqa: S311

    def share(self) -> float:
        """From 0 to below 1."""
        return self._next()

    def happens(self, probability: float) -> bool:
        """True with that probability."""
        return self._next() < probability

    def below(self, bound: int) -> int:
        """A whole number from 0 to ``bound`` - 1."""
        return int(self._next() * bound)

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self._next() * (high - low + 1))

    def pick(self, choices: Sequence[_T]) -> _T:
        """One of them."""
        return choices[int(self._next() * len(choices))]

    def weighted(self, choices: Sequence[tuple[_T, float]]) -> _T:
        """One of them, by weights that add to 1; the last one takes what rounding leaves."""
        left = self._next()
        for choice, weight in choices:
            left -= weight
            if left < 0:
                return choice
        return choices[-1][0]

    def sorted_shares(self, count: int) -> list[float]:
        """So many shares, the least first."""
        return sorted(self._next() for _ in range(count))


def scattered(serial: int, size: int, salt: int = 0) -> int:
    """A place for ``serial`` among ``size`` places: no two serials below ``size`` share one."""
    return ((serial + 1) * _PRIME + salt) % size
