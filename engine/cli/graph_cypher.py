"""``touchstone graph cypher``: a statement that can only read, and its rows."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from engine.cli import graph_shown as shown
from engine.cli.command import OK
from engine.cli.graph_common import UnusableSubject, add_common, print_json, raw_identifier
from engine.cli.remote import connected_to_graph
from touchstone.v1 import graph_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``graph cypher``."""
    parser = area.add_parser("cypher", help="run a statement that can only read")
    add_common(parser)
    parser.add_argument("statement", help="the statement; - reads it from standard input")
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a value for $NAME: a whole number, a text, or KIND:VALUE for the token of a raw"
        " identifier",
    )
    parser.add_argument("--timeout-ms", type=int, default=0, help="1 to 5000; default 2000")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    text = sys.stdin.read() if options.statement == "-" else options.statement
    request = pb.RunCypherRequest(
        statement=text,
        parameters=[_parameter(given) for given in options.param],
        timeout_ms=options.timeout_ms,
        case_id=options.case,
    )
    with connected_to_graph(options) as client:
        found = client.call("RunCypher", request)
    if options.format == "json":
        print_json(found)
        return OK
    table = Table(box=None, pad_edge=False)
    for name in found.columns:
        table.add_column(escape(name), overflow="fold")
    for row in found.rows:
        table.add_row(*(escape(_cell(value)) for value in row.values))
    out = shown.console()
    out.print(table)
    out.print(f"{len(found.rows)} rows{', and more' if found.cut else ''}", style="dim")
    out.print(shown.of_view(found.view), style="dim")
    return OK


def _cell(value: str) -> str:
    """A text as it is, everything else as JSON."""
    read = json.loads(value)
    return read if isinstance(read, str) else value


def _parameter(given: str) -> pb.CypherParameter:
    name, equals, value = given.partition("=")
    if not equals:
        raise UnusableSubject("--param: expected NAME=VALUE")
    if value.lstrip("-").isascii() and value.lstrip("-").isdigit():
        return pb.CypherParameter(name=name, number=int(value))
    identifier = raw_identifier(value)
    if identifier is not None:
        return pb.CypherParameter(name=name, identifier=identifier)
    return pb.CypherParameter(name=name, text=value)
