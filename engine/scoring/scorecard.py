"""The credit scorecard: bureau summary in; points, PD, contributions and reason families out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from engine.model import Bureau
from engine.outcome import ReasonFamily, ScoreResult
from engine.scoring.card import ADDITIVITY, Assessed, Card
from engine.scoring.columns import Gate, Row
from engine.scoring.families import columns_of, lost_at_all, lost_points
from engine.scoring.features import FEATURES, ScoreUnavailable, vector

__all__ = ["ADDITIVITY", "Row", "Scorecard", "checked_row"]


@dataclass(frozen=True, slots=True, eq=False)
class Scorecard(Card):
    """A card over the bureau's summary."""

    @classmethod
    def load(cls, directory: Path) -> Self:
        """The card in a directory; ``PolicyError`` as ``Card.read``."""
        return cls.read(directory, FEATURES)

    def assess_bureau(self, bureau: Bureau) -> Assessed | ScoreUnavailable:
        """Score a summary of at least six months; ``ScoreUnavailable`` says why there is none.

        The same summary gives the same result in every process and thread.
        """
        values = vector(bureau)
        if isinstance(values, ScoreUnavailable):
            return values
        return self.assess(values, lost_points)

    def columns_of(self, family: str, values: Sequence[float]) -> Sequence[int]:
        """Of little use, those of the families that say nothing else."""
        return columns_of(family, values)

    def supposed(self, assessed: Assessed) -> tuple[ReasonFamily, ...]:
        """Those that lost points, for want of true ones: a supposed decline is one all the same."""
        known = assessed.explained().families
        return known or self.explain(assessed.with_lost(lost_at_all)).families

    def score(self, bureau: Bureau) -> ScoreResult | ScoreUnavailable:
        """The same with its parts and families."""
        assessed = self.assess_bureau(bureau)
        return assessed.explained() if isinstance(assessed, Assessed) else assessed


def checked_row(values: Sequence[float]) -> Row:
    """One row of ``FEATURES`` in front of the model; raises as ``Gate.row``."""
    return _GATE.row(values)


_GATE = Gate(FEATURES)
