from __future__ import annotations

import pytest

from engine.load import ColumnsError, layout_of
from engine.load.columns import Content
from engine.model import IdentifierKind, Role


def test_names_say_what_a_file_holds() -> None:
    """Its columns tell applications, marks and declarations apart."""
    assert layout_of(["application", "at", "phone"]).content is Content.APPLICATIONS
    assert layout_of(["applicant", "marked_at", "fraud_type"]).content is Content.MARKS
    assert layout_of(["kind", "value", "at", "reason"]).content is Content.SHARING


def test_a_link_is_made_of_its_columns() -> None:
    """Role, kind, form and number are read from the name."""
    names = ["application", "at", "phone", "phone_2", "guarantor_id_number"]
    layout = layout_of([*names, "guarantor_id_number_document", "device_token", "device_masked"])

    assert [(x.role, x.kind, dict(x.forms)) for x in layout.links] == [
        (Role.USES, IdentifierKind.PHONE, {"value": 2}),
        (Role.USES, IdentifierKind.PHONE, {"value": 3}),
        (Role.GUARANTOR, IdentifierKind.ID_NUMBER, {"value": 4, "document": 5}),
        (Role.USES, IdentifierKind.DEVICE, {"token": 6, "masked": 7}),
    ]


@pytest.mark.parametrize(
    "names, told",
    [
        (["application", "at", "phone", "shoe_size"], "'shoe_size' means nothing"),
        (["application", "at", "phone_document", "phone"], "'phone_document' means nothing"),
        (["application", "at", "phone", "phone"], "phone stands there twice"),
        (["application", "phone"], "column at is missing"),
        (["at", "phone"], "one of the columns application, applicant"),
        (["application", "at"], "no column holds an identifier"),
        (["application", "at", "phone_masked"], "phone_masked belongs to a column that is missing"),
        (["applicant", "fraud_type"], "column marked_at is missing"),
        (["kind", "at", "reason"], "one of the columns value, token, code"),
        (["kind", "value", "at", "reason", "phone"], "'phone' means nothing"),
    ],
)
def test_columns_that_cannot_be_are_named(names: list[str], told: str) -> None:
    """Nothing is guessed, and nothing is passed over in silence."""
    with pytest.raises(ColumnsError, match=told):
        layout_of(names)


def test_a_column_is_passed_over_when_asked() -> None:
    """--ignore names it."""
    layout = layout_of(["application", "at", "phone", "shoe_size"], ["shoe_size"])
    assert len(layout.links) == 1
