"""``touchstone generate``: synthetic applications with their ground truth."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, PROBLEM, USAGE
from engine.cli.progress import progress
from engine.cli.shared import day
from engine.generate.files import Target, write
from engine.generate.plan import Settings

if TYPE_CHECKING:
    from engine.cli.command import Area

_EACH = 500


def add(area: Area) -> None:
    """Add ``generate``."""
    parser = area.add_parser("generate", help="synthetic applications with their ground truth")
    parser.add_argument("out", type=Path, metavar="OUT", help="directory to write to; made anew")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--applicants", type=int, default=40_000, help="applications in all")
    parser.add_argument("--days", type=int, default=365, help="length of the period")
    parser.add_argument("--first", type=day, default=date(2025, 1, 1), help="its first day")
    parser.add_argument("--rings", type=int, help="fraud rings; 60 for each 40,000 applicants")
    parser.add_argument(
        "--format",
        choices=[target.value for target in Target],
        default=Target.REQUESTS.value,
        help="a DecideRequest in JSON on each line, or rows for bulk loading of the graph",
    )
    parser.add_argument(
        "--keys", type=Path, help="of a server, so that the tokens of graph rows are its own"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    try:
        settings = Settings(
            seed=options.seed,
            applicants=options.applicants,
            days=options.days,
            first=options.first,
            rings=options.rings,
        )
    except ValueError as error:
        print(error, file=sys.stderr)
        return USAGE
    target = Target(options.format)
    if options.keys is not None and target is Target.REQUESTS:
        print("--keys: requests hold no tokens; it is for --format csv or parquet", file=sys.stderr)
        return USAGE
    try:
        files = _written(options.out, settings, target, options.keys)
    except FileExistsError:
        print(f"{options.out} is there already: name a new directory", file=sys.stderr)
        return PROBLEM
    except OSError as error:
        print(f"{options.out}: {error.strerror}", file=sys.stderr)
        return PROBLEM
    except KeyboardInterrupt:
        print("stopped; what was written was removed", file=sys.stderr)
        return PROBLEM
    for file in files:
        print(file)
    return OK


def _written(out: Path, settings: Settings, target: Target, keys: Path | None) -> list[Path]:
    every = settings.applicants
    with progress("generating") as told:
        return write(
            out,
            settings,
            target,
            keys=keys,
            progress=lambda done: told(done, every) if done % _EACH == 0 else None,
        )
