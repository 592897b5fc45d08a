from dataclasses import replace
from math import log

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.model import Bureau, RepaymentStatus
from engine.outcome import ScoreResult
from engine.scoring import Scorecard
from engine.scoring.features import FEATURES, Family
from engine.scoring.points import Scale
from engine.scoring.scorecard import ADDITIVITY, checked_row
from tests.bureaus import CARD, bureaus, with_month

often = settings(max_examples=2_000, deadline=None)
sometimes = settings(max_examples=300, deadline=None)
card = Scorecard.load(CARD)


def scored(summary: Bureau) -> ScoreResult:
    """The score, which every generated summary has."""
    result = card.score(summary)
    assert isinstance(result, ScoreResult)
    return result


@often
@given(bureaus)
def test_the_parts_shown_add_to_the_score_shown(summary: Bureau) -> None:
    """Base and contributions are whole points that sum to the points."""
    result = scored(summary)
    assert result.base_points is not None
    assert result.points == result.base_points + sum(c.points for c in result.contributions)
    assert all(c.points for c in result.contributions)


@sometimes
@given(bureaus)
def test_points_are_the_log_odds_of_the_pd(summary: Bureau) -> None:
    """600 at 50:1, 20 points double the odds."""
    result = scored(summary)
    assert 0 < result.pd < 1
    exact = Scale().offset + Scale().factor * log((1 - result.pd) / result.pd)
    assert abs(result.points - exact) <= 0.5 + 1e-6


@sometimes
@given(bureaus)
def test_reasons_are_few_ranked_and_true(summary: Bureau) -> None:
    """At most four, worst first, each lost something; delinquency only if there was a delay."""
    families = scored(summary).families
    assert len(families) <= 4
    order = [family.value for family in Family]
    ranks = [(-f.points_lost, order.index(f.family)) for f in families]
    assert sorted(ranks) == ranks
    assert all(f.points_lost > 0 for f in families)
    if not any(month.months_past_due for month in summary.months[:6]):
        assert "delinquency" not in {f.family for f in families}


@sometimes
@given(bureaus)
def test_the_same_summary_gives_the_same_score(summary: Bureau) -> None:
    """Every digit of it."""
    assert scored(summary) == scored(replace(summary))


@sometimes
@given(bureaus, st.integers(2, 1_000))
def test_the_currency_does_not_matter(summary: Bureau, times: int) -> None:
    """Amounts in another unit give the same score."""
    months = tuple(
        replace(
            month,
            balance_minor=month.balance_minor * times,
            limit_minor=month.limit_minor * times,
            payment_minor=month.payment_minor * times,
        )
        for month in summary.months
    )
    assert scored(summary) == scored(replace(summary, months=months))


@often
@given(bureaus, st.integers(0, 5), st.integers(1, 4))
def test_a_longer_delay_never_lowers_the_pd(summary: Bureau, index: int, more: int) -> None:
    """A month that carried a balance, or was late already, and is now later."""
    month = summary.months[index]
    assume(month.status in {RepaymentStatus.REVOLVING, RepaymentStatus.PAST_DUE})
    later = with_month(
        summary,
        index,
        status=RepaymentStatus.PAST_DUE,
        months_past_due=month.months_past_due + more,
    )
    assert scored(later).pd >= scored(summary).pd


rows = st.tuples(*(st.floats(f.low, f.high, width=32) for f in FEATURES))


@often
@given(rows, st.integers(0, len(FEATURES) - 1), st.floats(0, 1, width=32))
def test_every_agreed_sign_holds_on_any_row(
    row: tuple[float, ...], column: int, towards: float
) -> None:
    """Moving one feature towards its risky end never lowers the margin."""
    feature = FEATURES[column]
    assume(feature.sign != 0)
    end = feature.high if feature.sign > 0 else feature.low
    moved = list(row)
    moved[column] += (end - moved[column]) * towards
    assert card.margin(checked_row(moved)) >= card.margin(checked_row(row))


@often
@given(rows)
def test_contributions_add_to_the_margin_on_any_row(row: tuple[float, ...]) -> None:
    """Within the tolerance, even on rows that no person has."""
    checked = checked_row(row)
    margin = card.margin(checked)
    parts, bias = card.contributions(checked, margin)
    assert abs(sum(parts) + bias - margin) < ADDITIVITY
