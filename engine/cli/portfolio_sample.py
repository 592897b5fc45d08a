"""``touchstone portfolio sample``: a portfolio to try a review on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, PROBLEM, USAGE
from engine.cli.progress import progress

if TYPE_CHECKING:
    from engine.cli.command import Area

_DATA = Path("data/taiwan_credit_card.csv.gz")
_MOST = 5_000_000


def add(area: Area) -> None:
    """Add ``portfolio sample``."""
    parser = area.add_parser("sample", help="a seeded portfolio to try a review on")
    parser.add_argument("out", type=Path, metavar="ACCOUNTS.parquet")
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--data", type=Path, default=_DATA, help=f"statements to draw from; default {_DATA}"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from engine.portfolio.sample import write_sample

    if not 1 <= options.accounts <= _MOST or options.seed < 0:
        print(f"--accounts must be 1 to {_MOST:,}, --seed 0 or more", file=sys.stderr)
        return USAGE
    if options.out.exists():
        print(f"{options.out} is there already: name a new file", file=sys.stderr)
        return PROBLEM
    try:
        with progress("accounts") as told:
            write_sample(options.out, options.data, options.accounts, options.seed, told)
    except OSError as error:
        print(f"{error.filename or options.out}: {error.strerror}", file=sys.stderr)
        return PROBLEM
    print(options.out)
    return OK
