"""Canonical bytes of domain values: the same value gives the same bytes, everywhere.

JSON with fields in the order of declaration, no white space, enums by value, floats at full
precision. Decoding is strict: a wrong type or an unknown enum value is a ``ValueError``.
"""

from __future__ import annotations

import dataclasses
import math
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from graph.model import ApplicationProjected, FraudMarked, GraphEvent, RingsFound, SharingDeclared

_T = TypeVar("_T")
_EVENTS: dict[str, type[Any]] = {
    "application": ApplicationProjected,
    "fraud_mark": FraudMarked,
    "sharing": SharingDeclared,
    "rings": RingsFound,
}
_EVENT_NAMES = {kind: name for name, kind in _EVENTS.items()}
_DECODERS: dict[type[Any], msgspec.json.Decoder[Any]] = {}
_ENCODER = msgspec.json.Encoder(order="deterministic")
_PACKED = ".z"
_LONGEST_PACKED = 1 << 20


def encode(value: object) -> bytes:
    """The canonical bytes. ``ValueError`` for NaN and infinities: JSON would make them null."""
    _require_finite(value)
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


def pack_event(event: GraphEvent) -> tuple[str, bytes]:
    """The same in about half the bytes: tokens are hexadecimal, and most of an event is names."""
    kind, body = encode_event(event)
    return kind + _PACKED, zlib.compress(body, 1)


def decode_event(kind: str, data: bytes) -> GraphEvent:
    """The event, packed or not. ``ValueError`` for an unknown kind, which a newer version wrote."""
    name = kind.removesuffix(_PACKED)
    if name not in _EVENTS:
        raise ValueError(f"unknown kind of graph event: {kind}")
    event: GraphEvent = decode(data if name == kind else _unpacked(data), _EVENTS[name])
    return event


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        body = unpacker.decompress(data, _LONGEST_PACKED)
    except zlib.error:
        raise ValueError("a packed graph event was altered") from None
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("a packed graph event was altered, or is too long")
    return body


def _require_finite(value: object) -> None:
    """Only looks where the types allow a float: of a whole decision that is one field."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a float is not finite: JSON cannot hold it")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for name in _fields_with_floats(type(value)):
            _require_finite(getattr(value, name))
    elif isinstance(value, Mapping):
        _require_all_finite(value.values())
    elif isinstance(value, list | tuple | set | frozenset):
        _require_all_finite(value)


def _require_all_finite(values: Iterable[object]) -> None:
    for value in values:
        _require_finite(value)


@cache
def _fields_with_floats(kind: type[Any]) -> tuple[str, ...]:
    return tuple(name for name, hint in get_type_hints(kind).items() if _may_hold_float(hint))


def _may_hold_float(hint: Any) -> bool:  # noqa: ANN401 - annotations have no common type
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return bool(_fields_with_floats(hint))
    arguments = get_args(hint)
    return hint in (float, object, Any) or any(_may_hold_float(part) for part in arguments)
