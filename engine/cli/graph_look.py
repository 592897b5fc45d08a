"""``touchstone graph search``, ``expand``, ``timeline``: what is known of a node."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from engine.cli import graph_shown as shown
from engine.cli.command import OK
from engine.cli.graph_common import (
    add_common,
    add_pages,
    add_subject,
    print_json,
    subject_of,
    united,
)
from engine.cli.remote import Client, connected_to_graph
from touchstone.v1 import graph_pb2 as pb
from touchstone.v1 import graph_types_pb2 as types

if TYPE_CHECKING:
    from engine.cli.command import Area

_PAGE = 200


def add(area: Area) -> None:
    """Add ``graph search``, ``graph expand`` and ``graph timeline``."""
    search = _command(area, "search", "find an identifier or an application", _search)
    expand = _command(area, "expand", "who is connected to it", _expand)
    expand.add_argument("--even-hub", action="store_true", help="expand it although it is a hub")
    timeline = _command(area, "timeline", "what happened around it, in order", _timeline)
    for parser in (search, expand, timeline):
        add_subject(parser)
    for parser in (expand, timeline):
        add_pages(parser)


def _command(
    area: Area, name: str, told: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser = area.add_parser(name, help=told)
    add_common(parser)
    parser.set_defaults(run=run)
    return parser


def _search(options: argparse.Namespace) -> int:
    request = pb.SearchGraphRequest(subject=subject_of(options), case_id=options.case)
    with connected_to_graph(options) as client:
        found = client.call("SearchGraph", request)
    if options.format == "json":
        print_json(found)
        return OK
    out = shown.console()
    for node in found.part.applications:
        out.print(shown.person(node))
    out.print(shown.identifiers(found.part.identifiers))
    if not found.part.applications:
        for node in found.part.identifiers:
            first = shown.moment(node.first_seen) if node.HasField("first_seen") else "never"
            out.print(f"first seen {first}; {found.uses} use it, {found.named} name it")
    out.print(shown.of_view(found.view), style="dim")
    return OK


def _expand(options: argparse.Namespace) -> int:
    subject = subject_of(options)

    def request(token: str, size: int) -> pb.ExpandNodeRequest:
        return pb.ExpandNodeRequest(
            subject=subject,
            even_hub=options.even_hub,
            page_size=size,
            page_token=token,
            case_id=options.case,
        )

    with connected_to_graph(options) as client:
        pages = list(
            _pages(client, "ExpandNode", request, options.limit, lambda page: len(page.part.links))
        )
    whole = pb.ExpandNodeResponse(
        view=pages[0].view,
        part=united(page.part for page in pages),
        hubs=pages[0].hubs,
        next_page_token=pages[-1].next_page_token,
    )
    if options.format == "json":
        print_json(whole)
        return OK
    out = shown.console()
    centre = subject.decision_id
    title = "\n".join(
        shown.person(node) for node in whole.part.applications if node.decision_id == centre
    )
    out.print(shown.sharing(title or "applications on it", whole.part, centre))
    for node in whole.hubs:
        out.print(f"[yellow]not expanded[/] {escape(shown.masked(node))}  {shown.hub(node)}")
        out.print(f"  touchstone graph expand {node.key} --even-hub", style="dim")
    if whole.next_page_token:
        out.print(f"there are more than these {options.limit}: raise --limit", style="yellow")
    out.print(shown.of_view(whole.view), style="dim")
    return OK


def _timeline(options: argparse.Namespace) -> int:
    subject = subject_of(options)

    def request(token: str, size: int) -> pb.GetTimelineRequest:
        return pb.GetTimelineRequest(
            subject=subject, page_size=size, page_token=token, case_id=options.case
        )

    with connected_to_graph(options) as client:
        pages = list(
            _pages(client, "GetTimeline", request, options.limit, lambda page: len(page.moments))
        )
    whole = pb.GetTimelineResponse(
        view=pages[0].view,
        moments=[moment for page in pages for moment in page.moments],
        part=united(page.part for page in pages),
        cut=pages[0].cut,
        next_page_token=pages[-1].next_page_token,
    )
    if options.format == "json":
        print_json(whole)
        return OK
    out = shown.console()
    names = {node.key: shown.masked(node) for node in whole.part.identifiers}
    for moment in whole.moments:
        out.print(f"{shown.moment(moment.at)}  {escape(_told(moment, names))}")
    if whole.cut:
        out.print("older links were left out: there are more than 2,000", style="yellow")
    if whole.next_page_token:
        out.print(f"there are more than these {options.limit}: raise --limit", style="yellow")
    out.print(shown.of_view(whole.view), style="dim")
    return OK


def _told(moment: types.GraphMoment, names: dict[str, str]) -> str:
    name = names.get(moment.key, moment.key)
    match moment.kind:
        case "linked":
            return f"{moment.decision_id} {moment.role} {name}"
        case "hub":
            return f"{name} passed its cap: a hub from then on"
        case "shared":
            return f"{name} declared as {moment.detail}"
        case "not_shared":
            return f"{name} no longer declared as shared"
        case "fraud":
            since = shown.moment(moment.since)
            return f"{moment.decision_id} marked as fraud ({moment.detail}), known since {since}"
        case _:
            return f"{moment.decision_id} no longer marked as fraud"


def _pages(
    client: Client,
    method: str,
    request: Callable[[str, int], Any],
    limit: int,
    count: Callable[[Any], int],
) -> Iterator[Any]:
    """Page after page, until there are ``limit`` entries or no more."""
    token, left = "", limit
    while True:
        page = client.call(method, request(token, min(left, _PAGE)))
        yield page
        token, left = page.next_page_token, left - count(page)
        if not token or left <= 0:
            return
