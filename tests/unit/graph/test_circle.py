"""The circle: who counts, in which group, and who is kept apart."""

from __future__ import annotations

import pytest

from engine.model import Link, Role
from graph.features import graph_facts
from graph.model import ApplicationProjected, FraudMarked, GraphEvent, NeighbourhoodQuery
from tests.graph_histories import application, uses
from tests.reference_graph import ReferenceGraph
from touchstone.v1 import facts_pb2

DAY = 86_400_000_000
NOW = 400 * DAY
GROUPS = ("personal", "co_named", "apart", "multi_link", "same_address", "circle", "beyond")


def applied(name: str, days: float, *links: Link) -> ApplicationProjected:
    """Another application, so many days ago."""
    return application(name, NOW - int(days * DAY), *links)


def facts_of(events: list[GraphEvent], *links: Link) -> facts_pb2.GraphFacts:
    """The features of an application with these links, now."""
    graph = ReferenceGraph()
    graph.events = events
    query = NeighbourhoodQuery(applicant_key="me", links=links, as_of_us=NOW, since_us=0)
    return graph_facts(graph.neighbourhood(query), links, NOW)


def sizes(facts: facts_pb2.GraphFacts) -> dict[str, int]:
    """Members of each group that has any."""
    found = {name: getattr(facts, name).applicants.value for name in GROUPS}
    return {name: size for name, size in found.items() if size}


MINE = (
    uses("device", 1),
    uses("address", 1),
    uses("ip", 1),
    uses("id_number", 1),
    uses("phone", 9, Role.GUARANTOR),
)


def test_nobody_is_said() -> None:
    """Zero of everybody; the latest link counts as a year old."""
    facts = facts_of([], *MINE)
    assert sizes(facts) == {}
    assert (facts.circle_latest_days.value, facts.circle_first_days.value) == (365, 0)
    for group in GROUPS:
        for field in facts_pb2.CircleFacts.DESCRIPTOR.fields:
            assert getattr(facts, group).HasField(field.name)


@pytest.mark.parametrize(
    "links, expected",
    [
        ([uses("device", 1)], {"personal": 1, "apart": 1, "circle": 1}),
        ([uses("address", 1)], {"same_address": 1, "circle": 1}),
        (
            [uses("device", 1), uses("address", 1)],
            {"personal": 1, "same_address": 1, "multi_link": 1, "circle": 1},
        ),
        ([uses("device", 1), uses("ip", 1)], {"personal": 1, "multi_link": 1, "circle": 1}),
        ([uses("ip", 1)], {}),
        ([uses("phone", 9, Role.GUARANTOR)], {"co_named": 1, "apart": 1, "circle": 1}),
        ([uses("phone", 9)], {"co_named": 1, "apart": 1, "circle": 1}),
        ([uses("device", 1, Role.CONTACT)], {}),
    ],
)
def test_each_kind_of_link_has_its_groups(links: list[Link], expected: dict[str, int]) -> None:
    """A household is told from strangers on one device; an IP address alone links nobody."""
    assert sizes(facts_of([applied("a", 3, *links)], *MINE)) == expected


def test_the_same_person_is_no_circle_but_a_stranger_on_the_id_number_is() -> None:
    """The ID number and the device: applied again. The ID number alone: somebody else."""
    again = applied("again", 3, uses("id_number", 1), uses("device", 1))
    strange = applied("strange", 4, uses("id_number", 1), uses("device", 7))
    facts = facts_of([again, strange], *MINE)
    assert facts.reapplications.value == 1
    assert sizes(facts) == {"personal": 1, "apart": 1, "circle": 1}


def test_windows_fraud_and_ages() -> None:
    """A link counts in the windows that reach back to its beginning; marks count when known."""
    events: list[GraphEvent] = [
        applied(name, days, uses("device", 1))
        for name, days in (("a", 6), ("b", 29), ("c", 89), ("d", 200))
    ]
    events += [
        FraudMarked(applicant="b", at_us=NOW - DAY, fraud_at_us=NOW - DAY, fraud_type="mule"),
        FraudMarked(applicant="c", at_us=NOW + DAY, fraud_at_us=NOW + DAY, fraud_type="mule"),
    ]
    facts = facts_of(events, *MINE)
    group = facts.personal
    windows = (group.applicants_7d, group.applicants_30d, group.applicants_90d, group.applicants)
    assert [window.value for window in windows] == [1, 2, 3, 4]
    assert group.fraud.value == facts.circle.fraud.value == 1
    assert (facts.circle_latest_days.value, facts.circle_first_days.value) == (6, 200)


def test_the_second_step_goes_on_over_persons_and_addresses_but_not_over_lines() -> None:
    """Through a linked applicant only, and nobody twice."""
    near = applied(
        "near", 9, uses("device", 1), uses("phone", 2), uses("address", 2), uses("ip", 2)
    )
    by_phone = applied("by_phone", 8, uses("phone", 2))
    by_address = applied("by_address", 7, uses("address", 2))
    by_line = applied("by_line", 6, uses("ip", 2))
    facts = facts_of([near, by_phone, by_address, by_line], *MINE)
    assert facts.circle.applicants.value == 3
    assert facts.beyond.applicants.value == 1
    assert facts.beyond_kinds.value == 2


def test_kinds_are_counted_over_all_and_for_one() -> None:
    """Two linked by one kind each are weaker than one linked by two."""
    apart = [applied("a", 3, uses("device", 1)), applied("b", 2, uses("address", 1))]
    facts = facts_of([*apart], *MINE)
    assert (facts.linking_kinds.value, facts.most_kinds.value) == (2, 1)
    facts = facts_of([applied("a", 3, uses("device", 1), uses("address", 1))], *MINE)
    assert (facts.linking_kinds.value, facts.most_kinds.value) == (2, 2)
