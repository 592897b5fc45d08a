from __future__ import annotations

from collections import Counter
from math import log

import msgspec
import numpy as np
import pytest
from scipy.stats import chi2_contingency

from engine.monitor.cards import WatchedCard
from engine.monitor.population import CardCounts
from engine.monitor.stability import Bins, Thresholds, Verdict, score_bins, stability
from engine.monitor.statistics import homogeneity
from engine.scoring.features import FEATURES, vector
from engine.scoring.manifest import Manifest, read_artefact
from engine.watch.figures import points_stability
from tests.applications import bureau, months
from tests.running_app import POLICY

TENTHS = Bins("x", tuple(float(n) for n in range(1, 10)), (), (*[0.1] * 10, 0.0))


def _manifest() -> tuple[Manifest, str]:
    artefact = read_artefact(POLICY / "scorecards" / "card_bureau", FEATURES)
    return artefact.manifest, artefact.digest


class TestPsi:
    """The index and its verdict."""

    def test_it_is_the_sum_of_its_definition(self) -> None:
        """Held against the formula written out."""
        counts = [50, 60, 70, 80, 90, 110, 120, 130, 140, 150, 0]
        found = stability(TENTHS, counts, 30_000)
        expected = sum((c / 1000 - 0.1) * log((c / 1000) / 0.1) for c in counts[:10])
        assert abs(found.psi - expected) < 1e-12
        assert found.n == 1_000

    def test_without_drift_its_mean_is_what_is_published(self) -> None:
        """(B - 1) (1 / n + 1 / m), over many samples of the training distribution."""
        chance = np.random.default_rng(1)
        n, m = 500, 2_000
        psis, expected = [], 0.0
        for _ in range(400):
            then = chance.multinomial(m, [0.1] * 10) / m
            bins = Bins("x", TENTHS.cuts, (), (*then.tolist(), 0.0))
            found = stability(bins, [*chance.multinomial(n, [0.1] * 10).tolist(), 0], m)
            psis.append(found.psi)
            expected = found.expected
        assert expected == pytest.approx(9 * (1 / n + 1 / m))
        assert np.mean(psis) == pytest.approx(expected, rel=0.1)

    def test_without_drift_few_p_values_are_small(self) -> None:
        """About one in a hundred below 0.01, also with thin bins."""
        chance = np.random.default_rng(2)
        shares = [0.5, 0.3, 0.1, 0.05, 0.03, 0.01, 0.005, 0.003, 0.002]
        tests = [
            homogeneity(
                chance.multinomial(300, shares).tolist(), chance.multinomial(3000, shares).tolist()
            ).p_value
            for _ in range(2_000)
        ]
        assert np.mean([p < 0.01 for p in tests]) < 0.02
        assert np.mean([p < 0.05 for p in tests]) == pytest.approx(0.05, abs=0.02)

    def test_an_empty_bin_is_no_infinity(self) -> None:
        """It counts as half an observation."""
        found = stability(TENTHS, [500, 500, *[0] * 9], 10_000)
        expected = 2 * (0.5 - 0.1) * log(0.5 / 0.1) + 8 * (0.0005 - 0.1) * log(0.0005 / 0.1)
        assert found.psi == pytest.approx(expected)

    def test_a_value_never_seen_in_training_counts(self) -> None:
        """Missing values where training had none."""
        found = stability(TENTHS, [*[90] * 10, 100], 30_000)
        assert found.psi > 0.1
        assert found.verdict is not Verdict.STABLE

    def test_few_applications_never_alert(self) -> None:
        """199 in one bin are chance; 200 are not."""
        assert stability(TENTHS, [199, *[0] * 10], 30_000).verdict is Verdict.TOO_FEW
        assert stability(TENTHS, [200, *[0] * 10], 30_000).verdict is Verdict.DRIFT

    def test_thresholds_can_be_set(self) -> None:
        """The same counts, stricter and laxer."""
        counts = [150, 130, 110, 100, 100, 100, 90, 80, 70, 70, 0]
        assert stability(TENTHS, counts, 30_000).verdict is Verdict.STABLE
        strict = Thresholds(watch=0.01, drift=0.02)
        assert stability(TENTHS, counts, 30_000, strict).verdict is Verdict.DRIFT

    def test_of_nothing_there_is_none(self) -> None:
        """No division by 0."""
        found = stability(TENTHS, [0] * 11, 30_000)
        assert (found.psi, found.n, found.p_value) == (0.0, 0, 1.0)


