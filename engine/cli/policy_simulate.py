"""``touchstone policy simulate``: what a candidate would have decided."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from engine.cli.command import OK, PROBLEM, USAGE
from engine.cli.progress import progress
from engine.cli.shared import add_processes, add_window, day, processes_of
from engine.simulate import (
    Applications,
    Filters,
    Simulation,
    StoredDecisions,
    as_json,
    page,
    print_report,
    simulate,
)

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy simulate``."""
    parser = area.add_parser("simulate", help="what a candidate would have decided")
    parser.add_argument("--candidate", type=Path, required=True, help="directory of the policy")
    parser.add_argument(
        "--current", type=Path, help="directory of the other one; without it, what was decided"
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data-dir", type=Path, help="of a server; it may be running")
    source.add_argument("--applications", type=Path, help="a DecideRequest in JSON on each line")
    parser.add_argument("--keys", type=Path, help="default: DATA_DIR/keys")
    add_window(parser)
    parser.add_argument("--product", default="", help="only of this product")
    parser.add_argument("--channel", default="", help="only of this channel")
    parser.add_argument("--limit", type=int, default=0, help="only the latest so many")
    parser.add_argument("--on", type=day, help="day of the applications of a file; today")
    parser.add_argument(
        "--assume-clean",
        action="store_true",
        help="applications of a file have nobody near them and no history; else sources are down",
    )
    add_processes(parser)
    parser.add_argument("--report", type=Path, help="write the report as a page, HTML")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.applications is not None and options.current is None:
        print("--applications needs --current: nobody has decided them yet", file=sys.stderr)
        return USAGE
    if options.limit < 0:
        print("--limit must be 0 or more", file=sys.stderr)
        return USAGE
    if options.report is not None and not options.report.parent.is_dir():
        print(f"--report: there is no directory {options.report.parent}", file=sys.stderr)
        return USAGE
    try:
        found = _simulated(options)
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return PROBLEM
    if options.report is not None:
        options.report.write_text(page(found), encoding="utf-8")
    if options.format == "json":
        print(as_json(found))
        return OK
    print_report(found, Console())
    if options.report is not None:
        print(f"the report is in {options.report}")
    return OK


def _simulated(options: argparse.Namespace) -> Simulation:
    with progress("simulating, parts") as told:
        return simulate(
            _source(options),
            options.candidate,
            options.current,
            processes=processes_of(options),
            progress=told,
        )


def _source(options: argparse.Namespace) -> StoredDecisions | Applications:
    if options.applications is not None:
        return Applications(
            file=options.applications,
            day=options.on or datetime.now(UTC).date(),
            assume_clean=options.assume_clean,
        )
    return StoredDecisions(
        data_dir=options.data_dir,
        keys=options.keys or options.data_dir / "keys",
        filters=Filters(
            since=options.since,
            until=options.until,
            product=options.product,
            channel=options.channel,
            limit=options.limit,
        ),
    )
