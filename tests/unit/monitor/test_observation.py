"""What counts of a stored decision: where its cards' features fall in their bins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.evaluate import evaluate
from engine.facts import add_graph, base_facts, day_of
from engine.model import SourceStatus
from engine.monitor.cards import WatchedCard
from engine.monitor.observation import observe
from engine.outcome import Decision, Gathered
from engine.policy import Policy, load_policy
from engine.record import DecisionRecord
from engine.scoring.fraud_card import FraudCard
from engine.scoring.fraud_features import FRAUD_COLUMNS, fraud_vector
from engine.scoring.manifest import read_artefact
from tests.applications import admission, application, bureau, gathered, months, neighbourhood
from tests.running_app import POLICY

_FRAUD = POLICY / "scorecards" / "card_fraud"


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped one."""
    found = load_policy(POLICY)
    yield found
    found.rules.close()


def _watched() -> WatchedCard:
    artefact = read_artefact(_FRAUD, FRAUD_COLUMNS)
    return WatchedCard.of(artefact.manifest, artefact.digest)


def _decided(policy: Policy, facts: Gathered, **changes: object) -> DecisionRecord:
    asked = admission(application(**changes))
    decision = evaluate(policy, asked, facts)
    assert isinstance(decision, Decision)
    return DecisionRecord(admission=asked, gathered=facts, decision=decision)


class TestFraudCard:
    """Its features are facts about links, as they were at the decision."""

    def test_every_feature_has_frozen_bins(self) -> None:
        """In the order of the columns, of all rows of training."""
        card = _watched()
        assert [bins.name for bins in card.features] == [column.name for column in FRAUD_COLUMNS]
        assert {bins.rows for bins in card.features} == {98_007}

    @pytest.mark.parametrize("others, frauds", [(0, 0), (1, 0), (3, 0), (2, 1)])
    def test_the_row_is_the_one_that_was_scored(
        self, policy: Policy, others: int, frauds: int
    ) -> None:
        """The card gives it the points on record, and each value falls where training put it."""
        card = _watched()
        record = _decided(
            policy, gathered(neighbourhood(others, frauds)), branch="branch_1", partner="agent"
        )
        seen = observe(record, {card.digest: card})
        asked = record.admission
        facts = base_facts(asked.application, day_of(asked.as_of_us, 480), 0, 0)
        add_graph(facts, record.gathered.graph, asked.application)
        values = fraud_vector(facts)
        assert values is not None
        assert seen.fraud_score is not None
        assert FraudCard.load(_FRAUD).assess_facts(facts).score.points == seen.fraud_score.points  # type: ignore[union-attr]
        row = np.array(values, dtype=np.float32)
        assert seen.fraud_score.places == tuple(
            int(np.searchsorted(np.array(bins.cuts, dtype=np.float64), value, side="left"))
            for bins, value in zip(card.features, row, strict=True)
        )

    def test_without_the_graph_there_is_no_row(self, policy: Policy) -> None:
        """Nothing is guessed."""
        card = _watched()
        record = _decided(policy, gathered(graph=SourceStatus.DOWN))
        assert observe(record, {card.digest: card}).fraud_score is None

    def test_without_bins_no_row_is_made(self, policy: Policy) -> None:
        """A card whose bundle is gone, or that has none."""
        card = _watched()
        record = _decided(policy, gathered())
        for cards in ({}, {card.digest: replace(card, features=())}):
            seen = observe(record, cards)
            assert seen.fraud_score is not None
            assert seen.fraud_score.places == ()


class TestBureauCard:
    """Its features are those of the bureau's summary."""

    @pytest.mark.parametrize("file", [None, bureau(months=months(3))])
    def test_a_thin_file_has_no_places(self, policy: Policy, file: object) -> None:
        """As it has no score."""
        seen = observe(_decided(policy, gathered(), bureau=file), {})
        assert seen.score is None or seen.score.places == ()
