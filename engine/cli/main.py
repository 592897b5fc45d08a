"""Finds the command, runs it, and turns what is wrong into a message and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from engine.cli.command import PROBLEM, USAGE
from engine.errors import TouchstoneError
from engine.privacy import KeyringError
from engine.settings import SettingsError
from engine.version import touchstone_version

if TYPE_CHECKING:
    from engine.cli.command import Area, Command

#: The areas with their help, and the module of each command in the order of the help. Only the
#: module that is needed is imported: a solver and a model take seconds to load.
AREAS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "policy": (
        "work on a policy",
        {
            "check": "policy_check",
            "codes": "policy_codes",
            "explain": "policy_explain",
            "graph": "policy_graph",
            "test": "policy_test",
            "prove": "policy_prove",
            "import": "policy_import",
            "export": "policy_export",
            "token": "policy_token",
            "simulate": "policy_simulate",
            "key": "policy_key",
            "propose": "policy_propose",
            "approve": "policy_review",
            "reject": "policy_review",
            "activate": "policy_operate",
            "canary": "policy_operate",
            "shadow": "policy_operate",
            "rollback": "policy_operate",
            "freeze": "policy_operate",
            "unfreeze": "policy_operate",
            "status": "policy_status",
            "history": "policy_status",
        },
    ),
    "graph": (
        "look at the graph, and work on it",
        {
            "search": "graph_look",
            "expand": "graph_look",
            "path": "graph_path",
            "timeline": "graph_look",
            "decision": "graph_path",
            "evidence": "graph_explain",
            "compare": "graph_explain",
            "ring": "graph_ring",
            "alerts": "graph_ring",
            "mark": "graph_mark",
            "unmark": "graph_mark",
            "marks": "graph_mark",
            "share": "graph_share",
            "unshare": "graph_share",
            "shared": "graph_share",
            "note": "graph_note",
            "notes": "graph_note",
            "export": "graph_export",
            "cypher": "graph_cypher",
            "access": "graph_access",
            "load": "graph_load",
            "rings": "graph_rings",
            "verify": "graph_verify",
            "repair": "graph_verify",
            "rebuild": "graph_rebuild",
        },
    ),
    "outcomes": (
        "report what became of decisions",
        {"load": "outcomes_load", "list": "outcomes_list"},
    ),
    "portfolio": (
        "review existing accounts",
        {"review": "portfolio_review", "sample": "portfolio_sample"},
    ),
    "score": ("train scorecards", {"spec": "score_spec", "train": "score_train"}),
    "monitor": (
        "watch scores, lines and decisions",
        {"report": "monitor_report", "explain": "monitor_report", "sample": "monitor_sample"},
    ),
    "ledger": ("look after a ledger", {"verify": "ledger_verify", "backup": "ledger_backup"}),
}

#: Commands that stand for themselves, with their modules.
COMMANDS: Mapping[str, str] = {"generate": "generate"}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of the command; what is wrong was printed."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = _parser(given).parse_args(given)
        code = int(options.run(options))
        sys.stdout.flush()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return USAGE
    except (TouchstoneError, KeyringError) as error:
        print(error, file=sys.stderr)
        return PROBLEM
    except BrokenPipeError:
        # Whoever read the output has seen enough; the interpreter must not flush into it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEM
    return code


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="touchstone", description="Touchstone's tools")
    parser.add_argument("--version", action="version", version=f"touchstone {touchstone_version()}")
    areas = parser.add_subparsers(required=True, metavar="AREA")
    for name, (told, modules) in AREAS.items():
        area = areas.add_parser(name, help=told).add_subparsers(required=True, metavar="COMMAND")
        for command in _commands(name, modules, given):
            command.add(area)
    _add_commands(areas, given)
    return parser


def _add_commands(areas: Area, given: Sequence[str]) -> None:
    """The command that was typed, or all of them for the help of the program."""
    wanted = [name for name in COMMANDS if given[:1] == [name]]
    for name in wanted or (() if given[:1] and given[0] in AREAS else COMMANDS):
        _load(COMMANDS[name]).add(areas)


def _commands(name: str, modules: Mapping[str, str], given: Sequence[str]) -> Iterable[Command]:
    """The module of the command that was typed, else all of the area that was."""
    if given[:1] != [name]:
        return ()
    wanted = [modules[word] for word in given[1:2] if word in modules]
    names = wanted or dict.fromkeys(modules.values())
    return [_load(module) for module in names]


def _load(module: str) -> Command:
    loaded: Command = import_module(f"engine.cli.{module}")
    return loaded
