"""Two applications compared: the same, nearly, or not; in both languages, and never a value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.investigate.comparing import Compared, Relation, compare
from engine.investigate.comparing_texts import compared_sentence
from engine.model import Identifier, IdentifierKind, Link, Role
from engine.outcome import Gathered
from engine.record import DecisionRecord
from tests.applications import admission, application, links
from tests.unit.api.harness import DECISION


def record(hours: float = 0, **changes: object) -> DecisionRecord:
    """The record of an application, made so many hours later."""
    made = admission(application(**changes))
    later = replace(made, as_of_us=made.as_of_us + int(hours * 3_600_000_000))
    return DecisionRecord(admission=later, gathered=Gathered(), decision=DECISION)


def link(kind: IdentifierKind, key: str, role: Role = Role.USES, masked: str = "****") -> Link:
    """A link to an identifier."""
    return Link(role, Identifier(kind, key, masked))


def found(field: str, first: DecisionRecord, second: DecisionRecord) -> Compared:
    """The one respect."""
    (one,) = [x for x in compare(first, second) if x.field == field]
    return one


def test_an_application_is_like_itself() -> None:
    """What is given is the same; what is not is unknown, and nothing is different."""
    relations = {x.relation for x in compare(record(), record())}
    assert relations == {Relation.SAME, Relation.NEAR, Relation.UNKNOWN}
    device = found("device", record(), record())
    assert (device.relation, device.keys) == (Relation.SAME, ("device:own",))


@pytest.mark.parametrize(
    "born, relation, code",
    [
        (date(1990, 5, 17), Relation.SAME, "same"),
        (date(1990, 5, 18), Relation.NEAR, "birth_date_one_part"),
        (date(1991, 5, 17), Relation.NEAR, "birth_date_one_part"),
        (date(1991, 6, 17), Relation.DIFFERENT, "different"),
    ],
)
def test_birth_dates_that_nearly_agree(born: date, relation: Relation, code: str) -> None:
    """One altered part is how a refused applicant comes back."""
    one = found("birth_date", record(), record(birth_date=born))
    assert (one.relation, one.code) == (relation, code)


def test_day_and_month_swapped_are_near() -> None:
    """A slip of the pen, or not."""
    first, second = record(birth_date=date(1990, 5, 7)), record(birth_date=date(1990, 7, 5))
    assert found("birth_date", first, second).code == "birth_date_swapped"


def test_identifiers_that_look_alike_are_near() -> None:
    """The same mask, another token; a mask that hides all says nothing."""
    phone = IdentifierKind.PHONE
    first = record(links=(link(phone, "phone:1", masked="+86****01"),))
    alike = record(links=(link(phone, "phone:2", masked="+86****01"),))
    hidden = record(links=(link(phone, "phone:3"),))
    assert found("phone", first, alike).code == "same_mask"
    assert found("phone", hidden, alike).relation is Relation.DIFFERENT
    assert found("phone", first, record(links=())).relation is Relation.UNKNOWN


def test_one_that_names_the_other_is_told_with_the_token() -> None:
    """Its phone is the other's guarantor; or both name the same person."""
    phone = IdentifierKind.PHONE
    first = record(links=(*links(), link(phone, "phone:9")))
    names = record(links=(*links(), link(phone, "phone:9", Role.GUARANTOR)))
    crossed = found("relations", first, names)
    assert (crossed.code, crossed.keys) == ("names_the_other", ("phone:9",))
    assert found("relations", names, names).code == "name_the_same"
    assert found("relations", first, first).relation is Relation.UNKNOWN


def test_names_incomes_and_times() -> None:
    """Another name that was given before; within five per cent; within an hour and a day."""
    other = record(name_token="another", other_name_tokens=("name",))
    assert found("name", record(), other).code == "name_among_others"
    assert found("name", record(), record(name_token="x")).relation is Relation.DIFFERENT
    rich, near = record(declared_income_minor=1_000_000), record(declared_income_minor=960_000)
    assert found("declared_income", rich, near).code == "amount_near"
    poor = record(declared_income_minor=900_000)
    assert found("declared_income", rich, poor).relation is Relation.DIFFERENT
    assert found("time", record(), record(hours=0.5)).code == "within_an_hour"
    assert found("time", record(), record(hours=5)).code == "within_a_day"
    assert found("time", record(), record(hours=50)).relation is Relation.DIFFERENT


def test_every_respect_has_a_sentence_in_both_languages() -> None:
    """And none of them holds a value."""
    first = record(declared_income_minor=123_456, birth_date=date(1987, 6, 5))
    for respect in compare(first, record(hours=3)):
        for language in ("en", "zh"):
            sentence = compared_sentence(respect, language)
            assert sentence
            assert "{" not in sentence
            assert not any(value in sentence for value in ("1234", "1987", "own"))
