from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from graph.breaker import Breaker, BreakerSettings, BreakerState
from graph.bulkhead import Bulkhead
from graph.guarded import GuardedGraphStore
from graph.model import Neighbourhood, NeighbourhoodQuery
from graph.store import NOTHING_PENDING, GraphLate, GraphUnavailable, PendingView
from graph.upkeep import Steps
from tests.graph_histories import uses
from tests.reference_graph import ReferenceGraphStore

QUERY = NeighbourhoodQuery(
    applicant_key="me", links=(uses("device", 1),), as_of_us=1_000, since_us=0
)


_T = TypeVar("_T")


class FailingStore(ReferenceGraphStore):
    """Answers, or fails as told; counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.fail: Callable[[], Exception] | None = None
        self.before: Callable[[], None] = lambda: None
        self.asked = 0
        self.go = asyncio.Event()
        self.go.set()

    async def neighbourhood(
        self, query: NeighbourhoodQuery, pending: PendingView, *, timeout_s: float
    ) -> Neighbourhood:
        """Fail as told."""
        self.asked += 1
        self.before()
        await self.go.wait()
        if self.fail is not None:
            raise self.fail()
        return await super().neighbourhood(query, pending, timeout_s=timeout_s)

    async def carry_out(self, steps: Steps[_T], *, timeout_s: float) -> _T:
        """Nobody asks it here."""
        raise NotImplementedError


class Guarded:
    """A guarded store with its clock within reach."""

    def __init__(self, *, limit: int = 4, queue: int = 4) -> None:
        self.now = 0.0
        self.store = FailingStore()
        self.breaker = Breaker(
            "graph",
            BreakerSettings(window=10, failures=3, open_first_s=1.0, open_most_s=4.0),
            monotonic=lambda: self.now,
        )
        self.guarded = GuardedGraphStore(
            self.store, self.breaker, Bulkhead(limit=limit, queue=queue)
        )

    async def ask(self, timeout_s: float = 0.3) -> type[object]:
        """The type of what came of it."""
        try:
            return type(
                await self.guarded.neighbourhood(QUERY, NOTHING_PENDING, timeout_s=timeout_s)
            )
        except (GraphUnavailable, GraphLate, ValueError) as error:
            return type(error)


async def test_a_dead_store_is_soon_not_asked() -> None:
    """After three failures calls are refused without asking; probes find out when it is back."""
    at = Guarded()
    at.store.fail = lambda: GraphUnavailable("dead")
    for _ in range(10):
        assert await at.ask() is GraphUnavailable
    assert at.store.asked == 3
    await at.guarded.probe()
    assert at.store.asked == 3  # too early
    at.now = 1.0
    assert await at.ask() is GraphUnavailable  # no decision tries
    await at.guarded.probe()
    assert at.store.asked == 4
    at.store.fail = None
    at.now = 2.9
    await at.guarded.probe()
    assert at.store.asked == 4  # the wait has doubled
    at.now = 3.0
    await at.guarded.probe()
    assert (await at.ask(), at.store.asked) == (Neighbourhood, 7)
    await at.guarded.close()


async def test_it_probes_by_itself() -> None:
    """In the background, until the store answers."""
    at = Guarded()
    at.store.fail = lambda: GraphUnavailable("dead")
    for _ in range(3):
        await at.ask()
    at.store.fail = None
    at.now = 1.0
    assert at.guarded._probing is not None
    await asyncio.wait_for(at.guarded._probing, 5)
    assert await at.ask() is Neighbourhood
    await at.guarded.close()


async def test_probing_survives_anything() -> None:
    """A probe that fails in a way nobody expected does not end the probing."""
    at = Guarded()
    at.store.fail = lambda: GraphUnavailable("dead")
    for _ in range(3):
        await at.ask()
    at.store.fail = lambda: RuntimeError("a defect")
    at.now = 1.0
    await at.guarded.probe()
    assert at.breaker.state is BreakerState.OPEN
    assert at.guarded._probing is not None
    at.guarded._probing.cancel()
    await asyncio.sleep(0)
    at.store.fail = None
    at.now = 10.0
    assert await at.ask() is GraphUnavailable  # begins to probe again
    await asyncio.wait_for(at.guarded._probing, 5)
    assert await at.ask() is Neighbourhood
    await at.guarded.close()


async def test_a_store_that_answers_slowly_is_not_asked_again_yet() -> None:
    """A probe's first question may take its time; its second must be answered as for a decision."""
    at = Guarded()
    at.store.fail = lambda: GraphLate("slow")
    for _ in range(3):
        await at.ask()
    answers = iter([None, lambda: GraphLate("slow")])
    at.store.before = lambda: setattr(at.store, "fail", next(answers))
    at.now = 1.0
    await at.guarded.probe()
    assert (at.breaker.state, at.store.asked) == (BreakerState.OPEN, 5)
    await at.guarded.close()


