"""What is read from a request, and what is refused, always by the path of the field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from engine.api.converters import Converter
from engine.errors import InvalidApplication
from engine.model import IdentifierKind, LineKind, Role, SharedLine, VerificationStatus
from tests.unit.api.harness import TOKENISER
from tests.unit.api.requests import day, full_request, yuan
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import types_pb2

TODAY = date(2026, 11, 15)
CONVERTER = Converter(TOKENISER, lambda: TODAY)


def _told(request: pb.DecideRequest) -> dict[str, str]:
    with pytest.raises(InvalidApplication) as refused:
        CONVERTER.application(request)
    return {violation.field: violation.description for violation in refused.value.violations}


def test_a_full_application_is_read_exactly() -> None:
    """Amounts in minor units, dates as dates, unset as unknown."""
    application = CONVERTER.application(full_request())

    assert application.currency == "CNY"
    assert application.expected_limit_minor == 2_000_000
    assert application.applicant.declared_income_minor == 1_200_000
    assert date(1990, 5, 17) == application.applicant.birth_date
    assert application.applicant.id_document_kind == "cn_resident_id"
    assert application.bureau is not None
    assert application.bureau.months
    assert application.held_lines is not None
    assert application.held_lines.elsewhere_minor == 2_000_000
    assert [proof.status for proof in application.evidence] == [VerificationStatus.VERIFIED]


def test_links_carry_roles_and_are_sorted_and_deduplicated() -> None:
    """The same phone twice is one link; the order does not depend on that of the request."""
    request = full_request()
    applicant = request.application.applicant
    applicant.phones.append("+86 " + applicant.phones[0])
    links = CONVERTER.application(request).links
    turned = full_request()
    turned.application.applicant.phones[:] = list(reversed(applicant.phones))

    assert links == CONVERTER.application(turned).links
    assert [link.role for link in links if link.role is not Role.USES] == [
        Role.GUARANTOR,
        Role.REFERRER,
        Role.CONTACT,
    ]
    own = [link.identifier.kind for link in links if link.role is Role.USES]
    assert list(IdentifierKind) == own


def test_nothing_raw_is_left_in_the_application() -> None:
    """Identifiers are tokens from here on."""
    request = full_request()
    read = repr(CONVERTER.application(request))

    applicant = request.application.applicant
    for raw in (
        applicant.full_name,
        applicant.id_document.number,
        *applicant.phones,
        *applicant.emails,
        *applicant.bank_accounts,
        applicant.addresses[0].text,
        applicant.employer.name,
        request.application.session.ip,
        request.application.session.device_fingerprint,
    ):
        assert raw not in read


def test_what_is_unset_is_unknown_and_not_zero() -> None:
    """No bureau, no lines and no expectation are not "none"."""
    request = full_request()
    for field in ("bureau", "held_lines", "expected_limit", "relations", "session"):
        request.application.ClearField(field)
    application = CONVERTER.application(request)

    assert application.bureau is None
    assert application.held_lines is None
    assert application.expected_limit_minor is None
    assert application.session.emulator is None
    assert not application.supplementary


def test_an_application_without_amounts_has_no_currency() -> None:
    """The policy's own currency applies then."""
    request = full_request()
    for field in ("bureau", "held_lines", "expected_limit", "evidence"):
        request.application.ClearField(field)
    request.application.applicant.ClearField("declared_monthly_income")

    assert CONVERTER.application(request).currency == ""


def test_empty_held_lines_say_that_there_are_none() -> None:
    """An empty list is knowledge."""
    request = full_request()
    request.application.held_lines.ClearField("lines")
    held = CONVERTER.application(request).held_lines

    assert held is not None
    assert (held.own_minor, held.elsewhere_minor) == (0, 0)


Spoil = Callable[[types_pb2.Application], object]


