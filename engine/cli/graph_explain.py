"""``touchstone graph evidence`` and ``compare``: what a group, or two of them, have in common."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from engine.cli import graph_shown as shown
from engine.cli.command import OK
from engine.cli.graph_common import add_common, print_json
from engine.cli.remote import connected_to_graph
from touchstone.v1 import graph_pb2 as pb
from touchstone.v1 import graph_types_pb2 as types

if TYPE_CHECKING:
    from engine.cli.command import Area

_COLOURS = {"same": "red", "near": "yellow", "different": "green", "unknown": "dim"}


def add(area: Area) -> None:
    """Add ``graph evidence`` and ``graph compare``."""
    evidence = area.add_parser("evidence", help="who shares what with whom, since when")
    add_common(evidence)
    evidence.add_argument("about", help="a decision id, or a ring of the last search")
    evidence.add_argument("--max-members", type=int, default=0, help="1 to 200; default 100")
    evidence.set_defaults(run=_evidence)
    compare = area.add_parser("compare", help="two applications: what is the same, what nearly")
    add_common(compare)
    compare.add_argument("first", help="decision id")
    compare.add_argument("second", help="decision id")
    compare.set_defaults(run=_compare)
    for parser in (evidence, compare):
        parser.add_argument("--language", choices=("en", "zh"), default="en")


def _evidence(options: argparse.Namespace) -> int:
    request = pb.GetEvidenceRequest(
        max_members=options.max_members,
        language=options.language,
        case_id=options.case,
    )
    is_ring = options.about.startswith("ring_")
    setattr(request, "ring_id" if is_ring else "decision_id", options.about)
    with connected_to_graph(options) as client:
        found = client.call("GetEvidence", request)
    if options.format == "json":
        print_json(found)
        return OK
    out = shown.console()
    for sentence in found.sentences:
        out.print(f"- {escape(sentence)}")
    out.print(shown.sharing("who shares what", found.part))
    if found.pairs:
        out.print(_pairs(found.pairs))
    out.print(shown.of_view(found.view), style="dim")
    return OK


def _pairs(pairs: Iterable[types.SharingPair]) -> Table:
    table = Table(title="closest pairs", title_justify="left", box=None, pad_edge=False)
    for name in ("application", "application", "share", "since (UTC)"):
        table.add_column(name, overflow="fold")
    for pair in pairs:
        table.add_row(
            pair.first_decision_id,
            pair.second_decision_id,
            ", ".join(pair.kinds),
            shown.moment(pair.since),
        )
    return table


def _compare(options: argparse.Namespace) -> int:
    request = pb.CompareApplicationsRequest(
        first_decision_id=options.first,
        second_decision_id=options.second,
        language=options.language,
        case_id=options.case,
    )
    with connected_to_graph(options) as client:
        found = client.call("CompareApplications", request)
    if options.format == "json":
        print_json(found)
        return OK
    out = shown.console()
    table = Table(box=None, pad_edge=False, show_header=False)
    for entry in found.comparisons:
        colour = _COLOURS.get(entry.relation, "default")
        tokens = ", ".join(shown.short(key) for key in entry.keys)
        table.add_row(f"[{colour}]{entry.relation}[/]", escape(entry.sentence), tokens)
    out.print(table)
    return OK
