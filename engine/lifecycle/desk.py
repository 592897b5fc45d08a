"""The desk of policies: the one door through which what is live changes.

Every change is an event of the ledger, durable before it takes effect; what is live after a restart
is the fold of the events. Commands come one at a time and are safe to retry.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.clock import AdmissionClock
from engine.codec import decode, encode
from engine.errors import PreconditionFailed, RequestIdReused, TouchstoneError
from engine.ledger import DuplicateRecord, Ledger, NewRecord, StoredAnswer
from engine.lifecycle import prepare
from engine.lifecycle.approvers import Approvers
from engine.lifecycle.events import Event, EventKind
from engine.lifecycle.guard import GuardRails, RailLimits, RailStatus, Tally
from engine.lifecycle.live import LivePolicies
from engine.lifecycle.loading import aside
from engine.lifecycle.shadow import Comparison, Shadow
from engine.lifecycle.state import State, after, fold, refuse
from engine.lifecycle.store import BundleStore
from engine.outcome import Decision, Outcome
from engine.policy import Policy, load_policy
from engine.privacy import Tokeniser
from engine.record import DecisionRecord
from engine.rules.contents import Contents

KIND = "policy_event"
GUARD = "guard_rail"
FILES = "files"
_SUBJECT = "policy"
_PAGE = 1_000
_WINDOW = 2_000
_REHEARSED = 200
_WHOLE = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is live now, and how it goes. ``comparison`` ``None``: there is no shadow.

    ``currency``: ISO 4217, of the live policy's amounts.
    """

    state: State
    comparison: Comparison | None
    rails: tuple[RailStatus, ...]
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Who asks for a change. ``content``: what must be the same for a repeated request."""

    caller: str
    request_id: str
    content: bytes = b""
    note: str = ""


class PolicyDesk:
    """Create it with ``open``. One per process and event loop."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        store: BundleStore,
        policies: LivePolicies,
        clock: AdmissionClock,
        tokeniser: Tokeniser,
        approvers: Approvers,
        limits: RailLimits,
        events: Sequence[Event],
        needed: int,
        governed: bool,
    ) -> None:
        self._ledger, self._store, self._policies = ledger, store, policies
        self._clock, self._tokeniser, self._approvers = clock, tokeniser, approvers
        self._events = list(events)
        self._governed = governed
        self._state = fold(events, needed)
        self._rails = GuardRails(limits)
        self._recent: deque[tuple[str, Outcome, int]] = deque(maxlen=_WINDOW)
        self._shadow: Shadow | None = None
        self._busy = asyncio.Lock()
        # Examining takes minutes, and a roll-back must not wait for it: a lock of its own, held
        # so that a repeated request waits for the first one. Always taken before `_busy`.
        self._examining = asyncio.Lock()
        self._examined = ""
        self._reaction: asyncio.Task[None] | None = None

    @property
    def store(self) -> BundleStore:
        """The bundles by digest."""
        return self._store

    async def resume(self) -> None:
        """Bring back what there was before a restart: canary, shadow, and what is watched."""
        state = self._state
        if state.canary:
            policy = await self._load(state.canary)
            self._policies.start_canary(policy, state.percent)
        if self._governed and (state.canary or self._was_activated()):
            bodies = await self._ledger.bodies("decision", after=None, limit=_WINDOW)
            self._recent.extend(await asyncio.to_thread(_summed_up, [body for _, body in bodies]))
            new, old = (state.canary, state.live) if state.canary else (state.live, state.previous)
            self._rails.watch(new, self._tally(old), self._tally(new))
        if state.shadow:
            await self._start_shadow(state.shadow)

    def _was_activated(self) -> bool:
        """Whether the live policy came by an activation, so that a guard rail may take it back."""
        changes = (EventKind.INITIAL, EventKind.ACTIVATED, EventKind.ROLLED_BACK)
        last = next((e for e in reversed(self._events) if e.kind in changes), None)
        return last is not None and last.kind is EventKind.ACTIVATED and bool(self._state.previous)

    async def draft(self, contents: Contents) -> str:
        """Keep a draft; its digest. Raises ``InvalidApplication``."""
        digest = await asyncio.to_thread(self._store.put, contents)
        state = self._state
        used = {state.canary, state.shadow, self._examined, digest}
        self._store.make_room({*state.proposals, *state.was_live, *used})
        return digest

    async def place(self, digest: str) -> Path:
        """Where a bundle stands, its files held against the digest. Raises ``NotFound``."""
        return await asyncio.to_thread(self._store.path, digest)

    async def propose(self, command: Command, digest: str) -> tuple[Event, str]:
        """Propose a draft: checked, tested and proved first. The warnings come back.

        Raises ``PolicyError`` with what is wrong, ``NotFound``, ``PreconditionFailed``.
        """
        self._require_governed()
        async with self._examining:
            known = await self._known(command)
            if known is not None:
                return known, ""
            refuse(self._state, self._event(command, EventKind.PROPOSED, digest))
            self._examined = digest
            try:
                warnings = await prepare.examine(await self.place(digest))
                async with self._busy:
                    event = self._event(command, EventKind.PROPOSED, digest)
                    refuse(self._state, event)
                    await self._record(command, event)
            finally:
                self._examined = ""
            return event, warnings

    async def review(
        self, command: Command, digest: str, approver: str, signature: bytes, *, approve: bool
    ) -> Event:
        """Approve or reject a proposal. Raises ``PermissionDenied``, ``PreconditionFailed``."""
        async with self._busy:
            known = await self._known(command)
            if known is not None:
                return known
            self._approvers.require(approver, digest, signature, approve=approve)
            kind = EventKind.APPROVED if approve else EventKind.REJECTED
            event = replace(
                self._event(command, kind, digest), actor=approver, signature=signature.hex()
            )
            refuse(self._state, event)
            proposal = self._state.proposals[digest]
            if proposal.author == command.caller:
                raise PreconditionFailed("the author of a proposal cannot review it")
            await self._record(command, event)
            return event

    async def activate(self, command: Command, digest: str, percent: int = _WHOLE) -> Event:
        """Make an approved policy live, for all or for a share of the applicants.

        It is rehearsed on recent decisions first. Raises ``PolicyError``, ``PreconditionFailed``.
        """
        self._require_governed()
        whole = percent in {0, _WHOLE}
        kind = EventKind.ACTIVATED if whole else EventKind.CANARY_STARTED
        async with self._examining:
            known = await self._known(command)
            if known is not None:
                return known
            refuse(self._state, self._event(command, kind, digest))
            bodies = await self._ledger.bodies("decision", after=None, limit=_REHEARSED)
            await prepare.rehearse(await self.place(digest), (body for _, body in bodies))
            async with self._busy:
                # Anew: it may have been rejected, or activations frozen, in the meantime.
                event = replace(self._event(command, kind, digest), percent=0 if whole else percent)
                refuse(self._state, event)
                await self._go_live(command, event)
            return event

    async def end_canary(self, command: Command, *, promote: bool) -> Event:
        """Give the canary to everybody, or to nobody. Raises ``PreconditionFailed``."""
        async with self._busy:
            known = await self._known(command)
            if known is not None:
                return known
            if not self._state.canary:
                raise PreconditionFailed("there is no canary")
            kind = EventKind.ACTIVATED if promote else EventKind.CANARY_ABANDONED
            event = self._event(command, kind, self._state.canary)
            refuse(self._state, event)
            await self._go_live(command, event)
            return event

    async def roll_back(self, command: Command, digest: str = "") -> Event:
        """Go back to an earlier policy; by default to the one before. Ends a canary.

        Raises ``PreconditionFailed``. A frozen desk can still go back.
        """
        self._require_governed()
        async with self._busy:
            known = await self._known(command)
            if known is not None:
                return known
            return await self._roll_back(command, digest)

    async def _roll_back(self, command: Command, digest: str) -> Event:
        state = self._state
        target = digest or (state.live if state.canary else state.previous)
        if not target:
            raise PreconditionFailed("no policy was live before this one")
        event = self._event(command, EventKind.ROLLED_BACK, target)
        refuse(state, event)
        await self._go_live(command, event)
        return event

    async def shadow(self, command: Command, digest: str) -> Event:
        """Evaluate a policy beside the live one; "" ends that. Raises ``PreconditionFailed``."""
        async with self._busy:
            known = await self._known(command)
            if known is not None:
                return known
            kind = EventKind.SHADOW_STARTED if digest else EventKind.SHADOW_ENDED
            event = self._event(command, kind, digest or self._state.shadow)
            refuse(self._state, event)
            if digest:
                await self.place(digest)
            await self._record(command, event)
            await self._stop_shadow()
            if digest:
                await self._start_shadow(digest)
            return event

    async def freeze(self, command: Command, *, frozen: bool) -> Event:
        """Forbid activations, or allow them again. Raises ``PreconditionFailed``."""
        async with self._busy:
            known = await self._known(command)
            if known is not None:
                return known
            kind = EventKind.FROZEN if frozen else EventKind.UNFROZEN
            event = self._event(command, kind, "")
            refuse(self._state, event)
            await self._record(command, event)
            return event

    def _require_governed(self) -> None:
        if not self._governed:
            raise PreconditionFailed(
                "the server takes its policy from a directory; start it with "
                "--policy-mode governed to propose, approve and activate"
            )

    def status(self) -> Status:
        """What is live now."""
        comparison = None if self._shadow is None else self._shadow.comparison
        return Status(
            state=self._state,
            comparison=comparison,
            rails=self._rails.status(),
            currency=self._policies.live.bundle.strategy.currency,
        )

    def history(self) -> Sequence[Event]:
        """Every event, the oldest first."""
        return tuple(self._events)

    def observe(self, decision: Decision, body: bytes) -> None:
        """Take note of a recorded decision. Never waits."""
        line = _approved_line(decision)
        self._recent.append((decision.policy_digest, decision.outcome, line))
        self._rails.observe(decision.policy_digest, decision.outcome, line)
        if self._shadow is not None:
            self._shadow.observe(body)
        rail = self._rails.tripped()
        if rail is not None and self._reaction is None:
            self._reaction = asyncio.create_task(self._react(rail))

    async def _react(self, rail: RailStatus) -> None:
        """Freeze, and go back to the policy before."""
        told = f"{rail.name}: {rail.value:.4g} against {rail.baseline:.4g} over {rail.decisions}"
        _log.warning("guard rail %s tripped for policy %s", rail.name, rail.digest)
        try:
            async with self._busy:
                if self._rails.tripped() is not None:
                    await self._take_back(told)
        except TouchstoneError as error:
            _log.error("guard rail %s: no roll-back: %s", rail.name, error)
        finally:
            self._reaction = None

    async def _take_back(self, told: str) -> None:
        number = len(self._events)
        try:
            if not self._state.frozen:
                frozen = Command(caller=GUARD, request_id=f"freeze {number}", note=told)
                await self._record(frozen, self._event(frozen, EventKind.FROZEN, ""))
            if self._governed and (self._state.canary or self._state.previous):
                back = Command(caller=GUARD, request_id=f"roll back {number}", note=told)
                await self._roll_back(back, "")
        finally:
            # Also when it failed: else each decision would try again, and load a policy for it.
            self._rails.rest()

    async def close(self) -> None:
        """Finish what is under way and end the shadow."""
        if self._reaction is not None:
            await asyncio.wait([self._reaction])
        async with self._busy:
            await self._stop_shadow()

    async def _go_live(self, command: Command, event: Event) -> None:
        """Prepare, make the event durable, then swap, with nothing in between."""
        state = self._state
        wanted = event.digest
        keep = event.kind is EventKind.CANARY_ABANDONED
        policy: Policy | None = None
        if keep or wanted == state.live:
            policy = None
        elif wanted == state.canary:
            policy = self._policies.canary
        else:
            policy = await self._load(wanted)
        baseline = self._tally(state.live)
        try:
            await self._record(command, event)
        except BaseException:
            if policy is not None and policy is not self._policies.canary:
                policy.rules.close()
            raise
        if policy is None:
            self._policies.end_canary()
            self._rails.rest()
        elif event.kind is EventKind.CANARY_STARTED:
            self._policies.start_canary(policy, event.percent)
            self._rails.watch(wanted, baseline)
        else:
            self._policies.swap(policy)
            if event.kind is EventKind.ACTIVATED:
                self._rails.watch(wanted, baseline)
            else:
                self._rails.rest()
        if self._shadow is not None and not self._state.shadow:
            await self._stop_shadow()

    def _tally(self, digest: str) -> Tally:
        tally = Tally()
        for made, outcome, line in self._recent:
            if made == digest:
                tally.add(outcome, line)
        return tally

    async def _load(self, digest: str) -> Policy:
        """Compiled beside the event loop, so that no decision waits for it."""
        return await aside(lambda: load_policy(self._store.path(digest)))

    async def take(self, policy: Policy, note: str) -> Event:
        """Make the policy of the directory live, in mode files; its bundle is in the store.

        The policy is the desk's from here on: it is closed if it cannot go live. Raises
        ``PreconditionFailed`` while activations are frozen.
        """
        async with self._busy:
            try:
                self._require_open()
                number = len(self._events)
                command = Command(caller=FILES, request_id=f"take {number}", note=note)
                event = self._event(command, EventKind.ACTIVATED, policy.digest)
                await self._record(command, event)
            except BaseException:
                policy.rules.close()
                raise
            self._policies.swap(policy)
            if self._shadow is not None and not self._state.shadow:
                await self._stop_shadow()
            return event

    def _require_open(self) -> None:
        if self._governed or self._state.frozen:
            raise PreconditionFailed("activations are frozen, or go through PolicyService")

    async def _start_shadow(self, digest: str) -> None:
        self._shadow = await Shadow.start(digest, await self.place(digest))

    async def _stop_shadow(self) -> None:
        shadow, self._shadow = self._shadow, None
        if shadow is not None:
            await shadow.stop()

    def _event(self, command: Command, kind: EventKind, digest: str) -> Event:
        return Event(
            event_id=self._tokeniser.decision_id(command.caller, f"policy\n{command.request_id}"),
            kind=kind,
            digest=digest,
            actor=command.caller,
            at_us=self._clock.next_us(),
            note=command.note,
        )

    async def _known(self, command: Command) -> Event | None:
        """The event of a repeated request. Raises ``RequestIdReused``."""
        stored = await self._ledger.find(command.caller, _request_of(command.request_id))
        return None if stored is None else self._same(command, stored)

    def _same(self, command: Command, stored: StoredAnswer) -> Event:
        if stored.fingerprint != self._tokeniser.fingerprint(command.content):
            raise RequestIdReused("request_id was used before with other content")
        return decode(stored.answer, Event)

    async def _record(self, command: Command, event: Event) -> None:
        fingerprint = self._tokeniser.fingerprint(command.content)
        try:
            await record_event(
                self._ledger, event, command.request_id, fingerprint, caller=command.caller
            )
        except DuplicateRecord as duplicate:
            self._same(command, duplicate.stored)
            raise PreconditionFailed("the request was carried out just now") from None
        self._events.append(event)
        self._state = after(self._state, event)