@pytest.mark.parametrize(
    "spoil, path",
    [
        (lambda a: a.expected_limit.CopyFrom(yuan(0)), "expected_limit"),
        (lambda a: a.expected_limit.CopyFrom(yuan(-1)), "expected_limit"),
        (lambda a: a.expected_limit.CopyFrom(yuan(1, 1)), "expected_limit"),
        (lambda a: a.expected_limit.CopyFrom(yuan(1, -10_000_000)), "expected_limit"),
        (lambda a: a.expected_limit.CopyFrom(yuan(1 << 62)), "expected_limit"),
        (lambda a: setattr(a.expected_limit, "currency_code", "cny"), "expected_limit"),
        (
            lambda a: a.held_lines.lines[0].amount.CopyFrom(yuan(-1)),
            "held_lines.lines[0].amount",
        ),
        (
            lambda a: setattr(a.bureau.months[2].limit, "units", -1),
            "bureau.months[2].limit",
        ),
        (lambda a: a.bureau.reported_on.CopyFrom(day(2026, 11, 17)), "bureau.reported_on"),
        (lambda a: a.evidence[0].issued_on.CopyFrom(day(2026, 2, 30)), "evidence[0].issued_on"),
        (lambda a: a.evidence.append(a.evidence[0]), "evidence[1].evidence_id"),
        (lambda a: a.applicant.birth_date.CopyFrom(day(1990, 5, 18)), "applicant.birth_date"),
        (lambda a: a.applicant.birth_date.CopyFrom(day(1890, 5, 17)), "applicant.birth_date"),
        (lambda a: a.applicant.birth_date.CopyFrom(day(2026, 0, 0)), "applicant.birth_date"),
        (
            lambda a: a.applicant.birth_date.CopyFrom(day(2_000_000_000, 1, 1)),
            "applicant.birth_date",
        ),
        (lambda a: a.applicant.phones.append("call-me-maybe"), "applicant.phones[1]"),
        (lambda a: a.applicant.emails.append("no-at-sign"), "applicant.emails[1]"),
        (lambda a: a.applicant.addresses.add(text="..."), "applicant.addresses[1].text"),
        (lambda a: a.applicant.bank_accounts.append("####"), "applicant.bank_accounts[1]"),
        (lambda a: a.applicant.other_names.append("x\x00y"), "applicant.other_names[0]"),
        (
            lambda a: setattr(a.applicant.employer, "unified_social_credit_code", "A" * 18),
            "applicant.employer.unified_social_credit_code",
        ),
        (
            lambda a: setattr(a.applicant.id_document, "number", "110101199005170000"),
            "applicant.id_document.number",
        ),
        (
            lambda a: a.applicant.id_document.expires_on.CopyFrom(day(2030, 13, 1)),
            "applicant.id_document.expires_on",
        ),
        (lambda a: setattr(a.session, "ip", "999.1.1.1"), "session.ip"),
        (lambda a: setattr(a.session, "device_fingerprint", "\x00"), "session.device_fingerprint"),
        (lambda a: setattr(a.relations.guarantor, "phone", "12"), "relations.guarantor.phone"),
        (lambda a: a.relations.emergency_contacts.add(), "relations.emergency_contacts[1]"),
        (
            lambda a: setattr(a.relations.referrer.id_document, "number", "!!!!"),
            "relations.referrer.id_document.number",
        ),
    ],
)
def test_a_bad_field_is_named_by_its_path(spoil: Spoil, path: str) -> None:
    """Exactly that field, and no other."""
    request = full_request()
    spoil(request.application)

    assert [f"application.{path}"] == list(_told(request))


def test_a_second_currency_is_refused() -> None:
    """All amounts of a request are in one currency."""
    request = full_request()
    request.application.bureau.loan_balance.CopyFrom(yuan(5))
    request.application.bureau.loan_balance.currency_code = "USD"

    assert _told(request) == {
        "application.bureau.loan_balance": "is in USD, other amounts in CNY: all amounts of a "
        "request must be in one currency"
    }


def test_the_slip_is_told_not_the_many_amounts_beside_it() -> None:
    """The first amount that is read does not make all others wrong."""
    request = full_request()
    request.application.expected_limit.currency_code = "USD"

    assert list(_told(request)) == ["application.expected_limit"]


def test_each_other_currency_is_told_once() -> None:
    """At its first amount, with how many more there are; real faults are not pushed out."""
    request = full_request()
    request.application.expected_limit.currency_code = "USD"
    for month in request.application.bureau.months[:2]:
        month.balance.currency_code = "EUR"
    request.application.bureau.loan_balance.units = -1

    told = _told(request)
    assert sorted(told) == [
        "application.bureau.loan_balance",
        "application.bureau.months[0].balance",
        "application.expected_limit",
    ]
    assert "as are 1 more" in told["application.bureau.months[0].balance"]


