"""``touchstone policy export TABLE.yaml --csv`` or ``--xlsx``: a table for a spreadsheet."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, USAGE
from engine.cli.policy_import import read_at_most
from engine.rules.tables.sheets import service

if TYPE_CHECKING:
    from engine.cli.command import Area

#: Spreadsheets recognise UTF-8 by its byte order mark.
_ENCODINGS = {"utf-8-bom": "utf-8-sig", "utf-8": "utf-8", "gb18030": "gb18030"}


def add(area: Area) -> None:
    """Add ``policy export``."""
    parser = area.add_parser("export", help="write a table's rows for a spreadsheet")
    parser.add_argument("table", type=Path, metavar="TABLE.yaml")
    format_ = parser.add_mutually_exclusive_group(required=True)
    format_.add_argument("--csv", action="store_true", help="as CSV")
    format_.add_argument("--xlsx", action="store_true", help="as a workbook; needs --output")
    parser.add_argument("--encoding", choices=list(_ENCODINGS), default="utf-8-bom", help="of CSV")
    parser.add_argument("--output", type=Path, help="default: print it")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if not options.table.exists():
        print(f"there is no file {options.table}", file=sys.stderr)
        return USAGE
    if options.xlsx and options.output is None:
        print("a workbook cannot be printed: name a file with --output", file=sys.stderr)
        return USAGE
    table, name = read_at_most(options.table), options.table.name
    if options.xlsx:
        raw = service.export_xlsx(table, name)
    else:
        raw = service.export_csv(table, name).encode(_ENCODINGS[options.encoding])
    if options.output is None:
        sys.stdout.buffer.write(raw)
    else:
        options.output.write_bytes(raw)
    return OK
