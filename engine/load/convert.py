"""From a line to the graph event that it tells of, with the tokens that live applications get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeVar

from engine.load.cells import (
    DOCUMENTS,
    UnusableCell,
    key_of,
    mask_of,
    micros_of,
    short_text,
    text_of,
    time_us,
    token_of,
    values_of,
)
from engine.load.columns import Content, Layout, LinkColumns
from engine.load.files import Line
from engine.load.problems import Problem
from engine.model import Identifier, IdentifierKind, Link, Role
from engine.outcome import Outcome
from engine.privacy import Tokeniser, UnusableIdentifier
from graph.model import ApplicationProjected, FraudMarked, GraphEvent, SharingDeclared

_T = TypeVar("_T")
_STATUSES = ("", *(outcome.value for outcome in Outcome))
_TRUE = {"1", "true", "yes"}
_DOCUMENT = DOCUMENTS[0]


class _Bad(Exception):
    """The line cannot be an event; what is wrong was noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converter:
    """``zone``: of times that name none; ``None``: such times are refused. ``now_us``: later
    times are refused, because nothing that is known now can be from then.
    ``most_links``: identifiers of one application.
    """

    tokeniser: Tokeniser
    now_us: int
    zone: tzinfo | None
    most_links: int

    def convert(self, file: str, layout: Layout, line: Line) -> GraphEvent | list[Problem]:
        """The event, or everything that is wrong with the line."""
        if line.fault:
            return [Problem(file, line.number, "", line.fault)]
        reading = _Reading(self, file, layout, line)
        try:
            event = reading.event()
        except _Bad:
            return reading.problems
        return reading.problems or event


