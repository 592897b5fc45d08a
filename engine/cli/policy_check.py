"""``touchstone policy check DIR``: everything that is wrong with a policy, all at once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from engine import cases
from engine.cli.command import OK, PROBLEM
from engine.policy import Policy, load_policy
from engine.proof import check_rules
from engine.rules import Diagnostic, Severity, render_all, sources_of

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy check``."""
    parser = area.add_parser("check", help="everything that is wrong with a policy, all at once")
    parser.add_argument("directory", type=Path, help="such as rulesets/credit_card")
    parser.add_argument(
        "--no-proofs", action="store_true", help="without what only a solver finds: faster"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    policy = load_policy(options.directory, checks=(cases.check,))
    try:
        return _report(options, policy)
    finally:
        policy.rules.close()


def _report(options: argparse.Namespace, policy: Policy) -> int:
    proved: tuple[Diagnostic, ...] = ()
    if not options.no_proofs:
        proved = check_rules(policy.bundle, policy.products)
    found = (*policy.bundle.warnings, *proved)
    if found:
        print(render_all(found, sources_of(policy.bundle)) + "\n")
    rules = sum(len(ruleset.rules) for ruleset in policy.bundle.rulesets.values())
    print(
        f"{options.directory}: {rules} rules, {len(policy.products)} products, "
        f"{len(policy.scorecards)} scorecards; digest {policy.digest}"
    )
    refused = any(item.severity is Severity.ERROR for item in found)
    return PROBLEM if refused else OK
