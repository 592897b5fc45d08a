"""Gathering: the sources side by side, each within its own budget and the deadline.

A source that is late or down is no error: it is reported as such, and the strategy's declared
fallback decides what follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from engine.deadline import Deadline
from engine.errors import DeadlineExceeded
from engine.ledger import Ledger
from engine.model import (
    Admission,
    Application,
    GrantedLine,
    History,
    IdentifierKind,
    Role,
    SourceStatus,
)
from engine.outcome import Gathered
from engine.parents import parent_of
from engine.rules import SourcePolicy
from graph.circle import circle_members
from graph.model import Neighbourhood, NeighbourhoodQuery
from graph.pending import PendingIndex
from graph.projector import Projector
from graph.store import GraphStore, GraphUnavailable

_DAY_US = 86_400_000_000


class Stale(Exception):
    """The source answers, but not with all that it should know."""


class Source(Protocol):
    """Something outside the request that a stage needs."""

    async def fetch(self, admission: Admission, timeout_s: float) -> History | Neighbourhood:
        """The source's answer. Any exception means that there is none."""
        ...


@dataclass(frozen=True, slots=True)
class GraphSource:
    """The bounded neighbourhood of the application's identifiers, pending ones merged in.

    ``window_days``: links that began earlier are not looked at.
    """

    store: GraphStore
    pending: PendingIndex
    projector: Projector
    window_days: int = 365

    async def fetch(self, admission: Admission, timeout_s: float) -> Neighbourhood:
        """One round trip. ``Stale`` while a graph that was lost is being rebuilt, while more waits
        for it than can be seen, and if it answers from before what is known to be in it;
        ``GraphUnavailable`` before it was ever reached.
        """
        reached = self.projector.position
        if not self.projector.is_trusted:
            raise Stale if reached is not None else GraphUnavailable("the graph was not reached")
        query = NeighbourhoodQuery(
            applicant_key=admission.applicant_key,
            links=admission.application.links,
            as_of_us=admission.as_of_us,
            since_us=max(0, admission.as_of_us - self.window_days * _DAY_US),
        )
        if self.pending.is_blind:
            raise Stale
        with self.pending.view() as view:
            answer = await self.store.neighbourhood(query, view, timeout_s=timeout_s)
        if answer.projected_to < (reached or 0):
            # Emptied, restored or a replica that lags: what is missing is not pending any more.
            raise Stale
        return answer


@dataclass(frozen=True, slots=True)
class HistorySource:
    """Earlier recorded applications of the same person, at most ``limit``; and of a line that
    shares another's the card that holds it.
    """

    ledger: Ledger
    limit: int = 200

    async def fetch(self, admission: Admission, timeout_s: float) -> History:
        """One indexed read of the ledger; three where a line is shared, within the same time."""
        async with asyncio.timeout(timeout_s):
            found = await self.ledger.history(
                subject_of(admission),
                before_us=admission.as_of_us,
                limit=self.limit,
                but=admission.applicant_key,
            )
            parent = await parent_of(self.ledger, admission, subject_of(admission))
            return found if parent is None else replace(found, parent=parent)


@dataclass(frozen=True, slots=True)
class CircleLines:
    """What was granted to the applicants around an application, from the ledger.

    It takes the graph's answer to know who they are, so it is asked after that.
    """

    ledger: Ledger

    async def fetch(
        self, admission: Admission, neighbourhood: Neighbourhood, timeout_s: float
    ) -> tuple[GrantedLine, ...]:
        """Indexed reads of the ledger, as many as the neighbourhood's lists are long at most."""
        members = circle_members(neighbourhood, admission.application.links)
        if not members:
            return ()
        async with asyncio.timeout(timeout_s):
            return await self.ledger.granted(members, before_us=admission.as_of_us)


def subject_of(admission: Admission) -> str:
    """The person: the token of the applicant's own ID number."""
    return customer_of(admission.application)


def customer_of(application: Application) -> str:
    """The token of the applicant's own ID number; "" if a trial calculation has none."""
    tokens = (
        link.identifier.key
        for link in application.links
        if link.role is Role.USES and link.identifier.kind is IdentifierKind.ID_NUMBER
    )
    return next(tokens, "")


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Asks several sources at once; then for the lines of whom the graph has found."""

    sources: Mapping[str, Source]
    circle: CircleLines | None = None

    async def gather(
        self,
        names: tuple[str, ...],
        policies: Mapping[str, SourcePolicy],
        admission: Admission,
        gathered: Gathered,
        deadline: Deadline,
    ) -> Gathered:
        """``gathered`` with the answers, or the failures, of the named sources added."""
        answers = await asyncio.gather(
            *(
                self._ask(name, admission, deadline.bounded(policies[name].timeout_ms / 1000))
                for name in names
            )
        )
        for name, (status, answer) in zip(names, answers, strict=True):
            gathered = _with_answer(gathered, name, status, answer)
        if self.circle is None or gathered.graph is None or gathered.history is None:
            return gathered
        timeout_s = deadline.bounded(policies["history"].timeout_ms / 1000)
        return await self._with_circle(self.circle, admission, gathered, timeout_s)

    async def _with_circle(
        self, circle: CircleLines, admission: Admission, gathered: Gathered, timeout_s: float
    ) -> Gathered:
        """The history is whole only with the circle's lines; without them it did not answer."""
        graph, history = gathered.graph, gathered.history
        if graph is None or history is None or history.circle is not None:
            return gathered
        try:
            lines = await circle.fetch(admission, graph, timeout_s)
        except (TimeoutError, DeadlineExceeded):
            return _failed(gathered, SourceStatus.LATE)
        except Exception:  # noqa: BLE001 - as any source
            return _failed(gathered, SourceStatus.DOWN)
        return replace(gathered, history=replace(history, circle=lines))

    async def _ask(
        self, name: str, admission: Admission, timeout_s: float
    ) -> tuple[SourceStatus, History | Neighbourhood | None]:
        try:
            return SourceStatus.OK, await self.sources[name].fetch(admission, timeout_s)
        except (TimeoutError, DeadlineExceeded):
            return SourceStatus.LATE, None
        except Stale:
            return SourceStatus.STALE, None
        except Exception:  # noqa: BLE001 - whatever a source raises, the fallback is policy
            return SourceStatus.DOWN, None


def _failed(gathered: Gathered, status: SourceStatus) -> Gathered:
    statuses = tuple(
        (name, status if name == "history" else found) for name, found in gathered.statuses
    )
    return replace(gathered, statuses=statuses, history=None)


def _with_answer(
    gathered: Gathered,
    name: str,
    status: SourceStatus,
    answer: History | Neighbourhood | None,
) -> Gathered:
    statuses = (*gathered.statuses, (name, status))
    if isinstance(answer, Neighbourhood):
        return replace(gathered, statuses=statuses, graph=answer)
    if isinstance(answer, History):
        return replace(gathered, statuses=statuses, history=answer)
    return replace(gathered, statuses=statuses)
