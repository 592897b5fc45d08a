"""``touchstone ledger backup``: a verified copy of a ledger, also of a server that runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.backup import back_up
from engine.cli.command import OK, PROBLEM
from engine.cli.progress import progress
from engine.cli.shared import add_place, settings_of

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``ledger backup``."""
    parser = area.add_parser(
        "backup",
        help="copy a ledger and its policies; its server may run",
        description="A consistent copy as of now, verified. The keys are not in it, and without "
        "them it cannot be read: keep a copy of them elsewhere. The graph is not in it either: "
        "it is projected anew from the ledger. See docs/operations.md.",
    )
    add_place(parser, bare=True)
    parser.add_argument("--to", type=Path, required=True, help="directory to make", metavar="DIR")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    storage = settings_of(options).storage
    try:
        with progress("copying, pages") as told:
            report = back_up(storage.data_dir, options.to, told)
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return PROBLEM
    print(f"{report.records} records; head {report.head}")
    print(f"the copy in {options.to} holds; note the head")
    keys = storage.keys_path
    which = f"a copy of {keys}" if keys.exists() else "a copy of the server's keys"
    print(f"the keys are not in it, and without them it cannot be read: keep {which} elsewhere")
    return OK