class TestTest:
    """The chi-square test beside it."""

    def test_it_is_pearsons(self) -> None:
        """Held against scipy where no bin is thin."""
        first, second = [30, 50, 20, 44], [300, 420, 260, 500]
        found = homogeneity(first, second)
        other = chi2_contingency([first, second], correction=False)
        assert found.statistic == pytest.approx(other.statistic)
        assert found.p_value == pytest.approx(other.pvalue)
        assert found.freedom == 3

    def test_thin_bins_are_put_together(self) -> None:
        """Until five are expected in the smaller sample; nothing is lost by it."""
        found = homogeneity([1, 2, 30, 40, 1, 2], [10, 20, 300, 400, 10, 20])
        assert found.freedom == 1
        assert found.p_value == pytest.approx(1.0, abs=0.2)


class TestCard:
    """The bins of the shipped card."""

    def test_every_feature_of_the_shipped_card_has_frozen_bins(self) -> None:
        """In the order of the features."""
        card = WatchedCard.of(*_manifest())
        assert [bins.name for bins in card.features] == [f.name for f in FEATURES]
        assert {bins.rows for bins in (card.points, *card.features)} == {30_000}

    def test_values_fall_where_training_put_them(self) -> None:
        """As ``searchsorted`` over 32-bit rows does."""
        card = WatchedCard.of(*_manifest())
        for used in range(0, 2_000_000, 77_777):
            asked = bureau(months=months(6, balance_minor=used, payment_minor=used // 7))
            values = vector(asked)
            assert isinstance(values, tuple)
            row = np.array(values, dtype=np.float32)
            expected = tuple(
                int(np.searchsorted(np.array(bins.cuts, dtype=np.float64), value, side="left"))
                for bins, value in zip(card.features, row, strict=True)
            )
            assert card.places(values) == expected

    def test_without_a_row_there_are_no_places(self) -> None:
        """Whatever the card."""
        assert WatchedCard.of(*_manifest()).places(()) == ()

    def test_bins_tell_of_how_many_rows_they_are(self) -> None:
        """Points are of rows that the model had not seen, which may be fewer than it has seen."""
        manifest, digest = _manifest()
        held_out = [msgspec.structs.replace(entry, rows=7_000) for entry in manifest.score_bins]
        older = [msgspec.structs.replace(entry, rows=0) for entry in manifest.bins]
        card = WatchedCard.of(
            msgspec.structs.replace(manifest, score_bins=held_out, bins=older), digest
        )
        assert card.points.rows == 7_000
        assert {bins.rows for bins in card.features} == {manifest.data.rows}
        counts = CardCounts(n=500, points=Counter({500: 250, 560: 250}))
        found = points_stability(card, counts, Thresholds())
        assert found.rows == 7_000
        cells = sum(
            1 for now, share in zip(found.counts, card.points.shares, strict=True) if now or share
        )
        assert found.expected == pytest.approx((cells - 1) * (1 / 500 + 1 / 7_000))

    def test_points_have_the_bins_that_were_frozen_in_training(self) -> None:
        """With the shares counted then, so that the p-value is exact."""
        manifest, _ = _manifest()
        (frozen,) = (entry for entry in manifest.score_bins if entry.feature == "points")
        bins = score_bins(manifest)
        assert (list(bins.cuts), list(bins.shares)) == (frozen.cuts, frozen.shares)
        assert bins.exact

    def test_deciles_that_coincide_are_one_cut(self) -> None:
        """A card of an earlier training has no frozen bins of points, only their deciles."""
        manifest = msgspec.structs.replace(_manifest()[0], score_bins=[])
        bins = score_bins(manifest)
        assert bins.cuts == tuple(sorted(set(manifest.points_deciles)))
        assert sum(bins.shares) == pytest.approx(1.0)
        assert not bins.exact
