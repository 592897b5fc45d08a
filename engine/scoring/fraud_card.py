"""The fraud scorecard: facts about links in; points, probability of fraud, families out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from engine.outcome import ScoreResult
from engine.scoring.card import Card
from engine.scoring.columns import Column
from engine.scoring.fraud_features import FRAUD_COLUMNS, fraud_vector, lost_to_links
from touchstone.v1 import facts_pb2


@dataclass(frozen=True, slots=True, eq=False)
class FraudCard(Card):
    """A card over facts about links, as of the application."""

    columns: ClassVar[Sequence[Column]] = FRAUD_COLUMNS

    def score(self, facts: facts_pb2.Facts) -> ScoreResult | None:
        """The score; ``pd`` is the probability of fraud. ``None`` while the graph is unknown."""
        values = fraud_vector(facts)
        return None if values is None else self.result(values, lost_to_links)
