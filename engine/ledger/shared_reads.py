"""Reading which applications share a line, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from engine.ledger.sharing import (
    MOST_SHARERS,
    SharedLines,
    Sharer,
    added_minor,
    shared_lines,
)

# The last decision before that time, or the review that came after it.
_LAST_WORD = (
    "SELECT outcome, line_minor FROM ("
    " SELECT * FROM (SELECT outcome, line_minor, at_us FROM records WHERE kind = 'decision'"
    " AND (decision_id = ?1 OR (root = ?1 AND root <> '')) AND at_us < ?2"
    " ORDER BY at_us DESC LIMIT 1)"
    " UNION ALL SELECT * FROM (SELECT outcome, line_minor, at_us FROM records"
    " WHERE kind = 'reported_outcome' AND root = ?1 AND root <> '' AND at_us < ?2"
    " ORDER BY at_us DESC LIMIT 1)"
    ") ORDER BY at_us DESC LIMIT 1"
)
# Beside max() SQLite takes the other columns from the row that holds it.
_SHARERS = (
    "SELECT CASE root WHEN '' THEN decision_id ELSE root END AS application, max(at_us), until_us"
    " FROM records WHERE parent = ?1 AND parent <> '' AND kind = 'decision' AND at_us < ?2"
    " GROUP BY application LIMIT ?3"
)
_LAST_DECISION = (
    "SELECT decision_id, parent, until_us FROM records WHERE kind = 'decision'"
    " AND (decision_id = ?1 OR (root = ?1 AND root <> '')) AND at_us < ?2"
    " ORDER BY at_us DESC LIMIT 1"
)


def shared(connection: apsw.Connection, application: str, before_us: int, but: str) -> SharedLines:
    """What became of an application and what shares its line, as ``Ledger.shared`` says."""
    last = connection.execute(_LAST_DECISION, (application, before_us)).fetchone()
    word = _last_word(connection, application, before_us)
    sharers = _sharers(connection, application, before_us)
    return shared_lines("" if last is None else str(last[0]), word, sharers, before_us, but)


def exposures(
    connection: apsw.Connection, lines: Iterable[tuple[str, int]], before_us: int
) -> list[int]:
    """Of the lines of applications what each adds to anybody's exposure, in their order."""
    return [_exposure(connection, application, line, before_us) for application, line in lines]


def _exposure(connection: apsw.Connection, application: str, line: int, before_us: int) -> int:
    row = connection.execute(_LAST_DECISION, (application, before_us)).fetchone() if line else None
    if row is None or not row[1]:
        return line
    parent, until_us = str(row[1]), int(str(row[2]))
    if not until_us:
        return 0
    _, parent_minor = _last_word(connection, parent, before_us)
    sharers = _sharers(connection, parent, before_us)
    return added_minor(application, line, until_us, (parent_minor, sharers), before_us)


def _last_word(connection: apsw.Connection, application: str, before_us: int) -> tuple[str, int]:
    row = connection.execute(_LAST_WORD, (application, before_us)).fetchone()
    return ("", 0) if row is None else (str(row[0]), int(str(row[1])))


def _sharers(connection: apsw.Connection, parent: str, before_us: int) -> list[Sharer]:
    rows = connection.execute(_SHARERS, (parent, before_us, MOST_SHARERS + 1)).fetchall()
    return [
        Sharer(
            application=str(application),
            at_us=int(str(at_us)),
            until_us=int(str(until_us)),
            line_minor=_last_word(connection, str(application), before_us)[1],
        )
        for application, at_us, until_us in rows
    ]
