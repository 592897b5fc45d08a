"""``touchstone graph export``: a part of the graph as files for other tools."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, PROBLEM
from engine.cli.graph_common import add_common
from engine.cli.remote import connected_to_graph
from touchstone.v1 import graph_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``graph export``."""
    parser = area.add_parser(
        "export", help="a ring, or what hangs together with an application, as files"
    )
    add_common(parser)
    parser.add_argument("about", help="a decision id, or a ring of the last search")
    parser.add_argument("directory", type=Path, help="where the files go; it is made if need be")
    parser.add_argument("--as", dest="form", choices=("graphml", "csv", "json"), required=True)
    parser.add_argument(
        "--as-decided", action="store_true", help="exactly what the decision saw, not today's graph"
    )
    parser.add_argument("--max-members", type=int, default=0, help="1 to 200; default 100")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    request = pb.ExportGraphRequest(
        as_decided=options.as_decided,
        format=options.form,
        max_members=options.max_members,
        case_id=options.case,
    )
    is_ring = options.about.startswith("ring_")
    setattr(request, "ring_id" if is_ring else "decision_id", options.about)
    with connected_to_graph(options) as client:
        found = client.call("ExportGraph", request)
    options.directory.mkdir(parents=True, exist_ok=True)
    for file in found.files:
        path = options.directory / Path(file.name).name
        try:
            with path.open("xb") as stream:
                stream.write(file.content)
        except FileExistsError:
            print(f"{path}: is there already; nothing is overwritten", file=sys.stderr)
            return PROBLEM
        print(path)
    if not found.complete:
        print("cut at its bound: raise --max-members", file=sys.stderr)
    return OK
