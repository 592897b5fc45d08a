"""``touchstone graph access``: who looked at what, for auditors."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp
from rich.table import Table

from engine.cli import graph_shown as shown
from engine.cli.command import OK
from engine.cli.graph_common import print_json
from engine.cli.remote import add_server, connected_to_graph
from touchstone.v1 import graph_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area

_PAGE = 200


def add(area: Area) -> None:
    """Add ``graph access``."""
    parser = area.add_parser("access", help="who looked at what, newest first")
    add_server(parser)
    parser.add_argument("--by", default="", help="of this caller only")
    parser.add_argument("--subject", default="", help="about this decision id or token only")
    parser.add_argument("--since", type=_day, help="YYYY-MM-DD, UTC")
    parser.add_argument("--until", type=_day, help="YYYY-MM-DD, UTC; before that day")
    parser.add_argument("--limit", type=int, default=100, help="entries at most")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    whole = pb.ListAccessResponse()
    with connected_to_graph(options) as client:
        while len(whole.accesses) < options.limit:
            page = client.call("ListAccess", _request(options, whole.next_page_token))
            whole.accesses.extend(page.accesses)
            whole.next_page_token = page.next_page_token
            if not page.next_page_token:
                break
    del whole.accesses[options.limit :]
    if options.format == "json":
        print_json(whole)
        return OK
    table = Table(box=None, pad_edge=False)
    for name in ("when (UTC)", "who", "what", "about", "case", "result", "shown"):
        table.add_column(name, overflow="fold")
    for entry in whole.accesses:
        table.add_row(
            shown.moment(entry.at),
            entry.caller,
            entry.method,
            "\n".join(entry.subjects),
            entry.case_id,
            entry.result,
            str(entry.shown),
        )
    shown.console().print(table)
    return OK


def _request(options: argparse.Namespace, token: str) -> pb.ListAccessRequest:
    return pb.ListAccessRequest(
        caller=options.by,
        subject=options.subject,
        since=options.since,
        until=options.until,
        page_size=_PAGE,
        page_token=token,
    )


def _day(text: str) -> Timestamp:
    at = Timestamp()
    at.FromDatetime(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC))
    return at
