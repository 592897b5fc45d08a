"""``touchstone``: the command-line tool.

touchstone policy check DIR        everything that is wrong with a policy, all at once
touchstone ledger verify DATA_DIR  walk the chain of a ledger whose server is stopped
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from engine.errors import TouchstoneError
from engine.ledger import SqliteLedger, VerifyReport
from engine.ledger.sqlite import FILE_NAME
from engine.policy import load_policy
from engine.privacy import Keyring, KeyringError
from engine.rules import render_all

_PROBLEM, _USAGE = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """0: in order; 1: something is wrong, and it was printed; 2: the command line is wrong."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (TouchstoneError, KeyringError) as error:
        print(error, file=sys.stderr)
        return _PROBLEM


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="touchstone", description="Touchstone's tools")
    areas = parser.add_subparsers(required=True, metavar="AREA")
    policy = areas.add_parser("policy", help="work on a policy").add_subparsers(required=True)
    check = policy.add_parser("check", help="everything that is wrong with a policy, all at once")
    check.add_argument("directory", type=Path, help="such as rulesets/credit_card")
    check.set_defaults(run=_check)
    ledger = areas.add_parser("ledger", help="look after a ledger").add_subparsers(required=True)
    verify = ledger.add_parser("verify", help="walk the chain of a ledger; stop its server first")
    verify.add_argument("data_dir", type=Path)
    verify.add_argument("--keys", type=Path, help="default: DATA_DIR/keys")
    verify.set_defaults(run=_verify)
    return parser


def _check(options: argparse.Namespace) -> int:
    policy = load_policy(options.directory)
    if policy.bundle.warnings:
        print(render_all(policy.bundle.warnings, {}))
    rules = sum(len(ruleset.rules) for ruleset in policy.bundle.rulesets.values())
    print(
        f"{options.directory}: {rules} rules, {len(policy.products)} products, "
        f"{len(policy.scorecards)} scorecards; digest {policy.digest}"
    )
    policy.rules.close()
    return 0


def _verify(options: argparse.Namespace) -> int:
    if not (options.data_dir / FILE_NAME).exists():
        print(f"{options.data_dir} holds no ledger", file=sys.stderr)
        return _USAGE
    report = asyncio.run(_report(options.data_dir, options.keys or options.data_dir / "keys"))
    print(f"{report.records} records; head {report.head}")
    if report.problem:
        print(report.problem, file=sys.stderr)
        return _PROBLEM
    return 0


async def _report(data_dir: Path, keys: Path) -> VerifyReport:
    ledger = await SqliteLedger.open(data_dir, Keyring.open(keys, ledger_exists=True))
    try:
        return await ledger.verify()
    finally:
        await ledger.close()


if __name__ == "__main__":
    sys.exit(main())
