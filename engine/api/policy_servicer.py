"""``touchstone.v1.PolicyService``: convert, ask the desk or a throw-away process, convert."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from google.protobuf.message import Message

from engine.api.answers import outcome_name
from engine.api.calls import current_call
from engine.api.converters import check
from engine.api.dates import to_micros, to_timestamp
from engine.api.uploads import Uploads
from engine.errors import (
    FieldViolation,
    InvalidApplication,
    Overloaded,
    PolicyError,
    PreconditionFailed,
)
from engine.lifecycle import Event, PolicyDesk, Proposal
from engine.lifecycle import tasks as work
from engine.lifecycle.desk import Command
from engine.lifecycle.jobs import Job, Jobs, JobState, Report
from engine.lifecycle.shadow import Comparison
from engine.lifecycle.state import State
from touchstone.v1 import policy_pb2 as pb
from touchstone.v1 import policy_pb2_grpc

_T = TypeVar("_T")
_DEFAULT_PAGE = 50
_MOST_CHANGES = 32
_RETRY_AFTER_S = 10.0
_FINISH_S = 10.0
_MOST_TEXT = 2_000_000
_JOB_STATES = {state: f"POLICY_JOB_STATE_{state.name}" for state in JobState}


@dataclass(frozen=True, slots=True)
class Places:
    """Where a simulation finds the decisions."""

    data_dir: Path
    keys: Path


class PolicyServicer(policy_pb2_grpc.PolicyServiceServicer):
    """The methods of the service. ``mode``: "files" or "governed"."""

    def __init__(self, desk: Callable[[], PolicyDesk], places: Places, mode: str) -> None:
        self._desk, self._places, self._mode = desk, places, mode
        self._uploads, self._jobs = Uploads(), Jobs()
        self._changes: set[asyncio.Task[object]] = set()

    async def close(self) -> None:
        """Give up the tasks under way, and finish the changes."""
        await self._jobs.close()
        if self._changes:
            _, late = await asyncio.wait(self._changes, timeout=_FINISH_S)
            # What is still examined has changed nothing yet.
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def UploadPolicyPart(  # noqa: N802
        self, request: pb.UploadPolicyPartRequest, _context: object
    ) -> pb.UploadPolicyPartResponse:
        """Take a part of a file."""
        check(request)
        received = self._uploads.part(
            current_call().caller, request.upload_id, request.path, request.offset, request.content
        )
        return pb.UploadPolicyPartResponse(received_bytes=received)

    async def FinishPolicyUpload(  # noqa: N802
        self, request: pb.FinishPolicyUploadRequest, _context: object
    ) -> pb.FinishPolicyUploadResponse:
        """Keep the draft."""
        check(request)
        files = self._uploads.finish(current_call().caller, request.upload_id)
        return pb.FinishPolicyUploadResponse(
            digest=await self._desk().draft(files),
            files=len(files),
            bytes=sum(map(len, files.values())),
        )

    async def CheckPolicy(  # noqa: N802
        self, request: pb.CheckPolicyRequest, _context: object
    ) -> pb.CheckPolicyResponse:
        """Everything that is wrong."""
        found = await work.check(await self._root(request))
        return pb.CheckPolicyResponse(
            usable=found.usable,
            diagnostics=map(_diagnostic, found.findings),
            rendered=found.text[:_MOST_TEXT],
        )

    async def ExplainPolicy(  # noqa: N802
        self, request: pb.ExplainPolicyRequest, _context: object
    ) -> pb.ExplainPolicyResponse:
        """Rules in sentences."""
        root = await self._root(request)
        text = await _told(work.explain(root, request.rule_id, request.language))
        return pb.ExplainPolicyResponse(text=text[:_MOST_TEXT])

    async def DrawPolicy(  # noqa: N802
        self, request: pb.DrawPolicyRequest, _context: object
    ) -> pb.DrawPolicyResponse:
        """Which rule reads and sets what."""
        drawing = await _told(work.draw(await self._root(request), request.format))
        return pb.DrawPolicyResponse(drawing=drawing[:_MOST_TEXT])

    async def StartPolicyJob(  # noqa: N802
        self, request: pb.StartPolicyJobRequest, _context: object
    ) -> pb.StartPolicyJobResponse:
        """Begin a long task."""
        root = await self._root(request)
        job_id = self._jobs.start(self._work(root, request))
        return pb.StartPolicyJobResponse(job_id=job_id)

    async def GetPolicyJob(  # noqa: N802
        self, request: pb.GetPolicyJobRequest, _context: object
    ) -> pb.GetPolicyJobResponse:
        """How far a task is."""
        check(request)
        return _job(self._jobs.get(request.job_id))

    async def ProposePolicy(  # noqa: N802
        self, request: pb.ProposePolicyRequest, _context: object
    ) -> pb.ProposePolicyResponse:
        """Propose a draft."""
        command = _command(request, request.note)
        event, warnings = await self._carry_out(self._desk().propose(command, request.digest))
        return pb.ProposePolicyResponse(event=_event(event), warnings=warnings[:_MOST_TEXT])

    async def ReviewPolicy(  # noqa: N802
        self, request: pb.ReviewPolicyRequest, _context: object
    ) -> pb.ReviewPolicyResponse:
        """Approve or reject a proposal."""
        command = _command(request, request.note)
        doing = self._desk().review(
            command, request.digest, request.approver, request.signature, approve=request.approve
        )
        event = await self._carry_out(doing)
        return pb.ReviewPolicyResponse(event=_event(event))

    async def ActivatePolicy(  # noqa: N802
        self, request: pb.ActivatePolicyRequest, _context: object
    ) -> pb.ActivatePolicyResponse:
        """Make an approved policy live."""
        command = _command(request, "")
        doing = self._desk().activate(command, request.digest, request.canary_percent)
        event = await self._carry_out(doing)
        return pb.ActivatePolicyResponse(event=_event(event))

    async def EndCanary(  # noqa: N802
        self, request: pb.EndCanaryRequest, _context: object
    ) -> pb.EndCanaryResponse:
        """Everybody gets the canary, or nobody."""
        command = _command(request, "")
        event = await self._carry_out(self._desk().end_canary(command, promote=request.promote))
        return pb.EndCanaryResponse(event=_event(event))

    async def ShadowPolicy(  # noqa: N802
        self, request: pb.ShadowPolicyRequest, _context: object
    ) -> pb.ShadowPolicyResponse:
        """Begin or end a shadow."""
        command = _command(request, "")
        event = await self._carry_out(self._desk().shadow(command, request.digest))
        return pb.ShadowPolicyResponse(event=_event(event))

    async def RollBackPolicy(  # noqa: N802
        self, request: pb.RollBackPolicyRequest, _context: object
    ) -> pb.RollBackPolicyResponse:
        """Go back to an earlier policy."""
        command = _command(request, request.note)
        event = await self._carry_out(self._desk().roll_back(command, request.digest))
        return pb.RollBackPolicyResponse(event=_event(event))

    async def FreezePolicy(  # noqa: N802
        self, request: pb.FreezePolicyRequest, _context: object
    ) -> pb.FreezePolicyResponse:
        """Forbid activations, or allow them again."""
        command = _command(request, request.note)
        event = await self._carry_out(self._desk().freeze(command, frozen=request.frozen))
        return pb.FreezePolicyResponse(event=_event(event))

    async def GetPolicyStatus(  # noqa: N802
        self, request: pb.GetPolicyStatusRequest, _context: object
    ) -> pb.GetPolicyStatusResponse:
        """What is live, and how it goes."""
        check(request)
        status = self._desk().status()
        state = status.state
        return pb.GetPolicyStatusResponse(
            live_digest=state.live,
            canary_digest=state.canary,
            canary_percent=state.percent,
            shadow_digest=state.shadow,
            frozen=state.frozen,
            mode=self._mode,
            shadow_comparison=_comparison(status.comparison),
            guard_rails=(
                pb.GuardRail(
                    name=rail.name,
                    digest=rail.digest,
                    baseline=rail.baseline,
                    value=rail.value,
                    decisions=rail.decisions,
                    tripped=rail.tripped,
                )
                for rail in status.rails
            ),
            proposals=(_proposal(state, item) for item in state.proposals.values()),
            currency_code=status.currency,
        )

    async def ListPolicyEvents(  # noqa: N802
        self, request: pb.ListPolicyEventsRequest, _context: object
    ) -> pb.ListPolicyEventsResponse:
        """The history, newest first; a token is the number of events before the page."""
        check(request)
        events = self._desk().history()
        end = _position(request.page_token, len(events))
        start = max(end - (request.page_size or _DEFAULT_PAGE), 0)
        return pb.ListPolicyEventsResponse(
            events=map(_event, reversed(events[start:end])),
            next_page_token=str(start) if start else "",
        )

    async def _carry_out(self, doing: Coroutine[object, object, _T]) -> _T:
        """A change goes on if its caller goes away: half of one must never be left."""
        if len(self._changes) >= _MOST_CHANGES:
            doing.close()
            raise Overloaded("too many changes under way", _RETRY_AFTER_S)
        task = asyncio.create_task(doing)
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)
        return await _told(asyncio.shield(task))

    async def _root(
        self,
        request: pb.CheckPolicyRequest
        | pb.ExplainPolicyRequest
        | pb.DrawPolicyRequest
        | pb.StartPolicyJobRequest,
    ) -> Path:
        check(request)
        return await self._desk().place(request.digest)

    def _work(
        self, root: Path, request: pb.StartPolicyJobRequest
    ) -> Callable[[], Awaitable[Report]]:
        match request.WhichOneof("task"):
            case "test":
                return lambda: work.test(root)
            case "prove":
                return lambda: work.prove(root)
            case _:
                filters = _filters(request.simulate)
                places = self._places
                return lambda: work.simulate(root, places.data_dir, places.keys, filters)


async def _told(doing: Awaitable[_T]) -> _T:
    """The result; what refuses a policy is told to the caller, who sent it."""
    try:
        return await doing
    except PolicyError as refused:
        raise PolicyRefused(str(refused)) from None


class PolicyRefused(PreconditionFailed):
    """The policy may not be used; the text says why, shortened. ``CheckPolicy`` says it whole."""

    reason = "POLICY_REFUSED"
    most_text = 2_000


def _command(request: Message, note: str) -> Command:
    check(request)
    return Command(
        caller=current_call().caller,
        request_id=request.request_id,  # type: ignore[attr-defined]
        content=request.DESCRIPTOR.name.encode() + request.SerializeToString(deterministic=True),
        note=note,
    )


def _filters(task: pb.SimulateTask) -> list[str]:
    found: list[str] = []
    for option, name in (("--since", "since"), ("--until", "until")):
        if task.HasField(name):
            moment = datetime.fromtimestamp(to_micros(getattr(task, name)) / 1e6, UTC)
            found += [option, moment.date().isoformat()]
    return [*found, "--limit", str(task.limit)] if task.limit else found


def _position(token: str, most: int) -> int:
    if not token:
        return most
    if not token.isascii() or not token.isdigit() or int(token) > most:
        raise InvalidApplication((FieldViolation("page_token", "is not of this list"),))
    return int(token)


def _event(event: Event) -> pb.PolicyEvent:
    return pb.PolicyEvent(
        event_id=event.event_id,
        kind=event.kind.value,
        digest=event.digest,
        actor=event.actor,
        at=to_timestamp(event.at_us),
        note=event.note,
        canary_percent=event.percent,
    )


def _proposal(state: State, item: Proposal) -> pb.PolicyProposal:
    return pb.PolicyProposal(
        digest=item.digest,
        author=item.author,
        proposed_at=to_timestamp(item.at_us),
        note=item.note,
        approvers=item.approvers,
        approved=state.is_approved(item.digest),
        rejected=item.rejected,
    )


def _comparison(found: Comparison | None) -> pb.PolicyComparison | None:
    if found is None:
        return None
    return pb.PolicyComparison(
        compared=found.compared,
        not_compared=found.not_compared,
        outcomes=(
            pb.OutcomePair(
                live=outcome_name(live.value), other=outcome_name(other.value), count=count
            )
            for (live, other), count in sorted(found.outcomes.items())
        ),
        live_line_minor=found.live_line_minor,
        other_line_minor=found.other_line_minor,
        different_decision_ids=found.different,
    )


def _job(job: Job) -> pb.GetPolicyJobResponse:
    report = job.report
    return pb.GetPolicyJobResponse(
        state=_JOB_STATES[job.state],
        report=(report.text if report else job.problem)[:_MOST_TEXT],
        report_json=report.json[:_MOST_TEXT] if report else "",
        report_html=report.html if report else "",
    )


def _diagnostic(found: dict[str, object]) -> pb.PolicyDiagnostic:
    line, column = int(str(found["line"])), int(str(found["column"]))
    return pb.PolicyDiagnostic(
        code=str(found["code"]),
        severity=str(found["severity"]),
        message=str(found["message"]),
        path=str(found["file"]),
        line=line,
        column=column,
        length=int(str(found["end_column"])) - column,
        label=str(found.get("label", "")),
        hint=str(found.get("hint", "")),
    )
