"""Comparing a page of the graph with what it should hold. Pure: findings, and how to mend them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.model import IdentifierKind, Role
from graph.apply import ApplicantState, IdentifierState, LinkKey, Touched
from graph.expiry import Cutoffs
from graph.rows import ROLES, Record, Row
from graph.settings import GraphSettings
from graph.truth import LinkTimes, TrueApplicant, TrueIdentifier
from graph.written import applicant_row, identifier_row

_APPLICANT = (
    "key",
    "at",
    "last_at",
    "status",
    "fraud_at",
    "fraud_type",
    "mark_ats",
    "mark_values",
    "mark_types",
    "ring_ats",
    "ring_values",
)
_IDENTIFIER = (
    "key",
    "kind",
    "masked",
    "first_at",
    "degree",
    "hub",
    "hub_reason",
    "hub_at",
    "named_hub_at",
    "times",
    "named_times",
    "shared_ats",
    "shared_reasons",
    "expired",
    "named_expired",
    "expired_at",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be. ``what``: such as "link missing"; ``of``: the keys,
    and for values that differ the names of the properties.
    """

    what: str
    of: str


@dataclass(slots=True)
class Stored:
    """A page as the graph has it."""

    applicants: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[LinkKey, tuple[int, int]] = field(default_factory=dict)
    identifiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    own: dict[str, int] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Mending:
    """What is written to put a page in order, and what is taken out."""

    touched: Touched = field(default_factory=Touched)
    surplus: list[LinkKey] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether all is in order."""
        touched = self.touched
        return not any((touched.applicants, touched.identifiers, touched.links, self.surplus))


def stored_of(records: Iterable[Record]) -> Stored:
    """What ``audit.cypher`` answered."""
    stored = Stored()
    for record in records:
        row = record["row"]
        match record["part"]:
            case "applicant":
                stored.applicants[row[0]] = _named(_APPLICANT, row)
            case "identifier":
                stored.identifiers[row[0]] = _named(_IDENTIFIER, row)
            case "own":
                stored.own[row[0]] = row[1]
            case "named":
                stored.named[row[0]] = row[1]
            case _:
                stored.links[row[0], ROLES[row[1]], row[2]] = (row[3], row[4])
    return stored


def _named(names: Sequence[str], row: Row) -> dict[str, Any]:
    return {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a property of any type
    """Stores differ in whether an empty list is one."""
    if isinstance(value, list | tuple):
        return list(value) or None
    return value


def audit_applicants(
    stored: Stored, truth: Mapping[str, TrueApplicant], cutoffs: Cutoffs
) -> tuple[list[Finding], Mending]:
    """Applicants of a page with their links. What expired may be gone."""
    findings: list[Finding] = []
    mending = Mending()
    linked = {link[0] for link in stored.links}
    for key, true in truth.items():
        may_go = _may_go(true.links, cutoffs)
        if key not in linked and true.links and may_go == true.links.keys():
            continue  # gone; what was marked since then may stand there alone
        _audit_applicant(key, true.state, stored, findings, mending)
        _audit_links(true, may_go, stored, findings, mending)
    surplus = [link for link in stored.links if link not in truth[link[0]].links]
    findings += [Finding("link surplus", _told(link)) for link in surplus]
    mending.surplus += surplus
    return findings, mending


def _may_go(links: Mapping[LinkKey, LinkTimes], cutoffs: Cutoffs) -> set[LinkKey]:
    old = {key for key, link in links.items() if cutoffs.is_old(key[1], link.kind, link.last_at_us)}
    if len(old) == len(links):
        return old
    return {
        key
        for key in old
        if key[1] is not Role.USES or links[key].kind is not IdentifierKind.ID_NUMBER
    }


def _audit_applicant(
    key: str, state: ApplicantState, stored: Stored, findings: list[Finding], mending: Mending
) -> None:
    found = stored.applicants.get(key)
    if found is None:
        findings.append(Finding("applicant missing", key))
    elif differing := _differing(found, applicant_row(key, state)):
        findings.append(Finding("applicant differs", f"{key}: {', '.join(differing)}"))
    else:
        return
    mending.touched.applicants[key] = state


def _audit_links(
    true: TrueApplicant,
    may_go: set[LinkKey],
    stored: Stored,
    findings: list[Finding],
    mending: Mending,
) -> None:
    for link, times in true.links.items():
        found, right = stored.links.get(link), (times.at_us, times.last_at_us)
        if found == right or (found is None and link in may_go):
            continue
        what = "link missing" if found is None else "link times differ"
        findings.append(Finding(what, _told(link)))
        mending.touched.links[link] = right


def audit_identifiers(
    stored: Stored,
    truth: Mapping[str, Sequence[TrueIdentifier]],
    cutoffs: Cutoffs,
    settings: GraphSettings,
) -> tuple[list[Finding], Mending]:
    """Identifiers of a page; their links are in order. Of each, all that it may be: the whole, and
    where it had been forgotten, what came after that. The first is what it is mended to.
    """
    findings: list[Finding] = []
    mending = Mending()
    for key, choices in truth.items():
        found = stored.identifiers.get(key)
        own, named = stored.own.get(key, 0), stored.named.get(key, 0)
        if found is None and own + named == 0 and _is_forgotten(choices[0], cutoffs):
            continue
        states = [_with_expired(true, own, named, found) for true in choices]
        if found is None:
            findings.append(Finding("identifier missing", key))
        else:
            differing = [_differing(found, identifier_row(key, x, settings)) for x in states]
            if not all(differing):
                continue
            findings.append(Finding("identifier differs", f"{key}: {', '.join(differing[0])}"))
        mending.touched.identifiers[key] = states[0]
    return findings, mending


def _is_forgotten(true: TrueIdentifier, cutoffs: Cutoffs) -> bool:
    return not true.state.declarations and true.last_at_us < cutoffs.forget


def _with_expired(
    true: TrueIdentifier, own: int, named: int, found: Mapping[str, Any] | None
) -> IdentifierState:
    """Links that are not there any more went by their age: everything else was put back."""
    expired, named_expired = max(0, true.own - own), max(0, true.named - named)
    at_us = None
    if expired or named_expired:
        kept = found["expired_at"] if found else None
        at_us = true.last_at_us if kept is None else min(kept, true.last_at_us)
    return replace(true.state, expired=expired, named_expired=named_expired, expired_at_us=at_us)


def _differing(found: Mapping[str, Any], right: Mapping[str, Any]) -> list[str]:
    return [name for name, value in right.items() if found[name] != _plain(value)]


def _told(link: LinkKey) -> str:
    return f"{link[0]} {link[1].value} {link[2]}"
