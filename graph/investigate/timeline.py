"""What happened, in order: who began to use what, what was marked, what was declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.model import Role
from graph.investigate.model import Part


class Happening(StrEnum):
    """The order of the values is that of things that happened at the same time."""

    LINKED = "linked"
    HUB = "hub"
    SHARED = "shared"
    NOT_SHARED = "not_shared"
    FRAUD = "fraud"
    NOT_FRAUD = "not_fraud"


_ORDER = {kind: place for place, kind in enumerate(Happening)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happened. ``application``, ``identifier``: "" where it concerns none.

    ``detail``: the type of fraud, or the reason declared. ``since_us``: since when fraud is known.
    """

    at_us: int
    kind: Happening
    application: str = ""
    identifier: str = ""
    role: Role | None = None
    detail: str = ""
    since_us: int | None = None


def timeline_of(part: Part) -> tuple[Moment, ...]:
    """Everything that happened in this part of the graph, earliest first."""
    return tuple(sorted(_moments(part), key=_place))


def _moments(part: Part) -> Iterator[Moment]:
    for link in part.links:
        yield Moment(
            at_us=link.at_us,
            kind=Happening.LINKED,
            application=link.application,
            identifier=link.identifier,
            role=link.role,
        )
    for identifier in part.identifiers:
        if identifier.hub_at_us is not None:
            yield Moment(at_us=identifier.hub_at_us, kind=Happening.HUB, identifier=identifier.key)
        for at_us, reason in identifier.declarations:
            kind = Happening.SHARED if reason else Happening.NOT_SHARED
            yield Moment(at_us=at_us, kind=kind, identifier=identifier.key, detail=reason)
    for application in part.applications:
        for mark in application.marks:
            yield Moment(
                at_us=mark.at_us,
                kind=Happening.NOT_FRAUD if mark.since_us is None else Happening.FRAUD,
                application=application.key,
                detail=mark.fraud_type,
                since_us=mark.since_us,
            )


def _place(moment: Moment) -> tuple[int, int, str, str, str]:
    role = moment.role.value if moment.role else ""
    return moment.at_us, _ORDER[moment.kind], moment.application, moment.identifier, role
