"""What became of decisions, over real gRPC: recorded once, listed, counted, and erased."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import date_pb2, money_pb2
from grpc import aio

from client_examples.applications import Person, application, clean_bureau, thin_bureau, yuan
from client_examples.channel import OPTIONS, problem
from engine.codec import decode
from engine.model import GrantedLine, History
from engine.policy import load_policy
from engine.record import DecisionRecord, replay
from engine.reported import KIND, OutcomeReport, Performance
from engine.settings import Access
from tests.running_app import POLICY, RunningApp, running_app
from touchstone.v1 import decision_pb2, decision_pb2_grpc, outcome_pb2_grpc, types_pb2
from touchstone.v1 import outcome_pb2 as pb

_ACCESS = Access(
    roles={
        "mobile": ("channel",),
        "desk": ("reviewer",),
        "core": ("servicing",),
        "ada": ("auditor",),
    },
    loopback_roles=(),
)


@dataclass(frozen=True, slots=True)
class _Bank:
    """Stubs on one channel. Callers: mobile decides, desk reviews, core services, ada audits."""

    running: RunningApp
    decisions: Any
    outcomes: Any

    async def decide(self, number: int, *, thin: bool = True, device: str = "") -> Any:
        """An application of person ``number``; with a thin file it is referred."""
        message = application(
            Person(number=number, device=device),
            bureau=thin_bureau() if thin else clean_bureau(),
            monthly_income=15_000,
        )
        request = decision_pb2.DecideRequest(request_id=str(uuid.uuid4()), application=message)
        answer = await self.decisions.Decide(request, timeout=10, metadata=_by("mobile"))
        return answer.decision

    async def ask(self, method: str, request: Any, caller: str) -> Any:
        """The answer of ``OutcomeService``."""
        call = getattr(self.outcomes, method)
        return await call(request, timeout=20, metadata=_by(caller))

    async def histories(self) -> list[History]:
        """What each decision knew of earlier applications, in their order."""
        bodies = await self.running.ledger.bodies("decision", after=0, limit=100)
        found = [decode(body, DecisionRecord).gathered.history for _, body in bodies]
        return [history for history in found if history is not None]

    async def reports(self) -> list[OutcomeReport]:
        """All reports, in the order in which they were recorded."""
        bodies = await self.running.ledger.bodies(KIND, after=0, limit=1_000)
        return [decode(body, OutcomeReport) for _, body in bodies]


def _by(caller: str) -> tuple[tuple[str, str]]:
    return (("touchstone-caller", caller),)


@asynccontextmanager
async def _bank(data_dir: Path) -> AsyncIterator[_Bank]:
    async with (
        running_app(data_dir, access=_ACCESS) as running,
        aio.insecure_channel(running.address, options=OPTIONS) as channel,
    ):
        decisions: Any = decision_pb2_grpc.DecisionServiceStub(channel)
        yield _Bank(running, decisions, outcome_pb2_grpc.OutcomeServiceStub(channel))


def _now(*, plus_s: float = 0) -> Timestamp:
    at = Timestamp()
    at.FromNanoseconds(time.time_ns() + int(plus_s * 1e9))
    return at


def _approval(decision_id: str, line: int = 30_000, **other: Any) -> pb.ReportOutcomeRequest:
    values: dict[str, Any] = {
        "request_id": str(uuid.uuid4()),
        "decision_id": decision_id,
        "happened_at": _now(),
        "review": pb.Review(
            outcome=types_pb2.OUTCOME_APPROVE,
            line=yuan(line),
            reviewer="r-17",
            reason="income_confirmed",
        ),
    } | other
    return pb.ReportOutcomeRequest(**values)


def _decline(decision_id: str) -> pb.ReportOutcomeRequest:
    return pb.ReportOutcomeRequest(
        request_id=str(uuid.uuid4()),
        decision_id=decision_id,
        happened_at=_now(),
        review=pb.Review(outcome=types_pb2.OUTCOME_DECLINE, reviewer="r-17"),
    )


def _performance(decision_id: str, **other: Any) -> pb.ReportOutcomeRequest:
    day = datetime.now(UTC).date()
    values: dict[str, Any] = {
        "performance": pb.PERFORMANCE_BAD,
        "observed_on": date_pb2.Date(year=day.year, month=day.month, day=day.day),
        "months_on_book": 12,
        "days_past_due": 93,
        "balance": yuan(-5),
        "loss": yuan(2_000),
    } | other
    return pb.ReportOutcomeRequest(
        request_id=str(uuid.uuid4()),
        decision_id=decision_id,
        happened_at=_now(),
        performance=pb.AccountPerformance(**values),
    )


async def _refused(call: Any) -> tuple[str, str, dict[str, str]]:
    with pytest.raises(aio.AioRpcError) as error:
        await call
    found = problem(error.value)
    return found.code, found.reason, dict(found.fields)


async def test_what_a_reviewer_granted_is_seen_by_the_next_applications(tmp_path: Path) -> None:
    """A referral approved with 30,000: by the same person's, and by one on the same device."""
    async with _bank(tmp_path) as bank:
        referred = await bank.decide(1, device="shared-1")
        assert referred.outcome == types_pb2.OUTCOME_REFER
        await bank.decide(2, device="shared-1")
        answer = await bank.ask("ReportOutcome", _approval(referred.decision_id), "desk")
        again = await bank.decide(1, device="shared-1")
        near = await bank.decide(3, device="shared-1")

        before, after, around = (await bank.histories())[1:]
        assert before.circle == ()
        assert [(a.decision_id, a.outcome, a.line_minor) for a in after.applications] == [
            (referred.decision_id, "approve", 3_000_000)
        ]
        assert after.applications[0].reviewed_at_us == answer.reported_at.ToMicroseconds()
        granted = GrantedLine(decision_id=referred.decision_id, line_minor=3_000_000)
        assert granted in (around.circle or ())
        policy = load_policy(POLICY)
        for _, body in await bank.running.ledger.bodies("decision", after=0, limit=10):
            assert replay(policy, body).same
        policy.rules.close()
        # What was decided is not touched by what is reported of it.
        asked = decision_pb2.GetDecisionRequest(decision_id=referred.decision_id)
        stored = await bank.decisions.GetDecision(asked, metadata=_by("ada"))
        assert stored.decision == referred
        assert again.decision_id != near.decision_id
        assert not (await bank.running.ledger.verify()).problem


