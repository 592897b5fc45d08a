"""``touchstone policy export TABLE.yaml --csv``: a table for a spreadsheet."""

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
    parser.add_argument("--csv", action="store_true", required=True, help="as CSV")
    parser.add_argument("--encoding", choices=list(_ENCODINGS), default="utf-8-bom")
    parser.add_argument("--output", type=Path, help="default: print it")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if not options.table.exists():
        print(f"there is no file {options.table}", file=sys.stderr)
        return USAGE
    text = service.export_csv(read_at_most(options.table), options.table.name)
    raw = text.encode(_ENCODINGS[options.encoding])
    if options.output is None:
        sys.stdout.buffer.write(raw)
    else:
        options.output.write_bytes(raw)
    return OK
