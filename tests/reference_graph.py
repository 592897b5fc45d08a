"""The graph written a second time from its specification, as plain lists: the tests' oracle.

It shares types, but no code, with the stores. It keeps every event and, for each question, looks
at all of them again. Slow, and meant to be read beside ``docs/graph.md``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from engine.model import IdentifierKind, Role
from graph.investigate.model import (
    Answer,
    ApplicationNode,
    IdentifierNode,
    LinkRow,
    LookApplicants,
    LookCount,
    LookIdentifiers,
    Mark,
    Part,
    Question,
    require_bounds,
)
from graph.model import (
    ApplicationProjected,
    FarRow,
    FraudMarked,
    GraphEvent,
    IdentifierRow,
    NearRow,
    Neighbourhood,
    NeighbourhoodQuery,
    PlaceRow,
    RingPlace,
    RingsFound,
    SharingDeclared,
)
from graph.settings import GraphSettings
from graph.store import GraphBehind, GraphCounts, GraphUnavailable, OutboxEvent, PendingView
from graph.window import Statement, WindowAnswer, WindowFailed

ROLE_ORDER = [Role.USES, Role.GUARANTOR, Role.REFERRER, Role.CONTACT]
KIND_ORDER = list(IdentifierKind)
TYPES = {
    Role.USES: "USES",
    Role.GUARANTOR: "GUARANTEED_BY",
    Role.REFERRER: "REFERRED_BY",
    Role.CONTACT: "CONTACT",
}


def ordered(place: RingPlace) -> str:
    """Of two places told for the same time, which one counts: as their texts compare."""
    if place.ring == "" and place.reach_ppm == 0:
        return ""
    return "|".join(map(str, dataclasses.astuple(place)[1:]))


class ReferenceGraph:
    """All events so far, and what follows from those before a time."""

    def __init__(self, settings: GraphSettings | None = None) -> None:
        self.settings = settings or GraphSettings()
        self.events: list[GraphEvent] = []

    def links(self, before: int | None = None) -> dict[tuple[str, Role, str], int]:
        """When each (applicant, role, identifier) began."""
        began: dict[tuple[str, Role, str], int] = {}
        for event in self.events:
            if isinstance(event, ApplicationProjected):
                for link in event.links:
                    key = (event.applicant, link.role, link.identifier.key)
                    if key not in began or event.at_us < began[key]:
                        began[key] = event.at_us
        if before is None:
            return began
        return {key: at for key, at in began.items() if at < before}

    def fraud(self, applicant: str, as_of: int) -> int | None:
        """The latest mark made before the time decides."""
        latest: tuple[int, int] | None = None
        for event in self.events:
            if not isinstance(event, FraudMarked) or event.applicant != applicant:
                continue
            mark = (event.at_us, -1 if event.fraud_at_us is None else event.fraud_at_us)
            if mark[0] < as_of and (latest is None or mark > latest):
                latest = mark
        if latest is None or latest[1] < 0 or latest[1] > as_of:
            return None
        return latest[1]

    def place(self, applicant: str, as_of: int) -> PlaceRow | None:
        """The last search before the time that told a place of the applicant decides."""
        told = [
            (event.at_us, ordered(place), place)
            for event in self.events
            if isinstance(event, RingsFound) and event.at_us < as_of
            for place in event.places
            if place.applicant == applicant
        ]
        if not told:
            return None
        at_us, _, place = max(told, key=lambda entry: entry[:2])
        is_nowhere = place.ring == "" and place.reach_ppm == 0
        return None if is_nowhere else PlaceRow(place=place, at_us=at_us)

    def shared(self, identifier: str, as_of: int) -> str:
        """The latest declaration made before the time decides."""
        made = [
            (event.at_us, event.reason)
            for event in self.events
            if isinstance(event, SharingDeclared)
            and event.identifier == identifier
            and event.at_us < as_of
        ]
        return max(made)[1] if made else ""

    def neighbourhood(self, query: NeighbourhoodQuery) -> Neighbourhood:
        """The specification of a neighbourhood."""
        return _Question(self, query).answer()


class _Question:
    def __init__(self, graph: ReferenceGraph, query: NeighbourhoodQuery) -> None:
        self.graph = graph
        self.settings = graph.settings
        self.query = query
        self.links = graph.links(before=query.as_of_us)
        self.kinds = {
            link.identifier.key: link.identifier.kind
            for event in graph.events
            if isinstance(event, ApplicationProjected)
            for link in event.links
        } | {link.identifier.key: link.identifier.kind for link in query.links}
        self.mine = {x.identifier.key for x in query.links if x.role is Role.USES}

    def users(self, identifier: str) -> list[tuple[str, int]]:
        return [
            (who, at)
            for (who, role, key), at in self.links.items()
            if key == identifier and role is Role.USES
        ]

    def naming(self, identifier: str) -> list[tuple[str, Role, int]]:
        return [
            (who, role, at)
            for (who, role, key), at in self.links.items()
            if key == identifier and role is not Role.USES
        ]

    def row(self, role: Role, identifier: str, masked: str) -> IdentifierRow:
        cap = self.settings.caps[self.kinds[identifier]]
        users, naming = len(self.users(identifier)), len(self.naming(identifier))
        declared = self.graph.shared(identifier, self.query.as_of_us)
        return IdentifierRow(
            key=identifier,
            kind=self.kinds[identifier],
            masked=masked,
            role=role,
            degree=min(users, cap + 1),
            hub=users > cap or declared != "",
            hub_reason=declared or ("cap" if users > cap else ""),
            named=min(naming, self.settings.named_cap + 1),
            named_hub=naming > self.settings.named_cap,
        )

    def is_hub(self, identifier: str) -> bool:
        return self.row(Role.USES, identifier, "").hub

    def answer(self) -> Neighbourhood:
        rows = []
        for role in ROLE_ORDER:
            for kind in KIND_ORDER:
                named = {
                    x.identifier.key: x.identifier.masked
                    for x in self.query.links
                    if x.role is role and x.identifier.kind is kind
                }
                rows += [self.row(role, key, named[key]) for key in sorted(named)]
        near, near_cut = self.near()
        via = self.via(near)
        far, far_cut = self.far(via)
        return Neighbourhood(
            as_of_us=self.query.as_of_us,
            identifiers=tuple(rows),
            near=tuple(near),
            near_cut=near_cut,
            far=tuple(far),
            far_cut=far_cut,
            projected_to=0,
            pending=0,
            same_person=tuple(sorted(x for x in via if self.shares_id_number(x))),
            places=tuple(
                row for row in map(self.place, sorted({r.applicant for r in near})) if row
            ),
        )

    def place(self, applicant: str) -> PlaceRow | None:
        return self.graph.place(applicant, self.query.as_of_us)

    def near(self) -> tuple[list[NearRow], bool]:
        rows: list[NearRow] = []
        cut = False
        for key in {link.identifier.key for link in self.query.links}:
            if self.is_hub(key):
                continue
            groups = [[(who, Role.USES, at) for who, at in self.users(key)]]
            if len(self.naming(key)) > self.settings.named_cap:
                cut = True
            else:
                groups.append(self.naming(key))
            for group in groups:
                found = [
                    NearRow(
                        applicant=who,
                        identifier=key,
                        kind=self.kinds[key],
                        role=role,
                        at_us=at,
                        fraud_at_us=self.graph.fraud(who, self.query.as_of_us),
                    )
                    for who, role, at in group
                    if who != self.query.applicant_key and at >= self.query.since_us
                ]
                found.sort(key=lambda r: (-r.at_us, r.applicant, ROLE_ORDER.index(r.role)))
                cut = cut or len(found) > self.settings.near_per_identifier
                rows += found[: self.settings.near_per_identifier]
        rows.sort(key=lambda r: (-r.at_us, r.applicant, r.identifier, ROLE_ORDER.index(r.role)))
        return rows[: self.settings.near_total], cut or len(rows) > self.settings.near_total

    def via(self, near: list[NearRow]) -> list[str]:
        latest: dict[str, int] = {}
        for row in near:
            if row.role is Role.USES and row.identifier in self.mine:
                latest[row.applicant] = max(latest.get(row.applicant, 0), row.at_us)
        return [who for who, _ in sorted(latest.items(), key=lambda item: (-item[1], item[0]))]

    def shares_id_number(self, applicant: str) -> bool:
        return any(
            who == applicant
            and role is Role.USES
            and key in self.mine
            and self.kinds[key] is IdentifierKind.ID_NUMBER
            for who, role, key in self.links
        )

    def far(self, via: list[str]) -> tuple[list[FarRow], bool]:
        cut = len(via) > self.settings.near_applicants
        rows: list[FarRow] = []
        for middle in via[: self.settings.near_applicants]:
            found = self.beyond(middle)
            found.sort(key=lambda r: (-r.at_us, r.applicant, r.identifier))
            cut = cut or len(found) > self.settings.far_per_applicant
            rows += found[: self.settings.far_per_applicant]
        rows.sort(key=lambda r: (-r.at_us, r.applicant, r.via, r.identifier))
        return rows[: self.settings.far_total], cut or len(rows) > self.settings.far_total

    def beyond(self, middle: str) -> list[FarRow]:
        rows = []
        for (who, role, key), began in self.links.items():
            if who != middle or role is not Role.USES or key in self.mine:
                continue
            if began < self.query.since_us or self.is_hub(key):
                continue
            rows += [
                FarRow(
                    via=middle,
                    identifier=key,
                    kind=self.kinds[key],
                    via_at_us=began,
                    applicant=other,
                    at_us=at,
                    fraud_at_us=self.graph.fraud(other, self.query.as_of_us),
                )
                for other, at in self.users(key)
                if other not in {middle, self.query.applicant_key} and at >= self.query.since_us
            ]
        return rows


class ReferenceInvestigation:
    """The specification of what investigators see as of a time."""

    def __init__(self, graph: ReferenceGraph, as_of: int) -> None:
        self.graph, self.as_of = graph, as_of
        self.began = graph.links(before=as_of)
        self.known = {
            link.identifier.key: link.identifier
            for event in graph.events
            if isinstance(event, ApplicationProjected)
            for link in event.links
        }

    def look(self, question: Question) -> Answer:
        """The answer to any question."""
        if isinstance(question, LookApplicants):
            keys = [key for key in set(question.keys) if self.application(key) is not None]
            links = [link for link in self.links() if link.application in keys]
            return Answer(part=self.part(keys, {link.identifier for link in links}, links))
        if isinstance(question, LookIdentifiers):
            keys = [key for key in set(question.keys) if self.is_there(key)]
            links = [x for x in self.links() if x.identifier in keys and self.may_follow(x)]
            return Answer(part=self.part({x.application for x in links}, keys, links))
        on = [link for link in self.links() if link.identifier == question.key]
        there = [question.key] if self.is_there(question.key) else []
        if isinstance(question, LookCount):
            on = [x for x in on if question.since_us <= x.at_us <= question.until_us]
            uses = sum(link.role is Role.USES for link in on)
            return Answer(part=self.part([], there, []), uses=uses, named=len(on) - uses)
        after = question.after
        listed = sorted((x for x in on if x.at_us >= question.since_us), key=self.page_order)
        if after is not None:
            last = (-after.at_us, after.application, TYPES[after.role])
            listed = [link for link in listed if self.page_order(link) > last]
        shown = listed[: question.most]
        return Answer(part=self.part({x.application for x in shown}, there, shown))

    @staticmethod
    def page_order(link: LinkRow) -> tuple[int, str, str]:
        """Latest first, then by application, then by the name of the relationship."""
        return -link.at_us, link.application, TYPES[link.role]

    def part(
        self, applications: Iterable[str], identifiers: Iterable[str], links: Sequence[LinkRow]
    ) -> Part:
        """Everything once and in order."""
        nodes = [self.application(key) for key in sorted(set(applications))]
        return Part(
            applications=tuple(node for node in nodes if node is not None),
            identifiers=tuple(self.identifier(key) for key in sorted(set(identifiers))),
            links=tuple(
                sorted(
                    links,
                    key=lambda x: (
                        -x.at_us,
                        x.application,
                        x.identifier,
                        ROLE_ORDER.index(x.role),
                    ),
                )
            ),
        )

    def links(self) -> list[LinkRow]:
        """All links that began before the time."""
        rows = []
        for (application, role, identifier), at in self.began.items():
            times = [
                event.at_us
                for event in self.graph.events
                if isinstance(event, ApplicationProjected) and event.applicant == application
                if any((x.role, x.identifier.key) == (role, identifier) for x in event.links)
            ]
            rows.append(
                LinkRow(
                    application=application,
                    role=role,
                    identifier=identifier,
                    at_us=at,
                    last_at_us=max(times) if max(times) < self.as_of else at,
                )
            )
        return rows

    def is_there(self, key: str) -> bool:
        """Whether the graph has a node for it: also before its first link, or only declared."""
        declared = {e.identifier for e in self.graph.events if isinstance(e, SharingDeclared)}
        return key in self.known or key in declared

    def may_follow(self, link: LinkRow) -> bool:
        """Not where the identifier is a hub, or the link is one of too many that name it."""
        node = self.identifier(link.identifier)
        return not node.hub and (link.role is Role.USES or not node.named_hub)

    def application(self, key: str) -> ApplicationNode | None:
        """The application, if it was made before the time."""
        events = [
            event
            for event in self.graph.events
            if isinstance(event, ApplicationProjected) and event.applicant == key
        ]
        if not events or min(event.at_us for event in events) >= self.as_of:
            return None
        marks = sorted(
            (event.at_us, -1 if event.fraud_at_us is None else event.fraud_at_us, event.fraud_type)
            for event in self.graph.events
            if isinstance(event, FraudMarked)
            and event.applicant == key
            and event.at_us < self.as_of
        )
        since = self.graph.fraud(key, self.as_of)
        return ApplicationNode(
            key=key,
            at_us=min(event.at_us for event in events),
            outcome=max(events, key=lambda event: event.at_us).status,
            fraud_since_us=since,
            fraud_type="" if since is None else marks[-1][2],
            marks=tuple(
                Mark(at, None if value < 0 else value, kind)
                for at, value, kind in dict.fromkeys(marks)
            ),
        )

    def identifier(self, key: str) -> IdentifierNode:
        """The identifier, with how many use it, up to one more than its cap."""
        kind = IdentifierKind(key.partition(":")[0])
        uses = sorted(
            at for (_, role, x), at in self.began.items() if (role, x) == (Role.USES, key)
        )
        named = [
            at for (_, role, x), at in self.began.items() if role is not Role.USES and x == key
        ]
        every = [at for (_, _, x), at in self.graph.links().items() if x == key]
        cap = self.graph.settings.caps[kind]
        declared = self.graph.shared(key, self.as_of)
        return IdentifierNode(
            key=key,
            kind=kind,
            masked=self.known[key].masked if key in self.known else "",
            first_at_us=min(every) if every and min(every) < self.as_of else None,
            applications=min(len(uses), cap + 1),
            hub=len(uses) > cap or declared != "",
            hub_reason=declared or ("cap" if len(uses) > cap else ""),
            named_hub=len(named) > self.graph.settings.named_cap,
            hub_at_us=uses[cap] if len(uses) > cap else None,
            declarations=tuple(
                sorted(
                    {
                        (event.at_us, event.reason)
                        for event in self.graph.events
                        if isinstance(event, SharingDeclared)
                        and event.identifier == key
                        and event.at_us < self.as_of
                    }
                )
            ),
        )


class ReferenceGraphStore:
    """A ``GraphStore`` over the reference: it knows nothing of pending events."""

    def __init__(self, settings: GraphSettings | None = None) -> None:
        self._graph = ReferenceGraph(settings)
        self._position = 0
        self._closed = False

    async def neighbourhood(
        self, query: NeighbourhoodQuery, pending: PendingView, *, timeout_s: float
    ) -> Neighbourhood:
        """Only what is projected; the pending merge is compared with the whole history."""
        self._check_open()
        if len(query.links) > self._graph.settings.links_per_application:
            raise ValueError("too many links")
        answer = self._graph.neighbourhood(query)
        return dataclasses.replace(answer, projected_to=self._position)

    async def look(self, question: Question, *, timeout_s: float) -> Answer:
        """Without any bound but those of the question."""
        self._check_open()
        require_bounds(question)
        return ReferenceInvestigation(self._graph, question.as_of_us).look(question)

    async def run(self, statement: Statement, *, timeout_s: float) -> WindowAnswer:
        """A reference reads no Cypher."""
        raise WindowFailed("the reference reads no Cypher")

    async def project(self, events: Sequence[OutboxEvent], *, after: int, timeout_s: float) -> None:
        """Keep the events."""
        self._check_open()
        reached = after
        for position, _ in events:
            if position <= reached:
                raise ValueError("positions must increase")
            reached = position
        if self._position < after:
            raise GraphBehind("wiped")
        for position, event in events:
            if position > self._position:
                self._graph.events.append(event)
                self._position = position

    async def position(self, *, timeout_s: float) -> int:
        """The last position kept."""
        self._check_open()
        return self._position

    async def counts(self, *, timeout_s: float) -> GraphCounts:
        """Counted from the events."""
        self._check_open()
        links = self._graph.links()
        applications = {
            e.applicant for e in self._graph.events if isinstance(e, ApplicationProjected)
        }
        return GraphCounts(
            applicants=len(applications),
            identifiers=len({key for _, _, key in links}),
            links=len(links),
        )

    async def close(self) -> None:
        """Answer no more."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise GraphUnavailable("closed")
