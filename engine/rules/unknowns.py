"""Which of the fields that a condition reads were supplied by nobody."""

from __future__ import annotations

from collections.abc import Iterable

from engine.outcome import RuleResult
from engine.rules.ast import Read
from engine.rules.condition import Condition
from engine.rules.result import Verdict
from engine.rules.signals import Signals
from engine.rules.standing import Standing
from engine.rules.vocabulary import LISTS, SIGNALS, presence_test
from touchstone.v1 import facts_pb2


class Knowledge:
    """What is known in one evaluation."""

    def __init__(self, facts: facts_pb2.Facts, signals: Signals, standing: Standing) -> None:
        self._facts = facts
        self._told = {SIGNALS: signals, LISTS: standing.lists}

    def is_known(self, path: str) -> bool:
        """Whether the wrapper field, signal or list is known; the empty path always is."""
        if not path:
            return True
        root, _, name = path.partition(".")
        told = self._told.get(root)
        return presence_test(path)(self._facts) if told is None else name not in told.unknown

    def missing(self, reads: Iterable[Read]) -> tuple[str, ...]:
        """The paths among them that nobody supplied, in the order given."""
        return tuple(item.path for item in reads if not self.is_known(item.known_by))

    def unknown(self, condition: Condition) -> Verdict:
        """The verdict ``unknown`` with the fields that are missing."""
        return Verdict(result=RuleResult.UNKNOWN, unknown_fields=self.missing(condition.reads))
