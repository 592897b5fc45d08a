"""A mark that was not recorded after all is seen by nobody."""

from __future__ import annotations

from graph.model import FraudMarked
from graph.pending import PendingIndex


def test_a_discarded_mark_is_gone_and_the_others_stay() -> None:
    """Two requests to mark the same application: one is recorded, the other leaves no trace."""
    pending = PendingIndex()
    recorded, lost = (
        FraudMarked(applicant="dec_1", at_us=at_us, fraud_at_us=at_us, fraud_type="bust_out")
        for at_us in (5, 6)
    )
    pending.add(recorded)
    pending.add(lost)

    pending.discard(lost)
    pending.discard(lost)

    with pending.view() as view:
        assert len(list(view.marks("dec_1"))) == 1
    assert len(pending) == 1
