from __future__ import annotations

import dataclasses

import pytest

from engine.model import Link, Role
from graph.features import findings, graph_facts, unavailable
from graph.model import (
    ApplicationProjected,
    FraudMarked,
    GraphEvent,
    Neighbourhood,
    NeighbourhoodQuery,
    SharingDeclared,
)
from graph.settings import GraphSettings
from tests.graph_histories import application, uses
from tests.reference_graph import ReferenceGraph
from touchstone.v1 import facts_pb2

DAY = 86_400_000_000
NOW = 400 * DAY


def days_ago(days: float) -> int:
    """Microseconds."""
    return NOW - int(days * DAY)


def fraud(applicant: str, days: float = 1) -> FraudMarked:
    """A mark made that many days ago."""
    at_us = days_ago(days)
    return FraudMarked(applicant=applicant, at_us=at_us, fraud_at_us=at_us, fraud_type="mule")


def seen(
    events: list[GraphEvent], *links: Link, settings: GraphSettings | None = None
) -> tuple[Neighbourhood, facts_pb2.GraphFacts]:
    """What the reference graph shows, and its features."""
    graph = ReferenceGraph(settings)
    graph.events = events
    query = NeighbourhoodQuery(applicant_key="me", links=links, as_of_us=NOW, since_us=0)
    neighbourhood = graph.neighbourhood(query)
    return neighbourhood, graph_facts(neighbourhood, links, NOW)


def facts_of(events: list[GraphEvent], *links: Link) -> facts_pb2.GraphFacts:
    """The features alone."""
    return seen(events, *links)[1]


def test_unavailable_graph_knows_nothing() -> None:
    """When the graph did not answer, every field is unknown."""
    assert unavailable().ListFields() == []


def test_every_field_is_known_once_the_graph_answered() -> None:
    """Zero is said, not left out: an unset field would read as unknown."""
    facts = facts_of([])
    for field in facts_pb2.GraphFacts.DESCRIPTOR.fields:
        if not field.is_repeated:
            assert facts.HasField(field.name), field.name
    for field in facts_pb2.SharingFacts.DESCRIPTOR.fields:
        assert facts.device.HasField(field.name), field.name
    assert facts.available.value
    assert facts.ring_members.value == 1


def test_sharing_by_kind_and_window() -> None:
    """Applicants are counted once per kind, in windows by when their link began."""
    events: list[GraphEvent] = [
        application("old", days_ago(40), uses("phone", 1)),
        application("month", days_ago(20), uses("phone", 1), uses("phone", 2)),
        application("week", days_ago(7), uses("phone", 2)),
        application("day", days_ago(0.5), uses("phone", 2), uses("device", 9)),
        fraud("old"),
        fraud("day", 0.1),
    ]
    phone = facts_of(events, uses("phone", 1), uses("phone", 2), uses("device", 1)).phone
    assert phone.applicants.value == 4
    assert phone.fraud.value == 2
    windows = (phone.applicants_1d.value, phone.applicants_7d.value, phone.applicants_30d.value)
    assert windows == (1, 2, 3)
    assert phone.degree.value == 3
    assert not phone.hub.value


def test_hub_counts_nothing_but_its_degree() -> None:
    """A hub is told, and its degree, but nobody on it."""
    events: list[GraphEvent] = [
        application(f"a{n}", days_ago(n + 1), uses("id_number", 1), uses("employer", 1))
        for n in range(8)
    ]
    facts = facts_of(events, uses("id_number", 1), uses("employer", 1))
    assert (facts.id_number.hub.value, facts.id_number.degree.value) == (True, 5)
    assert (facts.employer.hub.value, facts.employer.degree.value) == (True, 1)
    assert facts.id_number.applicants.value == 0
    assert facts.neighbour_count.value == 0


def test_neighbours_in_order_with_their_kinds() -> None:
    """Nearest in time first; kinds in fixed order; days are whole."""
    events: list[GraphEvent] = [
        application("far", days_ago(9.5), uses("email", 1), uses("device", 1)),
        application("near", days_ago(2.1), uses("email", 1)),
        fraud("far"),
    ]
    facts = facts_of(events, uses("email", 1), uses("device", 1))
    first, second = facts.neighbours
    assert (first.days, list(first.kinds), first.fraud) == (2, ["email"], False)
    assert (second.days, list(second.kinds), second.fraud) == (9, ["device", "email"], True)
    assert facts.neighbour_count.value == 2
    assert facts.multi_link_neighbours.value == 1
    assert facts.fraud_neighbours.value == 1


