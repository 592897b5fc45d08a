"""A sheet as texts, with the places of its cells; bounded before anything is kept."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.read_ruleset import EFFECTS
from engine.rules.source import Span
from engine.rules.tables.draft import MAX_COLUMNS, MAX_ROWS

#: What a row may say beside its cells and effects.
EXTRAS = ("id", "description", "on_unknown", "on_error", "from", "until")
MAX_WIDTH = MAX_COLUMNS + len(EFFECTS) + len(EXTRAS)
#: With the head, and one row for ``otherwise``.
MAX_HEIGHT = MAX_ROWS + 2
MAX_FILE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The rows that hold anything. ``numbers``: where each stands in the sheet, from 1.

    ``sheet`` is empty for a CSV file.
    """

    path: str
    sheet: str
    numbers: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]

    def cell(self, row: int, column: int) -> str:
        """The text of a cell, indices from 0; empty where the row is shorter."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def report(
        self, found: Diagnostics, code: Code, row: int, column: int, message: str, hint: str = ""
    ) -> None:
        """Report something about a cell, indices from 0."""
        place = place_of(self.path, self.sheet, self.numbers[row], column + 1)
        found.error(code, f"{place.spoken}: {message}", place.span, hint=hint)


@dataclass(frozen=True, slots=True)
class Place:
    """A cell for people, and for tools."""

    spoken: str
    span: Span


def place_of(path: str, sheet: str, row: int, column: int) -> Place:
    """The place of a cell, row and column from 1."""
    span = Span(path, row, column)
    if sheet:
        return Place(f"sheet `{sheet}`, cell {letters(column)}{row}", span)
    return Place(f"line {row}, column {column}", span)


def letters(column: int) -> str:
    """A spreadsheet's name of a column, from 1: A, B, ... Z, AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class GridBuilder:
    """Collects rows and refuses what is beyond the bounds, at once."""

    def __init__(self, path: str, sheet: str, found: Diagnostics) -> None:
        self._path, self._sheet, self._found = path, sheet, found
        self._numbers: list[int] = []
        self._rows: list[tuple[str, ...]] = []

    def add(self, number: int, cells: dict[int, str]) -> None:
        """Add a row; ``cells`` by column from 1. ``PolicyError`` if there are too many."""
        filled = {column: text for column, text in cells.items() if text}
        if not filled:
            return
        width = max(filled)
        if width > MAX_WIDTH:
            self._refuse(number, width, f"a table has at most {MAX_WIDTH} columns")
        if len(self._rows) == MAX_HEIGHT:
            self._refuse(number, 1, f"a table has at most {MAX_ROWS} rows")
        self._numbers.append(number)
        self._rows.append(tuple(filled.get(column, "") for column in range(1, width + 1)))

    @property
    def width(self) -> int:
        """Columns up to the last that holds anything."""
        return max((len(row) for row in self._rows), default=0)

    def _refuse(self, row: int, column: int, message: str) -> None:
        place = place_of(self._path, self._sheet, row, column)
        hint = "remove what is no part of the table, or split it"
        self._found.error(Code.TABLE_LIMIT, f"{place.spoken}: {message}", place.span, hint=hint)
        self._found.refuse_if_errors()

    def grid(self) -> Grid:
        """Everything that was added; ``PolicyError`` if it is no table."""
        if len(self._rows) <= 1:
            place = place_of(self._path, self._sheet, 1, 1)
            message = "there is no table: a head and at least one row are needed"
            self._found.error(Code.SHEET_CONTENT, message, place.span)
            self._found.refuse_if_errors()
        return Grid(
            path=self._path,
            sheet=self._sheet,
            numbers=tuple(self._numbers),
            rows=tuple(self._rows),
        )
