"""The methods of ``GraphService`` about rings."""

from __future__ import annotations

from collections.abc import Callable

from engine.api.dates import to_timestamp
from engine.api.graph_looking import Investigation, question_of
from engine.api.visits import Visit, visited
from engine.rings import Alert, RingHead
from graph.rings import Member, Part, RingSettings, SharedIdentifier
from touchstone.v1 import graph_pb2 as pb

_DEFAULT_PAGE = 50


class RingMethods:
    """A part of the servicer. ``parts``: there once the application has started."""

    def __init__(self, parts: Callable[[], Investigation]) -> None:
        self._parts = parts

    async def StartRingSearch(  # noqa: N802
        self, request: pb.StartRingSearchRequest, _context: object
    ) -> pb.StartRingSearchResponse:
        """Begin a search."""
        return await visited(self._parts().log, request, self._start_search)

    async def GetRingSearch(  # noqa: N802
        self, request: pb.GetRingSearchRequest, _context: object
    ) -> pb.GetRingSearchResponse:
        """How far a search is."""
        return await visited(self._parts().log, request, self._ring_search)

    async def ListRings(  # noqa: N802
        self, request: pb.ListRingsRequest, _context: object
    ) -> pb.ListRingsResponse:
        """The rings of the last search."""
        return await visited(self._parts().log, request, self._list_rings)

    async def ExplainRing(  # noqa: N802
        self, request: pb.ExplainRingRequest, _context: object
    ) -> pb.ExplainRingResponse:
        """One ring with its reasons."""
        return await visited(self._parts().log, request, self._explain_ring)

    async def ListRingAlerts(  # noqa: N802
        self, request: pb.ListRingAlertsRequest, _context: object
    ) -> pb.ListRingAlertsResponse:
        """Decisions to look at again."""
        return await visited(self._parts().log, request, self._list_alerts)

    async def _start_search(
        self, request: pb.StartRingSearchRequest, _seen: Visit
    ) -> pb.StartRingSearchResponse:
        score = request.alarm_score or RingSettings().alarm_score
        search_id = self._parts().rings.start(score, dry_run=request.dry_run)
        return pb.StartRingSearchResponse(search_id=search_id)

    async def _ring_search(
        self, request: pb.GetRingSearchRequest, _seen: Visit
    ) -> pb.GetRingSearchResponse:
        job = self._parts().rings.search(request.search_id)
        report = job.report.json if job.report else ""
        return pb.GetRingSearchResponse(state=job.state, problem=job.problem, report_json=report)

    async def _list_rings(self, request: pb.ListRingsRequest, seen: Visit) -> pb.ListRingsResponse:
        """A page of the last run; a token of a page of an earlier one is refused."""
        run = await self._parts().rings.last_run()
        if run is None:
            return pb.ListRingsResponse()
        pages, question = self._parts().pages, question_of(request) + run.run.encode()
        start = int(pages.place(question, request.page_token)[0]) if request.page_token else 0
        end = start + (request.page_size or _DEFAULT_PAGE)
        shown = run.rings[start:end]
        seen.shown = len(shown)
        return pb.ListRingsResponse(
            run=run.run,
            as_of=to_timestamp(run.as_of_us),
            alarm_score=run.alarm_score,
            rings=map(_summary, shown),
            next_page_token=pages.token(question, (end,)) if end < len(run.rings) else "",
        )

    async def _explain_ring(
        self, request: pb.ExplainRingRequest, seen: Visit
    ) -> pb.ExplainRingResponse:
        seen.subjects.append(request.ring_id)
        head, ring = await self._parts().rings.explain(request.ring_id)
        seen.shown = len(ring.members)
        return pb.ExplainRingResponse(
            summary=_summary(head),
            signs=map(_sign, ring.parts),
            members=map(_member, ring.members),
            shared=map(_sharing, ring.shared),
        )

    async def _list_alerts(
        self, request: pb.ListRingAlertsRequest, seen: Visit
    ) -> pb.ListRingAlertsResponse:
        pages, question = self._parts().pages, question_of(request)
        before = int(pages.place(question, request.page_token)[0]) if request.page_token else None
        found, more = await self._parts().rings.alerts(before, request.page_size or _DEFAULT_PAGE)
        seen.shown = len(found)
        return pb.ListRingAlertsResponse(
            alerts=map(_alert, found),
            next_page_token="" if more is None else pages.token(question, (more,)),
        )


def _summary(head: RingHead) -> pb.RingSummary:
    return pb.RingSummary(
        ring_id=head.ring,
        score=head.score,
        members=head.members,
        fraud=head.fraud,
        per_week=head.per_week,
        came_from=head.came_from,
    )


def _sign(part: Part) -> pb.RingSign:
    return pb.RingSign(code=part.code, points=part.points, en=part.en, zh=part.zh)


def _member(member: Member) -> pb.RingMember:
    since = member.fraud_at_us
    return pb.RingMember(
        decision_id=member.applicant,
        joined_at=to_timestamp(member.at_us),
        outcome=member.status,
        fraud_since=None if since is None else to_timestamp(since),
        reach=member.reach,
    )


def _sharing(shared: SharedIdentifier) -> pb.RingSharing:
    return pb.RingSharing(
        key=shared.key,
        kind=shared.kind,
        masked=shared.masked,
        users=shared.users,
        named=shared.named,
        first=to_timestamp(shared.first_us),
        last=to_timestamp(shared.last_us),
    )


def _alert(alert: Alert) -> pb.RingAlert:
    return pb.RingAlert(
        alert_id=alert.alert_id,
        decision_id=alert.decision_id,
        outcome=alert.outcome,
        decided_at=to_timestamp(alert.decided_at_us),
        ring_id=alert.ring,
        score=alert.score,
        members=alert.members,
        fraud=alert.fraud,
        raised_at=to_timestamp(alert.raised_at_us),
    )
