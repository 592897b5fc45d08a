"""``touchstone graph share``, ``unshare`` and ``shared``: what is legitimately shared."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from engine.cli import graph_shown as shown
from engine.cli.command import OK
from engine.cli.graph_common import (
    add_common,
    add_pages,
    add_subject,
    all_pages,
    print_json,
    subject_of,
)
from engine.cli.remote import connected_to_graph, new_request_id
from touchstone.v1 import graph_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area

_REASONS = ("dormitory", "switchboard", "branch_wifi", "partner_agent", "other")


def add(area: Area) -> None:
    """Add ``graph share``, ``graph unshare`` and ``graph shared``."""
    share = area.add_parser("share", help="declare an identifier as legitimately shared")
    share.set_defaults(run=_share)
    unshare = area.add_parser("unshare", help="take such a declaration back")
    unshare.set_defaults(run=_unshare)
    for parser in (share, unshare):
        add_common(parser)
        add_subject(parser)
        parser.add_argument("--note", required=True, help="what it rests on")
    share.add_argument("--reason", required=True, choices=_REASONS)
    shared = area.add_parser("shared", help="who declared what, newest first")
    add_common(shared)
    add_pages(shared)
    shared.set_defaults(run=_shared)


def _share(options: argparse.Namespace) -> int:
    request = pb.DeclareSharingRequest(
        request_id=new_request_id(),
        subject=subject_of(options),
        reason=options.reason,
        note=options.note,
        case_id=options.case,
    )
    with connected_to_graph(options) as client:
        made = client.call("DeclareSharing", request).sharing
    print(f"{shown.moment(made.at)} UTC  {made.key} declared as {made.reason}")
    return OK


def _unshare(options: argparse.Namespace) -> int:
    request = pb.WithdrawSharingRequest(
        request_id=new_request_id(),
        subject=subject_of(options),
        note=options.note,
        case_id=options.case,
    )
    with connected_to_graph(options) as client:
        made = client.call("WithdrawSharing", request).sharing
    print(f"{shown.moment(made.at)} UTC  {made.key} no longer declared as shared")
    return OK


def _shared(options: argparse.Namespace) -> int:
    def request(token: str, size: int) -> pb.ListSharingRequest:
        return pb.ListSharingRequest(page_size=size, page_token=token, case_id=options.case)

    with connected_to_graph(options) as client:
        whole = pb.ListSharingResponse(
            sharing=all_pages(client, "ListSharing", request, "sharing", options.limit)
        )
    if options.format == "json":
        print_json(whole)
        return OK
    table = Table(box=None, pad_edge=False)
    for name in ("when (UTC)", "token", "reason", "note", "by", "case"):
        table.add_column(name, overflow="fold")
    for entry in whole.sharing:
        table.add_row(
            shown.moment(entry.at),
            entry.key,
            entry.reason or "(taken back)",
            escape(entry.note),
            entry.caller,
            entry.case_id,
        )
    shown.console().print(table)
    return OK
