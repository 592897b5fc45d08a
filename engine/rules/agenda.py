"""durable-rules runs the agenda: which rules fire, in what order. Only inside its envelope.

A rule is one flat conjunction of two integers, the marker of its group and its own; the fact holds
only what is true. Groups of 50 and handles of 200 rules keep every fact under 252 fields and every
node under 64 matches: beyond either, rules silently stop firing.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence

import durable_rules_engine as durable  # type: ignore[import-not-found]

from engine.rules.evaluator import RuleEngineError

GROUP_SIZE = 50
HANDLE_SIZE = 200

_SID = "0"
_MATCHED, _NOTHING_MATCHED = 0, 1
_names = itertools.count()


class Agenda:
    """The rules of one stratum as durable-rules handles, by rank. Not thread-safe."""

    def __init__(self, size: int) -> None:
        starts = range(0, size, HANDLE_SIZE)
        self._handles = [_Handle(min(HANDLE_SIZE, size - start)) for start in starts]

    def fire(self, true: Sequence[int]) -> None:
        """Fire the rules of these ranks (strictly ascending); raise unless exactly they fire."""
        for number, handle in enumerate(self._handles):
            start = number * HANDLE_SIZE
            ranks = [rank - start for rank in true if start <= rank < start + HANDLE_SIZE]
            if ranks:
                handle.fire(ranks)

    def close(self) -> None:
        """Give the handles back."""
        while self._handles:
            self._handles.pop().close()


class _Handle:
    """One ruleset of durable-rules, and its only state."""

    def __init__(self, size: int) -> None:
        definition = {
            f"r{rank}": {
                "all": [{"m": {"$and": [{f"g{rank // GROUP_SIZE}": 1}, {f"r{rank}": 1}]}}],
                "pri": rank,
            }
            for rank in range(size)
        }
        name = f"touchstone-{next(_names)}"
        self._id = int(durable.create_ruleset(name, json.dumps(definition)))
        self._started = False

    def fire(self, ranks: Sequence[int]) -> None:
        """Assert, drain, retract; raise unless exactly these fire, in this order."""
        fact = _fact(ranks)
        code, state = durable.assert_fact(self._id, fact)
        try:
            if code != _MATCHED:
                raise RuleEngineError(f"durable-rules: code {code} on assert")
            fired = self._drain(state, len(ranks))
        finally:
            code, _ = durable.retract_fact(self._id, fact)
        if code not in {_MATCHED, _NOTHING_MATCHED}:
            raise RuleEngineError(f"durable-rules: code {code} on retract")
        if fired != [f"r{rank}" for rank in ranks]:
            raise RuleEngineError(f"durable-rules fired {len(fired)} rules, expected {len(ranks)}")

    def _drain(self, state: int, expected: int) -> list[str]:
        """The fired rules in order, one more than expected at most."""
        self._started = True
        started = durable.start_action_for_state(self._id, state)
        message = started[1] if started else None
        fired: list[str] = []
        while message and len(fired) <= expected:
            fired.append(_rule_of(message))
            message = durable.complete_and_start_action(self._id, state)
        return fired

    def close(self) -> None:
        """Delete the state, which the ruleset would not free, then the ruleset.

        A state in which no action was ever started must be left: deleting it is a segfault.
        """
        if self._started:
            durable.delete_state(self._id, _SID)
        durable.delete_ruleset(self._id)


def _fact(ranks: Sequence[int]) -> str:
    groups = dict.fromkeys(rank // GROUP_SIZE for rank in ranks)
    markers = "".join(f',"g{group}":1' for group in groups)
    rules = "".join(f',"r{rank}":1' for rank in ranks)
    return f'{{"id":1,"sid":"{_SID}"{markers}{rules}}}'


def _rule_of(message: str) -> str:
    """The only key of ``{"r17":{"m":{...}}}``; our own names hold no quotes."""
    start = message.index('"') + 1
    return message[start : message.index('"', start)]