def test_sums_are_bounded_as_single_amounts_are() -> None:
    """Two amounts that pass alone may not pass together."""
    request = full_request()
    line = request.application.held_lines.lines[0]
    line.amount.units = 60_000_000_000_000
    request.application.held_lines.lines.append(line)

    assert _told(request) == {"application.held_lines": "the sum is too large"}


def test_a_credit_balance_may_be_below_zero() -> None:
    """A bureau month's balance is the one amount that may."""
    request = full_request()
    request.application.bureau.months[0].balance.CopyFrom(yuan(-3, -500_000_000))
    bureau = CONVERTER.application(request).bureau

    assert bureau is not None
    assert bureau.months[0].balance_minor == -350


def test_problems_of_the_proto_and_of_the_converter_come_together() -> None:
    """All at once, at most twenty, so that a caller corrects a request once."""
    request = full_request()
    request.request_id = "no spaces"
    request.application.product = "Classic"
    request.application.applicant.phones.append("call-me-maybe")

    assert {
        "request_id",
        "application.product",
        "application.applicant.phones[1]",
    } == set(_told(request))


def test_at_most_twenty_problems_are_told() -> None:
    """More would not fit into the metadata of an answer."""
    request = full_request()
    for _ in range(24):
        request.application.bureau.months.add()

    assert len(_told(request)) == 20


@pytest.mark.parametrize("between", ["", " ", "-"])
def test_the_id_number_must_confirm_the_birth_date_however_it_is_written(between: str) -> None:
    """Spaces do not switch the check off, nor make it fail."""
    right = full_request()
    number = right.application.applicant.id_document.number
    written = between.join([number[:6], number[6:14], number[14:]])
    right.application.applicant.id_document.number = written
    wrong = full_request()
    wrong.application.applicant.id_document.number = written
    wrong.application.applicant.birth_date.day += 1

    assert date(1990, 5, 17) == CONVERTER.application(right).applicant.birth_date
    assert _told(wrong) == {"application.applicant.birth_date": "does not agree with the ID number"}


_CARD = "dec_" + "0123456789abcdef" * 2


def test_a_supplementary_card_names_the_primary_ones_decision() -> None:
    """What is no decision's id may be an account's number, and is not kept."""
    request = full_request()
    request.application.relations.primary_card = _CARD
    told = CONVERTER.application(request)
    request.application.relations.primary_card = "6222020200012345678"
    strange = CONVERTER.application(request)

    assert SharedLine(kind=LineKind.SUPPLEMENTARY, parent=_CARD) == told.shares
    assert SharedLine(kind=LineKind.SUPPLEMENTARY, parent="") == strange.shares
    assert told.supplementary
    assert strange.supplementary
    assert "6222020200012345678" not in repr(strange)


def test_a_raise_names_the_card_its_last_day_and_the_line_it_has() -> None:
    """Only a line held here that names the same decision is that line."""
    request = full_request()
    request.application.temporary.parent = _CARD
    request.application.temporary.until.CopyFrom(day(2026, 12, 31))
    own, elsewhere = types_pb2.LINE_HOLDER_OWN, types_pb2.LINE_HOLDER_ELSEWHERE
    for holder, named in ((own, _CARD), (own, "dec_other"), (own, ""), (elsewhere, _CARD)):
        request.application.held_lines.lines.add(
            holder=holder, amount=yuan(1_000), decision_id=named
        )
    told = CONVERTER.application(request)

    assert told.shares == SharedLine(
        kind=LineKind.TEMPORARY, parent=_CARD, until=date(2026, 12, 31)
    )
    assert told.kind is LineKind.TEMPORARY
    assert not told.supplementary
    assert told.held_lines is not None
    assert (told.held_lines.own_minor, told.held_lines.parent_minor) == (300_000, 100_000)
    request.application.temporary.ClearField("until")
    assert CONVERTER.application(request).shares == SharedLine(
        kind=LineKind.TEMPORARY, parent=_CARD
    )


def test_a_raise_that_cannot_be_is_refused_by_its_field() -> None:
    """Of a supplementary card, in the past, until half a date, of no card."""
    request = full_request()
    request.application.relations.primary_card = _CARD
    request.application.temporary.until.CopyFrom(day(2026, 11, 13))

    told = _told(request)
    assert told["application.temporary.until"] == "must not be in the past"
    assert "relations.primary_card" in told["application.temporary"]
    assert "application.temporary.parent" in told
    request.application.temporary.until.day = 0
    assert "full date" in _told(request)["application.temporary.until"]
