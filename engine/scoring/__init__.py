"""Scorecards: facts become points, a calibrated probability, contributions and reasons."""

from engine.scoring.card import Assessed
from engine.scoring.features import Family, ScoreUnavailable, Unavailability
from engine.scoring.fraud_card import FraudCard
from engine.scoring.scorecard import Scorecard

__all__ = ["Assessed", "Family", "FraudCard", "ScoreUnavailable", "Scorecard", "Unavailability"]
