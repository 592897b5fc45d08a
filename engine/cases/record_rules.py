"""Keeps what the rules of each stage saw and came to, for traces, coverage and mutants."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules import NO_STANDING, RuleEngine, Signals, StageResult, Standing
from touchstone.v1 import facts_pb2


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One stage of one case. ``facts`` are a copy. ``result.signals``: after the stage."""

    stage: str
    facts: facts_pb2.Facts
    before: Signals
    standing: Standing
    result: StageResult


class Recorder:
    """A ``RuleEngine`` that passes on to another one and keeps what it saw."""

    def __init__(self, engine: RuleEngine) -> None:
        self._engine = engine
        self._seen: list[Seen] = []

    def evaluate(
        self,
        stage: str,
        facts: facts_pb2.Facts,
        signals: Signals,
        standing: Standing = NO_STANDING,
    ) -> StageResult:
        """The engine's answer."""
        result = self._engine.evaluate(stage, facts, signals, standing)
        copy = facts_pb2.Facts()
        copy.CopyFrom(facts)
        self._seen.append(
            Seen(stage=stage, facts=copy, before=signals, standing=standing, result=result)
        )
        return result

    def close(self) -> None:
        """The engine is closed by whoever opened it."""

    def taken(self) -> tuple[Seen, ...]:
        """What was seen since this was asked last."""
        seen, self._seen = tuple(self._seen), []
        return seen
