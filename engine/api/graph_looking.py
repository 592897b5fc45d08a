"""The methods of ``GraphService`` that look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.message import Message

from engine.api import graph_answers as answer
from engine.api.calls import current_call
from engine.api.converters import check
from engine.api.dates import to_micros
from engine.api.identifiers import Tokens
from engine.api.problems import Problems
from engine.api.visits import Visit, subject_of, visited
from engine.investigate import (
    AccessFilter,
    AccessLog,
    Horizon,
    Looking,
    PageKeys,
    Saying,
    View,
    Window,
)
from engine.investigate.looking import Subject
from engine.model import Role
from engine.rings import RingDesk
from graph.investigate.model import Cursor, Part
from graph.investigate.paths import MOST_STEPS
from touchstone.v1 import graph_pb2 as pb

_DEFAULT_PAGE = 50
_DEFAULT_STEPS = 6
_NOT_ASKED_TWICE = ("page_token", "page_size", "case_id")


@dataclass(frozen=True, slots=True)
class Investigation:
    """What investigators work with."""

    looking: Looking
    window: Window
    saying: Saying
    horizon: Horizon
    log: AccessLog
    pages: PageKeys
    rings: RingDesk


class LookingMethods:
    """A part of the servicer. ``parts``: there once the application has started."""

    def __init__(self, parts: Callable[[], Investigation], tokens: Tokens) -> None:
        self._parts, self._tokens = parts, tokens

    async def SearchGraph(  # noqa: N802
        self, request: pb.SearchGraphRequest, _context: object
    ) -> pb.SearchGraphResponse:
        """Find a node."""
        return await visited(self._parts().log, request, self._search)

    async def ExpandNode(  # noqa: N802
        self, request: pb.ExpandNodeRequest, _context: object
    ) -> pb.ExpandNodeResponse:
        """Who is connected to a node."""
        return await visited(self._parts().log, request, self._expand)

    async def FindPath(  # noqa: N802
        self, request: pb.FindPathRequest, _context: object
    ) -> pb.FindPathResponse:
        """How two applications are connected."""
        return await visited(self._parts().log, request, self._path)

    async def GetTimeline(  # noqa: N802
        self, request: pb.GetTimelineRequest, _context: object
    ) -> pb.GetTimelineResponse:
        """What happened around a node."""
        return await visited(self._parts().log, request, self._timeline)

    async def GetDecisionGraph(  # noqa: N802
        self, request: pb.GetDecisionGraphRequest, _context: object
    ) -> pb.GetDecisionGraphResponse:
        """What a decision saw."""
        return await visited(self._parts().log, request, self._decision_graph)

    async def ListAccess(  # noqa: N802
        self, request: pb.ListAccessRequest, _context: object
    ) -> pb.ListAccessResponse:
        """Who looked at what. Not recorded itself: it shows no relation of anybody."""
        check(request)
        parts = self._parts()
        place = (
            parts.pages.place(question_of(request), request.page_token)
            if request.page_token
            else ()
        )
        found, more = await parts.log.page(
            _access_filter(request),
            int(place[0]) if place else None,
            request.page_size or _DEFAULT_PAGE,
        )
        token = "" if more is None else parts.pages.token(question_of(request), (more,))
        return pb.ListAccessResponse(accesses=map(answer.access, found), next_page_token=token)

    async def _search(self, request: pb.SearchGraphRequest, seen: Visit) -> pb.SearchGraphResponse:
        parts = self._parts()
        subject = self._subject(request, seen)
        view = await parts.horizon.view(seen.deadline)
        found = await parts.looking.search(subject, view, seen.deadline)
        seen.shown = _nodes(found.part)
        return pb.SearchGraphResponse(
            view=answer.view(view),
            part=answer.part(found.part),
            uses=found.uses,
            named=found.named,
        )

    async def _expand(self, request: pb.ExpandNodeRequest, seen: Visit) -> pb.ExpandNodeResponse:
        parts = self._parts()
        subject = self._subject(request, seen)
        view, place = await self._place(request, seen)
        size = request.page_size or _DEFAULT_PAGE
        if subject.decision_id:
            offset = int(place[0]) if place else 0
            found = await parts.looking.expand_application(
                subject.decision_id, view, seen.deadline, offset=offset, size=size
            )
        else:
            after = Cursor(int(place[0]), str(place[1]), Role(str(place[2]))) if place else None
            found = await parts.looking.expand_identifier(
                subject.key,
                view,
                seen.deadline,
                even_hub=request.even_hub,
                after=after,
                size=size,
            )
        seen.shown = _nodes(found.part)
        return pb.ExpandNodeResponse(
            view=answer.view(view),
            part=answer.part(found.part),
            hubs=map(answer.identifier, found.hubs),
            next_page_token=self._token(request, view, _next(found.after, found.offset)),
        )

    async def _path(self, request: pb.FindPathRequest, seen: Visit) -> pb.FindPathResponse:
        parts = self._parts()
        ends = (request.from_decision_id, request.to_decision_id)
        seen.subjects += ends
        if len(set(ends)) == 1:
            problems = Problems()
            problems.add("to_decision_id", "must be another one than from_decision_id")
            problems.raise_if_any()
        view = await parts.horizon.view(seen.deadline)
        found = await parts.looking.path(
            ends,
            view,
            seen.deadline,
            most_steps=min(request.max_steps or _DEFAULT_STEPS, MOST_STEPS),
            through_hubs=request.through_hubs,
        )
        seen.shown = _nodes(found.part)
        return pb.FindPathResponse(
            view=answer.view(view),
            steps=answer.steps(found.steps),
            part=answer.part(found.part),
            complete=found.complete,
        )

    async def _timeline(
        self, request: pb.GetTimelineRequest, seen: Visit
    ) -> pb.GetTimelineResponse:
        parts = self._parts()
        subject = self._subject(request, seen)
        view, place = await self._place(request, seen)
        if subject.ring:
            _, ring = await parts.rings.explain(subject.ring)
            members = [member.applicant for member in ring.members]
            found = await parts.looking.timeline_of(members, view, seen.deadline)
        else:
            found = await parts.looking.timeline(subject, view, seen.deadline)
        start = int(place[0]) if place else 0
        end = start + (request.page_size or _DEFAULT_PAGE)
        shown = found.moments[start:end]
        named = {x.application for x in shown} | {x.identifier for x in shown}
        seen.shown = len(shown)
        more = (end,) if end < len(found.moments) else ()
        return pb.GetTimelineResponse(
            view=answer.view(view),
            moments=map(answer.moment, shown),
            part=answer.part(_only(found.part, named)),
            cut=found.cut,
            next_page_token=self._token(request, view, more),
        )

    async def _decision_graph(
        self, request: pb.GetDecisionGraphRequest, seen: Visit
    ) -> pb.GetDecisionGraphResponse:
        parts = self._parts()
        current_call().decision_id = request.decision_id
        seen.subjects.append(request.decision_id)
        found = await parts.looking.decision_graph(request.decision_id)
        seen.shown = _nodes(found.part)
        return answer.decision_graph(found)

    def _subject(
        self,
        request: pb.SearchGraphRequest | pb.ExpandNodeRequest | pb.GetTimelineRequest,
        seen: Visit,
    ) -> Subject:
        subject = subject_of(self._tokens, request.subject, "subject")
        if subject.ring and not isinstance(request, pb.GetTimelineRequest):
            problems = Problems()
            told = "ExplainRing and GetEvidence tell of a ring; ask here about one of its members"
            problems.add("subject.ring_id", told)
            problems.raise_if_any()
        current_call().decision_id = subject.decision_id
        seen.subjects.append(subject.name)
        return subject

    async def _place(
        self, request: pb.ExpandNodeRequest | pb.GetTimelineRequest, seen: Visit
    ) -> tuple[View, tuple[str | int, ...]]:
        """The view of the page, and where it begins: () for the first."""
        parts = self._parts()
        if not request.page_token:
            return await parts.horizon.view(seen.deadline), ()
        as_of_us, *place = parts.pages.place(question_of(request), request.page_token)
        return parts.horizon.again(int(as_of_us)), tuple(place)

    def _token(self, request: Message, view: View, place: tuple[str | int, ...]) -> str:
        if not place:
            return ""
        return self._parts().pages.token(question_of(request), (view.as_of_us, *place))


def _next(after: Cursor | None, offset: int | None) -> tuple[str | int, ...]:
    if after is not None:
        return (after.at_us, after.application, after.role.value)
    return () if offset is None else (offset,)


def question_of(request: Message) -> bytes:
    """What must be the same on every page: the caller, and all but the page itself."""
    copy = type(request)()
    copy.CopyFrom(request)
    for name in _NOT_ASKED_TWICE:
        if name in copy.DESCRIPTOR.fields_by_name:
            copy.ClearField(name)
    asked = copy.SerializeToString(deterministic=True)
    return f"{current_call().caller}\n{request.DESCRIPTOR.name}\n".encode() + asked


def _nodes(part: Part) -> int:
    return len(part.applications) + len(part.identifiers)


def _only(part: Part, keys: set[str]) -> Part:
    """The nodes of these keys, without links."""
    return Part(
        applications=tuple(x for x in part.applications if x.key in keys),
        identifiers=tuple(x for x in part.identifiers if x.key in keys),
    )


def _access_filter(request: pb.ListAccessRequest) -> AccessFilter:
    problems = Problems()
    bounds = {
        name: problems.attempt(name, lambda n=name: to_micros(getattr(request, n)))  # type: ignore[misc]
        for name in ("since", "until")
        if request.HasField(name)
    }
    problems.raise_if_any()
    return AccessFilter(
        caller=request.caller,
        subject=request.subject,
        since_us=bounds.get("since"),
        until_us=bounds.get("until"),
    )
