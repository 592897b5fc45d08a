"""Scorecards: a bureau summary becomes points, a calibrated PD, contributions and reasons."""

from engine.scoring.features import Family, ScoreUnavailable, Unavailability
from engine.scoring.scorecard import Scorecard

__all__ = ["Family", "ScoreUnavailable", "Scorecard", "Unavailability"]
