"""The breaker as a state machine: any order of calls, outcomes and waiting."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from graph.breaker import Breaker, BreakerSettings, BreakerState, Outcome, Ticket

BOUNDS = BreakerSettings(window=6, failures=3, open_first_s=1.0, open_most_s=4.0)


class BreakerMachine(RuleBasedStateMachine):
    """Beside the breaker stands what its contract says, told another way."""

    tickets = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.breaker = Breaker("test", BOUNDS, monotonic=lambda: self.now)
        self.recent: list[bool] = []
        """Failures among the calls that began and ended since it closed."""
        self.refused_until = 0.0
        self.wait_s = BOUNDS.open_first_s
        self.probe: Ticket | None = None
        self.kept: list[Ticket | None] = []
        """All of them, so that no identity is used twice."""
        self.current: set[int] = set()
        """Identities of tickets whose outcome counts."""

    @rule(target=tickets)
    def enter(self) -> Ticket | None:
        """Refused while it is open and while a probe is under way, and only then."""
        is_open = self.breaker.state is BreakerState.OPEN
        ticket = self.breaker.enter()
        if is_open and self.now < self.refused_until:
            assert ticket is None
        elif is_open:
            assert ticket is not None
            self.probe = ticket
            self.current = {id(ticket)}
        elif self.probe is not None:
            assert ticket is None
        else:
            assert ticket is not None
            self.current.add(id(ticket))
        self.kept.append(ticket)
        return ticket

    @rule(ticket=consumes(tickets), outcome=st.sampled_from(Outcome))
    def leave(self, ticket: Ticket | None, outcome: Outcome) -> None:
        """Only outcomes of calls since the last change count."""
        if ticket is None:
            return
        counts = id(ticket) in self.current
        self.breaker.leave(ticket, outcome)
        if not counts:
            return
        self.current.discard(id(ticket))
        if ticket is self.probe:
            self.probe = None
            self.probed(outcome)
        elif outcome is not Outcome.NOTHING:
            self.recent = [*self.recent, outcome is Outcome.FAILED][-BOUNDS.window :]
            if sum(self.recent) >= BOUNDS.failures:
                self.opened(BOUNDS.open_first_s)

    def probed(self, outcome: Outcome) -> None:
        """A probe closes it, opens it for longer, or leaves the next call to find out."""
        if outcome is Outcome.GOOD:
            self.recent = []
            self.current = set()
            assert self.breaker.state is BreakerState.CLOSED
        elif outcome is Outcome.FAILED:
            self.opened(min(2 * self.wait_s, BOUNDS.open_most_s))
        else:
            self.refused_until = self.now
            self.current = set()

    def opened(self, wait_s: float) -> None:
        """It has opened."""
        assert self.breaker.state is BreakerState.OPEN
        self.wait_s = wait_s
        self.refused_until = self.now + wait_s
        self.current = set()

    @rule(seconds=st.sampled_from([0.25, 1.0, 2.0, 4.0]))
    def time_passes(self, seconds: float) -> None:
        """The clock is the test's."""
        self.now += seconds

    @invariant()
    def at_most_one_probe(self) -> None:
        """Half open means that exactly one call is under way as a probe."""
        assert (self.breaker.state is BreakerState.HALF_OPEN) == (self.probe is not None)

    @invariant()
    def closed_means_few_failures(self) -> None:
        """It never stays closed over its bound."""
        if self.breaker.state is BreakerState.CLOSED:
            assert sum(self.recent) < BOUNDS.failures

    @invariant()
    def waits_are_bounded(self) -> None:
        """Somebody may try again after the longest wait, unless somebody is trying."""
        if self.probe is None:
            now, self.now = self.now, self.now + BOUNDS.open_most_s
            assert not self.breaker.is_refusing()
            self.now = now


TestBreaker = BreakerMachine.TestCase
TestBreaker.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
