"""Canonical bytes: what was encoded comes back equal, and equal values give equal bytes."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codec import decode, decode_event, encode, encode_event
from engine.model import Admission
from engine.outcome import Decision, Gathered
from engine.record import DecisionRecord
from graph.model import ApplicationProjected, FraudMarked, GraphEvent, RingsFound, SharingDeclared

_FINITE = st.floats(allow_nan=False, allow_infinity=False)
_VALUES: tuple[type[object], ...] = (Admission, Gathered, Decision, DecisionRecord)
_EVENTS: tuple[type[GraphEvent], ...] = (
    ApplicationProjected,
    FraudMarked,
    RingsFound,
    SharingDeclared,
)
st.register_type_strategy(float, _FINITE)
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
st.register_type_strategy(date, st.dates())


@settings(max_examples=60)
@given(st.one_of([st.builds(kind) for kind in _VALUES]))
def test_a_value_survives_encoding(value: object) -> None:
    """Floats exactly, tuples as tuples, enums as enums."""
    data = encode(value)

    assert value == decode(data, type(value))
    assert data == encode(decode(data, type(value)))


@given(st.one_of([st.builds(kind) for kind in _EVENTS]))
def test_an_event_survives_the_outbox(event: GraphEvent) -> None:
    """With its kind beside it."""
    assert event == decode_event(*encode_event(event))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_json_cannot_hold_does_not_come_back_as_something_else(value: float) -> None:
    """Reading it is refused."""
    holder = dataclasses.make_dataclass("Holder", [("x", float)], frozen=True)

    with pytest.raises(ValueError, match="float"):
        decode(encode(holder(value)), holder)


def test_an_event_of_an_unknown_kind_is_refused() -> None:
    """A newer version wrote it; guessing would lose it."""
    with pytest.raises(ValueError, match="unknown kind"):
        decode_event("later_invention", b"{}")
