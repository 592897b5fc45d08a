"""Whole numbers times exact fractions, over arrays: no float takes part, so nothing drifts.

Where 64 bits might not hold a product, Python's integers do the work: slower, and as exact. Pure.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_SAFE = 2**62


def product(*factors: Ints) -> npt.NDArray[Any]:
    """The product of arrays, as 64-bit integers where they hold it, else as Python's."""
    bound = 1
    for factor in factors:
        bound *= max(int(np.abs(factor).max(initial=0)), 1)
    wide = bound >= _SAFE
    found = factors[0].astype(object) if wide else factors[0].astype(np.int64)
    for factor in factors[1:]:
        found = found * (factor.astype(object) if wide else factor)
    return found


def one(number: int) -> Ints:
    """A number as an array of one, which every other array takes as it is."""
    return np.array([number], dtype=np.int64 if abs(number) < _SAFE else object)


def floor_times(amounts: Ints, share: Fraction) -> Ints:
    """``amounts * share``, each rounded down."""
    return _whole(product(amounts, one(share.numerator)) // share.denominator)


def ceil_times(share: Fraction, *factors: Ints) -> Ints:
    """The product of ``factors`` times ``share``, each rounded up."""
    return _whole(-(-product(*factors, one(share.numerator)) // share.denominator))


def down_to(amounts: Ints, step: int) -> Ints:
    """Down to a multiple of ``step``."""
    return amounts // step * step


def up_to(amounts: Ints, step: int) -> Ints:
    """Up to a multiple of ``step``."""
    return -(-amounts // step) * step


def _whole(values: npt.NDArray[Any]) -> Ints:
    return values.astype(np.int64)
