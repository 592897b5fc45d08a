from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import pytest

from engine.monitor.causes import Cause, Key, Kind
from engine.monitor.cells import Metric, Moments
from engine.monitor.explanation import Explanation, explain_change
from engine.monitor.observation import Segment
from engine.monitor.policies import PolicyEffect
from engine.monitor.population import Population
from engine.monitor.sentences import amounts, sentences
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


def _students_rarely(segment: Segment) -> float:
    return 0.3 if segment.customer_segment == "student" else 0.7


def _worse_partner(segment: Segment) -> float:
    return _students_rarely(segment) - 0.35 * (segment.channel == "partner")


def _fewer_students(chance: random.Random, segment: Segment) -> Segment:
    moves = segment.customer_segment == "student" and chance.random() < 0.3
    return segment._replace(customer_segment="mass") if moves else segment


_PARTNER: Key = (("channel", "partner"),)
_STUDENTS: Key = (("customer_segment", "student"),)


def _opposed(seed: int) -> Explanation:
    """A channel falls, while fewer come of whom few are approved."""
    chance = random.Random(seed)
    before = drawn(chance, _N, rate=_students_rarely)
    after = drawn(chance, _N, rate=_worse_partner, mix=_fewer_students)
    return explain_change(Metric.APPROVAL, before, after)


class TestCausesAgainst:
    """Two causes that work against each other."""

    def test_both_are_named_with_their_sign_and_nothing_else_is(self) -> None:
        """Other channels moved "against" the one that fell, and are no causes."""
        for seed in _SEEDS:
            found = _opposed(seed)
            effects = {
                (part.key, part.kind): part.effect
                for part in found.account.parts
                if isinstance(part, Cause)
            }
            assert set(effects) == {(_PARTNER, Kind.RATE), (_STUDENTS, Kind.MIX)}
            assert effects[_PARTNER, Kind.RATE] == pytest.approx(-0.07, abs=0.025)
            assert effects[_STUDENTS, Kind.MIX] == pytest.approx(0.04, abs=0.02)
            assert all(found.sign * part.effect > 0 for part in found.named)
            assert all(found.sign * part.effect < 0 for part in found.against)

    def test_what_is_printed_adds(self) -> None:
        """To the last digit, in both languages."""
        for seed in _SEEDS:
            found = _opposed(seed)
            *parts, change = (float(text.split()[0]) for text in amounts(found))
            assert sum(parts) == pytest.approx(change, abs=1e-9)
            english, chinese = sentences(found, "en"), sentences(found, "zh")
            assert len(english) == len(chinese)
            told = next(text for text in english if text.startswith("With the change"))
            assert [float(n) for n in re.findall(r"[+-]\d+\.\d\d", told)] == pytest.approx(
                [
                    100 * sum(part.effect for part in found.named),
                    100 * sum(part.effect for part in found.against),
                    100 * found.account.rest,
                    change,
                ],
                abs=0.02,
            )
            assert any("works against the change" in text for text in english)
            assert any("方向相反" in text for text in chinese)

    def test_a_new_segment_is_mix_alone(self) -> None:
        """It has no rate before."""
        chance = random.Random(5)
        before = drawn(chance, _N)
        after = drawn(
            chance,
            _N,
            rate=lambda segment: 0.2 if segment.partner else 0.6,
            mix=lambda c, s: s._replace(partner="agent") if c.random() < 0.2 else s,
        )
        found = explain_change(Metric.APPROVAL, before, after)
        assert [(c.key, c.kind) for c in found.named if isinstance(c, Cause)][:1] in (
            [((("partner", "agent"),), Kind.MIX)],
            [((("partner", ""),), Kind.MIX)],
        )

    def test_what_the_policy_did_in_a_segment_is_told_once(self) -> None:
        """A rule that hits one channel alone: the policy's part, and no second cause."""
        chance = random.Random(2)
        before, after = drawn(chance, _N), drawn(chance, _N, rate=_worse)
        segments = Counter({segment: cell.n for segment, cell in after.cells.items()})
        hits = {segment: 0.25 * (segment.channel == "partner") for segment in segments}
        differences = {
            segment: Moments(n, -n * Fraction(hits[segment]), n * Fraction(hits[segment]))
            for segment, n in segments.items()
        }
        effect = -sum(n * hits[segment] for segment, n in segments.items()) / _N
        policy = PolicyEffect(
            digest="p",
            metric=Metric.APPROVAL,
            n=_N,
            left_out=0,
            effect=effect,
            error=0.004,
            p_value=0.0,
            differences=differences,
        )
        found = explain_change(Metric.APPROVAL, before, after, policy=policy)
        assert found.account.parts == (policy,)
        assert found.account.rest == pytest.approx(found.change - effect)


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
