"""Gather - evaluate - record: one application in, one durable decision out.

Nothing is answered before it is durable; the same (caller, request_id) gets the same bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
)
from dataclasses import dataclass, replace
from typing import Protocol

from engine.clock import AdmissionClock
from engine.codec import decode, encode
from engine.deadline import Deadline
from engine.errors import (
    FieldViolation,
    InvalidApplication,
    NotFound,
    PolicyError,
)
from engine.estimate import Estimate, Prospect, estimate_partly, whole
from engine.evaluate import estimate, evaluate
from engine.explain import Explanation
from engine.gather import Gatherer, customer_of
from engine.ledger import (
    DuplicateRecord,
    Ledger,
    ListFilter,
    NewRecord,
    RecordPage,
)
from engine.model import Admission, Application
from engine.once import Call, Once, same_answer
from engine.outcome import Decision, Gathered, Timing
from engine.parents import root_of
from engine.policy import Policy
from engine.privacy import Tokeniser
from engine.record import PINNED, DecisionRecord, MarkRecord, explained, has_parts
from engine.recording import new_record
from engine.stopwatch import Stopwatch
from engine.supplement import Supplement, next_admission
from engine.turns import Turns
from graph.model import FraudMarked
from graph.pending import PendingIndex


class Policies(Protocol):
    """The policies in use; ``engine.lifecycle.live.LivePolicies`` implements it."""

    @property
    def live(self) -> Policy:
        """The policy of everybody who is in no canary."""
        ...

    def lease(self, subject: str) -> AbstractContextManager[tuple[Policy, str]]:
        """The policy for this person and its role, not to be closed while in the block."""
        ...


class Pinned(Protocol):
    """Policies that decided earlier; ``engine.lifecycle.pinned.PinnedPolicies`` implements it."""

    def lease(self, digest: str) -> AbstractAsyncContextManager[Policy]:
        """The policy with that digest, not to be closed while in the block."""
        ...


Respond = Callable[[Decision, tuple[Timing, ...]], bytes]
"""Turns a decision into the bytes of the answer, which are stored and sent."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call and how its answer is made."""

    call: Call
    respond: Respond


