"""The interface of rule engines."""

from __future__ import annotations

from typing import Protocol

from engine.errors import TouchstoneError
from engine.rules.result import StageResult
from engine.rules.signals import Signals
from engine.rules.standing import NO_STANDING, Standing
from touchstone.v1 import facts_pb2


class RuleEngineError(TouchstoneError):
    """The rule engine contradicted itself; nothing may be decided from its answer."""

    reason = "RULE_ENGINE"


class RuleEngine(Protocol):
    """Evaluates the rules of a stage. One instance serves one thread."""

    def evaluate(
        self,
        stage: str,
        facts: facts_pb2.Facts,
        signals: Signals,
        standing: Standing = NO_STANDING,
    ) -> StageResult:
        """The stage's answer, or ``RuleEngineError``. ``signals``: those of earlier stages."""
        ...

    def close(self) -> None:
        """Give back what is held; the instance is not used again."""
        ...
