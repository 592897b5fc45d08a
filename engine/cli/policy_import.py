"""``touchstone policy import FILE --table NAME``: a spreadsheet's table as a policy file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, USAGE
from engine.rules.tables.model import HitPolicy
from engine.rules.tables.sheets import service
from engine.rules.tables.sheets.csv_file import ENCODINGS
from engine.rules.tables.sheets.grid import MAX_FILE_BYTES

if TYPE_CHECKING:
    from engine.cli.command import Area

_HELP = "write a table's YAML from a CSV or XLSX sheet"


def add(area: Area) -> None:
    """Add ``policy import``."""
    parser = area.add_parser("import", help=_HELP)
    parser.add_argument("file", type=Path, help="a .csv or .xlsx file; its first row is the head")
    parser.add_argument("--table", required=True, metavar="NAME", help="the table's name")
    parser.add_argument("--sheet", default="", help="the workbook's sheet, if it has several")
    parser.add_argument("--hit", choices=[hit.value for hit in HitPolicy], default="first")
    parser.add_argument(
        "--head", type=Path, metavar="TABLE.yaml", help="keep all but the rows of this table"
    )
    parser.add_argument("--encoding", choices=ENCODINGS, default="utf-8", help="of a CSV file")
    parser.add_argument("--output", type=Path, help="default: print it")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    files = [options.file, *([options.head] if options.head else [])]
    missing = [str(file) for file in files if not file.exists()]
    if missing:
        print(f"there is no file {missing[0]}", file=sys.stderr)
        return USAGE
    text = service.import_sheet(
        read_at_most(options.file),
        options.file.name,
        options.table,
        sheet=options.sheet,
        encoding=options.encoding,
        hit=HitPolicy(options.hit),
        head=read_at_most(options.head) if options.head else None,
    )
    if options.output is None:
        sys.stdout.write(text)
        return OK
    options.output.write_text(text, encoding="utf-8")
    print(f"{options.output}: now run `touchstone policy check` on its directory")
    return OK


def read_at_most(file: Path) -> bytes:
    """The file's bytes, or one more than any file may have: what never ends is read no further."""
    with file.open("rb") as opened:
        return opened.read(MAX_FILE_BYTES + 1)
