"""Canonical bytes of domain values: the same value gives the same bytes, everywhere.

JSON with fields in the order of declaration, no white space, enums by value, floats at full
precision. Decoding is strict: a wrong type or an unknown enum value is a ``ValueError``.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from graph.model import ApplicationProjected, FraudMarked, GraphEvent, SharingDeclared

_T = TypeVar("_T")
_EVENTS: dict[str, type[Any]] = {
    "application": ApplicationProjected,
    "fraud_mark": FraudMarked,
    "sharing": SharingDeclared,
}
_EVENT_NAMES = {kind: name for name, kind in _EVENTS.items()}
_DECODERS: dict[type[Any], msgspec.json.Decoder[Any]] = {}
_ENCODER = msgspec.json.Encoder(order="deterministic")


def encode(value: object) -> bytes:
    """The canonical bytes. NaN and infinities become null, which ``decode`` refuses."""
    return _ENCODER.encode(value)


def decode(data: bytes, kind: type[_T]) -> _T:
    """The value of that type. ``ValueError`` if the bytes are not one."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    value: _T = decoder.decode(data)
    return value


def encode_event(event: GraphEvent) -> tuple[str, bytes]:
    """A graph event as its kind and its bytes."""
    return _EVENT_NAMES[type(event)], encode(event)


def decode_event(kind: str, data: bytes) -> GraphEvent:
    """The event. ``ValueError`` for an unknown kind, which a newer version wrote."""
    if kind not in _EVENTS:
        raise ValueError(f"unknown kind of graph event: {kind}")
    event: GraphEvent = decode(data, _EVENTS[kind])
    return event
