"""Between the rows of the ``look_*`` statements and the types of investigators."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.model import IdentifierKind
from graph.history import NOT_FRAUD, fraud_as_of, shared_as_of
from graph.investigate.model import (
    BEYOND_ALL_US,
    Answer,
    ApplicationNode,
    IdentifierNode,
    LinkRow,
    LookApplicants,
    LookCount,
    LookIdentifiers,
    LookPage,
    Mark,
    Question,
    ordered,
)
from graph.rows import RELATIONSHIPS, ROLES, Record, Row


def statement_of(question: Question) -> tuple[str, dict[str, Any]]:
    """The name of the statement that answers the question, and its parameters."""
    match question:
        case LookApplicants():
            return "look_applicants", {
                "applicants": list(question.keys),
                "as_of": question.as_of_us,
            }
        case LookIdentifiers():
            return "look_identifiers", {
                "identifiers": list(question.keys),
                "as_of": question.as_of_us,
            }
        case LookCount():
            return "look_count", {
                "identifier": question.key,
                "as_of": question.as_of_us,
                "since": question.since_us,
                "until": question.until_us,
            }
        case LookPage():
            return "look_page", _page_parameters(question)


def _page_parameters(question: LookPage) -> dict[str, Any]:
    after = question.after
    return {
        "identifier": question.key,
        "as_of": question.as_of_us,
        "since": question.since_us,
        "at": BEYOND_ALL_US if after is None else after.at_us,
        "key": "" if after is None else after.application,
        "role": "" if after is None else RELATIONSHIPS[after.role],
        "most": question.most,
    }


@dataclass(slots=True)
class _Found:
    as_of_us: int
    applications: dict[str, ApplicationNode] = field(default_factory=dict)
    identifiers: dict[str, IdentifierNode] = field(default_factory=dict)
    links: list[LinkRow] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def answer_of(question: Question, records: Iterable[Record]) -> Answer:
    """What the statement answered. Of a hub no links are kept, unless a page was asked for."""
    found = _Found(question.as_of_us)
    for record in records:
        _PARTS[record["part"]](found, record["row"])
    links = found.links
    if isinstance(question, LookIdentifiers):
        links = [link for link in links if not found.identifiers[link.identifier].hub]
        on = {link.application for link in links}
        found.applications = {k: x for k, x in found.applications.items() if k in on}
    return Answer(
        part=ordered(found.applications.values(), found.identifiers.values(), links),
        uses=found.counts.get("uses", 0),
        named=found.counts.get("named", 0),
    )


def _applicant(found: _Found, row: Row) -> None:
    key, at_us, outcome, ats, values, types = row
    marks = tuple(zip(ats or (), values or (), strict=True))
    since = fraud_as_of(marks, found.as_of_us)
    named = dict(zip(marks, types or (), strict=True))
    known = [mark for mark in marks if mark[0] < found.as_of_us]
    found.applications[key] = ApplicationNode(
        key=key,
        at_us=at_us,
        outcome=outcome or "",
        fraud_since_us=since,
        fraud_type="" if since is None else named[known[-1]],
        marks=tuple(
            Mark(at, None if value == NOT_FRAUD else value, named[at, value]) for at, value in known
        ),
    )


def _identifier(found: _Found, row: Row) -> None:
    key, kind, masked, first_at, times, hub_at, named_hub_at, shared_ats, shared_reasons = row
    declared = tuple(zip(shared_ats or (), shared_reasons or (), strict=True))
    reason = shared_as_of(declared, found.as_of_us)
    over_cap = hub_at is not None and hub_at < found.as_of_us
    found.identifiers[key] = IdentifierNode(
        key=key,
        kind=IdentifierKind(kind),
        masked=masked or "",
        first_at_us=first_at if first_at is not None and first_at < found.as_of_us else None,
        applications=bisect_left(times or (), found.as_of_us),
        hub=over_cap or reason != "",
        hub_reason=reason or ("cap" if over_cap else ""),
        named_hub=named_hub_at is not None and named_hub_at < found.as_of_us,
        hub_at_us=hub_at if over_cap else None,
        declarations=tuple(entry for entry in declared if entry[0] < found.as_of_us),
    )


def _link(found: _Found, row: Row) -> None:
    application, role, identifier, at_us, last_at_us = row[:5]
    found.links.append(
        LinkRow(
            application=application,
            role=ROLES[role],
            identifier=identifier,
            at_us=at_us,
            # Used again since then: what was the last time as of then is not kept.
            last_at_us=last_at_us if last_at_us < found.as_of_us else at_us,
        )
    )


def _user(found: _Found, row: Row) -> None:
    _link(found, row)
    _applicant(found, [row[0], *row[5:]])


def _count(found: _Found, row: Row) -> None:
    found.counts[row[0]] = row[1]


_PARTS: Mapping[str, Callable[[_Found, Row], None]] = {
    "applicant": _applicant,
    "identifier": _identifier,
    "link": _link,
    "user": _user,
    "count": _count,
}
