import random

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from engine.scoring.calibrate import platt
from engine.scoring.families import lost_points
from engine.scoring.features import FEATURES, Family
from engine.scoring.points import Calibrator, Scale, probability, whole_parts


def test_the_scale_is_600_at_50_to_1() -> None:
    """Factor and offset as published."""
    assert pytest.approx(28.853901, abs=1e-6) == Scale().factor
    assert pytest.approx(487.122876, abs=1e-6) == Scale().offset


@pytest.mark.parametrize(
    "total, parts, expected",
    [
        (10, [3.4, 3.3, 3.3], [4, 3, 3]),
        (0, [0.5, -0.5], [1, -1]),
        (-3, [-1.2, -1.2, -0.6], [-1, -1, -1]),
        (1, [0.5, 0.5], [1, 0]),
        (5, [5.0], [5]),
    ],
)
def test_whole_parts_add_to_the_total(total: int, parts: list[float], expected: list[int]) -> None:
    """The largest remainders get the points that rounding left over; ties go to the earlier."""
    assert expected == whole_parts(total, parts)


def test_parts_of_another_total_are_refused() -> None:
    """A sum that is not the total is a fault, not something to spread."""
    with pytest.raises(ValueError, match="do not add"):
        whole_parts(10, [1.0, 2.0])


@pytest.mark.parametrize("log_odds, expected", [(0.0, 0.5), (1e4, 1.0), (-1e4, 0.0)])
def test_a_probability_never_overflows(log_odds: float, expected: float) -> None:
    """However far out the log-odds are."""
    assert expected == probability(log_odds)


def test_a_mass_is_so_many_rows() -> None:
    """Two of each of the bad, by mass or by name."""
    chance = random.Random(5)
    margins = [chance.gauss(0, 2) for _ in range(400)]
    bad = [int(chance.random() < probability(0.8 * m - 1)) for m in margins]
    twice = [(m, y) for m, y in zip(margins, bad, strict=True) for _ in range(1 + y)]
    expected = platt([m for m, _ in twice], [y for _, y in twice])
    found = platt(margins, bad, [1.0 + y for y in bad])
    assert expected.slope == pytest.approx(found.slope, abs=2e-6)
    assert expected.intercept == pytest.approx(found.intercept, abs=2e-6)


def test_platt_is_the_maximum_likelihood() -> None:
    """Against scikit-learn without regularisation."""
    chance = random.Random(7)
    margins = [chance.gauss(-1, 1.5) for _ in range(3_000)]
    bad = [int(chance.random() < probability(0.8 * m - 0.3)) for m in margins]
    peer = LogisticRegression(C=1e9, tol=1e-10).fit(np.array(margins)[:, None], bad)
    found = platt(margins, bad)
    assert pytest.approx(float(peer.coef_[0, 0]), abs=1e-4) == found.slope
    assert pytest.approx(float(peer.intercept_[0]), abs=1e-4) == found.intercept


def test_a_model_that_orders_people_the_wrong_way_is_refused() -> None:
    """A slope that is not positive would call the riskier the safer."""
    margins = [float(i % 10) for i in range(200)]
    bad = [int(m < 3 + i % 3) for i, m in enumerate(margins)]
    with pytest.raises(ValueError, match="not positive"):
        platt(margins, bad)


def test_the_calibrator_keeps_the_order() -> None:
    """A higher margin has higher log-odds."""
    calibrator = Calibrator(slope=0.5, intercept=-1.0)
    assert calibrator.log_odds(0.1) < calibrator.log_odds(0.2)


def losses(**by_family: float) -> list[float]:
    """Points lost by the first feature of each family; nothing elsewhere."""
    left = dict(by_family)
    return [left.pop(feature.family.value, 0.0) for feature in FEATURES]


def row(**values: float) -> list[float]:
    """A row of these values, and of 0 elsewhere."""
    return [values.get(feature.name, 0.0) for feature in FEATURES]


#: Late, in debt, paying little: every sentence is true but that of little use.
LATE = [1.0] * len(FEATURES)
LATE[[feature.name for feature in FEATURES].index("paid_share_1")] = 0.1
NEVER_LATE = [0.0] * len(FEATURES)
PAID = row(paid_share_1=1, paid_share_total_5m=1, paid_in_full_count_6m=6, utilisation_max_6m=0.2)
UNUSED = row(paid_share_1=1, paid_share_total_5m=1, no_use_count_6m=6, nothing_owed_count_6m=6)


def test_families_come_worst_first() -> None:
    """All that lost; the card tries them out and tells four at most."""
    lost = losses(delinquency=3, utilisation=9, payment=5, balance=1)
    expected = [
        (Family.UTILISATION, 9),
        (Family.PAYMENT, 5),
        (Family.DELINQUENCY, 3),
        (Family.BALANCE, 1),
    ]
    assert expected == lost_points(LATE, lost)


def test_ties_keep_the_fixed_order_and_helpers_are_dropped() -> None:
    """Equal losses are told in the order of the families; what helped is no reason."""
    lost = losses(balance=2, utilisation=2, payment=-4, delinquency=0.4)
    assert lost_points(LATE, lost) == [(Family.UTILISATION, 2), (Family.BALANCE, 2)]


def test_what_is_not_true_of_a_person_is_not_told() -> None:
    """Whoever pays in full pays not little, at a fifth of the limit uses not much, owes no more."""
    lost = losses(delinquency=9, utilisation=9, payment=9, balance=9)
    assert lost_points(PAID, lost) == []


def test_little_use_stands_for_all_that_it_makes_look_bad() -> None:
    """An unused card has no payments and no balances: one reason, with the points of all of it."""
    lost = losses(utilisation=1, payment=2, balance=3, history=4)
    assert lost_points(UNUSED, lost) == [(Family.HISTORY, 10)]


def test_nobody_is_told_of_late_payments_that_were_not_late() -> None:
    """Credit shared between columns must not become a false reason."""
    assert lost_points(NEVER_LATE, losses(delinquency=8, payment=1)) == [(Family.PAYMENT, 1)]
