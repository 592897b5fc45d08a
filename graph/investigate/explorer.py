"""Walks the graph in bounded steps, and remembers what it has seen.

Short questions one after another, so that decisions get their turn in between. What was seen is
bounded; where the bound is reached, ``cut`` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from engine.deadline import Deadline
from engine.model import Role
from graph.investigate.model import (
    KEYS_AT_ONCE,
    Answer,
    ApplicationNode,
    Cursor,
    IdentifierNode,
    LinkRow,
    LookApplicants,
    LookCount,
    LookIdentifiers,
    LookPage,
    Part,
    Question,
    ordered,
)
from graph.rows import RELATIONSHIPS

HUB_LINKS = 200
"""Links of a hub that are followed where hubs are to be gone through: the latest ones."""

MOST_HUBS = 16
_FEW = 200
_MOST_HALVINGS = 60


class Looks(Protocol):
    """The part of ``InvestigatorStore`` that is needed here."""

    async def look(self, question: Question, *, timeout_s: float) -> Answer:
        """As ``InvestigatorStore.look``."""
        ...


class Explorer:
    """What is known of the graph as of one time; more is asked for by ``open_...``.

    ``most``: applications looked at in all. ``through_hubs``: follow the latest links of hubs too.
    """

    def __init__(
        self,
        store: Looks,
        as_of_us: int,
        deadline: Deadline,
        *,
        most: int = 2_000,
        through_hubs: bool = False,
    ) -> None:
        self._store, self._deadline = store, deadline
        self._most, self._through_hubs = most, through_hubs
        self._opened: set[str] = set()
        self._on: dict[str, list[LinkRow]] = {}
        self._of: dict[str, list[LinkRow]] = {}
        self._hubs = 0
        self.as_of_us = as_of_us
        self.cut = False
        self.applications: dict[str, ApplicationNode] = {}
        self.identifiers: dict[str, IdentifierNode] = {}
        self.links: dict[tuple[str, Role, str], LinkRow] = {}

    async def ask(self, question: Question) -> Answer:
        """The store's answer, within the deadline; what it holds is remembered."""
        answer = await self._store.look(question, timeout_s=self._deadline.remaining_s())
        self._remember(answer.part)
        return answer

    async def page(self, key: str, *, most: int, after: Cursor | None = None) -> list[LinkRow]:
        """A page of the links of an identifier, hub or not, in the order of pages.

        Of a hub only as much is sorted as the page needs: sorting all of it would take longer than
        a decision may wait.
        """
        since_us = await self._since(key, most, after)
        question = LookPage(
            key=key, as_of_us=self.as_of_us, most=most, after=after, since_us=since_us
        )
        answer = await self.ask(question)
        if len(answer.part.links) < most and since_us:
            # So many began in one moment that those of the page before were all there was.
            answer = await self.ask(replace(question, since_us=0))
        return sorted(answer.part.links, key=page_order)

    async def _since(self, key: str, most: int, after: Cursor | None) -> int:
        """A time since when there are enough links for the page, and not many more; 0: all."""
        until_us = self.as_of_us if after is None else after.at_us
        count = LookCount(key=key, as_of_us=self.as_of_us, until_us=until_us)
        answer = await self.ask(count)
        enough, too_many = most + 1, 4 * most + _FEW
        if answer.uses + answer.named <= too_many or not answer.part.identifiers:
            return 0
        low, high = answer.part.identifiers[0].first_at_us or 0, until_us
        for _ in range(_MOST_HALVINGS):
            middle = (low + high) // 2
            if middle in {low, high}:
                break
            answer = await self.ask(replace(count, since_us=middle))
            found = answer.uses + answer.named
            if enough <= found <= too_many:
                return middle
            low, high = (middle, high) if found > too_many else (low, middle)
        return low

    async def open_applications(self, keys: Iterable[str]) -> None:
        """See the links of these applications. Unknown ones are not an error."""
        wanted = sorted(set(keys) - self._opened)
        room = max(0, self._most - sum(key in self.applications for key in self._opened))
        self.cut |= len(wanted) > room
        for some in _at_once(wanted[:room]):
            await self.ask(LookApplicants(keys=some, as_of_us=self.as_of_us))
            self._opened.update(some)

    async def open_identifiers(self, keys: Iterable[str]) -> None:
        """See the applications on these identifiers, where they are no hubs."""
        wanted = sorted(set(keys) - self._opened)
        known = [key for key in wanted if key in self.identifiers and self.identifiers[key].hub]
        for some in _at_once([key for key in wanted if key not in known]):
            await self.ask(LookIdentifiers(keys=some, as_of_us=self.as_of_us))
            self._opened.update(some)
        if self._through_hubs:
            await self._open_hubs([key for key in wanted if self.identifiers[key].hub])

    async def open_sharing(self, applications: Iterable[str]) -> None:
        """See who shares anything with these applications, hubs apart."""
        keys = sorted(set(applications))
        await self.open_applications(keys)
        await self.open_identifiers(
            link.identifier for key in keys for link in self.links_of(key) if self.leads_on(link)
        )

    def links_of(self, application: str) -> Sequence[LinkRow]:
        """What is known of its links."""
        return self._of.get(application, ())

    def links_on(self, identifier: str) -> Sequence[LinkRow]:
        """What is known of the links to the identifier."""
        return self._on.get(identifier, ())

    def leads_on(self, link: LinkRow) -> bool:
        """Whether a walk may follow the link, in either direction."""
        identifier = self.identifiers[link.identifier]
        if self._through_hubs and identifier.hub:
            return True
        return not identifier.hub and (link.role is Role.USES or not identifier.named_hub)

    def others(self, application: str) -> Iterator[tuple[LinkRow, LinkRow]]:
        """Each own link with each link that another application has to the same identifier."""
        for own in self.links_of(application):
            if self.leads_on(own):
                for other in self.links_on(own.identifier):
                    if other.application != application and self.leads_on(other):
                        yield own, other

    def part(self, applications: Iterable[str]) -> Part:
        """These applications, and the identifiers that at least two of them are linked to."""
        members = set(applications) & self.applications.keys()
        links = [link for link in self.links.values() if link.application in members]
        return self.around(members, [x for x in links if self._joins(x, members)])

    def around(self, applications: Iterable[str], links: Iterable[LinkRow]) -> Part:
        """These applications, these links, and the identifiers at their ends."""
        kept = list(links)
        return ordered(
            (self.applications[key] for key in applications if key in self.applications),
            (self.identifiers[link.identifier] for link in kept),
            kept,
        )

    def _joins(self, link: LinkRow, members: set[str]) -> bool:
        return self.leads_on(link) and any(
            other.application != link.application
            and other.application in members
            and self.leads_on(other)
            for other in self.links_on(link.identifier)
        )

    async def _open_hubs(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.cut = True
            if self._hubs == MOST_HUBS:
                return
            self._hubs += 1
            self._opened.add(key)
            await self.page(key, most=HUB_LINKS)

    def _remember(self, part: Part) -> None:
        self.applications.update((x.key, x) for x in part.applications)
        self.identifiers.update((x.key, x) for x in part.identifiers)
        for link in part.links:
            key = (link.application, link.role, link.identifier)
            if key not in self.links:
                self.links[key] = link
                self._of.setdefault(link.application, []).append(link)
                self._on.setdefault(link.identifier, []).append(link)


def page_order(link: LinkRow) -> tuple[int, str, str]:
    """As ``look_page.cypher`` orders."""
    return -link.at_us, link.application, RELATIONSHIPS[link.role]


def _at_once(keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(keys), KEYS_AT_ONCE):
        yield tuple(keys[start : start + KEYS_AT_ONCE])
