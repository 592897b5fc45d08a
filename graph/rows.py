"""Between the rows of the shared query texts and our types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from engine.model import IdentifierKind, Role
from graph.model import NeighbourhoodQuery
from graph.store import GraphCounts
from graph.subgraph import StoredIdentifier, Subgraph, own_keys

RELATIONSHIPS: Mapping[Role, str] = {
    Role.USES: "USES",
    Role.GUARANTOR: "GUARANTEED_BY",
    Role.REFERRER: "REFERRED_BY",
    Role.CONTACT: "CONTACT",
}
ROLES: Mapping[str, Role] = {name: role for role, name in RELATIONSHIPS.items()}

_FAR_USER = 5
"""Values of a user's row in the second step: places in the rings are told of near ones only."""

# Rows are many: calling the class costs several times as much.
_KINDS: Mapping[str, IdentifierKind] = {kind.value: kind for kind in IdentifierKind}

# Rows come from a driver that knows no types; this module is where they get them.
Row = Sequence[Any]
Record = Mapping[str, Any]


@cache
def query_text(name: str) -> str:
    """The text of ``graph/queries/<name>.cypher``, the same for every store."""
    text = (resources.files("graph") / "queries" / f"{name}.cypher").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("//"))


@cache
def hinted_text(name: str) -> str:
    """The same with its planner hints: lines that begin with ``//neo4j``.

    Neo4j plans by statistics, and keeps a plan. While there are no links of some role it would
    start from a scan of all nodes, because nothing comes out of it.
    """
    text = (resources.files("graph") / "queries" / f"{name}.cypher").read_text(encoding="utf-8")
    lines = (line.removeprefix("//neo4j ") for line in text.splitlines())
    return "\n".join(line for line in lines if not line.startswith("//"))


def schema_statements() -> tuple[str, ...]:
    """The statements of ``schema.cypher``, one by one."""
    return tuple(part.strip() for part in query_text("schema").split(";") if part.strip())


def neighbourhood_parameters(query: NeighbourhoodQuery, beyond: Sequence[str]) -> dict[str, Any]:
    """Parameters of ``neighbourhood.cypher``; each key once, in a fixed order."""
    ids = sorted({link.identifier.key for link in query.links})
    return {
        "ids": ids,
        "used": sorted(own_keys(query)),
        "beyond": sorted(set(beyond) - set(ids)),
        "applicant": query.applicant_key,
        "as_of": query.as_of_us,
        "since": query.since_us,
    }


def subgraph_of(records: Iterable[Record], as_of_us: int) -> Subgraph:
    """What ``neighbourhood.cypher`` answered."""
    subgraph = Subgraph()
    for record in records:
        _PARTS[record["part"]](subgraph, record["row"], as_of_us)
    return subgraph


def counts_of(records: Iterable[Record]) -> GraphCounts:
    """What ``counts.cypher`` answered. A part of which there is none has no row."""
    counts = {record["part"]: int(record["n"]) for record in records}
    return GraphCounts(
        applicants=counts.get("applicants", 0),
        identifiers=counts.get("identifiers", 0),
        links=counts.get("links", 0),
    )


def _position(subgraph: Subgraph, row: Row, _as_of_us: int) -> None:
    subgraph.position = row[0]


def _nothing(_subgraph: Subgraph, _row: Row, _as_of_us: int) -> None:
    pass


def _user(subgraph: Subgraph, row: Row, _as_of_us: int) -> None:
    identifier, applicant, at_us = row[:3]
    subgraph.users.setdefault(identifier, {})[applicant] = at_us
    _marks(subgraph, applicant, row[3], row[4])
    if len(row) > _FAR_USER:
        _places(subgraph, applicant, row[5], row[6])


def _named(subgraph: Subgraph, row: Row, _as_of_us: int) -> None:
    identifier, applicant, at_us = row[:3]
    subgraph.named.setdefault(identifier, {})[applicant, ROLES[row[7]]] = at_us
    _marks(subgraph, applicant, row[3], row[4])
    _places(subgraph, applicant, row[5], row[6])


def _via(subgraph: Subgraph, row: Row, as_of_us: int) -> None:
    identifier, applicant, at_us, kind = row[:4]
    used = subgraph.uses.setdefault(applicant, {})
    used[identifier] = (_KINDS[kind], at_us)
    if identifier not in subgraph.identifiers:
        _state(subgraph, [identifier, *row[3:]], as_of_us)


def _state(subgraph: Subgraph, row: Row, as_of_us: int) -> None:
    key, kind, hub_at, named_hub_at, shared_ats, shared_reasons, expired, named_expired = row
    subgraph.identifiers[key] = StoredIdentifier(
        kind=_KINDS[kind],
        over_cap=hub_at is not None and hub_at < as_of_us,
        over_named_cap=named_hub_at is not None and named_hub_at < as_of_us,
        declarations=tuple(zip(shared_ats, shared_reasons, strict=True)) if shared_ats else (),
        expired=expired or 0,
        named_expired=named_expired or 0,
    )


def _marks(subgraph: Subgraph, applicant: str, ats: Row | None, values: Row | None) -> None:
    subgraph.marks[applicant] = tuple(zip(ats, values or (), strict=True)) if ats else ()


def _places(subgraph: Subgraph, applicant: str, ats: Row | None, texts: Row | None) -> None:
    if ats:
        subgraph.places[applicant] = tuple(zip(ats, texts or (), strict=True))


_PARTS: Mapping[str, Callable[[Subgraph, Row, int], None]] = {
    "position": _position,
    "user": _user,
    "named": _named,
    "via": _via,
    "identifier": _state,
    "removals": _nothing,
}