class _Reading:
    """One line being read. Problems are collected, so that all of them are told at once."""

    def __init__(self, rules: Converter, file: str, layout: Layout, line: Line) -> None:
        self._rules = rules
        self._tokens = rules.tokeniser
        self._file = file
        self._layout = layout
        self._line = line
        self.problems: list[Problem] = []

    def event(self) -> GraphEvent:
        match self._layout.content:
            case Content.APPLICATIONS:
                return self.application()
            case Content.LINKS:
                return self.one_link()
            case Content.MARKS:
                return self.mark()
            case Content.SHARING:
                return self.sharing()

    def application(self) -> ApplicationProjected:
        applicant, at_us = self._loaded(), self._time("at")
        status = self._status()
        links = {(x.role, x.identifier.key): x for c in self._layout.links for x in self._links(c)}
        if not links and not self.problems:
            self._note("", "has no identifier")
        if len(links) > self._rules.most_links:
            self._note("", f"has more than {self._rules.most_links} identifiers")
        if applicant is None or at_us is None or status is None:
            raise _Bad
        return ApplicationProjected(
            applicant=applicant, at_us=at_us, status=status, links=tuple(sorted(links.values()))
        )

    def one_link(self) -> ApplicationProjected:
        """An application with one of its links; the lines of one stand together."""
        applicant, at_us = self._loaded(), self._time("at")
        status = self._status()
        role = self._one_of("role", [role.value for role in Role])
        kind = self._one_of("kind", [kind.value for kind in IdentifierKind])
        if kind is None:
            raise _Bad
        key = self._field("key", lambda cell: token_of(cell, IdentifierKind(kind)), "")
        mask = self._field("masked", mask_of, "***")
        if key == "":
            self._note("key", "is missing")
        if not (applicant and at_us and role and key and mask) or status is None:
            raise _Bad
        link = Link(Role(role), Identifier(IdentifierKind(kind), key, mask))
        return ApplicationProjected(applicant=applicant, at_us=at_us, status=status, links=(link,))

    def mark(self) -> FraudMarked:
        applicant = self._applicant()
        marked_us = self._time("marked_at")
        fraud_us = self._time("fraud_at", needed=False)
        cleared = self._field("cleared", text_of, "")
        kind = self._field("fraud_type", short_text, "")
        is_cleared = (cleared or "").lower() in _TRUE
        if not is_cleared and kind == "":
            self._note("fraud_type", "is missing; to take a mark back, say yes in column cleared")
        if applicant is None or marked_us is None or kind is None:
            raise _Bad
        return FraudMarked(
            applicant=applicant,
            at_us=marked_us,
            fraud_at_us=None if is_cleared else fraud_us or marked_us,
            fraud_type="" if is_cleared else kind,
        )

    def sharing(self) -> SharingDeclared:
        at_us = self._time("at")
        reason = self._field("reason", short_text, "")
        kind_name = self._one_of("kind", [kind.value for kind in IdentifierKind])
        if kind_name is None:
            raise _Bad
        kind = IdentifierKind(kind_name)
        forms: dict[str, int] = {
            form: self._layout.fields[form]
            for form in ("value", "token", "document", "code")
            if form in self._layout.fields
        }
        found = list(self._links(LinkColumns(Role.USES, kind, forms)))
        if len(found) != 1 and not self.problems:
            self._note("", "must name exactly one identifier")
        if at_us is None or reason is None or len(found) != 1:
            raise _Bad
        return SharingDeclared(
            identifier=found[0].identifier.key, kind=kind, at_us=at_us, reason=reason
        )

    def _loaded(self) -> str | None:
        applicant = self._applicant()
        if applicant is not None and applicant.startswith("dec_"):
            self._note("applicant", "is a decision: only applications made elsewhere are loaded")
        return applicant

    def _status(self) -> str | None:
        status = self._field("status", text_of, "")
        if status is not None and status not in _STATUSES:
            self._note("status", "must be approve, refer, decline or empty")
        return status

    def _one_of(self, name: str, values: list[str]) -> str | None:
        found = self._field(name, text_of, "")
        if found is None or found in values:
            return found
        self._note(name, f"must be one of {', '.join(values)}")
        return None

    def _applicant(self) -> str | None:
        """The key, from whichever column is filled."""
        number = self._field("application", short_text, "")
        key = self._field("applicant", key_of, "")
        if number is None or key is None:
            return None
        if bool(number) == bool(key):
            self._note("", "must have either application or applicant")
            return None
        return key or self._tokens.external_id(number)

    def _time(self, name: str, *, needed: bool = True) -> int | None:
        rules, before = self._rules, len(self.problems)
        place = self._layout.fields.get(name)
        is_number = place is not None and self._layout.names[place].endswith("_us")

        def read(cell: object) -> int | None:
            if is_number:
                return micros_of(cell, rules.now_us)
            return time_us(cell, rules.zone, rules.now_us)

        found = self._field(name, read, None)
        if found is None and needed and len(self.problems) == before:
            self._note(name, "is missing")
        return found

    def _field(self, name: str, read: Callable[[object], _T], absent: _T) -> _T | None:
        place = self._layout.fields.get(name)
        return absent if place is None else self._read(place, read)

    def _read(self, place: int, read: Callable[[object], _T]) -> _T | None:
        """The cell's value; ``None`` after a problem was noted."""
        try:
            return read(self._line.cells[place])
        except (UnusableCell, UnusableIdentifier) as error:
            self._note(self._layout.names[place], str(error))
            return None

    def _note(self, column: str, text: str) -> None:
        self.problems.append(Problem(self._file, self._line.number, column, text))

    def _links(self, columns: LinkColumns) -> Iterator[Link]:
        """The links of one group of columns; a token comes before the raw value."""
        forms = columns.forms
        if "token" in forms:
            key = self._read(forms["token"], lambda cell: token_of(cell, columns.kind))
            mask = self._read(forms["masked"], mask_of) if "masked" in forms else "***"
            if key and mask is not None:
                yield Link(columns.role, Identifier(columns.kind, key, mask))
            if key != "":
                return
        codes = self._read(forms["code"], values_of) if "code" in forms else None
        if codes:
            yield from self._made(
                columns, forms["code"], lambda raw: self._tokens.employer("", raw)
            )
        elif "value" in forms:
            yield from self._made(columns, forms["value"], self._maker(columns))

    def _maker(self, columns: LinkColumns) -> Callable[[str], Identifier]:
        tokens, kind = self._tokens, columns.kind
        if kind is IdentifierKind.PHONE:
            return tokens.phone
        if kind is IdentifierKind.EMPLOYER:
            return tokens.employer
        if kind is IdentifierKind.ID_NUMBER:
            document = self._document(columns)
            return lambda raw: tokens.id_number(raw, document)
        return lambda raw: tokens.identifier(kind, raw)

    def _document(self, columns: LinkColumns) -> str:
        if "document" not in columns.forms:
            return _DOCUMENT
        place = columns.forms["document"]
        found = self._read(place, text_of)
        if found and found not in DOCUMENTS:
            self._note(self._layout.names[place], f"must be one of {', '.join(DOCUMENTS)}")
        return found or _DOCUMENT

    def _made(
        self, columns: LinkColumns, place: int, make: Callable[[str], Identifier]
    ) -> Iterator[Link]:
        for raw in self._read(place, values_of) or ():
            made = self._read(place, lambda _, raw=raw: make(raw))  # type: ignore[misc]
            if made is not None:
                yield Link(columns.role, made)
