"""``touchstone policy check DIR``: everything that is wrong with a policy, all at once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.check import CheckReport, check
from engine.check_formats import as_json, as_lines, as_text
from engine.cli.command import OK, PROBLEM

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy check``."""
    parser = area.add_parser("check", help="everything that is wrong with a policy, all at once")
    parser.add_argument("directory", type=Path, help="such as rulesets/credit_card")
    parser.add_argument(
        "--no-proofs", action="store_true", help="without what only a solver finds: faster"
    )
    parser.add_argument(
        "--format",
        choices=("text", "line", "json"),
        default="text",
        help="line: file:line:column: severity CODE message, for editors; json: for CI",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    report = check(options.directory, proofs=not options.no_proofs)
    if options.format == "json":
        print(as_json(report))
    elif options.format == "line":
        _print_if_any(as_lines(report, options.directory))
    else:
        _print_text(report, options.directory)
    return OK if report.usable else PROBLEM


def _print_text(report: CheckReport, directory: Path) -> None:
    text = as_text(report)
    if not report.usable:
        print(f"{text}\n\n{_counted(report)}: refused", file=sys.stderr)
    elif text:
        print(text + "\n")
    if report.digest:
        print(
            f"{directory}: {report.rules} rules, {report.products} products, "
            f"{report.scorecards} scorecards; digest {report.digest}"
        )


def _counted(report: CheckReport) -> str:
    counts = ((report.errors, "error"), (report.warnings, "warning"))
    return ", ".join(f"{n} {what}{'s' if n > 1 else ''}" for n, what in counts if n)


def _print_if_any(text: str) -> None:
    if text:
        print(text)
