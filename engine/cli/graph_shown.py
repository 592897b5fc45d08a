"""Parts of the graph for the eye: tables and trees."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from touchstone.v1 import graph_types_pb2 as types

_WIDE = 160
_SHORT = 8
_COLOURS = {"approve": "green", "refer": "yellow", "decline": "red"}


def console() -> Console:
    """As wide as the terminal, or wide enough for a file."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)


def moment(at: Timestamp) -> str:
    """A time, UTC, to the second."""
    return at.ToDatetime().strftime("%Y-%m-%d %H:%M:%S")


def masked(node: types.GraphIdentifier) -> str:
    """An identifier as a person may see it, with the beginning of its token to tell it by."""
    return f"{node.kind} {node.masked or '****'} [{short(node.key)}]"


def short(key: str) -> str:
    """The beginning of a token."""
    return key.partition(":")[2][:_SHORT]


def hub(node: types.GraphIdentifier) -> str:
    """Why it is a hub, in words."""
    if not node.hub:
        return ""
    if node.hub_reason == "cap":
        return f"hub: more than {node.applications - 1} applications"
    return f"hub: declared as {node.hub_reason}"


def person(node: types.GraphApplication) -> str:
    """An application in one line."""
    colour = _COLOURS.get(node.outcome, "default")
    fraud = ""
    if node.HasField("fraud_since"):
        kind = f" ({escape(node.fraud_type)})" if node.fraud_type else ""
        fraud = f"  [bold red]FRAUD{kind} since {moment(node.fraud_since)}[/]"
    outcome = f"  [{colour}]{node.outcome}[/]" if node.outcome else ""
    return f"{node.decision_id}  {moment(node.applied_at)}{outcome}{fraud}"


def of_view(view: types.GraphView) -> str:
    """As of when the graph was looked at."""
    stale = "; the graph is behind and may lack something" if view.stale else ""
    return f"as of {view.as_of.ToDatetime():%Y-%m-%d %H:%M:%S.%f} UTC{stale}"


def identifiers(nodes: Iterable[types.GraphIdentifier]) -> Table:
    """A table of identifiers with their whole tokens."""
    table = Table(box=None, pad_edge=False)
    for name in ("identifier", "applications", "", "token"):
        table.add_column(name, overflow="fold", no_wrap=name == "token")
    for node in nodes:
        more = "more than " if node.hub_reason == "cap" else ""
        count = node.applications - 1 if more else node.applications
        table.add_row(escape(masked(node)), f"{more}{count}", hub(node), node.key)
    return table


def sharing(title: str, part: types.GraphPart, centre: str = "") -> Tree:
    """Identifiers, and under each the applications on it, latest first."""
    tree = Tree(title, guide_style="dim")
    people = {node.decision_id: node for node in part.applications}
    for node in part.identifiers:
        links = [x for x in part.links if x.key == node.key and x.decision_id != centre]
        if not links:
            continue
        branch = tree.add(f"[bold]{escape(masked(node))}[/]  {hub(node)}")
        own = [x for x in part.links if x.key == node.key and x.decision_id == centre]
        for link in own:
            branch.add(f"[dim]{link.role} here since {moment(link.since)}[/]")
        for link in links:
            branch.add(f"{link.role} since {moment(link.since)}  {_who(people, link.decision_id)}")
    return tree


def _who(people: Mapping[str, types.GraphApplication], key: str) -> str:
    return person(people[key]) if key in people else key
