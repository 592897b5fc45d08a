"""Two applications side by side: what is the same, what nearly, what not. Values are never told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.model import Application, IdentifierKind, Role
from engine.record import DecisionRecord

_HOUR_US = 3_600_000_000
_NEAR_PERCENT = 5


class Relation(StrEnum):
    """How the two are to each other. ``NEAR``: alike, or the same in other places."""

    SAME = "same"
    NEAR = "near"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One respect. ``code`` is stable and names the sentence; ``keys``: tokens that are shared."""

    field: str
    relation: Relation
    code: str
    keys: tuple[str, ...] = ()


def compare(first: DecisionRecord, second: DecisionRecord) -> tuple[Compared, ...]:
    """In a fixed order: person, identifiers by kind, roles, circumstances."""
    one, other = first.admission.application, second.admission.application
    apart_us = abs(first.admission.as_of_us - second.admission.as_of_us)
    return (
        *_person(one, other),
        *(_identifiers(one, other, kind) for kind in IdentifierKind),
        _roles(one, other),
        *_circumstances(one, other),
        _when(apart_us),
    )


def _person(one: Application, other: Application) -> Iterator[Compared]:
    mine, theirs = one.applicant, other.applicant
    if mine.name_token == theirs.name_token:
        yield _is("name", Relation.SAME)
    elif {mine.name_token, *mine.other_name_tokens} & {
        theirs.name_token,
        *theirs.other_name_tokens,
    }:
        yield _is("name", Relation.NEAR, "name_among_others")
    else:
        yield _is("name", Relation.DIFFERENT)
    yield _birth_dates(mine.birth_date, theirs.birth_date)
    yield _equal("nationality", mine.nationality, theirs.nationality)
    yield _equal("occupation", mine.occupation, theirs.occupation)
    yield _amounts("declared_income", mine.declared_income_minor, theirs.declared_income_minor)


def _birth_dates(one: date, other: date) -> Compared:
    if one == other:
        return _is("birth_date", Relation.SAME)
    parts = zip((one.year, one.month, one.day), (other.year, other.month, other.day), strict=True)
    different = sum(mine != theirs for mine, theirs in parts)
    if different == 1:
        return _is("birth_date", Relation.NEAR, "birth_date_one_part")
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return _is("birth_date", Relation.NEAR, "birth_date_swapped")
    return _is("birth_date", Relation.DIFFERENT)


def _identifiers(one: Application, other: Application, kind: IdentifierKind) -> Compared:
    mine, theirs = _own(one, kind), _own(other, kind)
    if not mine or not theirs:
        return _is(kind.value, Relation.UNKNOWN)
    shared = tuple(sorted(mine.keys() & theirs.keys()))
    if shared:
        return Compared(field=kind.value, relation=Relation.SAME, code="same", keys=shared)
    telling = set(mine.values()) & set(theirs.values()) - {"****"}
    if telling and kind not in {IdentifierKind.IP, IdentifierKind.EMAIL, IdentifierKind.ADDRESS}:
        return _is(kind.value, Relation.NEAR, "same_mask")
    return _is(kind.value, Relation.DIFFERENT)


def _own(application: Application, kind: IdentifierKind) -> dict[str, str]:
    return {
        link.identifier.key: link.identifier.masked
        for link in application.links
        if link.role is Role.USES and link.identifier.kind is kind
    }


def _roles(one: Application, other: Application) -> Compared:
    """Whether one names the other, or both name the same person."""
    uses = [{x.identifier.key for x in a.links if x.role is Role.USES} for a in (one, other)]
    names = [{x.identifier.key for x in a.links if x.role is not Role.USES} for a in (one, other)]
    crossed = tuple(sorted((uses[0] & names[1]) | (uses[1] & names[0])))
    if crossed:
        return Compared(
            field="relations", relation=Relation.NEAR, code="names_the_other", keys=crossed
        )
    both = tuple(sorted(names[0] & names[1]))
    if both:
        return Compared(field="relations", relation=Relation.SAME, code="name_the_same", keys=both)
    known = Relation.DIFFERENT if names[0] and names[1] else Relation.UNKNOWN
    return _is("relations", known)


def _circumstances(one: Application, other: Application) -> Iterator[Compared]:
    for field in (
        "product",
        "channel",
        "customer_segment",
        "branch",
        "staff_member",
        "partner",
        "expected_limit_minor",
    ):
        name = field.removesuffix("_minor")
        yield _equal(name, getattr(one, field), getattr(other, field))
    for field in ("channel_session_id", "country", "city"):
        yield _equal(field, getattr(one.session, field), getattr(other.session, field))


def _amounts(field: str, one: int | None, other: int | None) -> Compared:
    if one is None or other is None:
        return _is(field, Relation.UNKNOWN)
    if one != other and 100 * abs(one - other) <= _NEAR_PERCENT * max(one, other):
        return _is(field, Relation.NEAR, "amount_near")
    return _is(field, Relation.SAME if one == other else Relation.DIFFERENT)


def _when(apart_us: int) -> Compared:
    if apart_us <= _HOUR_US:
        return _is("time", Relation.NEAR, "within_an_hour")
    if apart_us <= 24 * _HOUR_US:
        return _is("time", Relation.NEAR, "within_a_day")
    return _is("time", Relation.DIFFERENT)


def _equal(field: str, one: str | int | None, other: str | int | None) -> Compared:
    if one in {None, ""} or other in {None, ""}:
        return _is(field, Relation.UNKNOWN)
    return _is(field, Relation.SAME if one == other else Relation.DIFFERENT)


def _is(field: str, relation: Relation, code: str = "") -> Compared:
    return Compared(field=field, relation=relation, code=code or relation.value)
