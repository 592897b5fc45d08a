"""Tables from spreadsheets and back; golden texts of what is refused.

TOUCHSTONE_UPDATE_GOLDEN=1 writes tests/golden/table_sheets anew.
"""

from __future__ import annotations

import io
import random
import resource
import time
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from engine.errors import PolicyError
from engine.rules.tables.draft import MAX_ROWS
from engine.rules.tables.model import HitPolicy
from engine.rules.tables.sheets.csv_file import guard, unguard
from engine.rules.tables.sheets.service import export_csv, import_sheet
from tests.unit.rules.test_diagnostics import GOLDEN, UPDATE

HEAD = "score.pd,application.customer_segment,outcome,reason\n"
_SHEETS = GOLDEN.parent / "table_sheets"


def csv_bytes(*lines: str, head: str = HEAD) -> bytes:
    """A CSV file with these lines below the head."""
    return (head + "".join(f"{line}\n" for line in lines)).encode()


def xlsx_bytes(*rows: list[Any], change: Any = None, sheets: tuple[str, ...] = ("Caps",)) -> bytes:
    """A workbook whose first sheet has these rows; ``change`` is called with that sheet."""
    book = openpyxl.Workbook(write_only=False)
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(sheets[0])
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    for name in sheets[1:]:
        book.create_sheet(name)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_HEAD_ROW = ["score.pd", "application.branch", "outcome", "reason"]
_NOON = datetime.fromisoformat("2026-01-01T12:00:00")
_ROW = [0.25, "-", "refer", "SCORE_FAMILIES"]


def _merged(sheet: Any) -> None:
    sheet.merge_cells("A2:A3")


def _hidden(sheet: Any) -> None:
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True


def _far(sheet: Any) -> None:
    sheet["XFD1048576"] = "far away"


def _bomb() -> bytes:
    """A few kilobytes that unpack to a hundred megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 100_000_000)
    return out.getvalue()


def _entities() -> bytes:
    """A workbook whose sheet defines an entity in terms of itself ten times over."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return _with_sheet(f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><worksheet>&l9;</worksheet>')


def _tiny_cells(count: int) -> bytes:
    """A workbook of one row of cells of four bytes each."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    cells = "<c/>" * count
    return _with_sheet(f"<worksheet {space}><sheetData><row>{cells}</row></sheetData></worksheet>")


def _with_sheet(text: str) -> bytes:
    """A sound workbook but for the XML of its sheet."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_bytes(_HEAD_ROW, _ROW))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, text if part.endswith("sheet1.xml") else old.read(part))
    return out.getvalue()


