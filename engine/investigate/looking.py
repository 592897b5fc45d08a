"""Looking at the graph: what each method of the service asks, in bounded steps, as of a view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.codec import decode
from engine.deadline import Deadline
from engine.errors import NotFound
from engine.investigate.decision_graph import DecisionGraph, decision_graph
from engine.investigate.horizon import View
from engine.ledger import Ledger
from engine.privacy import Erased
from engine.record import DecisionRecord
from graph.bulkhead import Bulkhead
from graph.investigate.explorer import Explorer, page_order
from graph.investigate.groups import MOST_MEMBERS, Group, group_around
from graph.investigate.groups import MOST_STEPS as MOST_GROUP_STEPS
from graph.investigate.model import (
    Answer,
    Cursor,
    IdentifierNode,
    LinkRow,
    LookApplicants,
    LookCount,
    Part,
    Question,
)
from graph.investigate.paths import Path, shortest_path
from graph.investigate.store import InvestigatorStore
from graph.investigate.timeline import Moment, timeline_of
from graph.window import Statement, WindowAnswer

_TIMELINE_PAGE = 100
_TIMELINE_PAGES = 20
_MOST_WAITING = 64
_WINDOW_WAITING = 4
_WAITING = "one that was made a moment ago may still wait to be projected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An application by its decision, an identifier by its token, or a ring; the others are ""."""

    decision_id: str = ""
    key: str = ""
    ring: str = ""

    @property
    def name(self) -> str:
        """What an access log calls it."""
        return self.decision_id or self.key or self.ring


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """A page. ``after``, ``offset``: where the next one begins; ``None`` after the last."""

    part: Part
    hubs: tuple[IdentifierNode, ...] = ()
    after: Cursor | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Moments, earliest first. ``cut``: older links were left out."""

    moments: Sequence[Moment]
    part: Part
    cut: bool


class _InTurn:
    """One question of all investigators at a time: a decision never waits for more than one."""

    def __init__(self, store: InvestigatorStore) -> None:
        self._store = store
        self._bulkhead = Bulkhead(limit=1, queue=_MOST_WAITING)

    async def look(self, question: Question, *, timeout_s: float) -> Answer:
        """As ``InvestigatorStore.look``."""
        deadline = Deadline(timeout_s)
        async with self._bulkhead.place(timeout_s):
            return await self._store.look(question, timeout_s=deadline.remaining_s())


class Window:
    """The Cypher window: one statement at a time, whoever asks."""

    def __init__(self, store: InvestigatorStore) -> None:
        self._store = store
        self._bulkhead = Bulkhead(limit=1, queue=_WINDOW_WAITING)

    async def run(self, statement: Statement, timeout_s: float, deadline: Deadline) -> WindowAnswer:
        """The rows. Raises ``WindowFailed``, ``GraphLate`` and ``GraphUnavailable``."""
        async with self._bulkhead.place(deadline.remaining_s()):
            return await self._store.run(statement, timeout_s=deadline.bounded(timeout_s))


class Looking:
    """Reads of graph and ledger. Raises ``NotFound`` for what neither knows."""

    def __init__(self, store: InvestigatorStore, ledger: Ledger) -> None:
        self._store, self._ledger = _InTurn(store), ledger

    async def search(self, subject: Subject, view: View, deadline: Deadline) -> Answer:
        """The node; with an application its links and identifiers, of an identifier counts."""
        explorer = self._explorer(view, deadline)
        if subject.decision_id:
            applicant = await self._applicant(subject.decision_id)
            answer = await explorer.ask(LookApplicants(keys=(applicant,), as_of_us=view.as_of_us))
            _require_application(explorer, applicant)
            return answer
        answer = await explorer.ask(LookCount(key=subject.key, as_of_us=view.as_of_us))
        _require_identifier(explorer, subject.key)
        return answer

    async def expand_identifier(
        self,
        key: str,
        view: View,
        deadline: Deadline,
        *,
        even_hub: bool,
        after: Cursor | None,
        size: int,
    ) -> Expansion:
        """A page of the applications on it, latest first; of a hub only if it is wished."""
        explorer = self._explorer(view, deadline)
        if not even_hub:
            await explorer.open_identifiers([key])
            _require_identifier(explorer, key)
            if explorer.identifiers[key].hub:
                return Expansion(part=Part(), hubs=(explorer.identifiers[key],))
        links = await explorer.page(key, most=size + 1, after=after)
        _require_identifier(explorer, key)
        shown = links[:size]
        part = explorer.around({link.application for link in shown}, shown)
        last = shown[-1] if len(links) > size else None
        return Expansion(
            part=part if shown else Part(identifiers=(explorer.identifiers[key],)),
            after=None if last is None else _cursor(last),
        )

    async def expand_application(
        self, decision_id: str, view: View, deadline: Deadline, *, offset: int, size: int
    ) -> Expansion:
        """A page of the links that others have to its identifiers, latest first; and its hubs."""
        decision_id = await self._applicant(decision_id)
        explorer = await self._opened(decision_id, view, deadline)
        own = explorer.links_of(decision_id)
        links = _latest({other for _, other in explorer.others(decision_id)})
        shown = links[offset : offset + size]
        met = {link.identifier for link in shown}
        both = [*shown, *(link for link in own if link.identifier in met)]
        hubs = {
            x.identifier: explorer.identifiers[x.identifier]
            for x in own
            if explorer.identifiers[x.identifier].hub
        }
        more = offset + size < len(links)
        return Expansion(
            part=explorer.around({decision_id, *(x.application for x in shown)}, both),
            hubs=tuple(hubs[key] for key in sorted(hubs)),
            offset=offset + size if more else None,
        )

    async def path(
        self,
        ends: tuple[str, str],
        view: View,
        deadline: Deadline,
        *,
        most_steps: int,
        through_hubs: bool,
    ) -> Path:
        """The shortest path between two applications."""
        ends = (await self._applicant(ends[0]), await self._applicant(ends[1]))
        explorer = Explorer(self._store, view.as_of_us, deadline, through_hubs=through_hubs)
        await explorer.open_applications(ends)
        for end in ends:
            _require_application(explorer, end)
        return await shortest_path(explorer, *ends, most_steps)

    async def timeline(self, subject: Subject, view: View, deadline: Deadline) -> Timeline:
        """Of an identifier: its latest links; of an application: what it shares with others."""
        if subject.decision_id:
            applicant = await self._applicant(subject.decision_id)
            explorer = await self._opened(applicant, view, deadline)
            near = {other.application for _, other in explorer.others(applicant)}
            part = _united(explorer, {applicant, *near}, explorer.links_of(applicant))
            return Timeline(moments=timeline_of(part), part=part, cut=False)
        explorer = self._explorer(view, deadline)
        after: Cursor | None = None
        is_cut = True
        for _ in range(_TIMELINE_PAGES):
            page = await explorer.page(subject.key, most=_TIMELINE_PAGE, after=after)
            if len(page) < _TIMELINE_PAGE:
                is_cut = False
                break
            after = _cursor(page[-1])
        _require_identifier(explorer, subject.key)
        links = explorer.links_on(subject.key)
        part = explorer.around({link.application for link in links}, links)
        if not links:
            part = Part(identifiers=(explorer.identifiers[subject.key],))
        return Timeline(moments=timeline_of(part), part=part, cut=is_cut)

    async def group(
        self, decision_id: str, view: View, deadline: Deadline, *, most_members: int
    ) -> Group:
        """What hangs together with an application."""
        applicant = await self._applicant(decision_id)
        explorer = await self._opened(applicant, view, deadline)
        return await group_around(
            explorer, [applicant], most_members=most_members, most_steps=MOST_GROUP_STEPS
        )

    async def timeline_of(self, keys: Sequence[str], view: View, deadline: Deadline) -> Timeline:
        """Of these applications: what two of them share."""
        group = await self.members(keys, view, deadline)
        moments = timeline_of(group.part)
        return Timeline(moments=moments, part=group.part, cut=not group.complete)

    async def members(self, keys: Sequence[str], view: View, deadline: Deadline) -> Group:
        """These applications, the latest if they are too many, and what they share."""
        explorer = self._explorer(view, deadline)
        shown = keys[-MOST_MEMBERS:]
        await explorer.open_sharing(shown)
        known = tuple(key for key in shown if key in explorer.applications)
        return Group(members=known, part=explorer.part(known), complete=len(known) == len(keys))

    async def decision_graph(self, decision_id: str) -> DecisionGraph:
        """What the decision saw. Raises ``NotFound`` and ``Erased``."""
        return decision_graph(await self.record(decision_id))

    async def record(self, decision_id: str) -> DecisionRecord:
        """The record of a decision. Raises ``NotFound`` and ``Erased``."""
        stored = await self._ledger.get(decision_id)
        if stored is None or stored.kind != "decision":
            raise NotFound("no decision with that id")
        return decode(stored.body, DecisionRecord)

    async def _applicant(self, decision_id: str) -> str:
        """The application in the graph: its first decision, whichever of them was named."""
        try:
            return (await self.record(decision_id)).admission.applicant_key
        except (NotFound, Erased):
            # Loaded in bulk, or erased: the graph may know it all the same.
            return decision_id

    def _explorer(self, view: View, deadline: Deadline) -> Explorer:
        return Explorer(self._store, view.as_of_us, deadline)

    async def _opened(self, decision_id: str, view: View, deadline: Deadline) -> Explorer:
        explorer = self._explorer(view, deadline)
        await explorer.open_sharing([decision_id])
        _require_application(explorer, decision_id)
        return explorer


def _cursor(link: LinkRow) -> Cursor:
    return Cursor(link.at_us, link.application, link.role)


def _united(explorer: Explorer, applications: set[str], own: Sequence[LinkRow]) -> Part:
    """The part that they share, and the own links as well, shared or not."""
    shared = explorer.part(applications)
    return explorer.around(applications, [*shared.links, *own])


def _latest(links: set[LinkRow]) -> list[LinkRow]:
    return sorted(links, key=lambda x: (*page_order(x), x.identifier))


def _require_application(explorer: Explorer, decision_id: str) -> None:
    if decision_id not in explorer.applications:
        raise NotFound(f"the graph knows no application with that decision id; {_WAITING}")


def _require_identifier(explorer: Explorer, key: str) -> None:
    if key not in explorer.identifiers:
        raise NotFound(f"no application has named that identifier; {_WAITING}")
