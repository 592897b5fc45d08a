"""What the columns of a sheet are: conditions, effects, and what else a row may say."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.read_ruleset import EFFECTS
from engine.rules.tables.sheets.grid import EXTRAS, Grid

OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Columns of the sheet, from 0. ``effects`` and ``extras`` by name, in the sheet's order."""

    columns: tuple[int, ...]
    effects: dict[str, int]
    extras: dict[str, int]


def read_layout(grid: Grid, found: Diagnostics) -> Layout:
    """The layout by the head; ``PolicyError`` if it makes no table."""
    columns: list[int] = []
    effects: dict[str, int] = {}
    extras: dict[str, int] = {}
    for number in range(max(len(row) for row in grid.rows)):
        name = grid.cell(0, number)
        known = effects if name in EFFECTS else extras if name in EXTRAS else None
        if not name:
            _refuse_headless(grid, number, found)
        elif known is None:
            columns.append(number)
        elif name in known:
            message = f"`{name}` stands in the head twice"
            grid.report(found, Code.SHEET_CONTENT, 0, number, message)
        else:
            known[name] = number
    if not columns:
        message = "no column of the head names a field or another expression"
        grid.report(found, Code.SHEET_CONTENT, 0, 0, message)
    if not effects:
        message = "no column of the head names an effect"
        hint = f"effects are: {', '.join(EFFECTS)}"
        grid.report(found, Code.SHEET_CONTENT, 0, 0, message, hint)
    found.refuse_if_errors()
    said = {n: column for n, column in extras.items() if _says_anything(grid, column)}
    return Layout(columns=tuple(columns), effects=effects, extras=said)


def _says_anything(grid: Grid, column: int) -> bool:
    return any(grid.cell(row, column) not in {"", "-"} for row in range(1, len(grid.rows)))


def _refuse_headless(grid: Grid, number: int, found: Diagnostics) -> None:
    for row in range(1, len(grid.rows)):
        if grid.cell(row, number):
            message = "the cell stands in a column without a head"
            hint = "name the column in the first row, or remove it: notes go to `description`"
            grid.report(found, Code.SHEET_CONTENT, row, number, message, hint)
            return


def is_otherwise(grid: Grid, layout: Layout, row: int) -> bool:
    """Whether the row is the one for when no other applies: its first cell says so."""
    first, *others = layout.columns
    said = grid.cell(row, first).lower() == OTHERWISE
    return said and all(grid.cell(row, column) in {"", "-"} for column in others)
