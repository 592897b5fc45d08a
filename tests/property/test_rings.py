"""The offline search: the same for the same events, whatever their order."""

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.codec import encode
from engine.model import IdentifierKind, Role
from graph.model import ApplicationProjected, GraphEvent
from tests.planted_rings import START_US, application, fraud, places, run_of

_KINDS = [
    IdentifierKind.DEVICE,
    IdentifierKind.PHONE,
    IdentifierKind.ADDRESS,
    IdentifierKind.BANK_ACCOUNT,
    IdentifierKind.IP,
]


def history(seed: int, size: int) -> list[GraphEvent]:
    """Random sharing and random marks."""
    rng = random.Random(seed)
    events: list[GraphEvent] = []
    for n in range(size):
        uses = {kind: rng.randrange(size // 2) for kind in rng.sample(_KINDS, rng.randrange(4))}
        named = [(rng.choice(list(Role)[1:]), rng.randrange(size)) for _ in range(rng.randrange(2))]
        events.append(application(f"p{n:03}", rng.random() * 200, uses, *named))
        if rng.random() < 0.1:
            events.append(fraud(f"p{n:03}", rng.random() * 300))
    return events


histories = st.builds(history, st.integers(0, 2**32), st.integers(4, 80))


@given(histories, st.randoms(use_true_random=False), st.floats(0, 300))
@settings(max_examples=60, deadline=None)
def test_the_order_of_events_changes_no_byte(
    events: list[GraphEvent], chance: random.Random, day: float
) -> None:
    """Nor does an event that comes twice."""
    shuffled = [*events, *events[:5]]
    chance.shuffle(shuffled)
    assert encode(run_of(events, day=day)) == encode(run_of(shuffled, day=day))


@given(histories, st.floats(1, 300))
@settings(max_examples=40, deadline=None)
def test_what_comes_at_the_time_or_later_changes_no_byte(
    events: list[GraphEvent], day: float
) -> None:
    """A run can be repeated later."""
    until = START_US + int(day * 86_400_000_000)
    before = [event for event in events if event.at_us < until]
    assert encode(run_of(events, day=day)) == encode(run_of(before, day=day))


@given(histories, histories)
@settings(max_examples=40, deadline=None)
def test_what_is_elsewhere_in_the_graph_changes_no_ring(
    events: list[GraphEvent], others: list[GraphEvent]
) -> None:
    """Members, score and reach are those of the connected part alone."""
    apart = [
        application(f"q{n}", 1, {IdentifierKind.DEVICE: f"q{n % 7}"}) for n in range(len(others))
    ]
    alone = {r.members: r.score for r in run_of(events).rings}
    both = {r.members: r.score for r in run_of([*events, *apart]).rings}
    assert alone.items() <= both.items()


@given(histories)
@settings(max_examples=40, deadline=None)
def test_every_applicant_is_in_one_ring_at_most_and_ids_are_unique(
    events: list[GraphEvent],
) -> None:
    """And every score is one."""
    run = run_of(events)
    members = [m.applicant for ring in run.rings for m in ring.members]
    assert len(members) == len(set(members))
    assert len({ring.ring for ring in run.rings}) == len(run.rings)
    assert all(0 <= ring.score <= 100 for ring in run.rings)


@given(histories)
@settings(max_examples=40, deadline=None)
def test_a_second_run_over_the_same_graph_keeps_every_id(events: list[GraphEvent]) -> None:
    """Nothing else changes either."""
    first = run_of(events)
    second = run_of(events, previous=places(first))
    assert encode(first) == encode(second)


@given(histories)
@example(history(57, 56))
@settings(max_examples=40, deadline=None)
def test_one_that_joins_a_ring_changes_no_id_far_from_it(events: list[GraphEvent]) -> None:
    """Rings to which nothing leads from it stay what they are; those beside it may become one."""
    first = run_of(events)
    if not first.rings:
        return
    grown = first.rings[0]
    shared = grown.shared[0]
    name = shared.key.partition(":")[2]
    joins = application("joins", 201, {shared.kind: name})
    second = places(run_of([*events, joins], previous=places(first)))
    before = places(first)
    near = _reached([*events, joins], "joins")
    far = [who for who in before if who not in near]
    assert {who: second.get(who) for who in far} == {who: before[who] for who in far}


def _reached(events: list[GraphEvent], start: str) -> set[str]:
    """Everybody to whom identifiers lead from somebody, over any number of people."""
    uses = {
        event.applicant: {link.identifier.key for link in event.links}
        for event in events
        if isinstance(event, ApplicationProjected)
    }
    found, keys = {start}, set(uses[start])
    while more := {who for who, own in uses.items() if who not in found and own & keys}:
        found |= more
        keys |= set().union(*(uses[who] for who in more))
    return found
