"""``touchstone policy prove DIR``: prove or refute the claims of ``proofs.yaml``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine import proof
from engine.cli.command import OK, PROBLEM, USAGE
from engine.policy import load_policy
from engine.proof import ProofResult, Verdict, prove

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy prove``."""
    parser = area.add_parser("prove", help="prove the claims of proofs.yaml for every application")
    parser.add_argument("directory", type=Path, help="such as rulesets/credit_card")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    policy = load_policy(options.directory, checks=(proof.check,))
    try:
        results = prove(policy)
    finally:
        policy.rules.close()
    if not results:
        print(f"{options.directory} claims nothing: write proofs.yaml", file=sys.stderr)
        return USAGE
    for result in results:
        print(told(result))
    proved = sum(result.verdict is Verdict.PROVED for result in results)
    print(f"\n{proved} of {len(results)} claims proved; policy {policy.digest}")
    return OK if all(result.holds for result in results) else PROBLEM


def told(result: ProofResult) -> str:
    """A result for people: the verdict, the claim, and what breaks it."""
    lines = [f"{result.verdict.value:<9} {result.id}: {result.claim}"]
    if result.why:
        lines.append(f"          {result.why}")
    if result.note:
        lines.append(f"          {result.note}")
    for place, example in enumerate(result.examples):
        word = "with" if place else "for example"
        line = f", line {example.line_minor:,} minor units" if example.line_minor else ", no line"
        lines += [f"          {word}: {example.shown}", f"          -> {example.outcome}{line}"]
    return "\n".join(lines)
