"""Gather - evaluate - record: one application in, one durable decision out.

Nothing is answered before it is durable; the same (caller, request_id) gets the same bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from engine.clock import AdmissionClock
from engine.codec import decode, encode
from engine.deadline import Deadline
from engine.errors import (
    FieldViolation,
    InvalidApplication,
    NotFound,
    Overloaded,
    RequestIdReused,
    Unavailable,
)
from engine.evaluate import estimate, evaluate
from engine.explain import explain
from engine.gather import Gatherer, customer_of
from engine.ledger import (
    DuplicateRecord,
    Ledger,
    ListFilter,
    NewRecord,
    RecordPage,
    StoredAnswer,
)
from engine.model import Admission, Application
from engine.outcome import Decision, Gathered, Timing
from engine.policy import Policy
from engine.privacy import Tokeniser
from engine.record import DecisionRecord, MarkRecord
from engine.recording import new_record
from engine.stopwatch import Stopwatch
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


Respond = Callable[[Decision, tuple[Timing, ...]], bytes]
"""Turns a decision into the bytes of the answer, which are stored and sent."""


@dataclass(frozen=True, slots=True)
class _InFlight:
    fingerprint: bytes
    task: asyncio.Task[bytes]


class DecisionEngine:
    """The whole road of a decision. One per process and event loop.

    ``max_in_flight`` bounds the decisions under way; beyond it ``Overloaded``.
    """

    def __init__(
        self,
        *,
        policies: Policies,
        ledger: Ledger,
        pending: PendingIndex,
        gatherer: Gatherer,
        tokeniser: Tokeniser,
        clock: AdmissionClock,
        max_in_flight: int,
        observe: Callable[[Decision, bytes], None] = lambda _decision, _body: None,
    ) -> None:
        self._policies = policies
        self._observe = observe
        self._ledger = ledger
        self._pending = pending
        self._gatherer = gatherer
        self._tokeniser = tokeniser
        self._clock = clock
        self._max_in_flight = max_in_flight
        self._in_flight: dict[tuple[str, str], _InFlight] = {}
        self._draining = False

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
        fingerprint = self._tokeniser.fingerprint(content)
        key = (caller, request_id)
        running = self._in_flight.get(key)
        if running is None:
            running = self._start(key, fingerprint, application, respond, deadline)
        elif running.fingerprint != fingerprint:
            raise RequestIdReused("request_id was used before with other content")
        return await deadline.wait_for(asyncio.shield(running.task))

    def _start(
        self,
        key: tuple[str, str],
        fingerprint: bytes,
        application: Application,
        respond: Respond,
        deadline: Deadline,
    ) -> _InFlight:
        if self._draining:
            raise Unavailable("the server is shutting down; send the request to another one")
        if len(self._in_flight) >= self._max_in_flight:
            raise Overloaded("too many decisions under way", retry_after_s=0.5)
        task = asyncio.create_task(
            self._find_or_make(key, fingerprint, application, respond, deadline)
        )
        running = self._in_flight[key] = _InFlight(fingerprint, task)
        task.add_done_callback(lambda _: self._finished(key, task))
        return running

    def _finished(self, key: tuple[str, str], task: asyncio.Task[bytes]) -> None:
        del self._in_flight[key]
        if not task.cancelled():
            task.exception()  # it was delivered to whoever waited; nobody need be left

    async def _find_or_make(
        self,
        key: tuple[str, str],
        fingerprint: bytes,
        application: Application,
        respond: Respond,
        deadline: Deadline,
    ) -> bytes:
        stored = await self._ledger.find(*key)
        if stored is not None:
            return _same_request(stored, fingerprint)
        with self._policies.lease(customer_of(application)) as (policy, role):
            return await self._decide(
                policy, role, key, fingerprint, application, respond, deadline
            )

    async def _decide(
        self,
        policy: Policy,
        role: str,
        key: tuple[str, str],
        fingerprint: bytes,
        application: Application,
        respond: Respond,
        deadline: Deadline,
    ) -> bytes:
        """Wholly under one policy."""
        check(application, policy)
        admission = self._admit(key, application)
        try:
            return await self._make(policy, role, admission, fingerprint, respond, deadline)
        except DuplicateRecord as duplicate:
            self._pending.withdraw(admission.decision_id)
            return _same_request(duplicate.stored, fingerprint)
        except BaseException:
            self._pending.withdraw(admission.decision_id)
            raise

    def _admit(self, key: tuple[str, str], application: Application) -> Admission:
        """From here on, every later admission sees this application."""
        caller, request_id = key
        admission = Admission(
            decision_id=self._tokeniser.decision_id(caller, request_id),
            caller=caller,
            request_id=request_id,
            as_of_us=self._clock.next_us(),
            application=application,
        )
        self._pending.admit(admission.decision_id, admission.as_of_us, application.links)
        return admission

    async def _make(
        self,
        policy: Policy,
        role: str,
        admission: Admission,
        fingerprint: bytes,
        respond: Respond,
        deadline: Deadline,
    ) -> bytes:
        stopwatch = Stopwatch()
        decision, gathered = await self._evaluate(policy, admission, deadline, stopwatch)
        answer = respond(decision, stopwatch.timings())
        record = new_record(
            DecisionRecord(admission=admission, gathered=gathered, decision=decision, role=role),
            fingerprint,
            answer,
        )
        await self._ledger.append(record)
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

    async def estimate(self, application: Application) -> Decision:
        """A trial calculation: nothing is admitted, recorded or linked."""
        with self._policies.lease(customer_of(application)) as (policy, _):
            return self._estimate(policy, application)

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

    async def explain(self, decision_id: str, caller: str | None, language: str) -> tuple[str, ...]:
        """A stored decision in sentences, ``language`` "zh" or "en". Raises ``NotFound``."""
        stored = await self._ledger.get(decision_id)
        if stored is None or stored.kind != "decision" or caller not in (None, stored.caller):
            raise NotFound("no decision with that id")
        return explain(decode(stored.body, DecisionRecord), language, self._policies.live.bundle)

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
            return decode(_same_request(stored, fingerprint), int)
        target = await self._ledger.get(decision_id)
        if target is None or target.kind != "decision":
            raise NotFound("no decision with that id")
        mark = MarkRecord(
            mark_id=self._tokeniser.decision_id(caller, request_id),
            decision_id=decision_id,
            known_at_us=self._clock.next_us(),
            fraud_type=fraud_type,
            source=source,
            since_us=since_us,
            case_id=case_id,
        )
        return await self._record_mark(caller, request_id, fingerprint, target.subject, mark)

    async def _record_mark(
        self, caller: str, request_id: str, fingerprint: bytes, subject: str, mark: MarkRecord
    ) -> int:
        since_us = mark.known_at_us if mark.since_us is None else mark.since_us
        event = FraudMarked(
            applicant=mark.decision_id,
            at_us=mark.known_at_us,
            fraud_at_us=None if mark.fraud_type is None else since_us,
            fraud_type=mark.fraud_type or "",
        )
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
            return decode(_same_request(duplicate.stored, fingerprint), int)
        except BaseException:
            self._pending.discard(event)
            raise
        return mark.known_at_us

    async def drain(self, timeout_s: float) -> None:
        """Take no new decisions and wait, so long, until those under way are recorded."""
        self._draining = True
        tasks = [running.task for running in self._in_flight.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)


def check(application: Application, policy: Policy) -> None:
    """What only the live policy can tell of a request. Raises ``InvalidApplication``."""
    violations = []
    if application.product not in policy.products:
        known = ", ".join(sorted(policy.products))
        violations.append(
            FieldViolation("application.product", f"no such product; there are: {known}")
        )
    currency = policy.bundle.strategy.currency
    if application.currency not in ("", currency):
        violations.append(FieldViolation("application", f"amounts must be in {currency}"))
    if violations:
        raise InvalidApplication(tuple(violations))


def _same_request(stored: StoredAnswer, fingerprint: bytes) -> bytes:
    if stored.fingerprint != fingerprint:
        raise RequestIdReused("request_id was used before with other content")
    return stored.answer
