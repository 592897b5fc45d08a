"""The vocabulary of conditions, read from the descriptor of ``touchstone.v1.Facts``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from touchstone.v1 import facts_pb2

#: Roots beside the fields of ``facts.proto``: what rules signal, which lists the applicant is on,
#: and what the policy itself defines.
SIGNALS, LISTS, NAMED, PARAMS = "signals", "lists", "named", "params"
BUNDLE_ROOTS = (SIGNALS, LISTS, NAMED, PARAMS)
SCORE, FRAUD_SCORE = "score", "fraud_score"
#: Which gathered source supplies a root of the vocabulary; the others come with the request.
SOURCE_OF_ROOT = {"history": "history", "parent": "history", "graph": "graph"}
#: Sources that a strategy may declare.
KNOWN_SOURCES = ("graph", "history")

_WRAPPERS = {
    "google.protobuf.BoolValue": "bool",
    "google.protobuf.DoubleValue": "double",
    "google.protobuf.Int64Value": "int",
    "google.protobuf.StringValue": "string",
}
_SCALARS = {
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_DOUBLE: "double",
    FieldDescriptor.TYPE_INT64: "int",
    FieldDescriptor.TYPE_STRING: "string",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its path, CEL type, and the path whose presence makes it known ("" always)."""

    path: str
    type: str
    known_by: str


@cache
def roots() -> tuple[str, ...]:
    """The variables of conditions, except ``signals``."""
    return tuple(item.name for item in facts_pb2.Facts.DESCRIPTOR.fields)


@cache
def fields() -> Mapping[str, Field]:
    """Every readable field by path: scalars, wrappers and lists."""
    found: dict[str, Field] = {}
    _collect(facts_pb2.Facts.DESCRIPTOR, "", found)
    return found


def members(message: str) -> tuple[str, ...]:
    """The fields of a message of the vocabulary, by its full name."""
    known = facts_pb2.DESCRIPTOR.message_types_by_name
    found = known.get(message.rpartition(".")[2])
    return tuple(item.name for item in found.fields) if found is not None else ()


def _collect(
    message: Any,  # noqa: ANN401 - protobuf's two descriptor classes
    prefix: str,
    found: dict[str, Field],
) -> None:
    for item in message.fields:
        path = f"{prefix}{item.name}"
        if item.is_repeated:
            found[path] = Field(path, f"list({_element(item)})", _known_by(item, prefix))
        elif item.message_type is None:
            found[path] = Field(path, _SCALARS[item.type], "")
        elif item.message_type.full_name in _WRAPPERS:
            found[path] = Field(path, _WRAPPERS[item.message_type.full_name], path)
        else:
            _collect(item.message_type, f"{path}.", found)


def _known_by(item: FieldDescriptor, prefix: str) -> str:
    sibling: str = item.GetOptions().Extensions[facts_pb2.known_by]  # type: ignore[index]
    return f"{prefix}{sibling}" if sibling else ""


def _element(item: FieldDescriptor) -> str:
    """The type of a list's element. Its own fields must always be known (see ``Member``)."""
    if item.message_type is None:
        return _SCALARS[item.type]
    for inner in item.message_type.fields:
        if inner.message_type is not None:
            raise TypeError(f"{inner.full_name}: a list's elements hold only plain scalars")
    return str(item.message_type.full_name)


@cache
def presence_test(path: str) -> Callable[[Any], bool]:
    """A function that tells whether a wrapper field of a ``Facts`` is set."""
    parent, _, name = path.rpartition(".")
    reach = attrgetter(parent)

    def test(facts: Any) -> bool:  # noqa: ANN401 - a Facts
        return bool(reach(facts).HasField(name))

    return test


@cache
def getter(path: str) -> Callable[[Any], Any]:
    """A function that reads a field of a ``Facts``; a wrapper must be set."""
    wrapped = fields()[path].known_by == path
    return attrgetter(f"{path}.value" if wrapped else path)
