"""Sums over arrays that are rounded once, as ``math.fsum`` rounds them. Pure."""

from __future__ import annotations

from math import fsum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def sums(parts: Floats) -> Floats:
    """``math.fsum`` of each column of ``parts``, shape (terms, columns), to the bit.

    Finite numbers far from overflow are expected.
    """
    total, rest = parts[0], np.zeros_like(parts[0])
    exact = np.ones(len(total), dtype=np.bool_)
    for part in parts[1:]:
        total, lost = _added(total, part)
        rest, missed = _added(rest, lost)
        exact &= missed == 0
    # Where nothing was missed, total and rest add to the sum itself, and this rounds it once.
    found: Floats = total + rest
    left = np.flatnonzero(~exact)
    found[left] = [fsum(column) for column in parts[:, left].T.tolist()]
    return found


def _added(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """The rounded sum, and exactly what rounding took from it (Knuth's two-sum)."""
    total = left + right
    back = total - left
    return total, (left - (total - back)) + (right - back)
