"""What the servicers need of the engine. ``engine.pipeline.DecisionEngine`` implements it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from engine.deadline import Deadline
from engine.estimate import Estimate, Prospect
from engine.explain import Explanation
from engine.ledger import ListFilter, RecordPage
from engine.model import Application
from engine.outcome import Decision, Timing
from engine.supplement import Supplement

Respond = Callable[[Decision, tuple[Timing, ...]], bytes]
"""Turns a decision into the bytes of the answer, which are stored and sent."""


class Engine(Protocol):
    """Decides, remembers, explains. Every method raises ``TouchstoneError`` only."""

    async def decide(
        self,
        caller: str,
        request_id: str,
        content: bytes,
        application: Application,
        respond: Respond,
        deadline: Deadline,
    ) -> bytes:
        """The answer made by ``respond``, durable; the stored one for a repeated request.

        ``content``: what must be the same for the request to count as repeated.
        """
        ...

    async def supplement(
        self,
        caller: str,
        request_id: str,
        content: bytes,
        decision_id: str,
        supplement: Supplement,
        respond: Respond,
        deadline: Deadline,
    ) -> bytes:
        """As ``decide``, for proofs added to a decision. Raises also ``PreconditionFailed``."""
        ...

    async def estimate(self, subject: Application | Prospect) -> Estimate:
        """A trial calculation; nothing is recorded."""
        ...

    def check(self, application: Application) -> None:
        """Raise ``InvalidApplication`` as ``decide`` would for what only the policy can tell."""
        ...

    async def get(self, decision_id: str, caller: str | None) -> bytes:
        """The stored answer; ``caller`` ``None``: whoever asked for it. Raises ``NotFound``."""
        ...

    async def list(
        self, caller: str | None, listing: ListFilter, page_size: int, page_token: str
    ) -> RecordPage:
        """A page of summaries, newest first; ``caller`` ``None``: of every caller."""
        ...

    async def explain(
        self, decision_id: str, caller: str | None, language: str, deadline: Deadline
    ) -> Explanation:
        """A stored decision in sentences, ``language`` "zh" or "en", with parts of its scores.

        Raises ``NotFound``.
        """
        ...

    async def mark_fraud(
        self,
        caller: str,
        request_id: str,
        content: bytes,
        decision_id: str,
        fraud_type: str | None,
        source: str,
        since_us: int | None = None,
        case_id: str = "",
    ) -> int:
        """Mark, or unmark if ``fraud_type`` is ``None``; when it was made, microseconds.

        ``since_us``: since when it was known elsewhere; ``None``: since now.
        """
        ...
