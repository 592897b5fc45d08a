"""``touchstone.v1.OutcomeService``: what became of decisions is told, and read again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from engine.api.access import REPORTERS
from engine.api.calls import current_call
from engine.api.dates import to_timestamp
from engine.api.graph_looking import Investigation, question_of
from engine.api.outcome_reading import recorded_message, told_of
from engine.api.presenter import present
from engine.api.servicers import content_of
from engine.api.visits import Visit, visited
from engine.errors import FieldViolation, InvalidApplication, PermissionDenied
from engine.investigate import Said
from engine.reported import OutcomeReport
from engine.reporting import Reporting
from touchstone.v1 import outcome_pb2 as pb
from touchstone.v1 import outcome_pb2_grpc

_MOST_REPORTS = 100
_DEFAULT_PAGE = 50


class OutcomeServicer(outcome_pb2_grpc.OutcomeServiceServicer):
    """All methods of the service. ``reporting`` and ``parts``: there once it has started.

    ``batch_concurrency``: decisions of one batch that are reported on at once.
    """

    def __init__(
        self,
        reporting: Callable[[], Reporting],
        parts: Callable[[], Investigation],
        *,
        batch_concurrency: int,
    ) -> None:
        self._reporting, self._parts = reporting, parts
        self._batch_concurrency = batch_concurrency

    async def ReportOutcome(  # noqa: N802
        self, request: pb.ReportOutcomeRequest, _context: object
    ) -> pb.ReportOutcomeResponse:
        """Keep one report."""
        report = await self._report(request)
        current_call().decision_id = report.decision_id
        return pb.ReportOutcomeResponse(
            decision_id=report.decision_id,
            reported_at=to_timestamp(report.reported_at_us),
            superseded=report.superseded,
        )

    async def BatchReportOutcome(  # noqa: N802
        self, request: pb.BatchReportOutcomeRequest, _context: object
    ) -> pb.BatchReportOutcomeResponse:
        """Keep each on its own; those of one decision one after another, in their order."""
        reports = request.reports
        if not 1 <= len(reports) <= _MOST_REPORTS:
            raise InvalidApplication(
                (FieldViolation("reports", f"must be 1 to {_MOST_REPORTS} reports"),)
            )
        results = [pb.ReportOutcomeResult(request_id=report.request_id) for report in reports]
        places: dict[str, list[int]] = {}
        for place, report in enumerate(reports):
            places.setdefault(report.decision_id, []).append(place)
        turns = asyncio.Semaphore(self._batch_concurrency)

        async def keep(of_one: list[int]) -> None:
            async with turns:
                for place in of_one:
                    await self._keep(reports[place], results[place])

        await asyncio.gather(*map(keep, places.values()))
        return pb.BatchReportOutcomeResponse(results=results)

    async def ListOutcomes(  # noqa: N802
        self, request: pb.ListOutcomesRequest, _context: object
    ) -> pb.ListOutcomesResponse:
        """What was reported; who reads it is recorded."""
        return await visited(self._parts().log, request, self._list)

    async def _list(self, request: pb.ListOutcomesRequest, seen: Visit) -> pb.ListOutcomesResponse:
        seen.subjects.append(request.decision_id)
        pages, question = self._parts().pages, question_of(request)
        before = int(pages.place(question, request.page_token)[0]) if request.page_token else None
        page = await self._reporting().page(
            request.decision_id, before, request.page_size or _DEFAULT_PAGE
        )
        seen.shown = len(page.entries)
        return pb.ListOutcomesResponse(
            outcomes=(recorded_message(entry, page.currency) for entry in page.entries),
            next_page_token="" if page.more is None else pages.token(question, (page.more,)),
        )

    async def _keep(self, request: pb.ReportOutcomeRequest, result: pb.ReportOutcomeResult) -> None:
        try:
            report = await self._report(request)
        except Exception as error:  # noqa: BLE001 - shown as a call of its own would be
            result.status.CopyFrom(present(error, current_call().method)[0])
            return
        result.status.SetInParent()
        result.reported_at.CopyFrom(to_timestamp(report.reported_at_us))
        result.superseded = report.superseded

    async def _report(self, request: pb.ReportOutcomeRequest) -> OutcomeReport:
        """The same request is the same report, in a batch or alone."""
        call = current_call()
        told = told_of(request, time.time_ns() // 1000, datetime.now(UTC).date())
        kind = request.WhichOneof("report")
        if REPORTERS[kind] not in call.roles:
            raise PermissionDenied(f"the caller has no role that may report a {kind}")
        said = Said(
            caller=call.caller,
            request_id=request.request_id,
            content=content_of("ReportOutcome", request),
        )
        return await self._reporting().report(said, told)
