"""P15 over the wire: an amount that is none is refused by name, before anything is scored."""

from __future__ import annotations

from datetime import date

import pytest
from google.type import money_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from client_examples.applications import Person, application, clean_bureau, yuan
from engine.api.converters import Converter
from engine.errors import InvalidApplication
from tests.unit.api.harness import TOKENISER
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import types_pb2

_MANY = settings(max_examples=2_000, deadline=None)
_PLACES = (
    "application.evidence[0].amount",
    "application.bureau.monthly_obligations",
    "application.bureau.loan_balance",
    "application.bureau.months[0].limit",
    "application.held_lines.lines[0].amount",
    "application.applicant.declared_monthly_income",
    "application.expected_limit",
)

_wrong = st.one_of(
    st.builds(money_pb2.Money, currency_code=st.just("CNY"), units=st.integers(-(1 << 63), -1)),
    st.builds(
        money_pb2.Money, currency_code=st.just("CNY"), units=st.integers(1 << 53, (1 << 63) - 1)
    ),
    st.builds(
        money_pb2.Money,
        currency_code=st.just("CNY"),
        units=st.integers(0, 1_000),
        nanos=st.integers(1, 9_999_999),
    ),
    st.builds(
        money_pb2.Money,
        currency_code=st.just("CNY"),
        units=st.integers(1, 1_000),
        nanos=st.integers(-999_999_999, -1),
    ),
    st.builds(
        money_pb2.Money,
        currency_code=st.sampled_from(["", "cny", "XXX", "NaN", "USD"]),
        units=st.integers(1, 1_000),
    ),
)


def _message() -> types_pb2.Application:
    asked = application(
        Person(number=1), bureau=clean_bureau(), monthly_income=9_000, expected_limit=20_000
    )
    asked.applicant.declared_monthly_income.CopyFrom(yuan(9_000))
    return asked


_REQUEST = pb.DecideRequest(request_id="r", application=_message())


def _spoilt(place: str, amount: money_pb2.Money) -> pb.DecideRequest:
    """As it comes over the wire."""
    request = pb.DecideRequest()
    request.CopyFrom(_REQUEST)
    target: object = request
    for part in place.split("."):
        name, _, index = part.partition("[")
        target = getattr(target, name)
        if index:
            target = target[int(index.rstrip("]"))]  # type: ignore[index]
    assert isinstance(target, money_pb2.Money)
    target.CopyFrom(amount)
    return pb.DecideRequest.FromString(request.SerializeToString())


@_MANY
@given(st.sampled_from(_PLACES), _wrong)
def test_p15_what_is_no_amount_never_gets_in(place: str, amount: money_pb2.Money) -> None:
    """Below zero, beyond what a double holds, fractions of a fen, mixed signs, other currencies."""
    converter = Converter(tokens=TOKENISER, today=lambda: date(2026, 11, 25))
    with pytest.raises(InvalidApplication) as refused:
        converter.application(_spoilt(place, amount))
    named = {violation.field for violation in refused.value.violations}
    # An amount in another currency is named where the currencies part.
    assert place in named or any(field.startswith("application.") for field in named)
    assert place in named or amount.currency_code == "USD"
