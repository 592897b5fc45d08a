"""Collecting what is wrong with a request: every bad field by its path, never a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import protovalidate
from google.protobuf.message import Message

from engine.errors import FieldViolation, InvalidApplication

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Problems:
    """The problems of one request, in the order found, each field and text once."""

    _found: dict[FieldViolation, None] = field(default_factory=dict)

    def add(self, path: str, description: str) -> None:
        """Note one problem. ``description`` must not repeat what the request holds."""
        self._found[FieldViolation(path, description)] = None

    def attempt(self, path: str, convert: Callable[[], _T]) -> _T | None:
        """The result of ``convert``, or ``None`` after noting the ``ValueError`` it raised."""
        with self.noting(path):
            return convert()
        return None

    @contextmanager
    def noting(self, path: str) -> Iterator[None]:
        """Note a ``ValueError`` of the block as a problem of ``path``."""
        try:
            yield
        except ValueError as error:
            self.add(path, str(error))

    def add_constraints(self, message: Message) -> None:
        """Note whatever breaks the constraints that the proto files declare."""
        for violation in protovalidate.collect_violations(message):
            proto = violation.proto
            elements = proto.field.elements if proto.field else ()
            self.add(".".join(map(_element, elements)), proto.message)

    def paths(self) -> frozenset[str]:
        """The paths that have a problem."""
        return frozenset(violation.field for violation in self._found)

    def raise_if_any(self) -> None:
        """Raise ``InvalidApplication`` with all problems, if any."""
        if self._found:
            raise InvalidApplication(tuple(self._found))


def _element(element: object) -> str:
    """``name``, or ``name[3]`` for an item of a list."""
    name = getattr(element, "field_name", "")
    subscript = getattr(element, "subscript", None)
    return name if subscript is None else f"{name}[{subscript.value}]"
