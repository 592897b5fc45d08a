"""How Neo4j would run each statement: from unique indexes, whatever it knows of the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from graph.rows import hinted_text, schema_statements
from tests.neo4j_server import Neo4jServer

pytestmark = pytest.mark.xdist_group("neo4j")

SEEKS = {"NodeUniqueIndexSeek", "NodeUniqueIndexSeek(Locking)"}
# What a plan may begin with besides: rows handed down to it, parameters, the start of an update.
HARMLESS = {"Argument", "Unwind", "EmptyRow"}
KEYS = {"one": ["a"], "many": [f"k{number}" for number in range(64)]}
LINK = {"applicant": "a", "identifier": "i", "at": 1, "last_at": 1}
FILL = """
UNWIND range(1, 3000) AS n
MERGE (a:Applicant {key: 'a' + n}) SET a.at = n
MERGE (i:Identifier {key: 'i' + (n % 900)}) SET i.kind = 'phone', i.first_at = n
CREATE (a)-[:USES {at: n, last_at: n}]->(i)
"""
BATCH = ("applicants", "identifiers", "uses", "guarantors", "referrers", "contacts")


def parameters(name: str, keys: list[str]) -> dict[str, Any]:
    """For any statement; it takes what it needs."""
    asked = {
        "ids": keys,
        "used": keys,
        "beyond": keys,
        "identifiers": keys,
        "applicants": keys,
        "applicant": "a",
        "as_of": 5,
        "since": 0,
        "position": 1,
        "digest": "d",
        "most": 10,
        "identifier": "i",
        "until": 9,
        "at": 5,
        "key": "",
        "role": "",
        "forgotten": keys,
        "forget": 5,
        "above": "a",
        "upto": "b",
    }
    if name == "remove":
        parts = [part for part in BATCH if part != "applicants"]
        return asked | {part: [LINK | {"key": key} for key in keys] for part in parts}
    return asked | ({part: [LINK | {"key": "a"}] for part in BATCH} if name == "project" else {})


ROLES = {"empty": "", "unnamed": "USES", "filled": "USES|GUARANTEED_BY|REFERRED_BY|CONTACT"}


@pytest.fixture(params=ROLES)
def session(request: pytest.FixtureRequest, neo4j_database: Neo4jServer) -> Iterator[neo4j.Session]:
    """On a database of which the planner knows nothing, and on one with statistics.

    "unnamed": nobody has named a guarantor yet, so that no link of that role is to be expected.
    """
    settings = neo4j_database.settings
    auth = (settings.user, settings.password)
    with (
        neo4j.GraphDatabase.driver(settings.uri, auth=auth) as driver,
        driver.session(database=settings.database, notifications_min_severity="OFF") as session,
    ):
        for statement in schema_statements():
            session.run(statement).consume()
        for role in filter(None, ROLES[request.param].split("|")):
            fill: Any = FILL.replace("USES", role)
            session.run(fill).consume()
        session.run("CALL db.clearQueryCaches()").consume()
        yield session


def leaves(plan: dict[str, Any]) -> Iterator[str]:
    """The operators without input: where a plan gets its first rows."""
    children = plan.get("children", [])
    if not children:
        yield plan["operatorType"].split("@")[0]
    for child in children:
        yield from leaves(child)


def explained(session: neo4j.Session, name: str, keys: list[str]) -> set[str]:
    """The leaves of a statement's plan."""
    query: Any = f"EXPLAIN {hinted_text(name)}"
    plan = session.run(query, parameters(name, keys)).consume().plan
    assert plan is not None
    return set(leaves(plan))


@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize(
    "name",
    [
        "neighbourhood",
        "meta",
        "touched",
        "project",
        "remove",
        "remove_identifiers",
        "audit",
        "lock",
        "restart",
        "look_applicants",
        "look_identifiers",
        "look_count",
        "look_page",
    ],
)
def test_decisions_and_writer_start_from_unique_indexes(
    session: neo4j.Session, name: str, keys: list[str]
) -> None:
    """No scan of labels or nodes: what a decision costs does not grow with the graph."""
    found = explained(session, name, keys)
    assert found - HARMLESS <= SEEKS
    assert found & SEEKS


@pytest.mark.parametrize("name", ["counts", "clear", "applicant_keys", "identifier_keys"])
def test_the_others_may_scan(session: neo4j.Session, name: str) -> None:
    """They are for operators; here they are at least understood by the server."""
    assert explained(session, name, ["a"])
