"""What investigators ask of a graph store, beside what decisions and upkeep do."""

from __future__ import annotations

from typing import Protocol

from graph.investigate.model import Answer, Question
from graph.upkeep import UpkeepStore
from graph.window.model import Statement, WindowAnswer


class InvestigatorStore(UpkeepStore, Protocol):
    """Reads of the projected graph alone. Both raise ``GraphUnavailable`` and ``GraphLate``."""

    async def look(self, question: Question, *, timeout_s: float) -> Answer:
        """The answer, as of the question's time.

        One short statement: decisions go on between two of them.
        ``ValueError`` if the question asks for more than its bounds.
        """
        ...

    async def run(self, statement: Statement, *, timeout_s: float) -> WindowAnswer:
        """A checked statement of the window: it can only read, and decisions do not wait for it.

        Raises ``WindowFailed`` too.
        """
        ...