async def test_an_approval_that_a_reviewer_declined_grants_nothing(tmp_path: Path) -> None:
    """And a referral that nobody answered counts as it did."""
    async with _bank(tmp_path) as bank:
        approved = await bank.decide(1, thin=False)
        assert approved.outcome == types_pb2.OUTCOME_APPROVE
        await bank.decide(1)
        await bank.ask("ReportOutcome", _decline(approved.decision_id), "desk")
        await bank.decide(1)

        _, before, after = await bank.histories()
        assert [(a.outcome, a.line_minor > 0) for a in before.applications] == [("approve", True)]
        assert [(a.outcome, a.line_minor) for a in after.applications] == [
            ("refer", 0),
            ("decline", 0),
        ]


async def test_a_report_is_kept_once_and_whole(tmp_path: Path) -> None:
    """The same request again gets the same answer, alone or in a batch; other content does not."""
    async with _bank(tmp_path) as bank:
        decision = await bank.decide(1)
        request = _performance(decision.decision_id)
        first, *others = await asyncio.gather(
            *(bank.ask("ReportOutcome", request, "core") for _ in range(20))
        )
        batch = pb.BatchReportOutcomeRequest(reports=[request])
        in_batch = (await bank.ask("BatchReportOutcome", batch, "core")).results[0]
        assert all(other == first for other in others)
        assert (in_batch.status.code, in_batch.reported_at) == (0, first.reported_at)
        request.performance.days_past_due += 1
        code, reason, _ = await _refused(bank.ask("ReportOutcome", request, "core"))
        assert (code, reason) == ("FAILED_PRECONDITION", "REQUEST_ID_REUSED")

        (kept,) = await bank.reports()
        assert kept.performance is not None
        assert kept.performance.performance is Performance.BAD
        assert (kept.performance.balance_minor, kept.performance.loss_minor) == (-500, 200_000)
        assert (kept.decision_id, kept.application) == (decision.decision_id,) * 2
        assert kept.reported_at_us == first.reported_at.ToMicroseconds()
        stored = await bank.running.ledger.newest(KIND, subject=None, before=None, limit=9)
        subject = (await bank.running.ledger.get(decision.decision_id)).subject  # type: ignore[union-attr]
        assert [record.subject for _, record in stored] == [subject]


async def test_reports_are_there_after_a_restart(tmp_path: Path) -> None:
    """Answered is durable: a later process knows the request and counts the review."""
    async with _bank(tmp_path) as bank:
        referred = await bank.decide(1)
        request = _approval(referred.decision_id)
        answer = await bank.ask("ReportOutcome", request, "desk")
    async with _bank(tmp_path) as bank:
        assert await bank.ask("ReportOutcome", request, "desk") == answer
        await bank.decide(1)
        assert [a.line_minor for a in (await bank.histories())[-1].applications] == [3_000_000]