async def test_flapping_opens_it_too() -> None:
    """Failures need not follow each other."""
    at = Guarded()
    for number in range(9):
        at.store.fail = None if number % 2 else (lambda: GraphLate("slow"))
        await at.ask()
    assert at.breaker.state is BreakerState.OPEN
    assert at.store.asked == 5
    await at.guarded.close()


async def test_a_caller_in_a_hurry_does_not_open_it() -> None:
    """Late within a time too short to be fair says nothing about the store."""
    at = Guarded()
    at.store.fail = lambda: GraphLate("slow")
    for _ in range(10):
        await at.ask(timeout_s=0.01)
    assert (at.breaker.state, at.store.asked) == (BreakerState.CLOSED, 10)


async def test_a_bad_question_says_nothing_about_the_store() -> None:
    """The caller's own mistake is no failure of the store."""
    at = Guarded()
    at.store.fail = lambda: ValueError("links")
    assert [await at.ask() for _ in range(5)] == [ValueError] * 5
    assert at.breaker.state is BreakerState.CLOSED


async def test_a_cancelled_probe_leaves_the_next_to_find_out() -> None:
    """A probe that was cancelled must not keep the breaker half open for ever."""
    at = Guarded()
    at.store.fail = lambda: GraphUnavailable("dead")
    for _ in range(3):
        await at.ask()
    at.store.fail = None
    at.now = 1.0
    at.store.go.clear()
    probe = asyncio.create_task(at.guarded.probe())
    await asyncio.sleep(0)
    assert await at.ask() is GraphUnavailable
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    at.store.go.set()
    await at.guarded.probe()
    assert await at.ask() is Neighbourhood
    await at.guarded.close()


async def test_calls_beside_each_other_are_bounded() -> None:
    """Beyond those that wait, callers hear at once; who waits too long hears that it is late."""
    at = Guarded(limit=2, queue=1)
    at.store.go.clear()
    first = [asyncio.create_task(at.ask(timeout_s=5)) for _ in range(2)]
    await asyncio.sleep(0)
    waits = asyncio.create_task(at.ask(timeout_s=0.05))
    await asyncio.sleep(0)
    assert await at.ask() is GraphUnavailable
    assert await waits is GraphLate
    assert at.store.asked == 2
    at.store.go.set()
    assert await asyncio.gather(*first) == [Neighbourhood, Neighbourhood]
    assert await at.ask() is Neighbourhood


async def test_who_waited_is_refused_once_it_has_opened() -> None:
    """A place that comes free after the breaker opened is no reason to ask."""
    at = Guarded(limit=1, queue=5)
    at.store.fail = lambda: GraphUnavailable("dead")
    await asyncio.gather(*(at.ask() for _ in range(6)))
    assert at.store.asked == 3
    await at.guarded.close()


async def test_the_projector_is_not_held_back() -> None:
    """Position and projection go through whatever the breaker thinks."""
    at = Guarded()
    at.store.fail = lambda: GraphUnavailable("dead")
    for _ in range(3):
        await at.ask()
    assert await at.guarded.position(timeout_s=1) == 0
    assert (await at.guarded.counts(timeout_s=1)).links == 0
    await at.guarded.project([], after=0, timeout_s=1)
    await at.guarded.close()
    with pytest.raises(GraphUnavailable):
        await at.guarded.position(timeout_s=1)


@pytest.mark.parametrize(
    "bad", [{"failures": 0}, {"failures": 21}, {"open_first_s": 0.0}, {"open_first_s": 11.0}]
)
def test_bounds_of_the_breaker(bad: dict[str, float]) -> None:
    """A breaker that never opens, or never closes, is refused."""
    with pytest.raises(ValueError, match="must be"):
        BreakerSettings(**bad)  # type: ignore[arg-type]


def test_bounds_of_the_bulkhead() -> None:
    """There is room for one call at least."""
    with pytest.raises(ValueError, match="must be"):
        Bulkhead(limit=0, queue=1)
