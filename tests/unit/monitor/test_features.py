from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from engine.monitor.cards import WatchedCard
from engine.monitor.features import feature_effects
from engine.scoring import Scorecard
from engine.scoring.features import FEATURES, ScoreUnavailable, vector
from engine.scoring.manifest import read_artefact
from tests.applications import bureau, months
from tests.running_app import POLICY

_CARD = POLICY / "scorecards" / "card_bureau"


def _rows(chance: random.Random, count: int) -> list[tuple[float, ...]]:
    found = []
    for _ in range(count):
        used, share = chance.randrange(0, 1_900_000), chance.uniform(0.02, 1.2)
        values = vector(
            bureau(
                months=tuple(
                    month
                    for _ in range(6)
                    for month in months(
                        1,
                        balance_minor=round(used * chance.uniform(0.8, 1.2)),
                        payment_minor=round(used * share),
                    )
                )
            )
        )
        assert not isinstance(values, ScoreUnavailable)
        found.append(values)
    return found


def _loaded(path: Path) -> tuple[Scorecard, WatchedCard]:
    artefact = read_artefact(path, FEATURES)
    return Scorecard.load(path), WatchedCard.of(artefact.manifest, artefact.digest)


def _with(rows: list[tuple[float, ...]], name: str, add: float) -> list[tuple[float, ...]]:
    place = [feature.name for feature in FEATURES].index(name)
    feature = FEATURES[place]
    return [
        (*row[:place], min(max(row[place] + add, feature.low), feature.high), *row[place + 1 :])
        for row in rows
    ]


class TestEffects:
    """What features add to the mean score."""

    def test_they_add_to_the_change_of_the_mean_points(self) -> None:
        """Within the rounding of contributions, held against the card's own PD."""
        card, watched = _loaded(_CARD)
        before, after = (_rows(random.Random(seed), 150) for seed in (1, 2))
        found = feature_effects(card, watched, before, _with(after, "utilisation_1", 0.4))
        assert found is not None
        assert sum(e.points for e in found.features) == pytest.approx(found.change, abs=1e-6)
        assert sum(e.points for e in found.families) == pytest.approx(found.change, abs=1e-6)
        means = [
            np.mean(
                [
                    -card.scale.factor
                    * card.calibrator.log_odds(card.margin(np.array([row], dtype=np.float32)))
                    for row in rows
                ]
            )
            for rows in (before, _with(after, "utilisation_1", 0.4))
        ]
        assert found.change == pytest.approx(means[1] - means[0], abs=1e-3)

    @pytest.mark.parametrize("name", ["delay_1", "utilisation_1"])
    def test_a_planted_feature_is_named_first(self, name: str) -> None:
        """Every time, of 48."""
        card, watched = _loaded(_CARD)
        add = {"delay_1": 2.0, "utilisation_1": 0.5}[name]
        for seed in range(3):
            chance = random.Random(seed)
            found = feature_effects(
                card, watched, _rows(chance, 400), _with(_rows(chance, 400), name, add)
            )
            assert found is not None
            assert found.features[0].name == name
            assert found.features[0].named

    def test_a_feature_that_the_card_hardly_reads_shows_in_its_csi(self) -> None:
        """It moves few points, yet no other feature has drifted as far."""
        card, watched = _loaded(_CARD)
        chance = random.Random(1)
        after = _with(_rows(chance, 400), "payment_to_limit_1", -0.3)
        found = feature_effects(card, watched, _rows(chance, 400), after)
        assert found is not None
        furthest = max(found.features, key=lambda e: e.csi.psi if e.csi else 0.0)
        assert furthest.name == "payment_to_limit_1"

    def test_without_rows_there_is_nothing(self) -> None:
        """On either side."""
        card, watched = _loaded(_CARD)
        assert feature_effects(card, watched, [], _rows(random.Random(1), 2)) is None
