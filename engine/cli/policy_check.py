"""``touchstone policy check DIR``: everything that is wrong with a policy, all at once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK
from engine.policy import load_policy
from engine.rules import render_all

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy check``."""
    parser = area.add_parser("check", help="everything that is wrong with a policy, all at once")
    parser.add_argument("directory", type=Path, help="such as rulesets/credit_card")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    policy = load_policy(options.directory)
    if policy.bundle.warnings:
        print(render_all(policy.bundle.warnings, {}))
    rules = sum(len(ruleset.rules) for ruleset in policy.bundle.rulesets.values())
    print(
        f"{options.directory}: {rules} rules, {len(policy.products)} products, "
        f"{len(policy.scorecards)} scorecards; digest {policy.digest}"
    )
    policy.rules.close()
    return OK
