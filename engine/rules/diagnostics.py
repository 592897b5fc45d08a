"""What a policy author is told: stable codes, severities, spans, and a compiler's look."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from engine.errors import PolicyError
from engine.rules.hidden import visible
from engine.rules.source import Source, Span

#: Characters of a line that are shown; a file may be one line of a megabyte.
MAX_SHOWN = 180


class Severity(StrEnum):
    """An error refuses the bundle, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """Stable codes. A code is never given another meaning."""

    YAML_SYNTAX = "TS1001"
    DUPLICATE_KEY = "TS1002"
    YAML_FEATURE = "TS1003"
    FILE_LIMIT = "TS1004"
    ENCODING = "TS1005"
    MISSING_FILE = "TS1006"
    UNKNOWN_KEY = "TS1101"
    MISSING_KEY = "TS1102"
    WRONG_VALUE = "TS1103"
    BAD_NAME = "TS1104"
    UNKNOWN_REFERENCE = "TS1105"
    CEL_SYNTAX = "TS1201"
    UNKNOWN_FIELD = "TS1202"
    TYPE_ERROR = "TS1203"
    NOT_BOOL = "TS1204"
    NOT_IN_LANGUAGE = "TS1205"
    EXPRESSION_LIMIT = "TS1206"
    RULE_LIMIT = "TS1207"
    DUPLICATE_ID = "TS1301"
    MISSING_REASON = "TS1302"
    UNKNOWN_REASON = "TS1303"
    MISSING_BUILT_IN_REASON = "TS1304"
    IDLE_REASON = "TS1305"
    NO_EFFECT = "TS1306"
    PLACEHOLDER = "TS1310"
    DOCUMENT_TEXT = "TS1311"
    SIGNAL_CYCLE = "TS1401"
    SIGNAL_NEVER_SET = "TS1402"
    UNUSED_SIGNAL = "TS1403"
    SIGNAL_READ_EARLY = "TS1404"
    SOURCE_NOT_DECLARED = "TS1501"
    SCORE_READ_EARLY = "TS1502"
    TABLE_SHAPE = "TS1601"
    TABLE_LIMIT = "TS1602"
    TABLE_COLUMN = "TS1603"
    CELL_SYNTAX = "TS1604"
    CELL_TYPE = "TS1605"
    CELL_PRESENCE = "TS1606"
    AGGREGATE = "TS1607"
    DUPLICATE_ROW = "TS1608"
    ROW_NEVER_REACHED = "TS1609"
    SHEET_CONTENT = "TS1610"
    SHEET_FILE = "TS1611"
    NOT_LISTED = "TS1612"
    EXPRESSION_CYCLE = "TS1701"
    UNUSED_DEFINITION = "TS1702"
    NOT_A_VALUE = "TS1703"
    PARAMETER_TYPE = "TS1704"
    BAD_DAY = "TS1705"
    BAD_ENTRY = "TS1706"
    RAW_IDENTIFIER = "TS1707"
    DUPLICATE_ENTRY = "TS1708"
    LIST_LIMIT = "TS1709"
    FAIL_OPEN = "TS1710"
    NEVER_FIRES = "TS1801"
    ALWAYS_FIRES = "TS1802"
    SHADOWED = "TS1803"
    CONTRADICTION = "TS1804"
    ROW_TAKEN = "TS1805"
    ROWS_OVERLAP = "TS1806"
    TABLE_GAP = "TS1807"
    UNPROVED = "TS1810"
    CLAIM = "TS1811"
    CASE_UNKNOWN_PATH = "TS1901"
    CASE_WRONG_VALUE = "TS1902"
    CASE_UNKNOWN_NAME = "TS1903"
    DUPLICATE_CASE = "TS1904"
    IMPOSSIBLE_CASE = "TS1905"
    EMPTY_SUITE = "TS1906"
    CASE_ROW = "TS1907"
    ONLY_LEFT = "TS1908"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``label`` stands beside the caret, ``hint`` says what to do."""

    code: Code
    severity: Severity
    message: str
    span: Span
    label: str = ""
    hint: str = ""


class Diagnostics:
    """Collects findings and the sources they point into."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}
        self._found: list[Diagnostic] = []

    def add_source(self, source: Source) -> None:
        """Make a file's lines available to the renderer."""
        self.sources[source.path] = source

    def error(
        self, code: Code, message: str, span: Span, *, label: str = "", hint: str = ""
    ) -> None:
        """Add an error."""
        self._found.append(Diagnostic(code, Severity.ERROR, message, span, label, hint))

    def warning(
        self, code: Code, message: str, span: Span, *, label: str = "", hint: str = ""
    ) -> None:
        """Add a warning."""
        self._found.append(Diagnostic(code, Severity.WARNING, message, span, label, hint))

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """Everything, by file, line, column and code, without repetition."""
        return tuple(sorted(dict.fromkeys(self._found), key=_place))

    @property
    def has_errors(self) -> bool:
        """Whether the bundle must be refused."""
        return any(item.severity is Severity.ERROR for item in self._found)

    def refuse_if_errors(self) -> None:
        """Raise ``PolicyError`` with all findings rendered, if one is an error."""
        if self.has_errors:
            found = self.found
            raise PolicyError(render_all(found, self.sources), found)


def _place(item: Diagnostic) -> tuple[str, int, int, str, str]:
    return (item.span.path, item.span.line, item.span.column, item.code.value, item.message)


def render_all(found: Iterable[Diagnostic], sources: Mapping[str, Source]) -> str:
    """All findings, a blank line between them."""
    return "\n\n".join(render(item, sources.get(item.span.path)) for item in found)


def render(item: Diagnostic, source: Source | None) -> str:
    """One finding as a compiler shows it: ``--> file:line:column``, the line, a caret, help."""
    span = item.span
    number = str(span.line)
    pad = " " * len(number)
    lines = [
        f"{item.severity.value}[{item.code.value}]: {item.message}",
        f"{pad}--> {span.path}:{span.line}:{span.column}",
    ]
    if source is not None and source.text and not source.private:
        text, column = _window(visible(source.line(span.line)), span.column)
        caret = _indent(text[: column - 1]) + "^" * _caret_width(text[column - 1 :], span.length)
        lines += [
            f"{pad} |",
            f"{number} | {text}".rstrip(),
            f"{pad} | {caret} {item.label}".rstrip(),
        ]
    if item.hint:
        lines.append(f"{pad} = help: {item.hint}")
    return "\n".join(lines)


def _columns(char: str) -> int:
    """Terminal columns: Chinese characters are two wide."""
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _indent(prefix: str) -> str:
    return "".join("\t" if char == "\t" else " " * _columns(char) for char in prefix)


def _caret_width(text: str, length: int) -> int:
    return max(1, sum(_columns(char) for char in text[:length]))


def _window(text: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, and the column in it."""
    if len(text) <= MAX_SHOWN:
        return text, column
    start = max(0, min(column - MAX_SHOWN // 3, len(text) - MAX_SHOWN))
    end = start + MAX_SHOWN
    before, after = "..." if start else "", "..." if end < len(text) else ""
    return f"{before}{text[start:end]}{after}", column - start + len(before)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean `x`?`` for the nearest known word, or the empty string."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""
