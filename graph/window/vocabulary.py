"""What a statement may be made of. Everything else is refused."""

from __future__ import annotations

from collections.abc import Mapping

from engine.model import IdentifierKind

LABELS = frozenset({"Applicant", "Identifier"})
TYPES = frozenset({"USES", "GUARANTEED_BY", "REFERRED_BY", "CONTACT"})

#: Name in small letters to name and number of arguments. None of them grows with a number, opens
#: anything, or tries patterns on texts.
FUNCTIONS: Mapping[str, tuple[str, int, int]] = {
    name.lower(): (name, least, most)
    for name, least, most in (
        ("count", 1, 1),
        ("sum", 1, 1),
        ("avg", 1, 1),
        ("min", 1, 1),
        ("max", 1, 1),
        ("collect", 1, 1),
        ("coalesce", 1, 8),
        ("size", 1, 1),
        ("head", 1, 1),
        ("last", 1, 1),
        ("keys", 1, 1),
        ("labels", 1, 1),
        ("type", 1, 1),
        ("nodes", 1, 1),
        ("relationships", 1, 1),
        ("length", 1, 1),
        ("startNode", 1, 1),
        ("endNode", 1, 1),
        ("abs", 1, 1),
        ("round", 1, 1),
        ("floor", 1, 1),
        ("ceil", 1, 1),
        ("toInteger", 1, 1),
        ("toFloat", 1, 1),
        ("toString", 1, 1),
        ("toLower", 1, 1),
        ("toUpper", 1, 1),
        ("substring", 2, 3),
        ("left", 2, 2),
        ("right", 2, 2),
    )
}
AGGREGATES = frozenset({"count", "sum", "avg", "min", "max", "collect"})

#: Words that no variable, parameter or column may be called, in capital letters.
RESERVED = frozenset(
    """
    ADD ALL ALTER AND ANY AS ASC ASCENDING ASSERT BY CALL CASE COMMIT CONSTRAINT CONTAINS CREATE CSV
    CYPHER DATABASE DELETE DESC DESCENDING DETACH DISTINCT DO DROP ELSE END ENDS EXISTS EXPLAIN
    EXTRACT FALSE FIELDTERMINATOR FILTER FINISH FOR FOREACH FROM GRANT HEADERS IN INDEX INSERT IS
    JOIN LET LIMIT LOAD MANDATORY MATCH MERGE NEXT NODETACH NONE NOT NULL OF OFFSET ON OPTIONAL OR
    ORDER PERIODIC PROFILE REDUCE REMOVE REQUIRE RETURN ROWS SCAN SET SHORTESTPATH SHOW SINGLE SKIP
    START STARTS TERMINATE THEN TRANSACTIONS TRUE UNION UNIQUE UNWIND USE USING WHEN WHERE WITH XOR
    YIELD
    """.split()  # noqa: SIM905 - a list of words, read as one
)

#: Texts that are words of the model, so that they may be told.
WORDS = frozenset({kind.value for kind in IdentifierKind}) | {
    "approve",
    "refer",
    "decline",
    "cap",
    "dormitory",
    "switchboard",
    "branch_wifi",
    "partner_agent",
}
