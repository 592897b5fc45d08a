"""Any message of any type, driven by its descriptor: every field type, extremes, look-alikes."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

_MAX_DEPTH = 6
_MAX_ITEMS = 3

_TEXTS = st.one_of(
    st.sampled_from(
        [
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
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)


def _whole(bits: int, *, signed: bool) -> st.SearchStrategy[int]:
    least, most = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return st.one_of(
        st.sampled_from([least, most, 0, 1]), st.integers(0, 3000), st.integers(least, most)
    )


_SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.CPPTYPE_INT32: _whole(32, signed=True),
    FieldDescriptor.CPPTYPE_INT64: _whole(64, signed=True),
    FieldDescriptor.CPPTYPE_UINT32: _whole(32, signed=False),
    FieldDescriptor.CPPTYPE_UINT64: _whole(64, signed=False),
    FieldDescriptor.CPPTYPE_DOUBLE: st.floats(),
    FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32),
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
    FieldDescriptor.CPPTYPE_ENUM: st.one_of(st.integers(0, 7), _whole(32, signed=True)),
}


def messages(descriptor: Descriptor, depth: int = _MAX_DEPTH) -> st.SearchStrategy[Message]:
    """Messages of that type, parts of them left unset."""
    return st.composite(_draw)(descriptor, depth)


def _draw(draw: st.DrawFn, descriptor: Descriptor, depth: int) -> Message:
    message = GetMessageClass(descriptor)()
    for field in descriptor.fields:
        if field.message_type is not None and depth == 0:
            continue
        if not draw(st.integers(0, 3)):  # three quarters are set: else little gets far
            continue
        _fill(draw, message, field, depth)
    return message


def _fill(draw: st.DrawFn, message: Message, field: FieldDescriptor, depth: int) -> None:
    value = _value(field, depth)
    if field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(value, max_size=_MAX_ITEMS)))
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(draw(value))
    else:
        setattr(message, field.name, draw(value))


def _value(field: FieldDescriptor, depth: int) -> st.SearchStrategy[Any]:
    if field.message_type is not None:
        return messages(field.message_type, depth - 1)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=40)
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return _TEXTS
    return _SCALARS[field.cpp_type]
