"""Suppositions: facts set by hand, for what-if questions, test cases and counter-examples.

A supposition is a path of the vocabulary, or ``lists.NAME``, and its value; ``None`` is "nobody
knows". It wins over whatever the application, the sources or the scorecard say, also where the
line is computed. Decisions of the service never suppose anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.errors import TouchstoneError
from engine.rules import Signals, Standing, vocabulary
from touchstone.v1 import facts_pb2

#: ``graph.neighbours`` takes mappings of the fields of a neighbour.
Value = bool | int | float | str | tuple[str, ...] | tuple[Mapping[str, object], ...]
Suppose = Mapping[str, Value | None]

NOTHING: Suppose = {}

_KINDS: Mapping[str, tuple[type, ...]] = {
    "bool": (bool,),
    "int": (int,),
    "double": (int, float),
    "string": (str,),
}
_INT64 = 2**63
_LISTS = f"{vocabulary.LISTS}."


class SuppositionRefused(TouchstoneError):
    """No fact can have this value."""

    reason = "SUPPOSITION"

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}")


def refuse_impossible(suppose: Suppose) -> None:
    """Raise ``SuppositionRefused`` for the first path or value that no facts can hold."""
    for path, value in suppose.items():
        _refuse(path, value)


def _refuse(path: str, value: Value | None) -> None:
    if path.startswith(_LISTS):
        if not (value is None or isinstance(value, bool)):
            raise SuppositionRefused(path, "must be true, false or unknown")
        return
    field = vocabulary.fields().get(path)
    if field is None:
        raise SuppositionRefused(path, "is not in the vocabulary")
    if value is None:
        if field.known_by != path:
            raise SuppositionRefused(path, "is always known, or known with another field")
        return
    if field.type.startswith("list("):
        if not isinstance(value, tuple):
            raise SuppositionRefused(path, "must be a list")
        return
    good = isinstance(value, _KINDS[field.type]) and (
        field.type == "bool" or not isinstance(value, bool)
    )
    if not good or (field.type == "int" and not -_INT64 <= int(str(value)) < _INT64):
        raise SuppositionRefused(path, f"must be of type {field.type}")


def suppose_lists(standing: Standing, suppose: Suppose) -> Standing:
    """The standing with supposed lists (``lists.NAME``) as supposed."""
    told = {
        path.removeprefix(_LISTS): value
        for path, value in suppose.items()
        if path.startswith(_LISTS)
    }
    lists = standing.lists
    true = (lists.true - told.keys()) | {name for name, value in told.items() if value is True}
    unknown = (lists.unknown - told.keys()) | {n for n, value in told.items() if value is None}
    return replace(standing, lists=Signals(frozenset(true), frozenset(unknown)))


def apply(facts: facts_pb2.Facts, suppose: Suppose) -> None:
    """Set or clear every supposed field."""
    for path, value in suppose.items():
        if path.startswith(_LISTS):
            continue
        *parents, name = path.split(".")
        message: Any = facts
        for parent in parents:
            message = getattr(message, parent)
        if value is None:
            message.ClearField(name)
        elif isinstance(value, tuple):
            message.ClearField(name)
            _extend(getattr(message, name), value)
        elif vocabulary.fields()[path].known_by == path:
            getattr(message, name).value = value
        else:
            setattr(message, name, value)


def _extend(repeated: Any, items: tuple[Any, ...]) -> None:  # noqa: ANN401 - two kinds of list
    for item in items:
        if isinstance(item, Mapping):
            repeated.add(**item)
        else:
            repeated.append(item)
