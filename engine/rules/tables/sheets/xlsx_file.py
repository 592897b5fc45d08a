"""XLSX workbooks: literal cells only, and nothing that a reader of the sheet would not see.

A workbook is a zip of XML: it is bounded by what its directory declares, which the zip reader
holds it to, and its XML may define no entities.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NoReturn

from engine.errors import PolicyError
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.source import Span
from engine.rules.tables.sheets.grid import MAX_FILE_BYTES, Grid, GridBuilder, place_of

MAX_UNPACKED_BYTES = 8_000_000
MAX_PARTS = 200
#: Tags of all parts: a few bytes of XML cost a few hundred in memory.
MAX_TAGS = 400_000
_CHUNK = 65_536
#: The longest name of a sheet.
_TITLE = 31
#: Excel keeps 15 digits of a number.
_EXACT = 10**15


def read_xlsx(raw: bytes, path: str, sheet: str, found: Diagnostics) -> Grid:
    """The sheet's cells as texts; ``PolicyError`` with what is wrong.

    ``sheet`` empty: the only one. ``path`` is for messages.
    """
    workbook = _Workbook(path, found)
    try:
        # openpyxl warns of extensions and of dates beyond the calendar; the latter are refused.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return workbook.read(raw, sheet)
    except PolicyError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged part fails wherever openpyxl meets it
        workbook.refuse(f"the file is no sound workbook ({type(error).__name__})")


def write_xlsx(rows: Sequence[Sequence[str]], title: str) -> bytes:
    """A workbook of one sheet. Every cell is a text, so that nothing is computed or rounded."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:_TITLE])
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)) for text in row]
        for cell in cells:
            cell.number_format = "@"
            cell.data_type = "s"
            if number == 0:
                cell.font = Font(bold=True)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _Workbook:
    def __init__(self, path: str, found: Diagnostics) -> None:
        self._path, self._found = path, found

    def read(self, raw: bytes, name: str) -> Grid:
        import openpyxl

        if not openpyxl.DEFUSEDXML:
            self.refuse("workbooks are read only with defusedxml", "install defusedxml")
        self._refuse_bombs(raw)
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
        try:
            return self._sheet(self._choose(book, name))
        finally:
            book.close()

    def refuse(self, message: str, hint: str = "") -> NoReturn:
        """Raise ``PolicyError``."""
        self._found.error(Code.SHEET_FILE, message, Span(self._path, 1, 1), hint=hint)
        self._found.refuse_if_errors()
        raise AssertionError("an error was added")

    def _refuse_bombs(self, raw: bytes) -> None:
        if len(raw) > MAX_FILE_BYTES:
            hint = "save the table's sheet as a workbook of its own"
            self.refuse(f"the file has more than {MAX_FILE_BYTES} bytes", hint)
        if not zipfile.is_zipfile(io.BytesIO(raw)):
            self.refuse("the file is no XLSX workbook", "save it as `Excel workbook (.xlsx)`")
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            hint = "save the table's sheet as a workbook of its own"
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
                bounds = f"more than {MAX_PARTS} parts or {MAX_UNPACKED_BYTES} bytes"
                self.refuse(f"the workbook unpacks to {bounds}", hint)
            if sum(_tags(archive, part) for part in parts) > MAX_TAGS:
                self.refuse(f"the workbook has more than {MAX_TAGS} XML tags", hint)

    def _choose(self, book: Any, name: str) -> Any:  # noqa: ANN401 - openpyxl's privates
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        if name in sheets:
            return sheets[name]
        known = ", ".join(f"`{title}`" for title in sheets)
        if name:
            self.refuse(f"the workbook has no sheet `{name}`", f"it has {known}")
        if len(sheets) != 1:
            self.refuse(f"the workbook has {len(sheets)} sheets", f"choose with `--sheet`: {known}")
        return next(iter(sheets.values()))

    def _sheet(self, sheet: Any) -> Grid:  # noqa: ANN401
        """Cells are read as they stand in the file: a far cell fills nothing before it."""
        from openpyxl.worksheet._reader import WorkSheetParser

        book = sheet.parent
        builder = GridBuilder(self._path, sheet.title, self._found)
        with sheet._get_source() as source:  # noqa: SLF001 - rows as stored have no other door
            parser: Any = WorkSheetParser(
                source,
                sheet._shared_strings,  # noqa: SLF001
                epoch=book.epoch,
                date_formats=book._date_formats,  # noqa: SLF001
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001
            )
            for number, cells in parser.parse():
                texts = {cell["column"]: self._text(sheet.title, cell) for cell in cells}
                builder.add(number, texts)
                if any(texts.values()) and _is_hidden(parser.row_dimensions.get(str(number))):
                    self._report(sheet.title, number, 1, "the row is hidden", _SHOW)
        self._refuse_unseen(sheet.title, parser, builder.width)
        self._found.refuse_if_errors()
        return builder.grid()

    def _refuse_unseen(self, title: str, parser: Any, width: int) -> None:  # noqa: ANN401
        """A merged cell leaves blanks, which take any value; a hidden column nobody reviews."""
        for merged in parser.merged_cells.mergeCell if parser.merged_cells else ():
            hint = "unmerge the cells, and write the value in each row"
            self._report(title, merged.min_row, merged.min_col, f"{merged.ref} is merged", hint)
        for dimension in parser.column_dimensions.values():
            if _is_hidden(dimension) and int(dimension["min"]) <= width:
                self._report(title, 1, int(dimension["min"]), "the column is hidden", _SHOW)

    def _report(self, title: str, row: int, column: int, message: str, hint: str) -> None:
        place = place_of(self._path, title, row, column)
        self._found.error(Code.SHEET_CONTENT, f"{place.spoken}: {message}", place.span, hint=hint)

    def _text(self, title: str, cell: dict[str, Any]) -> str:
        """A cell's text; a cell that is refused is reported and stays filled."""
        kind, value = cell["data_type"], cell["value"]
        if value is None and kind != "f":
            return ""
        if kind in _REFUSED:
            message, hint = _REFUSED[kind]
        else:
            text = _literal(value)
            if text is not None:
                return text
            message, hint = _INEXACT if isinstance(value, (int, float)) else _TIME
        self._report(title, cell["row"], cell["column"], f"the cell holds {message}", hint)
        return "?"


def _tags(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """An upper bound of the part's tags, counted without building them."""
    with archive.open(part) as opened:
        return sum(chunk.count(b"<") for chunk in iter(lambda: opened.read(_CHUNK), b""))


def _literal(value: object) -> str | None:
    """Numbers, dates, truths and texts as they were entered; ``None`` for anything else."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            exact = abs(value) < _EXACT
            return (str(int(value)) if value == int(value) else repr(value)) if exact else None
        case datetime():
            return value.date().isoformat() if value.time() == time() else None
        case date():
            return value.isoformat()
        case str():
            return value.strip()
        case _:
            return None


_REFUSED = {
    "f": ("a formula", "copy it and paste it as a value"),
    "e": ("an error value", "write the value that is meant"),
}
_INEXACT = ("more digits than a spreadsheet keeps", "format the cell as text, and type it anew")
_TIME = ("a time", "write a date without a time, as 2026-01-31")
_SHOW = "show it, or delete it: what is imported must be what is seen"


def _is_hidden(dimension: dict[str, Any] | None) -> bool:
    return dimension is not None and dimension.get("hidden") in {"1", "true"}
