"""``touchstone graph mark``, ``unmark`` and ``marks``: known fraud, one by one or from a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from engine.cli import graph_shown as shown
from engine.cli.command import OK, PROBLEM, USAGE
from engine.cli.graph_common import add_common, add_pages, all_pages, print_json
from engine.cli.graph_mark_file import Line, MarkFileError, moment_of, read_marks
from engine.cli.remote import Client, Refused, connected_to_graph, new_request_id
from engine.rules.diagnostics import did_you_mean
from touchstone.v1 import graph_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area

_AT_ONCE = 100
#: As docs/investigators.md lists them.
KNOWN_TYPES = (
    *("identity_theft", "synthetic_identity", "account_takeover", "bust_out", "mule"),
    *("false_documents", "false_income", "agent_collusion", "first_party", "ring"),
)
_LATEST = 1_000


def add(area: Area) -> None:
    """Add ``graph mark``, ``graph unmark`` and ``graph marks``."""
    mark = area.add_parser("mark", help="mark applications as known fraud")
    add_common(mark)
    mark.add_argument("decision_id", nargs="?", help="the application")
    mark.add_argument("--type", help="of fraud, such as bust_out")
    mark.add_argument(
        "--new-type", action="store_true", help="the type is new on purpose: no warning"
    )
    mark.add_argument("--source", help="who or what says so, such as chargeback_desk")
    mark.add_argument("--since", type=moment_of, help="since when it was known: YYYY-MM-DD, UTC")
    mark.add_argument(
        "--file",
        help="CSV with decision_id, fraud_type (empty: take the mark back), source and, if it is"
        " known, known_since; sent again, the same file changes nothing",
    )
    mark.set_defaults(run=_mark)
    unmark = area.add_parser("unmark", help="take a mark back")
    add_common(unmark)
    unmark.add_argument("decision_id")
    unmark.add_argument("--source", required=True, help="who or what says so")
    unmark.set_defaults(run=_unmark)
    marks = area.add_parser("marks", help="who marked what, newest first")
    add_common(marks)
    marks.add_argument("decision_id", nargs="?", default="", help="of this application only")
    add_pages(marks)
    marks.set_defaults(run=_marks)


def _mark(options: argparse.Namespace) -> int:
    if options.file is not None:
        return _mark_file(options)
    if not (options.decision_id and options.type and options.source):
        print("give a decision id with --type and --source, or --file", file=sys.stderr)
        return USAGE
    request = pb.MarkFraudRequest(
        request_id=new_request_id(),
        decision_id=options.decision_id,
        fraud_type=options.type,
        source=options.source,
        known_since=options.since,
        case_id=options.case,
    )
    with connected_to_graph(options) as client:
        if not options.new_type:
            _warn_of_new(client, [options.type], options.case)
        made = client.call("MarkFraud", request)
    print(f"{shown.moment(made.known_at)} UTC  {made.decision_id} marked as fraud")
    return OK


def _warn_of_new(client: Client, types: Sequence[str], case_id: str) -> None:
    """A type with a slip in it would be a type of its own, which nobody looks for."""
    asked = [one for one in dict.fromkeys(types) if one and one not in KNOWN_TYPES]
    if not asked:
        return

    def request(token: str, size: int) -> pb.ListFraudMarksRequest:
        return pb.ListFraudMarksRequest(page_size=size, page_token=token, case_id=case_id)

    try:
        marks = all_pages(client, "ListFraudMarks", request, "marks", _LATEST)
    except Refused:  # who may mark may not be allowed to list
        marks = []
    known = {*KNOWN_TYPES, *(mark.fraud_type for mark in marks)} - {""}
    for one in asked:
        if one not in known:
            hint = did_you_mean(one, sorted(known)) or f"known: {', '.join(sorted(known))}"
            print(
                f"warning: no mark has the type `{one}` yet; {hint} (--new-type: it is meant so)",
                file=sys.stderr,
            )


def _unmark(options: argparse.Namespace) -> int:
    request = pb.UnmarkFraudRequest(
        request_id=new_request_id(),
        decision_id=options.decision_id,
        source=options.source,
        case_id=options.case,
    )
    with connected_to_graph(options) as client:
        made = client.call("UnmarkFraud", request)
    print(f"{shown.moment(made.known_at)} UTC  {made.decision_id} no longer marked")
    return OK


def _mark_file(options: argparse.Namespace) -> int:
    try:
        lines = read_marks(options.file)
    except MarkFileError as error:
        print(error, file=sys.stderr)
        return USAGE
    refused = 0
    with connected_to_graph(options) as client:
        if not options.new_type:
            _warn_of_new(client, [line.mark.fraud_type for line in lines], options.case)
        for start in range(0, len(lines), _AT_ONCE):
            refused += _send(client, lines[start : start + _AT_ONCE], options.case)
            done = min(start + _AT_ONCE, len(lines))
            if done < len(lines) and sys.stderr.isatty():
                print(f"{done} of {len(lines)}", end="\r", file=sys.stderr)
    print(f"{len(lines) - refused} lines recorded, {refused} refused")
    return PROBLEM if refused else OK


def _send(client: Client, lines: Sequence[Line], case_id: str) -> int:
    """Send some lines; print those that were refused, and return how many."""
    request = pb.BatchMarkFraudRequest(marks=[line.mark for line in lines], case_id=case_id)
    results = client.call("BatchMarkFraud", request).results
    refused = 0
    for line, result in zip(lines, results, strict=True):
        if result.HasField("status"):
            refused += 1
            print(f"line {line.number}: {result.status.message}", file=sys.stderr)
    return refused


def _marks(options: argparse.Namespace) -> int:
    def request(token: str, size: int) -> pb.ListFraudMarksRequest:
        return pb.ListFraudMarksRequest(
            decision_id=options.decision_id,
            page_size=size,
            page_token=token,
            case_id=options.case,
        )

    with connected_to_graph(options) as client:
        whole = pb.ListFraudMarksResponse(
            marks=all_pages(client, "ListFraudMarks", request, "marks", options.limit)
        )
    if options.format == "json":
        print_json(whole)
        return OK
    table = Table(box=None, pad_edge=False)
    for name in ("when (UTC)", "application", "type", "known since", "source", "by", "case"):
        table.add_column(name, overflow="fold")
    for mark in whole.marks:
        since = shown.moment(mark.known_since) if mark.HasField("known_since") else ""
        table.add_row(
            shown.moment(mark.known_at),
            mark.decision_id,
            mark.fraud_type or "(taken back)",
            since,
            mark.source,
            mark.caller,
            mark.case_id,
        )
    shown.console().print(table)
    return OK
