"""What the columns of a file mean, from their names. A name that means nothing is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from engine.errors import TouchstoneError
from engine.model import IdentifierKind, Role

_KINDS = "|".join(kind.value for kind in IdentifierKind)
_LINK = re.compile(
    rf"(?:(guarantor|referrer|contact)_)?({_KINDS})(?:_(token|masked|document|code))?(?:_(\d+))?"
)
# Whole numbers of microseconds stand in columns of their own.
_MICROSECONDS = {
    "at_us": ("at", "marked_at"),
    "marked_at_us": ("marked_at",),
    "fraud_at_us": ("fraud_at",),
}
_ONLY_FOR = {"document": IdentifierKind.ID_NUMBER, "code": IdentifierKind.EMPLOYER}

_WITH: Mapping[str, str] = {"masked": "token", "document": "value"}


class ColumnsError(TouchstoneError):
    """The columns are not those of any file that can be loaded."""

    reason = "COLUMNS_UNKNOWN"


class Content(Enum):
    """What a line is. The value: the columns it must have, and those it may have besides."""

    APPLICATIONS = (("at",), ("application", "applicant", "status"))
    LINKS = (("at", "role", "kind", "key"), ("application", "applicant", "status", "masked"))
    MARKS = (("marked_at", "fraud_type"), ("application", "applicant", "fraud_at", "cleared"))
    SHARING = (("kind", "at", "reason"), ("value", "token", "document", "code"))

    @property
    def told(self) -> str:
        """For people."""
        others = {
            "LINKS": "links",
            "MARKS": "fraud marks",
            "SHARING": "shared identifiers",
        }
        return others.get(self.name, "applications")


@dataclass(slots=True)
class LinkColumns:
    """The columns that make one link: their places by form, "value", "token", "masked",
    "document" or "code".
    """

    role: Role
    kind: IdentifierKind
    forms: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each thing stands in a line. ``names``: the columns in their order."""

    content: Content
    names: tuple[str, ...]
    fields: dict[str, int]
    links: tuple[LinkColumns, ...]


def layout_of(names: Sequence[str], ignored: Sequence[str] = ()) -> Layout:
    """The layout of these columns. Raises ``ColumnsError``, naming the column."""
    names = tuple(name.strip() for name in names)
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ColumnsError(f"column {doubled[0]} stands there twice")
    content = _content(names)
    needed, optional = content.value
    fields: dict[str, int] = {}
    links: dict[tuple[str, str, str], LinkColumns] = {}
    for place, name in enumerate(names):
        if name in ignored:
            continue
        field_name = _field(name, (*needed, *optional))
        if field_name in fields:
            raise ColumnsError(f"column {name} says the same as another")
        if field_name:
            fields[field_name] = place
        elif content is not Content.APPLICATIONS or not _add_link(links, name, place):
            raise ColumnsError(
                f"column {name!r} means nothing in a file of {content.told}; rename it, or name it "
                "with --ignore"
            )
    layout = Layout(content, names, fields, tuple(links.values()))
    _require(layout, needed)
    return layout


def _field(name: str, fields: Sequence[str]) -> str:
    """The field that the column holds; "" if none."""
    found = [field for field in _MICROSECONDS.get(name, (name,)) if field in fields]
    return found[0] if found else ""


def _content(names: tuple[str, ...]) -> Content:
    if "fraud_type" in names:
        return Content.MARKS
    if "reason" in names:
        return Content.SHARING
    return Content.LINKS if "role" in names and "key" in names else Content.APPLICATIONS


def _add_link(links: dict[tuple[str, str, str], LinkColumns], name: str, place: int) -> bool:
    match = _LINK.fullmatch(name)
    if match is None:
        return False
    role, kind, form, number = match.groups()
    if form in _ONLY_FOR and _ONLY_FOR[form] != kind:
        return False
    columns = links.setdefault(
        (role or "", kind, number or ""),
        LinkColumns(Role(role) if role else Role.USES, IdentifierKind(kind)),
    )
    columns.forms[form or "value"] = place
    return True


def _require(layout: Layout, needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in layout.fields]
    if missing:
        raise ColumnsError(f"column {missing[0]} is missing in a file of {layout.content.told}")
    if layout.content is Content.SHARING:
        _require_one_of(layout, ("value", "token", "code"))
        return
    _require_one_of(layout, ("application", "applicant"))
    if layout.content is Content.APPLICATIONS and not layout.links:
        raise ColumnsError(
            "no column holds an identifier; name them phone, phone_2, id_number, device_token, "
            "guarantor_phone and so on"
        )
    for columns in layout.links:
        _require_whole(layout, columns)


def _require_one_of(layout: Layout, names: tuple[str, ...]) -> None:
    found = [name for name in names if name in layout.fields]
    if not found:
        raise ColumnsError(f"one of the columns {', '.join(names)} is needed")


def _require_whole(layout: Layout, columns: LinkColumns) -> None:
    """A mask needs its token, a document its number."""
    for form, place in columns.forms.items():
        wanted = _WITH.get(form)
        if wanted is not None and wanted not in columns.forms:
            raise ColumnsError(
                f"column {layout.names[place]} belongs to a column that is missing: the {wanted}"
            )
