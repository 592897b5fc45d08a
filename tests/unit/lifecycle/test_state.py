"""Where policies stand: what holds after any sequence of commands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import PreconditionFailed
from engine.lifecycle import state as states
from engine.lifecycle.events import Event, EventKind
from engine.lifecycle.state import State, after, fold, refuse

PEOPLE = ("ann", "bob", "cleo")
DIGESTS = ("a", "b", "c", "d")


def event(kind: EventKind, digest: str = "", actor: str = "ann") -> Event:
    """An event; of a canary for 10 per cent."""
    percent = 10 if kind is EventKind.CANARY_STARTED else 0
    return Event(event_id="e", kind=kind, digest=digest, actor=actor, at_us=1, percent=percent)


def carried_out(*events: Event, needed: int = 1) -> State:
    """The state after those of the events that are not refused."""
    state = State(needed=needed)
    for one in events:
        try:
            refuse(state, one)
        except PreconditionFailed:
            continue
        state = after(state, one)
    return state


commands = st.lists(
    st.builds(event, st.sampled_from(EventKind), st.sampled_from(DIGESTS), st.sampled_from(PEOPLE)),
    max_size=60,
)


@settings(max_examples=300)
@given(commands, st.integers(1, 2))
def test_whatever_is_asked_only_approved_policies_go_live(asked: list[Event], needed: int) -> None:
    """Nor does an author approve, or anything go live while frozen; a replay ends the same."""
    state, done = State(needed=needed), []
    for one in (event(EventKind.INITIAL, "first", "server"), *asked):
        try:
            refuse(state, one)
        except PreconditionFailed:
            continue
        old, state = state, after(state, one)
        done.append(one)
        if state.live != old.live and one.kind is not EventKind.ROLLED_BACK:
            assert not old.frozen
            assert old.live == "" or old.is_approved(state.live)
        if state.live != old.live and one.kind is EventKind.ROLLED_BACK:
            assert state.live in old.was_live
        assert state.canary != state.live
        assert state.shadow != state.live
        assert bool(state.canary) == bool(state.percent)
        assert state.canary == "" or old.is_approved(state.canary)
        assert len(set(state.was_live)) == len(state.was_live)
        assert state.was_live[-1] == state.live
        assert set(state.before) < set(state.was_live)
        assert state.live not in state.before
        for proposal in state.proposals.values():
            assert proposal.author not in proposal.approvers
            assert len(set(proposal.approvers)) == len(proposal.approvers)
    assert fold(done, needed) == state


def _gone_live(*digests: str) -> tuple[Event, ...]:
    found = [event(EventKind.INITIAL, "first", "server")]
    for digest in digests:
        found += [
            event(EventKind.PROPOSED, digest),
            event(EventKind.APPROVED, digest, "bob"),
            event(EventKind.ACTIVATED, digest),
        ]
    return tuple(found)


def test_going_back_twice_goes_back_further() -> None:
    """Two operators who roll back at the same time do not end where they began."""
    state = fold(_gone_live("a", "b"), 1)
    for expected in ("a", "first"):
        state = after(state, event(EventKind.ROLLED_BACK, state.previous))
        assert state.live == expected
    assert state.previous == ""
    again = after(state, event(EventKind.ROLLED_BACK, "b"))
    assert (again.live, again.previous) == ("b", "first")


def test_proposals_make_room_for_newer_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A team that proposes every day must not come to an end; what is in use stays."""
    monkeypatch.setattr(states, "MAX_PROPOSALS", 3)
    asked = _gone_live("a") + tuple(event(EventKind.PROPOSED, f"p{n}") for n in range(5))
    state = carried_out(*asked)
    assert set(state.proposals) == {"a", "p3", "p4"}
    refuse(state, event(EventKind.PROPOSED, "p0"))


def test_two_approvals_are_two_people() -> None:
    """The same one twice is one."""
    proposed = event(EventKind.PROPOSED, "a")
    once = event(EventKind.APPROVED, "a", "bob")
    assert not carried_out(proposed, once, once, needed=2).is_approved("a")
    assert carried_out(proposed, once, replace(once, actor="cleo"), needed=2).is_approved("a")


def test_a_rejection_takes_approval_away() -> None:
    """Until another policy is proposed."""
    proposed = event(EventKind.PROPOSED, "a")
    reviews = (event(EventKind.APPROVED, "a", "bob"), event(EventKind.REJECTED, "a", "cleo"))
    assert not carried_out(proposed, *reviews).is_approved("a")
