"""Import and export as functions of bytes and texts, for every way in which they are asked for."""

from __future__ import annotations

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.reader import NAME
from engine.rules.source import Source, Span
from engine.rules.tables.model import HitPolicy
from engine.rules.tables.sheets.csv_file import read_csv, write_csv
from engine.rules.tables.sheets.export_table import export_table
from engine.rules.tables.sheets.import_table import head_of, import_table, new_head
from engine.rules.tables.sheets.xlsx_file import read_xlsx, write_xlsx
from engine.rules.yaml_source import read_source


def import_sheet(
    raw: bytes,
    file: str,
    table: str,
    *,
    sheet: str = "",
    encoding: str = "utf-8",
    hit: HitPolicy = HitPolicy.FIRST,
    head: bytes | None = None,
) -> str:
    """The YAML of the table in a ``.csv`` or ``.xlsx`` file of that name.

    ``head``: an existing table, of which all but columns, effects and rows is kept; ``hit`` is
    then not looked at. ``PolicyError`` names sheet, row and column of what is wrong.
    """
    found = Diagnostics()
    if not NAME.match(table):
        message = f"`{table}` is no name for a table: lower_snake_case, at most 64 characters"
        found.error(Code.BAD_NAME, message, Span(file, 1, 1))
        found.refuse_if_errors()
    kept = new_head(table, hit) if head is None else _head(head, table, found)
    if file.lower().endswith(".xlsx"):
        grid = read_xlsx(raw, file, sheet, found)
    elif file.lower().endswith(".csv"):
        grid = read_csv(raw, file, encoding, found)
    else:
        message = f"{file} is neither .csv nor .xlsx"
        found.error(Code.SHEET_FILE, message, Span(file, 1, 1), hint="save it as one of them")
        found.refuse_if_errors()
        raise AssertionError("an error was added")
    return import_table(grid, table, kept, found)


def export_csv(raw: bytes, file: str) -> str:
    """The rows of a table's file of that name as CSV; ``PolicyError`` if it is not sound."""
    return write_csv(_rows(raw, file))


def export_xlsx(raw: bytes, file: str) -> bytes:
    """The rows of a table's file of that name as a workbook; ``PolicyError`` as ``export_csv``."""
    return write_xlsx(_rows(raw, file), file.removesuffix(".yaml"))


def _rows(raw: bytes, file: str) -> list[list[str]]:
    found = Diagnostics()
    return export_table(_source(raw, file, found), found)


def _head(raw: bytes, table: str, found: Diagnostics) -> str:
    return head_of(_source(raw, f"{table}.yaml", found), found)


def _source(raw: bytes, file: str, found: Diagnostics) -> Source:
    source = read_source({file: raw}, file, found)
    found.refuse_if_errors()
    if source is None:
        raise AssertionError("a file that was not read has left a diagnostic")
    return source