async def test_every_wrong_field_of_a_report_is_named(tmp_path: Path) -> None:
    """By the contract, by the clock and by the decision."""
    async with _bank(tmp_path) as bank:
        decision = await bank.decide(1)
        name = decision.decision_id
        dollars = money_pb2.Money(currency_code="USD", units=5)
        old = date_pb2.Date(year=2020, month=1, day=1)
        wrong = _approval(name, request_id="a b", happened_at=_now(plus_s=60))
        wrong.review.line.units = 0
        wrong.review.reviewer = "Li Lei"
        cases: list[tuple[pb.ReportOutcomeRequest, str, set[str]]] = [
            (wrong, "desk", {"request_id", "happened_at", "review.line", "review.reviewer"}),
            (_approval(name, review=pb.Review(reviewer="r")), "desk", {"review.outcome"}),
            (
                pb.ReportOutcomeRequest(),
                "desk",
                {"request_id", "decision_id", "happened_at", "report"},
            ),
            (_approval(name, happened_at=_now(plus_s=-60)), "desk", {"happened_at"}),
            (_performance(name, loss=dollars, balance=yuan(1)), "core", {"performance.loss"}),
            (
                _performance(name, loss=dollars, balance=dollars, observed_on=old),
                "core",
                {"performance", "performance.observed_on"},
            ),
            (_performance(name, months_on_book=-1), "core", {"performance.months_on_book"}),
        ]
        for request, caller, fields in cases:
            code, reason, told = await _refused(bank.ask("ReportOutcome", request, caller))
            assert (code, reason) == ("INVALID_ARGUMENT", "INVALID_APPLICATION")
            assert set(told) == fields
            assert "Li Lei" not in str(told)
        for line, outcome in ((None, 1), (yuan(1), 3)):
            review = pb.Review(outcome=outcome, line=line, reviewer="r")  # type: ignore[arg-type]
            request = _approval(name, review=review)
            _, _, told = await _refused(bank.ask("ReportOutcome", request, "desk"))
            assert told == {"review": "line must be set exactly if outcome is OUTCOME_APPROVE"}
        request = _approval(name, review=None)
        _, _, told = await _refused(bank.ask("ReportOutcome", request, "desk"))
        assert set(told) == {"report"}
        assert await bank.reports() == []


async def test_each_report_of_a_batch_stands_for_itself(tmp_path: Path) -> None:
    """Wrong ones, ones of nobody, and ones that the caller may not make leave the others."""
    async with _bank(tmp_path) as bank:
        name = (await bank.decide(1)).decision_id
        reports = [
            _approval(name, 10_000),
            _approval("dec_unknown"),
            _approval(name, request_id=""),
            _performance(name),
            _approval(name, 20_000),
        ]
        batch = pb.BatchReportOutcomeRequest(reports=reports)
        results = (await bank.ask("BatchReportOutcome", batch, "desk")).results
        assert [result.request_id for result in results] == [r.request_id for r in reports]
        codes = [grpc.StatusCode.OK, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT]
        codes += [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.OK]
        assert [result.status.code for result in results] == [code.value[0] for code in codes]
        kept = [r.review.line_minor for r in await bank.reports() if r.review is not None]
        assert kept == [1_000_000, 2_000_000]
        for count in (0, 101):
            many = pb.BatchReportOutcomeRequest(reports=[_approval(name)] * count)
            _, _, told = await _refused(bank.ask("BatchReportOutcome", many, "desk"))
            assert told == {"reports": "must be 1 to 100 reports"}


async def test_who_may_report_what(tmp_path: Path) -> None:
    """A servicing system grants no lines, a reviewer tells no performance, a channel neither."""
    async with _bank(tmp_path) as bank:
        name = (await bank.decide(1)).decision_id
        for request, caller in (
            (_approval(name), "core"),
            (_performance(name), "desk"),
            (_approval(name), "mobile"),
            (_performance(name), "ada"),
        ):
            code, _, _ = await _refused(bank.ask("ReportOutcome", request, caller))
            assert code == "PERMISSION_DENIED"
        assert await bank.reports() == []


