"""lists/NAME.yaml: entries beside their reasons, written out or from a CSV file beside it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from yaml.nodes import Node, ScalarNode

from engine.model import IdentifierKind
from engine.rules import vocabulary
from engine.rules.days import is_day, read_day
from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.lists import IDENTIFIER, Entry, ListKind, Match, PolicyList
from engine.rules.reader import Reader
from engine.rules.source import Source, Span
from engine.rules.yaml_source import node_span, scalar

DIRECTORY = "lists/"
MAX_ENTRIES = 1_000_000
MAX_VALUE = 200
MAX_REASON = 500
_OPTIONAL = ("description", "match", "entries", "entries_from")
_ENTRY = ("until", "reason", "added", "by")
#: Known with the request, so that a list is looked up once, before the first stage.
_ROOTS = ("application", "applicant", "session")


def read_list(
    source: Source, node: Node, name: str, contents: Mapping[str, bytes], found: Diagnostics
) -> PolicyList | None:
    """The list, ``None`` after a diagnostic that leaves nothing to read."""
    reader = Reader(source, node, found, "the list")
    if not reader.allow(("list", "kind", "matches"), _OPTIONAL):
        return None
    declared = reader.name("list", default=name)
    if declared != name:
        reader.wrong(reader.items["list"][1], f"the file {source.path} must hold the list `{name}`")
    matches = _matches(reader)
    if not matches:
        return None
    collected = _Entries(matches, found)
    for item in reader.list_of("entries"):
        _add_item(reader, item, collected)
    _add_file(reader, contents, collected)
    if not collected.entries:
        reader.wrong(node, "the list has no entries", "write them under `entries`")
    return PolicyList(
        name=name,
        kind=reader.choice("kind", ListKind, ListKind.WATCH),
        matches=matches,
        match=reader.choice("match", Match, Match.EXACT),
        description=reader.text("description"),
        entries=collected.entries,
        lengths=tuple(sorted({len(value) for value in collected.entries}, reverse=True)),
        span=reader.value_span("list"),
    )


def _matches(reader: Reader) -> str:
    path = reader.text("matches")
    fields = [
        p
        for p, field in vocabulary.fields().items()
        if field.type == "string" and p.split(".")[0] in _ROOTS
    ]
    known = [*fields, *(f"{IDENTIFIER}.{k.value}" for k in IdentifierKind)]
    if path and path not in known:
        reader.wrong(
            reader.items["matches"][1],
            f"`{path}` is neither a text of the request nor a kind of identifier",
            did_you_mean(path, known) or "such as `session.country` or `identifier.device`",
        )
        return ""
    if path.startswith(f"{IDENTIFIER}.") and reader.text("match", "exact") == Match.PREFIX:
        reader.wrong(reader.items["match"][1], "tokens are compared exactly: they have no prefixes")
    return path


class _Entries:
    """Collects entries; says where one is refused, but never what an identifier's was."""

    def __init__(self, matches: str, found: Diagnostics) -> None:
        self.entries: dict[str, Entry] = {}
        self._found = found
        root, _, kind = matches.partition(".")
        self._kind = kind if root == IDENTIFIER else ""
        self._token = re.compile(rf"{re.escape(self._kind)}:[0-9a-f]{{64}}")

    def add(self, value: str, entry: Entry, span: Span) -> None:
        """Add one, or report it."""
        if self._kind and not self._token.fullmatch(value):
            self._found.error(
                Code.RAW_IDENTIFIER,
                f"the entry is not a token of kind {self._kind}: raw identifiers are not kept",
                Span(span.path, span.line, span.column),
                hint=f"make one with `touchstone policy token {self._kind}`",
            )
        elif not value or len(value) > MAX_VALUE or len(entry.reason) > MAX_REASON:
            self._found.error(
                Code.BAD_ENTRY,
                f"an entry has 1 to {MAX_VALUE} characters, its reason at most {MAX_REASON}",
                span,
            )
        elif entry.until and not is_day(entry.until):
            self._found.error(
                Code.BAD_DAY, "`until` must be a calendar day such as 2026-01-31", span
            )
        elif value in self.entries:
            self._found.error(Code.DUPLICATE_ENTRY, "the entry stands in the list twice", span)
        elif len(self.entries) >= MAX_ENTRIES:
            self._found.error(Code.LIST_LIMIT, f"a list has at most {MAX_ENTRIES} entries", span)
        else:
            self.entries[value] = entry


def _add_item(reader: Reader, item: Node, collected: _Entries) -> None:
    """``value`` alone, or ``{value: ..., until: ..., reason: ...}``."""
    span = node_span(reader.source, item)
    if isinstance(item, ScalarNode):
        value = scalar(item)
        if isinstance(value, str):
            collected.add(value, Entry("", ""), span)
        else:
            reader.wrong(item, "an entry must be a text", "put it in quotes")
        return
    entry = Reader(reader.source, item, reader.found, "an entry")
    if entry.allow(("value",), _ENTRY):
        read_day(entry, "added")
        value = entry.text("value")
        if value:
            collected.add(value, Entry(read_day(entry, "until"), entry.text("reason")), span)


def _add_file(reader: Reader, contents: Mapping[str, bytes], collected: _Entries) -> None:
    name = reader.text("entries_from") if "entries_from" in reader.items else ""
    if not name:
        return
    path = f"{DIRECTORY}{name}"
    raw = contents.get(path)
    if raw is None or not name.endswith(".csv") or "/" in name:
        others = [p.removeprefix(DIRECTORY) for p in contents if p.startswith(DIRECTORY)]
        reader.found.error(
            Code.UNKNOWN_REFERENCE,
            f"there is no file {path}",
            reader.value_span("entries_from"),
            hint=did_you_mean(name, others) or "name a .csv file beside the list",
        )
        return
    for value, entry, line in _rows(path, raw, reader.found):
        collected.add(value, entry, Span(path, line, 1))


def _rows(path: str, raw: bytes, found: Diagnostics) -> Iterator[tuple[str, Entry, int]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found.error(Code.ENCODING, f"`{path}` is not UTF-8", Span(path, line, 1))
        return
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        known = {"value", *_ENTRY}
        unknown = [name for name in rows.fieldnames or () if name not in known]
        if "value" not in (rows.fieldnames or ()) or unknown:
            found.error(
                Code.UNKNOWN_KEY,
                f"the columns must be value and any of {', '.join(_ENTRY)}",
                Span(path, 1, 1),
            )
            return
        for row in rows:
            if None in row or None in row.values():
                message = "the row has not as many cells as there are columns"
                found.error(Code.BAD_ENTRY, message, Span(path, rows.line_num, 1))
                continue
            entry = Entry(row.get("until", ""), row.get("reason", ""))
            yield row["value"], entry, rows.line_num
    except csv.Error as error:
        found.error(Code.BAD_ENTRY, f"not CSV: {error}", Span(path, rows.line_num + 1, 1))
