"""Any message of any type, driven by its descriptor: every field type, extremes, look-alikes.

Drawn as a whole from one seed: value by value Hypothesis takes ten times as long.
"""

from __future__ import annotations

import math
import random
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

_MAX_DEPTH = 6
_MAX_ITEMS = 3

_TEXTS = [
    "",
    "classic",
    "mobile",
    "mass",
    "zh",
    "en",
    "CNY",
    "dec_1",
    "request-1",
    "13812345678",
    "+86 138 1234 5678",
    "１３８１２３４５６７８",  # noqa: RUF001 - as an input method gives it
    "раyраl@example.com",  # noqa: RUF001 - Cyrillic look-alikes
    "a\u200bb",
    "\u202e",
    "\x00",
    "\ufffd" * 50,
    "A\u0301" * 20,
    "192.0.2.1",
    "::ffff:192.0.2.1",
    "x" * 300,
]


def messages(descriptor: Descriptor) -> st.SearchStrategy[Message]:
    """Messages of that type, parts of them left unset."""
    return st.integers(0, 2**64 - 1).map(
        lambda seed: _message(random.Random(seed), descriptor, _MAX_DEPTH)
    )


def _message(chance: random.Random, descriptor: Descriptor, depth: int) -> Message:
    message = GetMessageClass(descriptor)()
    for field in descriptor.fields:
        if field.message_type is not None and depth == 0:
            continue
        if chance.random() < 0.25:  # three quarters are set: else little gets far
            continue
        _fill(chance, message, field, depth)
    return message


def _fill(chance: random.Random, message: Message, field: FieldDescriptor, depth: int) -> None:
    if field.is_repeated:
        values = [_value(chance, field, depth) for _ in range(chance.randint(0, _MAX_ITEMS))]
        getattr(message, field.name).extend(values)
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(_value(chance, field, depth))
    else:
        setattr(message, field.name, _value(chance, field, depth))


def _value(chance: random.Random, field: FieldDescriptor, depth: int) -> Any:
    if field.message_type is not None:
        return _message(chance, field.message_type, depth - 1)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return chance.randbytes(chance.randint(0, 40))
    return _SCALARS[field.cpp_type](chance)


_FLOATS = (0.0, -0.0, 1.0, 0.5, -1.0, math.nan, math.inf, -math.inf)


def _whole(least: int, most: int) -> Callable[[random.Random], int]:
    def draw(chance: random.Random) -> int:
        edge = chance.choice((least, most, 0, 1))
        return chance.choice((edge, chance.randint(0, 3000), chance.randint(least, most)))

    return draw


def _choice_of_enum(chance: random.Random) -> int:
    return chance.choice((chance.randint(0, 7), chance.randint(-(2**31), 2**31 - 1)))


def _double(chance: random.Random) -> float:
    anything: float = struct.unpack("<d", chance.randbytes(8))[0]
    tiny, huge = sys.float_info.min, sys.float_info.max
    return chance.choice((*_FLOATS, tiny, huge, -huge, chance.uniform(-1e6, 1e6), anything))


def _float(chance: random.Random) -> float:
    anything: float = struct.unpack("<f", chance.randbytes(4))[0]
    return chance.choice((*_FLOATS, anything))


def _text(chance: random.Random) -> str:
    """As often as not one of the list, else any characters that UTF-8 can carry."""
    if chance.random() < 0.5:
        return chance.choice(_TEXTS)
    most = chance.choice((0x7F, 0x2FFF, sys.maxunicode))
    points = (chance.randint(0, most) for _ in range(chance.randint(0, 40)))
    return "".join(chr(point) for point in points if not 0xD800 <= point <= 0xDFFF)


_SCALARS: Mapping[int, Callable[[random.Random], Any]] = {
    FieldDescriptor.CPPTYPE_INT32: _whole(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: _whole(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: _whole(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: _whole(0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_DOUBLE: _double,
    FieldDescriptor.CPPTYPE_FLOAT: _float,
    FieldDescriptor.CPPTYPE_BOOL: lambda chance: chance.random() < 0.5,
    FieldDescriptor.CPPTYPE_ENUM: _choice_of_enum,
    FieldDescriptor.CPPTYPE_STRING: _text,
}
