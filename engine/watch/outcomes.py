"""What was reported later of decisions, read beside them: reviews and performance."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

import apsw

from engine.codec import decode
from engine.outcome import Outcome
from engine.privacy import Sealer
from engine.reported import KIND, OutcomeReport, Performance

_Row = tuple[str, str, bytes, int, bytes]


@dataclass(frozen=True, slots=True)
class Known:
    """``reviews``: by decision. ``performances``: by application, whichever decision was named."""

    reviews: Mapping[str, Outcome]
    performances: Mapping[str, Performance]


NOTHING = Known({}, {})


def reported(connection: apsw.Connection, sealer: Sealer, first: int, last: int) -> Known:
    """Of the people whose decisions stand from one sequence to another; a later report counts.

    Records that were altered, and of erased people, are left out.
    """
    rows = connection.execute(
        "SELECT decision_id, r.subject, body, r.key_id, wrapped FROM records r"
        " JOIN subject_keys USING (key_id)"
        " WHERE kind = ? AND kind <> 'decision' AND wrapped IS NOT NULL AND r.subject IN"
        " (SELECT subject FROM records WHERE sequence BETWEEN ? AND ? AND kind = 'decision')"
        " ORDER BY sequence",
        (KIND, first, last),
    ).fetchall()
    return known(connection, opened(sealer, cast("list[_Row]", rows)))


def known(connection: apsw.Connection, reports: Collection[OutcomeReport]) -> Known:
    """By decision and by application, in the order in which they were told."""
    if not reports:
        return NOTHING
    roots = _roots(connection, {report.decision_id for report in reports})
    return Known(
        reviews={r.decision_id: r.review.outcome for r in reports if r.review is not None},
        performances={
            roots.get(r.decision_id) or r.decision_id: r.performance.performance
            for r in reports
            if r.performance is not None
        },
    )


def opened(sealer: Sealer, rows: Collection[_Row]) -> list[OutcomeReport]:
    """The reports in those rows."""
    found: list[OutcomeReport] = []
    for name, subject, body, key_id, wrapped in rows:
        try:
            key = sealer.key(key_id, subject, wrapped)
            found.append(decode(sealer.open(key, f"body:{name}", body), OutcomeReport))
        except ValueError:
            continue
    return found


def _roots(connection: apsw.Connection, decision_ids: Collection[str]) -> dict[str, str]:
    rows = connection.execute("SELECT 1 FROM records WHERE root <> '' LIMIT 1").fetchall()
    if not rows:
        return {}
    found = connection.executemany(
        "SELECT decision_id, root FROM records WHERE decision_id = ?",
        [(decision_id,) for decision_id in decision_ids],
    )
    return {str(decision_id): str(root) for decision_id, root in found}