CASES: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    "cells": ("t.csv", csv_bytes("[0.25 .. 0.40,mass,refer,X", "25%,,dcline,lower"), {}),
    "head_misspelt": ("t.csv", csv_bytes("0.3,-,X", head="score.pd,outcom,reason\n"), {}),
    "head_twice": ("t.csv", csv_bytes("0.3,refer,x", head="score.pd,outcome,outcome\n"), {}),
    "no_effects": ("t.csv", csv_bytes("0.3,-", head="score.pd,applicant.age\n"), {}),
    "no_columns": ("t.csv", csv_bytes("refer,X", head="outcome,reason\n"), {}),
    "cell_without_head": ("t.csv", csv_bytes("0.3,mass,refer,SCORE_FAMILIES,note"), {}),
    "otherwise_first": ("t.csv", csv_bytes("otherwise,,refer,X", "0.3,-,refer,X"), {}),
    "empty": ("t.csv", b"", {}),
    "semicolons": ("t.csv", HEAD.replace(",", ";").encode(), {}),
    "gb18030": ("t.csv", csv_bytes("0.3,学生,refer,X").decode().encode("gb18030"), {}),
    "utf16": ("t.csv", csv_bytes("0.3,-,refer,X").decode().encode("utf-16"), {}),
    "quote_open": ("t.csv", csv_bytes('0.3,"mass,refer,X'), {}),
    "too_long": ("t.csv", b"x" * 1_000_001, {}),
    "too_many_rows": ("t.csv", csv_bytes(*(f"0.{n},-,refer,X" for n in range(5_000))), {}),
    "too_many_columns": ("t.csv", csv_bytes("," * 60 + "x"), {}),
    "bad_name": ("t.csv", csv_bytes("0.3,-,refer,X"), {"table": "Grey Band"}),
    "other_format": ("t.ods", b"", {}),
    "no_workbook": ("t.xlsx", b"not a zip", {}),
    "damaged_workbook": ("t.xlsx", xlsx_bytes(_HEAD_ROW, _ROW)[:-40], {}),
    "bomb": ("t.xlsx", _bomb(), {}),
    "entities": ("t.xlsx", _entities(), {}),
    "tiny_cells": ("t.xlsx", _tiny_cells(1_500_000), {}),
    "several_sheets": ("t.xlsx", xlsx_bytes(_HEAD_ROW, _ROW, sheets=("Caps", "Notes")), {}),
    "no_such_sheet": ("t.xlsx", xlsx_bytes(_HEAD_ROW, _ROW), {"sheet": "Cap"}),
    "formula": ("t.xlsx", xlsx_bytes(_HEAD_ROW, ["=1/4", *_ROW[1:]]), {}),
    "error_value": ("t.xlsx", xlsx_bytes(_HEAD_ROW, ["#N/A", *_ROW[1:]]), {}),
    "time": ("t.xlsx", xlsx_bytes(_HEAD_ROW, [0.1, _NOON, *_ROW[2:]]), {}),
    "long_number": ("t.xlsx", xlsx_bytes(_HEAD_ROW, [10**15 + 1, *_ROW[1:]]), {}),
    "merged": ("t.xlsx", xlsx_bytes(_HEAD_ROW, _ROW, _ROW, change=_merged), {}),
    "hidden": ("t.xlsx", xlsx_bytes(_HEAD_ROW, _ROW, change=_hidden), {}),
    "far_cell": ("t.xlsx", xlsx_bytes(_HEAD_ROW, _ROW, change=_far), {}),
    "cell_of_workbook": ("t.xlsx", xlsx_bytes(_HEAD_ROW, _ROW, ["0.5%", *_ROW[1:]]), {}),
}


@pytest.mark.parametrize("name", CASES)
def test_wording(name: str) -> None:
    """Sheet, cell and what to do are named, in little time."""
    file, raw, options = CASES[name]
    started = time.perf_counter()
    with pytest.raises(PolicyError) as caught:
        import_sheet(raw, file, **{"table": "grey", **options})
    assert time.perf_counter() - started < 5
    path = _SHEETS / f"{name}.txt"
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{caught.value}\n", encoding="utf-8")
    assert f"{caught.value}\n" == path.read_text(encoding="utf-8")


def test_no_golden_text_is_left_over() -> None:
    """A removed case takes its text with it."""
    assert {path.stem for path in _SHEETS.glob("*.txt")} == set(CASES)


def test_a_sheet_becomes_a_table_that_people_can_review() -> None:
    """One line for each row, cells under one another, quotes only where needed."""
    raw = csv_bytes('[0.25 .. 0.40),"mass, 学生",refer,SCORE_FAMILIES', ">= 0.40,,decline,X")
    assert import_sheet(raw, "t.csv", "grey") == (
        "table: grey\n"
        "hit: first\n"
        "columns: [score.pd, application.customer_segment]\n"
        "effects: [outcome, reason]\n"
        "rows:\n"
        '  - ["[0.25 .. 0.40)", "mass, 学生", refer,   SCORE_FAMILIES]\n'
        '  - [">= 0.40",        -,            decline, X]\n'
    )


def test_a_workbook_gives_the_same_as_a_csv_file() -> None:
    """Numbers, dates and truths exactly as entered."""
    head = ["score.pd", "application.branch", "applicant.is_student", "cap_line_minor", "id"]
    rows = [[0.375, date(2026, 1, 31), True, 2_000_000, "A"], [7, "-", False, 1e5, "B"]]
    lines = ("0.375,2026-01-31,true,2000000,A", "7,-,false,100000,B")
    raw = csv_bytes(*lines, head=",".join(head) + "\n")
    from_csv = import_sheet(raw, "t.csv", "caps", hit=HitPolicy.COLLECT)
    from_xlsx = import_sheet(xlsx_bytes(head, *rows), "t.xlsx", "caps", hit=HitPolicy.COLLECT)
    assert from_xlsx == from_csv


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(encoding: str) -> None:
    """A byte order mark is no part of the first head; GB18030 has to be said."""
    raw = csv_bytes("0.3,学生,refer,X").decode().encode(encoding)
    said = "gb18030" if encoding == "gb18030" else "utf-8"
    text = import_sheet(raw, "t.csv", "grey", encoding=said)
    assert '"学生"' in text
    assert "columns: [score.pd," in text


