from __future__ import annotations

import random
from collections import Counter

import pytest

from engine.monitor.calibration import band_label, calibration, pd_band
from engine.monitor.cells import Cell
from engine.monitor.histogram import bucket, quantile
from engine.monitor.overrides import overrides
from engine.monitor.statistics import discrimination, wilson


class TestWilson:
    """Intervals."""

    def test_known_intervals(self) -> None:
        """From the literature: 81 of 263, and none of ten."""
        found = wilson(81, 263)
        assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=5e-4)
        none = wilson(0, 10)
        assert (none.low, none.high) == pytest.approx((0.0, 0.2775), abs=1e-4)

    def test_of_nothing_there_is_no_rate(self) -> None:
        """Not 0."""
        assert wilson(0, 0).value is None


class TestDiscrimination:
    """AUC and KS."""

    def test_it_is_the_share_of_pairs_in_order(self) -> None:
        """Counted pair by pair; ties count half."""
        chance = random.Random(4)
        good = Counter(chance.randrange(500, 560) for _ in range(150))
        bad = Counter(chance.randrange(480, 540) for _ in range(60))
        found = discrimination(good, bad)
        pairs = [
            (1.0 if g > b else 0.5 if g == b else 0.0)
            for g in good.elements()
            for b in bad.elements()
        ]
        assert found is not None
        assert found.auc == pytest.approx(sum(pairs) / len(pairs))
        cuts = range(470, 570)
        ks = max(
            sum(n for p, n in bad.items() if p <= c) / 60
            - sum(n for p, n in good.items() if p <= c) / 150
            for c in cuts
        )
        assert found.ks == pytest.approx(ks)

    def test_without_bad_accounts_there_is_none(self) -> None:
        """Nor without good ones."""
        assert discrimination(Counter({500: 3}), Counter()) is None


class TestCalibration:
    """PD beside outcomes."""

    def test_bands_ratio_and_test(self) -> None:
        """A card twice too low in one band is found out."""
        cell, other = Cell(), Cell()
        for place in range(1_000):
            cell.mature(0.05, 1, bad=place < 100)
            other.mature(0.2, 1, bad=place < 200)
        found = calibration({pd_band(0.05): cell, pd_band(0.2): other})
        assert found.n == 2_000
        assert found.ratio == pytest.approx(300 / 250)
        assert [band.predicted for band in found.bands] == pytest.approx([0.05, 0.2])
        assert found.test.freedom == 2
        assert found.test.statistic == pytest.approx((100 - 50) ** 2 / (50 * 0.95))
        assert found.test.p_value < 1e-10

    def test_thin_bands_go_to_their_neighbour(self) -> None:
        """No account is lost by it."""
        thin, thick = Cell(), Cell()
        thin.mature(0.005, 1, bad=True)
        for place in range(1_000):
            thick.mature(0.1, 1, bad=place < 100)
        found = calibration({pd_band(0.005): thin, pd_band(0.1): thick})
        assert found.test.freedom == 1
        assert found.bad == 101

    def test_of_nothing_there_is_none(self) -> None:
        """No ratio, no p-value below 1."""
        found = calibration({})
        assert (found.n, found.ratio, found.test.p_value) == (0, None, 1.0)

    def test_bands_have_names(self) -> None:
        """From 0 to 1."""
        assert band_label(pd_band(0.0)) == "0-0.01"
        assert band_label(pd_band(0.06)) == "0.05-0.075"
        assert band_label(pd_band(1.0)) == "0.7-1"


class TestOverrides:
    """People against the engine."""

    def test_sides_and_conversion(self) -> None:
        """A referral that a person answers is no override."""
        outcomes = Counter({"approve": 100, "refer": 40, "decline": 50})
        reviews = Counter(
            {
                ("approve", "approve"): 8,
                ("approve", "decline"): 2,
                ("decline", "approve"): 5,
                ("decline", "decline"): 5,
                ("refer", "approve"): 12,
                ("refer", "decline"): 8,
                ("refer", "refer"): 3,
            }
        )
        found = overrides(outcomes, reviews)
        assert (found.rate.hits, found.rate.n) == (7, 20)
        assert (found.low_side.hits, found.low_side.n) == (5, 50)
        assert (found.high_side.hits, found.high_side.n) == (2, 100)
        assert (found.conversion.hits, found.conversion.n) == (12, 20)
        assert (found.answered.hits, found.answered.n) == (20, 40)


class TestHistogram:
    """Amounts in buckets."""

    def test_quantiles_are_within_two_per_cent(self) -> None:
        """Of amounts over four decades."""
        chance = random.Random(5)
        amounts = sorted(round(10 ** chance.uniform(4, 8)) for _ in range(5_000))
        counts = Counter(bucket(amount) for amount in amounts)
        for share in (0.1, 0.5, 0.9):
            found = quantile(counts, share)
            assert found == pytest.approx(amounts[int(share * 5_000) - 1], rel=0.02)

    def test_of_nothing_there_is_none(self) -> None:
        """And of 0 it is 0."""
        assert quantile({}, 0.5) is None
        assert quantile({bucket(0): 3}, 0.5) == 0.0
