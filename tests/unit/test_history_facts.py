"""What earlier applications of a person come to, with and without a reviewer's answer."""

from __future__ import annotations

from engine.facts import add_history
from engine.model import History, PriorApplication
from touchstone.v1 import facts_pb2

_DAY_US = 86_400_000_000
_NOW_US = 1_000 * _DAY_US


def _facts(*applications: tuple[int, str, int, int | None]) -> tuple[int, int, int, int]:
    """Each is (days ago, outcome, line, days since the review)."""
    facts = facts_pb2.Facts()
    found = tuple(
        PriorApplication(
            decision_id=f"dec_{days}",
            at_us=_NOW_US - days * _DAY_US,
            product="classic",
            outcome=outcome,
            line_minor=line,
            reviewed_at_us=None if reviewed is None else _NOW_US - reviewed * _DAY_US,
        )
        for days, outcome, line, reviewed in applications
    )
    add_history(facts, History(applications=found, cut=False), _NOW_US)
    history = facts.history
    return (
        history.applications_30d.value,
        history.applications_365d.value,
        history.declines_90d.value,
        history.approved_line_30d_minor.value,
    )


def test_a_line_counts_for_thirty_days_from_when_it_was_granted() -> None:
    """By the engine with its decision, by a reviewer with the report of it."""
    assert _facts((10, "approve", 100, None), (40, "approve", 200, None)) == (1, 2, 0, 100)
    assert _facts((40, "approve", 200, 5)) == (0, 1, 0, 200)
    assert _facts((80, "approve", 200, 40)) == (0, 1, 0, 0)


def test_a_reviewers_decline_is_a_decline_of_its_application() -> None:
    """Counted by when that was made: never more declines than applications in longer windows."""
    assert _facts((10, "decline", 0, 1)) == (1, 1, 1, 0)
    assert _facts((400, "decline", 0, 1)) == (0, 0, 0, 0)