def test_the_head_of_a_table_is_kept() -> None:
    """Hit policy, fallbacks and comments come from the file, rows from the sheet."""
    old = (
        "# Who looks at what\ntable: grey\nhit: unique  # no overlaps\ncolumns: [applicant.age]\n"
        "effects: [outcome, reason]\nrows:\n  - [30, refer, AGE_REVIEW]\npriority: 5\n"
    )
    text = import_sheet(csv_bytes("0.3,-,refer,X"), "t.csv", "grey", head=old.encode())
    assert text.startswith("# Who looks at what\ntable: grey\nhit: unique  # no overlaps\n")
    assert "priority: 5\ncolumns: [score.pd, application.customer_segment]\n" in text
    assert "AGE_REVIEW" not in text


def test_an_export_is_no_formula() -> None:
    """What a spreadsheet would compute is marked as a text, and taken back as it was."""
    for text in ("=1+1", "+1", "@x", "-a", "'=1", "''-5", "== 5"):
        assert guard(text)[0] == "'"
        assert unguard(guard(text)) == text
    for text in ("-", "-5", "-0.5", "5", "'x", "refer", ""):
        assert unguard(guard(text)) == guard(text) == text


def test_only_a_table_is_exported() -> None:
    """Another file was meant."""
    with pytest.raises(PolicyError, match="holds no table"):
        export_csv(b"ruleset: x\nrules: []\n", "x.yaml")


def test_a_workbook_that_unpacks_to_much_costs_no_memory() -> None:
    """Its directory says so before anything is unpacked."""
    raw = _bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PolicyError):
        import_sheet(raw, "t.xlsx", "grey")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_as_many_rows_as_a_table_may_have() -> None:
    """The bound itself is allowed."""
    rows = (f"[{n} .. {n + 1}),-,refer,X" for n in range(MAX_ROWS))
    text = import_sheet(csv_bytes(*rows), "t.csv", "grey")
    assert text.count("\n  - ") == MAX_ROWS


def test_damaged_workbooks_are_refused_or_read() -> None:
    """Whatever a flipped byte does to zip or XML, nothing but a diagnostic comes out."""
    raw = xlsx_bytes(_HEAD_ROW, _ROW)
    rng = random.Random(7)
    refused = 0
    for _ in range(150):
        damaged = bytearray(raw)
        for _ in range(3):
            damaged[rng.randrange(len(raw))] = rng.randrange(256)
        try:
            import_sheet(bytes(damaged), "t.xlsx", "grey")
        except PolicyError:
            refused += 1
    assert refused > 50


def test_texts_that_a_spreadsheet_would_change_are_quoted() -> None:
    """007 is no 7, and a product may be called otherwise."""
    text = (
        "table: grey\nhit: first\ncolumns: [application.branch]\neffects: [adjust_points]\n"
        "rows:\n  - ['007', 1]\n  - [otherwise, 2]\n  - ['0', 3]\notherwise: [4]\n"
    )
    lines = export_csv(text.encode(), "grey.yaml").split("\r\n")
    assert lines[1:5] == ['"""007""",1', '"""otherwise""",2', "0,3", "otherwise,4"]


def test_a_column_of_the_policy_is_checked_with_the_policy() -> None:
    """The sheet alone cannot know its signals, lists, parameters and named expressions."""
    head = "signals.burst,lists.watched,params.cut_off,outcome,reason\n"
    text = import_sheet(csv_bytes("true,false,> 5,refer,X", head=head), "t.csv", "grey")
    assert "columns: [signals.burst, lists.watched, params.cut_off]" in text
