"""Reasons of a score: the families of features that lost points, worst first, and true of a person.

Trees share credit between columns that occur together, so a family can lose points to somebody of
whom its sentence in ``reasons.yaml`` is not true: an unused card has no payments either. A family
is therefore told only where the row itself bears its sentence out. Decisions and reviews of
accounts ask here, of the same row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import fsum

import numpy as np

from engine.scoring.features import FEATURES, MONTHS, Family

#: Of the limits: from here on a share in use is high.
HIGH_USE = 0.3
#: Of the limits: up to here cards are used little, by what is owed and by what is charged.
LITTLE_USE = 0.1
#: Of what was owed: below, payments are low.
LOW_PAYMENT = 0.5
#: Of the largest of six balances: from here on they rise.
RISE = 0.1
#: Months without use, of six, that are little use whatever happened in the others.
MOSTLY = 4

_AT = {feature.name: place for place, feature in enumerate(FEATURES)}
_PLACES = {
    family: tuple(place for place, feature in enumerate(FEATURES) if feature.family is family)
    for family in Family
}


def lost_points(values: Sequence[float], losses: Sequence[float]) -> list[tuple[Family, int]]:
    """Families with the whole points they lost against the reference, worst first.

    ``values``: the applicant's row; ``losses``: points lost by each feature (negative: helped).
    Families that helped are dropped, and those whose sentence is not true of the row; ties keep the
    order of ``Family``.
    """
    told = {f: columns_of(f, values) for f in Family if _HOLDS[f](values)}
    return _worst_first(told, losses)


def lost_at_all(values: Sequence[float], losses: Sequence[float]) -> list[tuple[Family, int]]:
    """The same, true of the person or not: for a supposed score, of which no record tells why.

    Only late payments stay with whoever was late.
    """
    late = _was_late(values)
    told = {f: places for f, places in _PLACES.items() if f is not Family.DELINQUENCY or late}
    return _worst_first(told, losses)


def columns_of(family: str, values: Sequence[float]) -> tuple[int, ...]:
    """The places of the columns for which a family that is told stands.

    Of whoever has used cards little, the columns of use, payments and balances say just that,
    unless the sentence of their own family is true of this person too.
    """
    if family != Family.HISTORY or not _little_use(values):
        return _PLACES[Family(family)]
    silent = [one for one in _OF_USE if not _HOLDS[one](values)]
    return tuple(place for one in (Family.HISTORY, *silent) for place in _PLACES[one])


def _worst_first(
    told: Mapping[Family, Sequence[int]], losses: Sequence[float]
) -> list[tuple[Family, int]]:
    totals = {f: round(fsum([losses[place] for place in places])) for f, places in told.items()}
    lost = [(family, points) for family, points in totals.items() if points > 0]
    return sorted(lost, key=lambda entry: -entry[1])


def _seen(values: Sequence[float], name: str) -> float:
    """As the trees see it: a review holds rows of 32-bit floats, and must find the same."""
    return float(np.float32(values[_AT[name]]))


def _was_late(values: Sequence[float]) -> bool:
    return values[_AT["delay_sum_6m"]] > 0


def _high_use(values: Sequence[float]) -> bool:
    latest, mean = _seen(values, "utilisation_1"), _seen(values, "utilisation_mean_6m")
    return max(latest, mean) >= HIGH_USE


def _low_payments(values: Sequence[float]) -> bool:
    """Where nothing was owed a share is 1; the bureau's word that all was paid goes before it."""
    settled = values[_AT["paid_in_full_count_6m"]] + values[_AT["no_use_count_6m"]]
    latest, whole = _seen(values, "paid_share_1"), _seen(values, "paid_share_total_5m")
    return settled < MONTHS and min(latest, whole) < LOW_PAYMENT


def _high_balances(values: Sequence[float]) -> bool:
    owes = values[_AT["utilisation_1"]] > 0
    return owes and (_seen(values, "balance_growth_6m") >= RISE or _high_use(values))


def _little_use(values: Sequence[float]) -> bool:
    charged = _seen(values, "spend_to_limit_mean_5m")
    if charged > LITTLE_USE:
        return False
    most = max(_seen(values, "utilisation_max_6m"), _seen(values, "spend_to_limit_max_5m"))
    idle = max(values[_AT["no_use_count_6m"]], values[_AT["nothing_owed_count_6m"]])
    return most <= LITTLE_USE or (idle >= MOSTLY and not _high_use(values))


_HOLDS: Mapping[Family, Callable[[Sequence[float]], bool]] = {
    Family.DELINQUENCY: _was_late,
    Family.UTILISATION: _high_use,
    Family.PAYMENT: _low_payments,
    Family.BALANCE: _high_balances,
    Family.HISTORY: _little_use,
}
_OF_USE = (Family.UTILISATION, Family.PAYMENT, Family.BALANCE)
