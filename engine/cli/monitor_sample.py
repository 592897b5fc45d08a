"""``touchstone monitor sample``: a data directory to try monitoring on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, PROBLEM, USAGE
from engine.cli.progress import progress

if TYPE_CHECKING:
    from engine.cli.command import Area

_SPEC = Path("data/card_bureau.yaml")
_POLICY = Path("rulesets/credit_card")
_MOST = 1_000_000


def add(area: Area) -> None:
    """Add ``monitor sample``."""
    parser = area.add_parser(
        "sample",
        help="a data directory of seeded decisions, with causes to find in its second half",
    )
    parser.add_argument("out", type=Path, metavar="DATA_DIR", help="must not be there yet")
    parser.add_argument("--decisions", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policy", type=Path, default=_POLICY, help=f"default {_POLICY}")
    parser.add_argument(
        "--spec",
        type=Path,
        default=_SPEC,
        help=f"whose data people are drawn from; default {_SPEC}",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from engine.training.bureau_rows import bureaus
    from engine.training.read_spec import read_spec
    from engine.training.table import read_table
    from engine.watch.sample import DAYS, FIRST, write_sample

    if not 1 <= options.decisions <= _MOST or options.seed < 0:
        print(f"--decisions must be 1 to {_MOST:,}, --seed 0 or more", file=sys.stderr)
        return USAGE
    if options.out.exists():
        print(f"{options.out} is there already: name a new directory", file=sys.stderr)
        return PROBLEM
    spec = read_spec(options.spec)
    if spec.bureau is None:
        print(f"{options.spec}: has no `bureau` statements to draw people from", file=sys.stderr)
        return PROBLEM
    people = bureaus(spec.bureau, read_table(options.spec.parent / spec.data.file, spec.data))
    try:
        with progress("deciding") as told:
            write_sample(
                options.out,
                options.policy,
                people,
                decisions=options.decisions,
                seed=options.seed,
                progress=told,
            )
    except OSError as error:
        print(f"{error.filename or options.out}: {error.strerror}", file=sys.stderr)
        return PROBLEM
    print(f"{options.out}: {options.decisions:,} decisions of {DAYS} days from {FIRST} on")
    return OK
