"""CSV files: commas, UTF-8 with or without a byte order mark, GB18030 if the caller says so."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.source import Span
from engine.rules.tables.sheets.grid import MAX_FILE_BYTES, Grid, GridBuilder

ENCODINGS = ("utf-8", "gb18030")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: A spreadsheet takes such a text for a formula; ``guard`` puts an apostrophe before it.
_GUARDED = re.compile(r"'+[-=+@]")
_RISKY = re.compile(r"[=+@\t\r]|-(?![0-9.]|$)|'+[-=+@]")


def read_csv(raw: bytes, path: str, encoding: str, found: Diagnostics) -> Grid:
    """The file's cells as texts; ``PolicyError`` with what is wrong. ``path`` is for messages."""
    if len(raw) > MAX_FILE_BYTES:
        message = f"the file has more than {MAX_FILE_BYTES} bytes"
        _refuse(path, found, 1, message, "a table of that size is beyond review: split it")
    text = _decode(raw, path, encoding, found)
    builder = GridBuilder(path, "", found)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            _refuse_other_delimiters(cells, path, reader.line_num, found)
            texts = {number: unguard(text.strip()) for number, text in enumerate(cells, start=1)}
            builder.add(reader.line_num, texts)
    except csv.Error as error:
        _refuse(path, found, reader.line_num, f"the file is no CSV: {error}")
    return builder.grid()


def write_csv(rows: Sequence[Sequence[str]]) -> str:
    """The rows as CSV text, lines ended as spreadsheets end them."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([guard(text) for text in row] for row in rows)
    return out.getvalue()


def guard(text: str) -> str:
    """The text so that a spreadsheet takes it for a text; ``unguard`` takes it back."""
    return f"'{text}" if _RISKY.match(text) else text


def unguard(text: str) -> str:
    """The text before ``guard``."""
    return text[1:] if _GUARDED.match(text) else text


def _decode(raw: bytes, path: str, encoding: str, found: Diagnostics) -> str:
    if raw.startswith(_UTF16):
        _refuse(path, found, 1, "the file is UTF-16", "save it as `CSV UTF-8`")
    try:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "save it as `CSV UTF-8`"
        hint += ", or import it with `--encoding gb18030`" if encoding == "utf-8" else ""
        _refuse(path, found, line, f"the file is not {encoding.upper()}", hint)
    return ""


def _refuse_other_delimiters(cells: list[str], path: str, line: int, found: Diagnostics) -> None:
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(cells) == 1 and sign in cells[0]:
            _refuse(path, found, line, f"the cells are separated by {name}", "save it with commas")


def _refuse(path: str, found: Diagnostics, line: int, message: str, hint: str = "") -> None:
    found.error(Code.SHEET_FILE, message, Span(path, max(1, line), 1), hint=hint)
    found.refuse_if_errors()
