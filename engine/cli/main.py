"""Finds the command, runs it, and turns what is wrong into a message and an exit code."""

from __future__ import annotations

import argparse
import sys

from engine.cli import (
    ledger_verify,
    policy_check,
    policy_codes,
    policy_explain,
    policy_export,
    policy_graph,
    policy_import,
    policy_key,
    policy_operate,
    policy_propose,
    policy_prove,
    policy_review,
    policy_simulate,
    policy_status,
    policy_test,
    policy_token,
)
from engine.cli.command import PROBLEM, Commands
from engine.errors import TouchstoneError
from engine.privacy import KeyringError

#: The areas with their help, and the commands of each in the order of the help.
AREAS: dict[str, tuple[str, Commands]] = {
    "policy": (
        "work on a policy",
        (
            policy_check,
            policy_codes,
            policy_explain,
            policy_graph,
            policy_test,
            policy_prove,
            policy_import,
            policy_export,
            policy_token,
            policy_key,
            policy_simulate,
            policy_propose,
            policy_review,
            policy_operate,
            policy_status,
        ),
    ),
    "ledger": ("look after a ledger", (ledger_verify,)),
}


def main(arguments: list[str] | None = None) -> int:
    """The exit code of the command; what is wrong was printed."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (TouchstoneError, KeyringError) as error:
        print(error, file=sys.stderr)
        return PROBLEM


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="touchstone", description="Touchstone's tools")
    areas = parser.add_subparsers(required=True, metavar="AREA")
    for name, (told, commands) in AREAS.items():
        area = areas.add_parser(name, help=told).add_subparsers(required=True, metavar="COMMAND")
        for command in commands:
            command.add(area)
    return parser
