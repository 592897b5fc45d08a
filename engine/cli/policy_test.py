"""``touchstone policy test DIR``: run the policy's own cases."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cases import MutationReport, TestReport, load_suites, mutate, run_cases
from engine.cases.report_files import to_json, to_junit
from engine.cases.report_text import render_coverage, render_mutation, render_report
from engine.cli.command import OK, PROBLEM, USAGE
from engine.policy import load_policy

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy test``."""
    parser = area.add_parser("test", help="run the cases under tests/ of a policy")
    parser.add_argument("directory", type=Path, help="such as rulesets/credit_card")
    parser.add_argument("--filter", default="", help="only cases whose file or name contains this")
    parser.add_argument("--verbose", action="store_true", help="list the cases that pass, too")
    parser.add_argument("--coverage", action="store_true", help="what the cases did not try")
    parser.add_argument(
        "--min-coverage", type=float, metavar="PERCENT", help="fail if fewer rules are covered"
    )
    parser.add_argument(
        "--mutate", action="store_true", help="which small faults in rules no case would notice"
    )
    parser.add_argument("--format", choices=("text", "json", "junit"), default="text")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    policy = load_policy(options.directory)
    try:
        suites = load_suites(policy.bundle)
        report = run_cases(policy, suites, options.filter)
        mutation = mutate(policy, suites) if options.mutate else None
    finally:
        policy.rules.close()
    if not report.results:
        some = f"no case is named like `{options.filter}`" if options.filter else "there is no case"
        print(f"{options.directory}: {some}; cases stand in tests/*.yaml", file=sys.stderr)
        return USAGE
    _print(options, report, mutation)
    least = options.min_coverage
    if least is not None and report.coverage.percent < least:
        found = f"{report.coverage.percent:.1f} % of the rules are covered"
        print(f"{found}, {least:g} % are asked for", file=sys.stderr)
        return PROBLEM
    return OK if report.succeeded else PROBLEM


def _print(
    options: argparse.Namespace, report: TestReport, mutation: MutationReport | None
) -> None:
    if options.format == "json":
        print(to_json(report, mutation))
        return
    if options.format == "junit":
        print(to_junit(report))
        return
    print(render_report(report, verbose=options.verbose))
    if options.coverage:
        print(render_coverage(report.coverage))
    if mutation is not None:
        print(render_mutation(mutation))
