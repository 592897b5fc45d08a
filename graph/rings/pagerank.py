"""Personalised PageRank: how much of known fraud reaches an applicant over the projection.

Every known fraud starts with 1, not with its part of 1: what is known far away changes nothing.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from graph.rings.material import Bools, Floats
from graph.rings.projection import Pairs
from graph.rings.settings import RingSettings

_SETTLED = 1e-9
_DIGITS = 6


def reach_of_fraud(pairs: Pairs, is_fraud: Bools, settings: RingSettings) -> Floats:
    """For each applicant, rounded to six digits. 0: no known fraud is connected with it.

    Walks go on in proportion to weight and return to where they started with ``restart``.
    """
    size = len(is_fraud)
    start = is_fraud.astype(np.float64)
    if not len(pairs.first) or not is_fraud.any():
        return start * settings.restart
    walk = _walk(pairs, size)
    reach = settings.restart * start
    for _ in range(settings.rounds):
        following = settings.restart * start + (1 - settings.restart) * (walk @ reach)
        change = float(np.abs(following - reach).max())
        reach = following
        if change < _SETTLED:
            break
    return np.round(reach, _DIGITS)


def _walk(pairs: Pairs, size: int) -> csr_array:
    """Column-stochastic: from each applicant to those it is joined with."""
    origin = np.concatenate([pairs.first, pairs.second])
    goal = np.concatenate([pairs.second, pairs.first])
    weight = np.concatenate([pairs.weight, pairs.weight])
    total = np.bincount(origin, weights=weight, minlength=size)
    return csr_array((weight / total[origin], (goal, origin)), shape=(size, size))