class DecisionEngine:
    """The whole road of a decision. One per process and event loop.

    ``max_in_flight`` bounds the decisions under way; beyond it ``Overloaded``.
    """

    def __init__(
        self,
        *,
        policies: Policies,
        pinned: Pinned,
        ledger: Ledger,
        pending: PendingIndex,
        gatherer: Gatherer,
        tokeniser: Tokeniser,
        clock: AdmissionClock,
        max_in_flight: int,
        observe: Callable[[Decision, bytes], None] = lambda _decision, _body: None,
    ) -> None:
        self._policies = policies
        self._pinned = pinned
        self._observe = observe
        self._ledger = ledger
        self._pending = pending
        self._gatherer = gatherer
        self._tokeniser = tokeniser
        self._clock = clock
        self._once = Once(ledger, max_in_flight)
        self._explaining = asyncio.Semaphore(1)
        self._turns = Turns()

    async def decide(
        self,
        caller: str,
        request_id: str,
        content: bytes,
        application: Application,
        respond: Respond,
        deadline: Deadline,
    ) -> bytes:
        """The stored or newly made answer; durable when this returns.

        The decision goes on if the caller goes away: it is admitted, so it will be recorded,
        and a retry finds it. Raises ``RequestIdReused``, ``InvalidApplication``, ``Overloaded``,
        ``Unavailable`` and ``DeadlineExceeded``.
        """
        asked = _Asked(self._call(caller, request_id, content, deadline), respond)

        async def make() -> bytes:
            with self._policies.lease(customer_of(application)) as (policy, role):
                async with self._alone(application, asked.call.deadline):
                    return await self._decide(policy, role, asked, application)

        return await self._once.run(asked.call, make)

    async def supplement(
        self,
        caller: str,
        request_id: str,
        content: bytes,
        decision_id: str,
        supplement: Supplement,
        respond: Respond,
        deadline: Deadline,
    ) -> bytes:
        """As ``decide``, for proofs added to a decision of the caller while its plan is open.

        Decided under the policy that made the first decision; the graph and the history are
        asked anew, without the application itself. Raises also ``NotFound``,
        ``NothingToSupplement``, ``PlanExpired`` and ``AlreadySupplemented``.
        """
        asked = _Asked(self._call(caller, request_id, content, deadline), respond)

        async def make() -> bytes:
            stored = await self._ledger.get(decision_id)
            if stored is None or stored.kind != "decision" or stored.caller != caller:
                raise NotFound("no decision with that id")
            record = decode(stored.body, DecisionRecord)
            async with (
                self._pinned.lease(record.decision.policy_digest) as policy,
                self._alone(record.admission.application, asked.call.deadline),
            ):
                return await self._supplement(policy, record, asked, supplement)

        return await self._once.run(asked.call, make)

    @asynccontextmanager
    async def _alone(self, application: Application, deadline: Deadline) -> AsyncIterator[None]:
        """Of lines that share one, each is recorded before the next looks at what is left."""
        shares = application.shares
        if shares is None or not shares.parent:
            yield
            return
        root = await root_of(self._ledger, shares)
        async with self._turns.turn(root, deadline):
            yield

    async def _supplement(
        self, policy: Policy, record: DecisionRecord, asked: _Asked, supplement: Supplement
    ) -> bytes:
        """The application is in the graph already, so nothing is admitted to it."""
        call = asked.call
        admission = next_admission(
            record,
            supplement,
            decision_id=self._tokeniser.decision_id(call.caller, call.request_id),
            request_id=call.request_id,
            as_of_us=self._clock.next_us(),
        )
        try:
            return await self._make(policy, PINNED, admission, asked)
        except DuplicateRecord as duplicate:
            return call.same(duplicate.stored)

    async def _decide(
        self, policy: Policy, role: str, asked: _Asked, application: Application
    ) -> bytes:
        """Wholly under one policy."""
        check(application, policy)
        admission = self._admit(asked.call, application)
        try:
            return await self._make(policy, role, admission, asked)
        except DuplicateRecord as duplicate:
            self._pending.withdraw(admission.decision_id)
            return asked.call.same(duplicate.stored)
        except BaseException:
            self._pending.withdraw(admission.decision_id)
            raise

    def _call(self, caller: str, request_id: str, content: bytes, deadline: Deadline) -> Call:
        return Call(caller, request_id, self._tokeniser.fingerprint(content), deadline)

    def _admit(self, call: Call, application: Application) -> Admission:
        """From here on, every later admission sees this application."""
        admission = Admission(
            decision_id=self._tokeniser.decision_id(call.caller, call.request_id),
            caller=call.caller,
            request_id=call.request_id,
            as_of_us=self._clock.next_us(),
            application=application,
        )
        self._pending.admit(admission.decision_id, admission.as_of_us, application.links)
        return admission

    async def _make(self, policy: Policy, role: str, admission: Admission, asked: _Asked) -> bytes:
        stopwatch, deadline = Stopwatch(), asked.call.deadline
        decision, gathered = await self._evaluate(policy, admission, deadline, stopwatch)
        answer = asked.respond(decision, stopwatch.timings())
        record = new_record(
            DecisionRecord(admission=admission, gathered=gathered, decision=decision, role=role),
            asked.call.fingerprint,
            answer,
        )
        await self._ledger.append(record)
        if role != PINNED:
            self._observe(decision, record.body)
        return answer

    async def _evaluate(
        self, policy: Policy, admission: Admission, deadline: Deadline, stopwatch: Stopwatch
    ) -> tuple[Decision, Gathered]:
        gathered = Gathered()
        while True:
            with stopwatch.step("evaluate"):
                result = evaluate(policy, admission, gathered)
            if isinstance(result, Decision):
                return result, gathered
            with stopwatch.step("gather"):
                gathered = await self._gatherer.gather(
                    result.sources,
                    policy.bundle.strategy.sources,
                    admission,
                    gathered,
                    deadline,
                )

    async def estimate(self, subject: Application | Prospect) -> Estimate:
        """A trial calculation: nothing is admitted, recorded or linked.

        Of a whole application, under the policy that would decide it; of a prospect, whom nobody
        knows yet, under the live one. Raises ``InvalidApplication``.
        """
        if isinstance(subject, Prospect):
            with self._policies.lease("") as (policy, _):
                check(subject, policy)
                return estimate_partly(policy, subject, self._clock.next_us())
        with self._policies.lease(customer_of(subject)) as (policy, _):
            return whole(self._estimate(policy, subject))

    def _estimate(self, policy: Policy, application: Application) -> Decision:
        check(application, policy)
        admission = Admission(
            decision_id="",
            caller="",
            request_id="",
            as_of_us=self._clock.next_us(),
            application=application,
        )
        return estimate(policy, admission)

    def check(self, application: Application) -> None:
        """What ``validate_only`` asks: raise ``InvalidApplication`` as ``decide`` would."""
        with self._policies.lease(customer_of(application)) as (policy, _):
            check(application, policy)

    async def get(self, decision_id: str, caller: str | None) -> bytes:
        """The stored answer. ``caller`` ``None``: whoever made it (auditors).

        Raises ``NotFound``, also for a decision of another caller.
        """
        stored = await self._ledger.get(decision_id)
        if stored is None or stored.kind != "decision" or caller not in (None, stored.caller):
            raise NotFound("no decision with that id")
        return stored.answer

    async def list(
        self, caller: str | None, listing: ListFilter, page_size: int, page_token: str
    ) -> RecordPage:
        """A page of summaries, newest first; ``caller`` ``None``: of every caller."""
        return await self._ledger.list(
            listing, caller=caller, page_size=page_size, page_token=page_token
        )

    async def explain(
        self, decision_id: str, caller: str | None, language: str, deadline: Deadline
    ) -> Explanation:
        """A stored decision in sentences, ``language`` "zh" or "en", and with parts of its scores.

        Parts that the decision did not need are computed now, under the policy that decided.
        Raises ``NotFound`` and ``DeadlineExceeded``.
        """
        stored = await self._ledger.get(decision_id)
        if stored is None or stored.kind != "decision" or caller not in (None, stored.caller):
            raise NotFound("no decision with that id")
        record = decode(stored.body, DecisionRecord)
        if has_parts(record.decision):
            return Explanation.of(record, language, self._policies.live.bundle)
        await deadline.wait_for(self._explaining.acquire())
        # Whoever goes away leaves the work to its end: a policy loaded for it must be closed.
        work = asyncio.ensure_future(self._explained(record, language))
        work.add_done_callback(lambda _work: self._explaining.release())
        return await deadline.wait_for(asyncio.shield(work))

    async def _explained(self, record: DecisionRecord, language: str) -> Explanation:
        try:
            async with self._pinned.lease(record.decision.policy_digest) as policy:
                whole = replace(record, decision=explained(policy, record))
                return Explanation.of(whole, language, policy.bundle)
        except (NotFound, PolicyError):
            # Its files are gone: what is stored is what can be told.
            return Explanation.of(record, language, self._policies.live.bundle)

    async def mark_fraud(
        self,
        caller: str,
        request_id: str,
        content: bytes,
        decision_id: str,
        fraud_type: str | None,
        source: str,
        since_us: int | None = None,
        case_id: str = "",
    ) -> int:
        """Mark (or, with ``fraud_type`` ``None``, unmark) and return when it was made.

        ``since_us``: since when it was known elsewhere; ``None``: since now. Decisions admitted
        from now on see it. Repeating a request changes nothing.
        Raises ``NotFound`` and ``RequestIdReused``.
        """
        fingerprint = self._tokeniser.fingerprint(content)
        stored = await self._ledger.find(caller, request_id)
        if stored is not None:
            return decode(same_answer(stored, fingerprint), int)
        target = await self._ledger.get(decision_id)
        if target is None or target.kind != "decision":
            raise NotFound("no decision with that id")
        applicant = decode(target.body, DecisionRecord).admission.applicant_key
        mark = MarkRecord(
            mark_id=self._tokeniser.decision_id(caller, request_id),
            decision_id=decision_id,
            known_at_us=self._clock.next_us(),
            fraud_type=fraud_type,
            source=source,
            since_us=since_us,
            case_id=case_id,
        )
        since_us = mark.known_at_us if since_us is None else since_us
        event = FraudMarked(
            applicant=applicant,
            at_us=mark.known_at_us,
            fraud_at_us=None if mark.fraud_type is None else since_us,
            fraud_type=mark.fraud_type or "",
        )
        return await self._record_mark(caller, request_id, fingerprint, target.subject, mark, event)

    async def _record_mark(
        self,
        caller: str,
        request_id: str,
        fingerprint: bytes,
        subject: str,
        mark: MarkRecord,
        event: FraudMarked,
    ) -> int:
        self._pending.expect(event)
        answer = encode(mark.known_at_us)
        try:
            await self._ledger.append(
                NewRecord(
                    caller=caller,
                    request_id=request_id,
                    fingerprint=fingerprint,
                    decision_id=mark.mark_id,
                    subject=subject,
                    kind="fraud_mark",
                    at_us=mark.known_at_us,
                    body=encode(mark),
                    answer=answer,
                    graph_events=(event,),
                )
            )
        except DuplicateRecord as duplicate:
            self._pending.discard(event)
            return decode(same_answer(duplicate.stored, fingerprint), int)
        except BaseException:
            self._pending.discard(event)
            raise
        return mark.known_at_us

    async def drain(self, timeout_s: float) -> None:
        """Take no new decisions and wait, so long, until those under way are recorded."""
        await self._once.drain(timeout_s)


def check(asked: Application | Prospect, policy: Policy) -> None:
    """What only the live policy can tell of a request. Raises ``InvalidApplication``."""
    path = "application" if isinstance(asked, Application) else "facts"
    violations = []
    if asked.product not in policy.products:
        known = ", ".join(sorted(policy.products))
        violations.append(FieldViolation(f"{path}.product", f"no such product; there are: {known}"))
    currency = policy.bundle.strategy.currency
    if asked.currency not in ("", currency):
        violations.append(FieldViolation(path, f"amounts must be in {currency}"))
    if violations:
        raise InvalidApplication(tuple(violations))
