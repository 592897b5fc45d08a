"""The methods: convert, call the engine, convert. Everything else is in the interceptor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.message import Message

from engine.api.answers import decide_response, explain_response, outcome_name
from engine.api.calls import current_call
from engine.api.converters import Converter, check
from engine.api.dates import to_micros, to_timestamp
from engine.api.estimates import estimate_response
from engine.api.metrics import Metrics
from engine.api.presenter import present
from engine.api.problems import Problems
from engine.api.service import Engine
from engine.errors import FieldViolation, InvalidApplication
from engine.investigate import AccessLog
from engine.ledger import ListFilter, RecordSummary
from engine.outcome import Decision, Outcome, Timing
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc, types_pb2

_MAX_BATCH = 100
_DEFAULT_PAGE = 50
_MAX_PAGE = 1000
_EMPTY = pb.DecideResponse().SerializeToString()
_OUTCOME_FILTER = {
    types_pb2.Outcome.Value(f"OUTCOME_{outcome.name}"): outcome.value for outcome in Outcome
} | {types_pb2.OUTCOME_UNSPECIFIED: ""}


class DecisionServicer(decision_pb2_grpc.DecisionServiceServicer):
    """``touchstone.v1.DecisionService``. ``batch_concurrency``: decisions of one batch at once.

    ``access_log``: where readers of everybody's decisions are recorded.
    ``max_working``: applications converted and decided at once, in the order of their arrival.
    The others wait here, on their own deadline: were they all begun together, the loop would be
    busy for longer than a source's budget, and healthy sources would look late.
    """

    def __init__(
        self,
        engine: Engine,
        converter: Converter,
        metrics: Metrics,
        access_log: Callable[[], AccessLog],
        *,
        batch_concurrency: int,
        max_working: int,
    ) -> None:
        self._engine = engine
        self._converter = converter
        self._metrics = metrics
        self._access_log = access_log
        self._batch_concurrency = batch_concurrency
        self._working = asyncio.Semaphore(max_working)

    async def Decide(self, request: pb.DecideRequest, _context: object) -> bytes:  # noqa: N802
        """Decide one application; the answer is the stored bytes."""
        answer, decision_id = await self._decide(request)
        current_call().decision_id = decision_id
        return answer

    async def BatchDecide(  # noqa: N802
        self, request: pb.BatchDecideRequest, _context: object
    ) -> pb.BatchDecideResponse:
        """Decide each request on its own; one that fails does not touch the others."""
        if not 1 <= len(request.requests) <= _MAX_BATCH:
            raise InvalidApplication(
                (FieldViolation("requests", f"must be 1 to {_MAX_BATCH} requests"),)
            )
        turns = asyncio.Semaphore(self._batch_concurrency)
        results = (self._decide_item(item, turns) for item in request.requests)
        return pb.BatchDecideResponse(results=await asyncio.gather(*results))

    async def SupplementEvidence(  # noqa: N802
        self, request: pb.SupplementEvidenceRequest, _context: object
    ) -> bytes:
        """Decide again with further proofs. The answer has the shape of DecideResponse."""
        call = current_call()
        await call.deadline.wait_for(self._working.acquire())
        try:
            supplement = self._converter.supplement(request)
            responder = _Responder(request.request_id)
            answer = await self._engine.supplement(
                call.caller,
                request.request_id,
                content_of("SupplementEvidence", request),
                request.decision_id,
                supplement,
                responder,
                call.deadline,
            )
        finally:
            self._working.release()
        if responder.made is not None:
            call.decision_id = responder.made.decision_id
            self._metrics.supplemented(responder.made.outcome.value)
        return answer

    async def EstimateLimit(  # noqa: N802
        self, request: pb.EstimateLimitRequest, _context: object
    ) -> pb.EstimateLimitResponse:
        """A trial calculation; nothing is recorded."""
        await current_call().deadline.wait_for(self._working.acquire())
        try:
            subject = self._converter.estimate(request)
            return estimate_response(await self._engine.estimate(subject))
        finally:
            self._working.release()

    async def GetDecision(self, request: pb.GetDecisionRequest, _context: object) -> bytes:  # noqa: N802
        """The stored bytes: GetDecisionResponse has the shape of DecideResponse on the wire."""
        check(request)
        current_call().decision_id = request.decision_id
        answer = await self._engine.get(request.decision_id, current_call().scope)
        await self._seen(request.decision_id)
        return answer

    async def ListDecisions(  # noqa: N802
        self, request: pb.ListDecisionsRequest, _context: object
    ) -> pb.ListDecisionsResponse:
        """A page of summaries, newest first."""
        check(request)
        size = min(request.page_size or _DEFAULT_PAGE, _MAX_PAGE)
        page = await self._engine.list(
            current_call().scope, _listing(request), size, request.page_token
        )
        await self._seen(*(record.decision_id for record in page.records))
        return pb.ListDecisionsResponse(
            decisions=map(_summary, page.records), next_page_token=page.next_page_token
        )

    async def ExplainDecision(  # noqa: N802
        self, request: pb.ExplainDecisionRequest, _context: object
    ) -> pb.ExplainDecisionResponse:
        """A stored decision in sentences."""
        check(request)
        current_call().decision_id = request.decision_id
        call = current_call()
        explanation = await self._engine.explain(
            request.decision_id, call.scope, request.language, call.deadline
        )
        await self._seen(request.decision_id)
        return explain_response(request.decision_id, explanation)

    async def _seen(self, *decision_ids: str) -> None:
        """Whoever reads what others asked for is recorded, before it is shown."""
        call = current_call()
        if call.scope is None:
            await self._access_log().record(
                call.caller,
                call.method.rpartition("/")[2],
                subjects=decision_ids,
                case_id="",
                result="OK",
                shown=len(decision_ids),
            )

    async def _decide(self, request: pb.DecideRequest) -> tuple[bytes, str]:
        """The answer, and the id of the decision if it was made just now."""
        await current_call().deadline.wait_for(self._working.acquire())
        try:
            return await self._convert_and_decide(request)
        finally:
            self._working.release()

    async def _convert_and_decide(self, request: pb.DecideRequest) -> tuple[bytes, str]:
        call = current_call()
        application = self._converter.application(request)
        if request.validate_only:
            self._engine.check(application)
            return _EMPTY, ""
        responder = _Responder(request.request_id)
        answer = await self._engine.decide(
            call.caller,
            request.request_id,
            content_of("Decide", request),
            application,
            responder,
            call.deadline,
        )
        if responder.made is not None:
            self._metrics.decided(application.channel, responder.made.outcome.value)
        return answer, responder.made.decision_id if responder.made else ""

    async def _decide_item(
        self, request: pb.DecideRequest, turns: asyncio.Semaphore
    ) -> pb.BatchDecideResult:
        result = pb.BatchDecideResult(request_id=request.request_id)
        async with turns:
            try:
                answer, _ = await self._decide(request)
            except Exception as error:  # noqa: BLE001 - shown as a call of its own would be
                result.status.CopyFrom(present(error, current_call().method)[0])
                return result
        result.status.SetInParent()
        response = pb.DecideResponse.FromString(answer)
        if response.HasField("decision"):
            result.decision.CopyFrom(response.decision)
        return result


@dataclass(slots=True)
class _Responder:
    """Makes the answer's bytes, and remembers the decision if there was a new one."""

    request_id: str
    made: Decision | None = None

    def __call__(self, decision: Decision, timings: tuple[Timing, ...]) -> bytes:
        self.made = decision
        return decide_response(self.request_id, decision, timings)


def content_of(method: str, request: Message) -> bytes:
    """What must be the same for a request to be a repetition: method and every field."""
    return method.encode() + b"\0" + request.SerializeToString(deterministic=True)


def _listing(request: pb.ListDecisionsRequest) -> ListFilter:
    problems = Problems()
    bounds = {
        name: problems.attempt(name, lambda n=name: to_micros(getattr(request, n)))  # type: ignore[misc]
        for name in ("since", "until")
        if request.HasField(name)
    }
    problems.raise_if_any()
    return ListFilter(
        product=request.product,
        channel=request.channel,
        outcome=_OUTCOME_FILTER[request.outcome],
        since_us=bounds.get("since"),
        until_us=bounds.get("until"),
    )


def _summary(record: RecordSummary) -> pb.DecisionSummary:
    return pb.DecisionSummary(
        decision_id=record.decision_id,
        request_id=record.request_id,
        decided_at=to_timestamp(record.at_us),
        product=record.product,
        channel=record.channel,
        outcome=outcome_name(record.outcome),
        line_minor=record.line_minor,
        supplements=record.supplements,
        shares_line_of=record.parent,
        valid_until=to_timestamp(record.until_us) if record.until_us else None,
    )
