"""``touchstone graph path`` and ``decision``: how two are connected, and what a decision saw."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.tree import Tree

from engine.cli import graph_shown as shown
from engine.cli.command import OK, PROBLEM
from engine.cli.graph_common import add_common, print_json
from engine.cli.remote import connected_to_graph
from touchstone.v1 import graph_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``graph path`` and ``graph decision``."""
    path = area.add_parser("path", help="the shortest path between two applications")
    add_common(path)
    path.add_argument("start", help="decision id")
    path.add_argument("end", help="decision id")
    path.add_argument("--max-steps", type=int, default=0, help="1 to 8; default 6")
    path.add_argument(
        "--through-hubs", action="store_true", help="over the latest 200 links of hubs too"
    )
    path.set_defaults(run=_path)
    decision = area.add_parser("decision", help="exactly what a decision saw of the graph")
    add_common(decision)
    decision.add_argument("decision_id")
    decision.set_defaults(run=_decision)


def _path(options: argparse.Namespace) -> int:
    request = pb.FindPathRequest(
        from_decision_id=options.start,
        to_decision_id=options.end,
        max_steps=options.max_steps,
        through_hubs=options.through_hubs,
        case_id=options.case,
    )
    with connected_to_graph(options) as client:
        found = client.call("FindPath", request)
    if options.format == "json":
        print_json(found)
    else:
        _show(options.start, found)
    return OK if found.steps else PROBLEM


def _show(start: str, found: pb.FindPathResponse) -> None:
    out = shown.console()
    people = {node.decision_id: shown.person(node) for node in found.part.applications}
    names = {node.key: shown.masked(node) for node in found.part.identifiers}
    if found.steps:
        tree = here = Tree(people[start], guide_style="dim")
        for step in found.steps:
            for x in step.shared:
                since = f"{shown.moment(x.first_since)} / {shown.moment(x.second_since)}"
                roles = f"{x.first_role} / {x.second_role}"
                here.add(f"[bold]{escape(names[x.key])}[/]  {roles}  since {since}")
            here = here.add(people[step.second_decision_id])
        out.print(tree)
    else:
        out.print("no path" if found.complete else "no path found within the bounds")
    if not found.complete:
        out.print("bounds were reached, or hubs gone through: it is not proved", style="yellow")
    out.print(shown.of_view(found.view), style="dim")


def _decision(options: argparse.Namespace) -> int:
    request = pb.GetDecisionGraphRequest(decision_id=options.decision_id, case_id=options.case)
    with connected_to_graph(options) as client:
        found = client.call("GetDecisionGraph", request)
    if options.format == "json":
        print_json(found)
        return OK
    out = shown.console()
    own = [x for x in found.part.applications if x.decision_id == options.decision_id]
    out.print(shown.sharing(shown.person(own[0]), found.part, options.decision_id))
    if found.status == "ok":
        out.print(shown.identifiers(found.part.identifiers))
    else:
        out.print(f"it did not see the graph: {found.status}", style="yellow")
    for cut, told in ((found.near_cut, "near"), (found.far_cut, "far")):
        if cut:
            out.print(f"the {told} part was cut at its bound", style="yellow")
    if found.same_person:
        out.print(f"the same person: {', '.join(found.same_person)}")
    out.print(
        f"as the decision saw it at {found.as_of.ToDatetime():%Y-%m-%d %H:%M:%S.%f} UTC; outbox "
        f"position {found.position}, {found.pending} seen before they were in the graph",
        style="dim",
    )
    return OK
