"""Random histories of a small world, in which everything collides with everything."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

from engine.model import Identifier, IdentifierKind, Link, Role
from graph.model import (
    ApplicationProjected,
    FraudMarked,
    GraphEvent,
    NeighbourhoodQuery,
    RingPlace,
    RingsFound,
    SharingDeclared,
)
from graph.settings import GraphSettings

KINDS = [
    IdentifierKind.DEVICE,
    IdentifierKind.PHONE,
    IdentifierKind.ID_NUMBER,
    IdentifierKind.EMPLOYER,
]
TIGHT = GraphSettings(
    caps=dict.fromkeys(IdentifierKind, 2) | {IdentifierKind.EMPLOYER: 0, IdentifierKind.DEVICE: 4},
    named_cap=3,
    near_per_identifier=2,
    near_total=5,
    near_applicants=2,
    far_per_applicant=2,
    far_total=3,
)
WIDE = GraphSettings(
    caps=dict.fromkeys(IdentifierKind, 5) | {IdentifierKind.ID_NUMBER: 2}, named_cap=8
)
ROOMY = GraphSettings(caps=dict.fromkeys(IdentifierKind, 3) | {IdentifierKind.EMPLOYER: 0})
settings_strategy = st.sampled_from([TIGHT, WIDE, ROOMY])


def identifier(kind: IdentifierKind, number: int) -> Identifier:
    """The same identifier for the same number."""
    return Identifier(kind, f"{kind}:{number}", f"{kind}*{number}")


def uses(kind: IdentifierKind | str, number: int, role: Role = Role.USES) -> Link:
    """A link to it."""
    return Link(role, identifier(IdentifierKind(kind), number))


links_strategy = st.lists(
    st.builds(
        Link,
        st.sampled_from([Role.USES, Role.USES, Role.USES, *Role]),
        st.builds(identifier, st.sampled_from(KINDS), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=5,
).map(tuple)


def application(applicant: str, at_us: int, *links: Link) -> ApplicationProjected:
    """An application event."""
    return ApplicationProjected(applicant=applicant, at_us=at_us, status="declined", links=links)


def places_strategy(applicants: list[str]) -> st.SearchStrategy[list[RingPlace]]:
    """Places of some applicants; of some that they are in no ring any more."""
    small = st.integers(0, 3)
    placed = st.builds(
        RingPlace,
        applicant=st.sampled_from(applicants),
        ring=st.sampled_from(["", "ring_a", "ring_b"]),
        score=st.integers(0, 100),
        members=small,
        fraud=small,
        reach_ppm=st.sampled_from([0, 250_000]),
    )
    return st.lists(placed, min_size=1, max_size=3, unique_by=lambda place: place.applicant)


def rings_found(run: int, at_us: int, places: list[RingPlace]) -> RingsFound:
    """An event of a search for rings."""
    return RingsFound(run=f"run{run}", part=0, at_us=at_us, places=tuple(places))


@st.composite
def histories(draw: st.DrawFn) -> list[GraphEvent]:
    """Events in outbox order. Times are unique, and in nearly the same order."""
    events: list[GraphEvent] = []
    applicants: list[str] = []
    steps = draw(st.lists(st.sampled_from("aaaaaamudr"), min_size=6, max_size=24))
    for place, step in enumerate(steps):
        at_us = 1000 + 100 * (place + draw(st.integers(-3, 3))) + place
        if step == "a":
            applicants.append(f"a{place}")
            events.append(application(f"a{place}", at_us, *draw(links_strategy)))
        elif step == "d":
            kind, number = draw(st.sampled_from(KINDS)), draw(st.integers(0, 3))
            events.append(
                SharingDeclared(
                    identifier=f"{kind}:{number}",
                    kind=kind,
                    at_us=at_us,
                    reason=draw(st.sampled_from(["dormitory", ""])),
                )
            )
        elif step == "r" and applicants:
            events.append(rings_found(place, at_us, draw(places_strategy(applicants))))
        elif applicants:
            marked = draw(st.sampled_from(applicants))
            since = at_us + draw(st.integers(-500, 500))
            events.append(
                FraudMarked(
                    applicant=marked,
                    at_us=at_us,
                    fraud_at_us=since if step == "m" else None,
                    fraud_type="bust_out",
                )
            )
    return events


@st.composite
def queries(draw: st.DrawFn) -> NeighbourhoodQuery:
    """A question at any time of the history, also by an applicant that is part of it."""
    return NeighbourhoodQuery(
        applicant_key=f"a{draw(st.integers(0, 30))}",
        links=draw(links_strategy),
        as_of_us=draw(st.integers(900, 4000) | st.just(4000)),
        since_us=draw(st.sampled_from([0, 0, 0, 1500])),
    )


def moved(event: GraphEvent, by_us: int) -> GraphEvent:
    """The same event at another time: a link then has a first and a last time.

    After 1970: nothing happened before it, and a cut-off of 0 stands for never.
    """
    return dataclasses.replace(event, at_us=max(event.at_us + by_us, 1))


def positioned(events: list[GraphEvent]) -> list[tuple[int, GraphEvent]]:
    """With outbox positions, which have gaps."""
    return [(3 * place + 1, event) for place, event in enumerate(events)]


def bare(answer: object) -> object:
    """Without what tells how the answer was reached."""
    return dataclasses.replace(answer, projected_to=0, pending=0)  # type: ignore[type-var]