def _approved_line(decision: Decision) -> int:
    granted = decision.outcome is Outcome.APPROVE and decision.line is not None
    return decision.line.line_minor if granted and decision.line is not None else 0


def _summed_up(bodies: Sequence[bytes]) -> list[tuple[str, Outcome, int]]:
    decisions = [decode(body, DecisionRecord).decision for body in bodies]
    return [(made.policy_digest, made.outcome, _approved_line(made)) for made in decisions]


def _request_of(request_id: str) -> str:
    """Apart from the ids of decisions, which the same caller may choose: those have no space."""
    return f"policy {request_id}"


async def recorded_events(ledger: Ledger) -> list[Event]:
    """Every event that the ledger holds, the oldest first."""
    events: list[Event] = []
    place = 0
    while True:
        page = await ledger.bodies(KIND, after=place, limit=_PAGE)
        events.extend(decode(body, Event) for _, body in page)
        if len(page) < _PAGE:
            return events
        place = page[-1][0]


async def record_event(
    ledger: Ledger, event: Event, request_id: str, fingerprint: bytes, *, caller: str = ""
) -> None:
    """Make an event durable. ``caller``: who asked, if not the actor. ``DuplicateRecord``."""
    body = encode(event)
    await ledger.append(
        NewRecord(
            caller=caller or event.actor,
            request_id=_request_of(request_id),
            fingerprint=fingerprint,
            decision_id=event.event_id,
            subject=_SUBJECT,
            kind=KIND,
            at_us=event.at_us,
            body=body,
            answer=body,
        )
    )
