"""What people call the fields of the vocabulary, and how their numbers are spoken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any, Literal

from touchstone.v1 import facts_pb2

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Unit(IntEnum):
    """What a number counts; the numbers are those of ``touchstone.v1.Unit``."""

    NONE = 0
    MONEY = 1
    DAYS = 2
    MONTHS = 3
    YEARS = 4
    COUNT = 5
    SHARE = 6
    POINTS = 7
    NUMBER = 8
    DATE = 9


@dataclass(frozen=True, slots=True)
class Label:
    """A field's name in both languages; for a bool, the statement that is true with it."""

    en: str
    zh: str
    unit: Unit = Unit.NONE

    def text(self, language: Language) -> str:
        """The name in a language."""
        return self.zh if language == "zh" else self.en


@cache
def label(path: str) -> Label:
    """The label of a vocabulary path, such as ``graph.device.fraud``; or of a signal or list.

    A path without labels is its own label, so that everything can be spoken.
    """
    root, _, name = path.partition(".")
    if root == "signals":
        return Label(f"signal {name} is set", f"已有信号 {name}")
    if root == "lists":
        return Label(f"the applicant is on list {name}", f"申请人是名单 {name} 成员")
    message: Any = facts_pb2.Facts.DESCRIPTOR
    holder: Label | None = None
    for part in path.split("."):
        field = message.fields_by_name.get(part) if message is not None else None
        if field is None:
            return Label(path, path)
        found = _own(field)
        holder = _within(found, holder) if holder is not None else found
        message = field.message_type
    return holder if holder is not None else Label(path, path)


@cache
def member_label(message: str, field: str) -> Label:
    """The label of a field of a list's elements, by the message's full name."""
    known = facts_pb2.DESCRIPTOR.message_types_by_name.get(message.rpartition(".")[2])
    found = known.fields_by_name.get(field) if known is not None else None
    return _own(found) if found is not None else Label(field, field)


def _own(field: Any) -> Label:  # noqa: ANN401 - protobuf's two descriptor classes
    options = field.GetOptions()
    told = options.Extensions[facts_pb2.label]
    unit = Unit(options.Extensions[facts_pb2.unit])
    return Label(told.en or field.name, told.zh or told.en or field.name, unit)


def _within(inner: Label, holder: Label) -> Label:
    """``{}`` of a shared message's field stands for the name of the field that holds it."""
    return Label(inner.en.replace("{}", holder.en), inner.zh.replace("{}", holder.zh), inner.unit)
