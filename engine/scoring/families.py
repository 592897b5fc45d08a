"""Reasons of a score: the families of features that lost points, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from engine.scoring.features import FEATURES, Family

_DELAY_SUM = [feature.name for feature in FEATURES].index("delay_sum_6m")
_PLACES = {
    family: tuple(place for place, feature in enumerate(FEATURES) if feature.family is family)
    for family in Family
}


def lost_points(values: Sequence[float], losses: Sequence[float]) -> list[tuple[Family, int]]:
    """Families with the whole points they lost against the reference, worst first.

    ``values``: the applicant's row; ``losses``: points lost by each feature (negative: helped).
    Families that helped are dropped; ties keep the order of ``Family``. Trees share credit between
    features that occur together, so delinquency can lose a point to a neighbour: it is named only
    to an applicant who was late.
    """
    totals = {
        family: round(fsum(losses[place] for place in places)) for family, places in _PLACES.items()
    }
    if values[_DELAY_SUM] == 0:
        del totals[Family.DELINQUENCY]
    lost = [(family, points) for family, points in totals.items() if points > 0]
    return sorted(lost, key=lambda entry: -entry[1])
