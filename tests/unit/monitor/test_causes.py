from __future__ import annotations

import random
from collections.abc import Callable

from engine.monitor.causes import Kind
from engine.monitor.cells import Metric
from engine.monitor.explanation import Explanation, explain_change
from engine.monitor.observation import Segment
from engine.monitor.population import Population
from engine.monitor.sentences import sentences
from tests.observations import RATES, drawn

_N = 3_000
_SEEDS = range(6)

Plant = Callable[[random.Random], Population]


def _explained(seed: int, plant: Plant, metric: Metric = Metric.APPROVAL) -> Explanation:
    chance = random.Random(seed)
    return explain_change(metric, drawn(chance, _N), plant(chance))


def _first(found: Explanation) -> tuple[object, Kind] | None:
    named = [cause for cause in found.causes if cause.named]
    return (named[0].key, named[0].kind) if named else None


def _worse(segment: Segment) -> float:
    return RATES[segment.channel] - 0.25 * (segment.channel == "partner")


def _worse_cross(segment: Segment) -> float:
    cross = segment.channel == "partner" and segment.product == "gold"
    return RATES[segment.channel] - 0.4 * cross


def _to_partner(chance: random.Random, segment: Segment) -> Segment:
    moves = segment.channel == "mobile" and chance.random() < 0.5
    return segment._replace(channel="partner") if moves else segment


def _low_partner(segment: Segment) -> float:
    return 0.3 if segment.channel == "partner" else 0.65


class TestPlantedCauses:
    """The planted cause is named first. ``tests.bench.monitor_causes`` publishes the hit rates."""

    def test_the_rate_of_one_channel(self) -> None:
        """Every time."""
        expected = ((("channel", "partner"),), Kind.RATE)
        hits = [
            _first(_explained(seed, lambda c: drawn(c, _N, rate=_worse))) == expected
            for seed in _SEEDS
        ]
        assert sum(hits) == len(hits)

    def test_the_rate_of_one_cross(self) -> None:
        """One product in one channel, of which either alone is diluted."""
        expected = ((("product", "gold"), ("channel", "partner")), Kind.RATE)
        hits = [
            _first(_explained(seed, lambda c: drawn(c, _N, rate=_worse_cross))) == expected
            for seed in _SEEDS
        ]
        assert sum(hits) >= 0.95 * len(hits)

    def test_the_share_of_one_channel(self) -> None:
        """Simpson: no rate of any channel has moved, yet the whole has."""
        expected = ((("channel", "partner"),), Kind.MIX)
        hits = []
        for seed in _SEEDS:
            chance = random.Random(seed)
            before = drawn(chance, _N, rate=_low_partner)
            after = drawn(chance, _N, rate=_low_partner, mix=_to_partner)
            found = explain_change(Metric.APPROVAL, before, after)
            split = next(s for s in found.decompositions if s.dimension == "channel")
            hits.append(_first(found) == expected and abs(split.mix) > 2 * abs(split.rate))
        assert sum(hits) == len(hits)

    def test_the_points_of_one_segment(self) -> None:
        """The mean score, not only rates."""
        expected = ((("customer_segment", "student"),), Kind.RATE)
        hits = [
            _first(
                _explained(
                    seed,
                    lambda c: drawn(
                        c, _N, points=lambda s: 535.0 if s.customer_segment == "student" else 550.0
                    ),
                    Metric.POINTS,
                )
            )
            == expected
            for seed in _SEEDS
        ]
        assert sum(hits) >= 0.95 * len(hits)

    def test_of_chance_nothing_is_named(self) -> None:
        """Bonferroni holds; the seeds are fixed."""
        named = [_first(_explained(seed, lambda c: drawn(c, _N))) is not None for seed in _SEEDS]
        assert not any(named)


class TestEverywhereAlike:
    """A fall of the whole bank."""

    def test_no_segment_is_blamed(self) -> None:
        """Where all fell by the same points, nobody stands out, and the sentences say so."""
        found = _explained(
            3, lambda c: drawn(c, _N, rate=lambda segment: RATES[segment.channel] - 0.1)
        )
        assert found.significant
        assert not found.named
        assert any("No segment moved differently" in text for text in sentences(found, "en"))


class TestSentences:
    """English and Chinese."""

    def test_both_languages_have_the_numbers(self) -> None:
        """In the same order."""
        found = _explained(1, lambda c: drawn(c, _N, rate=_worse))
        english, chinese = sentences(found, "en"), sentences(found, "zh")
        assert len(english) == len(chinese)
        assert "channel partner" in english[1]
        assert "渠道 partner" in chinese[1]
        effect = f"{100 * found.causes[0].effect:+.2f}"
        assert effect in english[1]
        assert effect in chinese[1]

    def test_an_empty_window_is_said(self) -> None:
        """No division by 0."""
        found = explain_change(Metric.LINE, Population(), drawn(random.Random(1), 10))
        assert sentences(found, "en") == (
            "The mean approved line cannot be compared: one of the windows has none.",
        )