def test_the_same_person_is_no_neighbour() -> None:
    """Earlier applications of the person are listed and flagged, but are not other people."""
    events: list[GraphEvent] = [
        application("before", days_ago(5), uses("id_number", 1), uses("phone", 1)),
        fraud("before"),
    ]
    neighbourhood, facts = seen(events, uses("id_number", 1), uses("phone", 1))
    assert facts.neighbours[0].same_person
    assert facts.neighbour_count.value == 0
    assert facts.fraud_neighbours.value == 0
    assert facts.ring_members.value == 1
    assert facts.id_number.fraud.value == 1
    codes = [finding.code for finding in findings(neighbourhood, facts)]
    assert codes == ["FRAUD_ON_PHONE", "FRAUD_ON_ID_NUMBER"]


def test_guilt_and_worst_share() -> None:
    """Guilt adds f / (n + 1) over identifiers; the worst share is f / n."""
    events: list[GraphEvent] = [
        application("a", days_ago(3), uses("device", 1), uses("phone", 1)),
        application("b", days_ago(3), uses("device", 1)),
        fraud("a"),
    ]
    facts = facts_of(events, uses("device", 1), uses("phone", 1), uses("email", 1))
    assert facts.guilt.value == pytest.approx(1 / 3 + 1 / 2)
    assert facts.worst_fraud_share.value == pytest.approx(1.0)


def test_ring_within_two_steps() -> None:
    """The ring holds the applicant, its neighbours and theirs, each once."""
    events: list[GraphEvent] = [
        application("a", days_ago(3), uses("device", 1), uses("phone", 1)),
        application("b", days_ago(3), uses("phone", 1), uses("email", 1)),
        application("c", days_ago(3), uses("email", 1)),
        fraud("b"),
    ]
    neighbourhood, facts = seen(events, uses("device", 1))
    assert facts.ring_members.value == 3
    assert facts.ring_fraud.value == 1
    assert facts.fraud_neighbours.value == 0
    assert [f.code for f in findings(neighbourhood, facts)] == ["RING_FRAUD", "SHARED_DEVICE"]


def test_guarantor_and_referrer() -> None:
    """Who names the guarantor in any role counts, and makes nobody a neighbour."""
    events: list[GraphEvent] = [
        application("a", days_ago(3), uses("phone", 1, Role.GUARANTOR)),
        application("b", days_ago(3), uses("phone", 1)),
        application("c", days_ago(3), uses("phone", 2, Role.REFERRER)),
        application("d", days_ago(3), uses("phone", 3, Role.GUARANTOR)),
        fraud("a"),
    ]
    links = (
        uses("phone", 1, Role.GUARANTOR),
        uses("phone", 2, Role.REFERRER),
        uses("phone", 3),
    )
    neighbourhood, facts = seen(events, *links)
    assert (facts.guarantor_applications.value, facts.guarantor_fraud.value) == (2, 1)
    assert (facts.referrer_applications.value, facts.referrer_fraud.value) == (1, 0)
    assert facts.guarantees_given.value == 1
    assert facts.neighbour_count.value == 0
    codes = [finding.code for finding in findings(neighbourhood, facts)]
    assert codes == ["GUARANTOR_FRAUD", "GUARANTOR_OF_OTHERS", "NAMED_WITH_OTHERS"]


def test_guarantor_of_too_many_is_a_lower_bound() -> None:
    """Past the bound applications are counted, not listed, and the facts say so."""
    events: list[GraphEvent] = [
        application(f"a{n}", days_ago(n + 1), uses("phone", 1, Role.GUARANTOR)) for n in range(9)
    ]
    link = uses("phone", 1, Role.GUARANTOR)
    _, facts = seen(events, link, settings=GraphSettings(named_cap=4))
    assert facts.guarantor_applications.value == 5
    assert facts.cut.value


def test_declared_sharing_is_a_finding() -> None:
    """A declared hub is reported as one, without blaming anybody on it."""
    address = uses("address", 1)
    events: list[GraphEvent] = [
        application("a", days_ago(3), address),
        fraud("a"),
        SharingDeclared(
            identifier=address.identifier.key,
            kind=address.identifier.kind,
            at_us=days_ago(2),
            reason="dormitory",
        ),
    ]
    neighbourhood, facts = seen(events, address)
    (hub,) = findings(neighbourhood, facts)
    assert (hub.code, hub.applicants, hub.fraud) == ("HUB", 1, 0)
    assert hub.masked == "address*1"


def test_findings_are_bounded_and_gravest_first() -> None:
    """Ten findings at most, fraud first; the order of the rows does not matter."""
    links = [uses("phone", number) for number in range(14)]
    events: list[GraphEvent] = [
        ApplicationProjected(
            applicant=f"a{n}", at_us=days_ago(n + 1), status="approved", links=(links[n],)
        )
        for n in range(14)
    ]
    neighbourhood, facts = seen([*events, fraud("a13")], *links)
    found = findings(neighbourhood, facts)
    assert len(found) == 10
    assert found[0].code == "FRAUD_ON_PHONE"
    assert found[0].since_us == days_ago(14)
    turned = dataclasses.replace(neighbourhood, near=neighbourhood.near[::-1])
    assert findings(turned, facts) == found
    assert graph_facts(turned, links, NOW) == facts