async def test_a_chain_of_decisions_is_one_application(tmp_path: Path) -> None:
    """Performance is of all of it; of reviews and decisions the one that came last counts."""
    async with _bank(tmp_path) as bank:
        message = application(
            Person(number=9), bureau=clean_bureau(), monthly_income=3_000, expected_limit=25_000
        )
        asked = decision_pb2.DecideRequest(request_id="r:9", application=message)
        first = (await bank.decisions.Decide(asked, metadata=_by("mobile"))).decision
        early = _now()
        proofs = [
            types_pb2.Evidence(
                evidence_id=f"more-{item.kind}",
                kind=item.kind,
                amount=item.least_amount,
                source="tax_bureau",
                status=types_pb2.VERIFICATION_STATUS_VERIFIED,
            )
            for item in first.expected_limit.evidence_plan
        ]
        more = decision_pb2.SupplementEvidenceRequest(
            request_id="r:10", decision_id=first.decision_id, evidence=proofs
        )
        second = await bank.decisions.SupplementEvidence(more, metadata=_by("mobile"))
        second = second.decision
        late = _approval(first.decision_id, 11_000, happened_at=early)
        told = await bank.ask("ReportOutcome", late, "desk")
        assert told.superseded
        await bank.decide(9)
        last = await bank.ask("ReportOutcome", _approval(first.decision_id, 12_000), "desk")
        assert not last.superseded
        await bank.ask("ReportOutcome", _performance(first.decision_id), "core")
        await bank.decide(9)

        engines, reviewed = (await bank.histories())[-2:]
        assert engines.applications[0].decision_id == second.decision_id
        assert engines.applications[0].line_minor == second.line.amount.units * 100
        assert reviewed.applications[-1].decision_id == second.decision_id
        assert reviewed.applications[-1].line_minor == 1_200_000
        listed = [
            (
                await bank.ask("ListOutcomes", pb.ListOutcomesRequest(decision_id=one), "ada")
            ).outcomes
            for one in (first.decision_id, second.decision_id)
        ]
        assert listed[0] == listed[1]
        assert [(o.WhichOneof("report"), o.superseded) for o in listed[0]] == [
            ("performance", False),
            ("review", False),
            ("review", True),
        ]
        assert {outcome.decision_id for outcome in listed[0]} == {first.decision_id}


def _held(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


async def test_outcomes_are_listed_page_by_page_and_who_looked_is_recorded(tmp_path: Path) -> None:
    """Newest first, as they were told; those of another application of the person are left out."""
    async with _bank(tmp_path) as bank:
        name = (await bank.decide(1)).decision_id
        other = (await bank.decide(1)).decision_id
        sent = [_approval(name, 1_000 * number) for number in (1, 2, 3)]
        for report in (*sent, _approval(other)):
            await bank.ask("ReportOutcome", report, "desk")

        listing = pb.ListOutcomesRequest(decision_id=name, page_size=2)
        first = await bank.ask("ListOutcomes", listing, "ada")
        listing.page_token = first.next_page_token
        rest = await bank.ask("ListOutcomes", listing, "ada")
        found = [*first.outcomes, *rest.outcomes]
        assert [outcome.review for outcome in found] == [r.review for r in reversed(sent)]
        assert {(outcome.caller, outcome.decision_id) for outcome in found} == {("desk", name)}
        assert rest.next_page_token == ""
        listing.decision_id = other
        code, _, told = await _refused(bank.ask("ListOutcomes", listing, "ada"))
        assert (code, set(told)) == ("INVALID_ARGUMENT", {"page_token"})
        unknown = pb.ListOutcomesRequest(decision_id="dec_unknown")
        code, _, _ = await _refused(bank.ask("ListOutcomes", unknown, "ada"))
        assert code == "NOT_FOUND"
        seen = await bank.running.ledger.newest("access", subject=None, before=None, limit=9)
        assert [record.caller for _, record in seen] == ["ada"] * 3


async def test_reports_are_erased_with_their_person(tmp_path: Path) -> None:
    """They cannot be read, listed or added to any more; the chain of records holds."""
    async with _bank(tmp_path) as bank:
        name = (await bank.decide(1)).decision_id
        request = _approval(name)
        await bank.ask("ReportOutcome", request, "desk")
        stored = await bank.running.ledger.get(name)
        assert stored is not None
        await bank.running.ledger.erase(stored.subject)

        assert await bank.reports() == []
        listing = pb.ListOutcomesRequest(decision_id=name)
        for call in (
            bank.ask("ListOutcomes", listing, "ada"),
            bank.ask("ReportOutcome", request, "desk"),
            bank.ask("ReportOutcome", _approval(name), "desk"),
        ):
            code, reason, _ = await _refused(call)
            assert (code, reason) == ("FAILED_PRECONDITION", "ERASED")
        assert not (await bank.running.ledger.verify()).problem


async def test_what_a_report_says_is_sealed_and_not_logged(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither reviewer nor reason nor performance stands readable in any file, or in the log."""
    async with _bank(tmp_path) as bank:
        name = (await bank.decide(1)).decision_id
        request = _approval(name)
        request.review.reviewer, request.review.reason = "canary-reviewer", "canary_reason"
        await bank.ask("ReportOutcome", request, "desk")
        await bank.ask("ReportOutcome", _performance(name), "core")
    held = _held(tmp_path)
    assert name.encode() in held
    for secret in (b"canary-reviewer", b"canary_reason", b"days_past_due"):
        assert secret not in held
    assert "canary" not in "".join(capfd.readouterr())
