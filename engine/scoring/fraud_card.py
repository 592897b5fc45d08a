"""The fraud scorecard: facts about links in; points, probability of fraud, families out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from engine.outcome import ScoreResult
from engine.scoring.card import Assessed, Card
from engine.scoring.fraud_features import FRAUD_COLUMNS, fraud_vector, lost_to_links
from touchstone.v1 import facts_pb2


@dataclass(frozen=True, slots=True, eq=False)
class FraudCard(Card):
    """A card over facts about links, as of the application."""

    @classmethod
    def load(cls, directory: Path) -> Self:
        """The card in a directory; ``PolicyError`` as ``Card.read``."""
        return cls.read(directory, FRAUD_COLUMNS)

    def assess_facts(self, facts: facts_pb2.Facts) -> Assessed | None:
        """Score; ``pd`` is the probability of fraud. ``None`` while the graph is unknown."""
        values = fraud_vector(facts)
        return None if values is None else self.assess(values, lost_to_links)

    def score(self, facts: facts_pb2.Facts) -> ScoreResult | None:
        """The same with its parts and families."""
        assessed = self.assess_facts(facts)
        return None if assessed is None else assessed.explained()
