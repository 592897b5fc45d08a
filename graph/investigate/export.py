"""A part of the graph as files: GraphML, CSV or JSON. Values are escaped; nothing is invented.

Identifiers are tokens and masks, as everywhere. Times are ISO 8601, UTC.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from graph.investigate.model import ApplicationNode, IdentifierNode, LinkRow, Part

_NODE_FIELDS = (
    ("kind", "string"),
    ("masked", "string"),
    ("at", "string"),
    ("outcome", "string"),
    ("fraud_since", "string"),
    ("fraud_type", "string"),
    ("applications", "int"),
    ("hub", "boolean"),
    ("hub_reason", "string"),
)
_LINK_FIELDS = (("role", "string"), ("since", "string"), ("last", "string"))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"

Value = str | int | bool
Row = dict[str, Value]


def exported(part: Part, form: str) -> Mapping[str, bytes]:
    """File names to contents. ``form``: "graphml", "csv" or "json"."""
    nodes = [*map(_application, part.applications), *map(_identifier, part.identifiers)]
    links = [_link(link) for link in part.links]
    match form:
        case "graphml":
            return {"graph.graphml": _graphml(nodes, links).encode()}
        case "csv":
            return {
                "nodes.csv": _csv(("id", *(name for name, _ in _NODE_FIELDS)), nodes),
                "links.csv": _csv(("source", "target", *(name for name, _ in _LINK_FIELDS)), links),
            }
        case "json":
            whole = {"directed": True, "multigraph": True, "nodes": nodes, "links": links}
            return {"graph.json": json.dumps(whole, ensure_ascii=False, indent=1).encode()}
    raise ValueError(f"no such form: {form}")


def _application(node: ApplicationNode) -> Row:
    row: Row = {
        "id": node.key,
        "kind": "application",
        "at": _iso(node.at_us),
        "outcome": node.outcome,
    }
    if node.fraud_since_us is not None:
        row |= {"fraud_since": _iso(node.fraud_since_us), "fraud_type": node.fraud_type}
    return row


def _identifier(node: IdentifierNode) -> Row:
    row: Row = {
        "id": node.key,
        "kind": node.kind.value,
        "masked": node.masked,
        "applications": node.applications,
        "hub": node.hub,
        "hub_reason": node.hub_reason,
    }
    return row if node.first_at_us is None else row | {"at": _iso(node.first_at_us)}


def _link(link: LinkRow) -> Row:
    return {
        "source": link.application,
        "target": link.identifier,
        "role": link.role.value,
        "since": _iso(link.at_us),
        "last": _iso(link.last_at_us),
    }


def _iso(at_us: int) -> str:
    return (_EPOCH + timedelta(microseconds=at_us)).isoformat(timespec="microseconds")


def _csv(header: Iterable[str], rows: Iterable[Row]) -> bytes:
    """RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    names = list(header)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name, "")) for name in names])
    return stream.getvalue().encode()


def _cell(value: Value) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "'" + text if text.startswith(_FORMULA) else text


def _graphml(nodes: Iterable[Row], links: Iterable[Row]) -> str:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<graphml xmlns="{_GRAPHML}">']
    for element, fields in (("node", _NODE_FIELDS), ("edge", _LINK_FIELDS)):
        lines += [
            f'<key id="{element}_{name}" for="{element}" attr.name="{name}" attr.type="{kind}"/>'
            for name, kind in fields
        ]
    lines.append('<graph id="touchstone" edgedefault="directed">')
    for node in nodes:
        lines.append(
            f"<node id={quoteattr(str(node['id']))}>{_data('node', _NODE_FIELDS, node)}</node>"
        )
    for place, link in enumerate(links):
        ends = f"source={quoteattr(str(link['source']))} target={quoteattr(str(link['target']))}"
        data = _data("edge", _LINK_FIELDS, link)
        lines.append(f'<edge id="e{place}" {ends}>{data}</edge>')
    return "\n".join([*lines, "</graph>", "</graphml>", ""])


def _data(element: str, fields: Iterable[tuple[str, str]], row: Row) -> str:
    found = ((name, row[name]) for name, _ in fields if name in row)
    return "".join(
        f'<data key="{element}_{name}">{escape(_plain(value))}</data>' for name, value in found
    )


def _plain(value: Value) -> str:
    """Without what XML 1.0 cannot hold."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "".join(x for x in text if x in "\t\n\r" or (x >= " " and x not in "\ufffe\uffff"))
