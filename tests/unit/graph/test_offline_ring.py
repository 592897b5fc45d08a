"""What the search for rings found reaches rules: through the applications linked with this one."""

from __future__ import annotations

from engine.model import IdentifierKind, Role
from graph.features import graph_facts
from graph.history import place_of, place_text
from graph.model import FraudMarked, GraphEvent, NeighbourhoodQuery, RingPlace, RingsFound
from graph.pending import PendingIndex
from tests.graph_histories import ROOMY, application, uses
from tests.reference_graph import ReferenceGraph
from touchstone.v1 import facts_pb2

_DAY_US = 86_400_000_000
_DEVICE = uses(IdentifierKind.DEVICE, 1)
_PHONE = uses(IdentifierKind.PHONE, 1)


def found(at_us: int, *places: RingPlace, part: int = 0) -> RingsFound:
    """A part of a search."""
    return RingsFound(run="run", part=part, at_us=at_us, places=places)


def place(applicant: str, ring: str, score: int, **other: int) -> RingPlace:
    """A place in a ring."""
    return RingPlace(applicant=applicant, ring=ring, score=score, **other)


def facts(as_of_us: int, *events: GraphEvent) -> facts_pb2.OfflineRingFacts:
    """Of an application on the first device and the first telephone."""
    graph = ReferenceGraph(ROOMY)
    graph.events = [
        application("a", 10, _DEVICE),
        application("b", 20, _PHONE, uses(IdentifierKind.EMAIL, 5)),
        *events,
    ]
    links = (_DEVICE, _PHONE)
    query = NeighbourhoodQuery(applicant_key="me", links=links, as_of_us=as_of_us, since_us=0)
    return graph_facts(graph.neighbourhood(query), links, as_of_us).offline_ring


def test_the_highest_ring_and_the_furthest_reach_are_told() -> None:
    """Each of its own: the reach may be that of an application in another ring, or in none."""
    told = facts(
        100 + 3 * _DAY_US,
        found(90, place("a", "ring_a", 40, members=5, fraud=1, reach_ppm=250_000)),
        found(95, place("b", "ring_b", 70, members=8, fraud=2, reach_ppm=100_000), part=1),
    )
    assert told.score.value == 70
    assert told.members.value == 8
    assert told.fraud.value == 2
    assert told.fraud_rate.value == 0.25
    assert told.reach.value == 0.25
    assert told.days.value == 3


def test_what_is_found_at_the_time_or_later_is_not_seen() -> None:
    """A decision sees the search before it; its record replays the same."""
    search = found(90, place("a", "ring_a", 40, members=5))
    assert facts(90, search).score.value == 0
    assert facts(91, search).score.value == 40
    later = found(95, RingPlace(applicant="a"), part=1)
    assert facts(96, search, later).members.value == 0
    assert facts(95, search, later).members.value == 5


def test_without_a_ring_everything_is_known_to_be_zero() -> None:
    """Zero is an answer: the rules must not take it for unknown."""
    told = facts(100)
    for name in ("score", "members", "fraud", "fraud_rate", "reach", "days"):
        assert told.HasField(name)
        assert getattr(told, name).value == 0


def test_reach_alone_is_no_ring() -> None:
    """A pair with known fraud: no community, but not nothing."""
    told = facts(100, found(90, RingPlace(applicant="a", reach_ppm=20_000)))
    assert told.reach.value == 0.02
    assert told.score.value == 0
    assert told.days.value == 0


def test_a_place_survives_as_text() -> None:
    """And nowhere is nothing."""
    full = RingPlace(applicant="a", ring="ring_a", score=1, members=2, fraud=3, reach_ppm=4)
    assert place_of("a", place_text(full)) == full
    assert place_text(RingPlace(applicant="a")) == ""


def test_places_that_wait_are_let_go_of_once_projected() -> None:
    """The index is empty then: it must not grow with every search."""
    index = PendingIndex()
    events: list[GraphEvent] = [
        found(5, place("a", "ring_a", 40)),
        FraudMarked(applicant="a", at_us=6, fraud_at_us=6, fraud_type="x"),
    ]
    for event in events:
        index.add(event)
    with index.view() as view:
        assert view.places("a") == ((5, "ring_a|40|0|0|0"),)
        assert view.places("b") == ()
    index.projected(events)
    assert index.is_clear()


def test_who_names_a_member_of_a_ring_as_guarantor_is_linked_with_it() -> None:
    """Not only own identifiers lead to a ring."""
    graph = ReferenceGraph(ROOMY)
    graph.events = [
        application("a", 10, _PHONE),
        found(90, place("a", "ring_a", 40, members=5)),
    ]
    links = (uses(IdentifierKind.PHONE, 1, Role.GUARANTOR),)
    query = NeighbourhoodQuery(applicant_key="me", links=links, as_of_us=100, since_us=0)
    told = graph_facts(graph.neighbourhood(query), links, 100).offline_ring
    assert told.members.value == 5
