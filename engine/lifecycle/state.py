"""Where policies stand: a pure fold over the events, and what may happen next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from engine.errors import PreconditionFailed
from engine.lifecycle.events import Event, EventKind

MAX_PROPOSALS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A policy that somebody proposed. ``approvers`` in the order of their approvals."""

    digest: str
    author: str
    at_us: int
    note: str
    approvers: tuple[str, ...] = ()
    rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """``live``: the policy of everybody who is not in the canary; "" before the first event.

    ``was_live``: every policy that was ever live for everybody, the latest last, each once.
    ``before``: those that led to the live one, the latest last: where a roll-back goes.
    ``needed``: approvals that a policy needs.
    """

    needed: int = 1
    live: str = ""
    was_live: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    canary: str = ""
    percent: int = 0
    shadow: str = ""
    frozen: bool = False
    proposals: Mapping[str, Proposal] = field(default_factory=dict)

    def is_approved(self, digest: str) -> bool:
        """Whether it may go live: approved as often as needed and not rejected, or live before."""
        proposal = self.proposals.get(digest)
        approved = (
            proposal is not None
            and not proposal.rejected
            and len(proposal.approvers) >= self.needed
        )
        return approved or digest in self.was_live

    @property
    def previous(self) -> str:
        """The policy before the live one; "" if there was none.

        Never one that was rolled back: two operators who go back at the same time must not end
        where they began.
        """
        return self.before[-1] if self.before else ""


def fold(events: Iterable[Event], needed: int) -> State:
    """The state after these events."""
    state = State(needed=needed)
    for event in events:
        state = after(state, event)
    return state


def after(state: State, event: Event) -> State:  # noqa: PLR0911 - one for each kind of event
    """The state after one more event."""
    match event.kind:
        case EventKind.INITIAL:
            return _live(state, event.digest)
        case EventKind.PROPOSED:
            return _proposed(state, event)
        case EventKind.APPROVED | EventKind.REJECTED:
            return _reviewed(state, event)
        case EventKind.ACTIVATED | EventKind.ROLLED_BACK:
            return _live(state, event.digest, back=event.kind is EventKind.ROLLED_BACK)
        case EventKind.CANARY_STARTED:
            return replace(state, canary=event.digest, percent=event.percent)
        case EventKind.CANARY_ABANDONED:
            return replace(state, canary="", percent=0)
        case EventKind.SHADOW_STARTED:
            return replace(state, shadow=event.digest)
        case EventKind.SHADOW_ENDED:
            return replace(state, shadow="")
        case EventKind.FROZEN | EventKind.UNFROZEN:
            return replace(state, frozen=event.kind is EventKind.FROZEN)


def _proposed(state: State, event: Event) -> State:
    """One more proposal; the oldest that is not in use makes room for it."""
    kept = dict(state.proposals)
    used = (state.live, state.canary, state.shadow)
    spare = (digest for digest in state.proposals if digest not in used)
    while len(kept) >= MAX_PROPOSALS:
        del kept[next(spare)]
    kept[event.digest] = Proposal(
        digest=event.digest, author=event.actor, at_us=event.at_us, note=event.note
    )
    return replace(state, proposals=kept)


def _live(state: State, digest: str, *, back: bool = False) -> State:
    """Live for everybody: no canary is left, and nothing shadows itself."""
    earlier = tuple(known for known in state.was_live if known != digest)
    before = state.before
    if back and digest in before:
        before = before[: before.index(digest)]
    elif state.live not in {"", digest}:
        before = (*(known for known in before if known not in {digest, state.live}), state.live)
    return replace(
        state,
        live=digest,
        was_live=(*earlier, digest),
        before=before,
        canary="",
        percent=0,
        shadow="" if state.shadow == digest else state.shadow,
    )


def _reviewed(state: State, event: Event) -> State:
    proposal = state.proposals[event.digest]
    if event.kind is EventKind.REJECTED:
        reviewed = replace(proposal, rejected=True)
    else:
        reviewed = replace(proposal, approvers=(*proposal.approvers, event.actor))
    return replace(state, proposals={**state.proposals, event.digest: reviewed})


def refuse(state: State, event: Event) -> None:
    """Raise ``PreconditionFailed`` if the event may not happen in this state."""
    problem = _problem(state, event)
    if problem:
        raise PreconditionFailed(problem)


def _problem(state: State, event: Event) -> str:
    digest = event.digest
    match event.kind:
        case EventKind.PROPOSED:
            problem = _cannot_propose(state, digest)
        case EventKind.APPROVED | EventKind.REJECTED:
            problem = _cannot_review(state, event)
        case EventKind.ACTIVATED | EventKind.CANARY_STARTED:
            problem = _cannot_go_live(state, digest)
        case EventKind.ROLLED_BACK:
            problem = _cannot_roll_back(state, digest)
        case _:
            problem = _cannot_toggle(state, event)
    return problem


def _cannot_toggle(state: State, event: Event) -> str:
    """What is either so or not: a canary, a shadow, the freeze, a first policy."""
    refusals = {
        EventKind.INITIAL: (bool(state.live), "there is a live policy already"),
        EventKind.CANARY_ABANDONED: (not state.canary, "there is no canary"),
        EventKind.SHADOW_STARTED: (event.digest == state.live, "it is live already"),
        EventKind.SHADOW_ENDED: (not state.shadow, "there is no shadow"),
        EventKind.FROZEN: (state.frozen, "activations are frozen already"),
        EventKind.UNFROZEN: (not state.frozen, "activations are not frozen"),
    }
    refused, problem = refusals[event.kind]
    return problem if refused else ""


def _cannot_roll_back(state: State, digest: str) -> str:
    if digest not in state.was_live:
        return "roll back to a policy that was live before; see the history"
    return "it is live already" if digest == state.live and not state.canary else ""


def _cannot_propose(state: State, digest: str) -> str:
    if digest in state.proposals:
        return "this policy was proposed before; change a file to propose it anew"
    if digest == state.live:
        return "this policy is live"
    return ""


def _cannot_review(state: State, event: Event) -> str:
    proposal = state.proposals.get(event.digest)
    if proposal is None:
        return "there is no such proposal"
    if proposal.rejected:
        return "the proposal was rejected"
    if event.actor == proposal.author:
        return "the author of a proposal cannot review it"
    if event.kind is EventKind.APPROVED and event.actor in proposal.approvers:
        return "you have approved it already"
    return ""


def _cannot_go_live(state: State, digest: str) -> str:
    if state.frozen:
        return "activations are frozen; unfreeze first"
    if not state.is_approved(digest):
        return f"the policy is not approved: it needs {state.needed} approval(s) and no rejection"
    if digest == state.live:
        return "it is live already"
    return ""
