import pytest

from engine.model import Bureau, RepaymentStatus
from engine.scoring import ScoreUnavailable, Unavailability
from engine.scoring.features import FEATURES, Family, vector
from tests.bureaus import bureau, late, month, with_month


def named(summary: Bureau) -> dict[str, float]:
    """The row with names."""
    values = vector(summary)
    assert not isinstance(values, ScoreUnavailable)
    return {feature.name: value for feature, value in zip(FEATURES, values, strict=True)}


HISTORY = bureau(
    [
        month(balance=600_000, payment=0),
        late(2, balance=500_000, payment=100_000),
        late(1, balance=400_000, payment=0),
        month(RepaymentStatus.PAID_IN_FULL, balance=200_000, payment=200_000),
        month(RepaymentStatus.NO_USE, balance=0, payment=200_000),
        month(RepaymentStatus.PAID_IN_FULL, balance=200_000, payment=100_000),
    ]
)


@pytest.mark.parametrize(
    "name, expected",
    [
        ("delay_1", 0),
        ("delay_2", 2),
        ("delay_worst_6m", 2),
        ("delay_worst_3m", 2),
        ("delay_sum_6m", 3),
        ("delay_count_6m", 2),
        ("long_delay_count_6m", 1),
        ("months_since_delay", 1),
        ("months_since_long_delay", 1),
        ("utilisation_1", 0.6),
        ("utilisation_mean_6m", 1.9 / 6),
        ("utilisation_max_6m", 0.6),
        ("utilisation_change_6m", 0.4),
        ("paid_share_1", 0.0),
        ("paid_share_2", 0.25),
        ("paid_share_3", 0.0),
        ("paid_share_4", 1.0),  # nothing was owed
        ("paid_share_5", 1.0),
        ("paid_share_mean_5m", 0.45),
        ("paid_share_mean_3m", 0.25 / 3),
        ("paid_share_least_5m", 0.0),
        ("paid_share_total_5m", 5 / 13),
        ("payment_to_balance_1", 0.0),
        ("payment_to_balance_3m", 1 / 15),
        ("payment_to_balance_6m", 6 / 19),
        ("payment_to_limit_1", 0.0),
        ("payment_to_limit_mean_3m", 0.1 / 3),
        ("payment_to_limit_mean_6m", 0.1),
        ("payment_to_limit_median_6m", 0.1),
        ("payment_to_limit_max_6m", 0.2),
        ("payment_to_limit_min_6m", 0.0),
        ("no_payment_count_6m", 2),
        ("no_payment_count_3m", 2),
        ("full_payment_count_5m", 2),
        ("paid_in_full_count_6m", 2),
        ("payment_latest_share", 0.0),
        ("balance_growth_6m", 4 / 6),
        ("spend_to_limit_1", 0.1),
        ("spend_to_limit_max_5m", 0.4),
        ("nothing_owed_count_6m", 1),
        ("no_use_count_6m", 1),
        ("usage_1", 0),
        ("usage_2", 0),
    ],
)
def test_each_feature_is_what_its_name_says(name: str, expected: float) -> None:
    """Worked out by hand from six statements."""
    assert pytest.approx(expected) == named(HISTORY)[name]


def test_a_person_without_delays_is_furthest_from_one() -> None:
    """Never late is six months since, not unknown."""
    row = named(bureau([month()] * 6))
    assert row["months_since_delay"] == row["months_since_long_delay"] == 6


def test_only_the_six_most_recent_months_count() -> None:
    """A longer report scores as its first half year."""
    older = bureau([*HISTORY.months, late(8), late(8)])
    assert vector(HISTORY) == vector(older)


@pytest.mark.parametrize("count", range(6))
def test_a_thin_file_has_no_row(count: int) -> None:
    """Fewer than six months are not padded with guesses."""
    assert ScoreUnavailable(Unavailability.THIN_FILE) == vector(bureau([month()] * count))


@pytest.mark.parametrize("index", range(6))
def test_a_month_without_a_limit_has_no_row(index: int) -> None:
    """Utilisation of no limit is unknown."""
    summary = with_month(HISTORY, index, limit_minor=0)
    assert ScoreUnavailable(Unavailability.LIMIT_UNKNOWN) == vector(summary)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": RepaymentStatus.PAST_DUE, "months_past_due": 0},
        {"status": RepaymentStatus.REVOLVING, "months_past_due": 1},
        {"months_past_due": -1},
        {"payment_minor": -1},
        {"limit_minor": -1},
        {"balance_minor": float("nan")},
        {"balance_minor": float("inf")},
        {"payment_minor": True},
    ],
)
def test_an_inconsistent_month_has_no_row(changes: dict[str, object]) -> None:
    """Contradictions and numbers that are no amounts are never scored."""
    summary = with_month(bureau([month()] * 6), 0, **changes)
    assert ScoreUnavailable(Unavailability.INCONSISTENT) == vector(summary)


def test_no_column_is_a_person() -> None:
    """Sex, marriage, age, education and the size of the limit have no column, by any name."""
    words = {word for feature in FEATURES for word in feature.name.split("_")}
    assert not words & {"sex", "gender", "marriage", "marital", "age", "education", "bal"}


def test_names_are_unique_and_ranges_open() -> None:
    """Columns are told apart by name, and each can vary."""
    assert len({feature.name for feature in FEATURES}) == len(FEATURES)
    assert all(feature.low < feature.high for feature in FEATURES)
    assert {feature.family for feature in FEATURES} == set(Family)


def test_delays_and_utilisation_can_only_raise_the_risk() -> None:
    """The signs a risk officer expects are in the table."""
    signs = {feature.name: feature.sign for feature in FEATURES}
    up = ("delay_1", "delay_sum_6m", "utilisation_1", "utilisation_max_6m", "no_payment_count_6m")
    assert [1] * len(up) == [signs[name] for name in up]
    down = ("months_since_delay", "paid_share_1", "payment_to_limit_mean_6m")
    assert [-1] * len(down) == [signs[name] for name in down]
