"""``touchstone score spec``: a draft of a spec, from a table."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, PROBLEM

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``score spec``."""
    parser = area.add_parser("spec", help="draft a spec from a table, to be read and completed")
    parser.add_argument("data", type=Path, help="a CSV or Parquet file")
    parser.add_argument("--target", required=True, help="the column of the outcome")
    parser.add_argument(
        "--bad", action="append", default=[], help="a value of it that is bad; more than once if so"
    )
    parser.add_argument(
        "--out", type=Path, help="the file to write, beside the table; default: printed"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from engine.training.draft import draft

    if options.out is not None and options.out.exists():
        print(f"{options.out} is there already, and is not overwritten", file=sys.stderr)
        return PROBLEM
    text = draft(options.data, options.target, options.bad)
    if options.out is None:
        print(text, end="")
    else:
        options.out.write_text(text, encoding="utf-8")
        print(
            f"{options.out}: complete signs, families and meanings, then:\n"
            f"  touchstone score train {shlex.quote(str(options.out))} --check"
        )
    return OK
