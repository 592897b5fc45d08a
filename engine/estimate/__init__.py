"""Trial calculations before an application exists, from what is known so far. Pure."""

from engine.estimate.answer import estimate_partly
from engine.estimate.prospect import Prospect
from engine.estimate.result import Estimate, LineRange, MissingFact, UntoldRule, whole

__all__ = [
    "Estimate",
    "LineRange",
    "MissingFact",
    "Prospect",
    "UntoldRule",
    "estimate_partly",
    "whole",
]
