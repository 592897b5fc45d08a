"""From a decision to the ledger's row and the events of the graph."""

from __future__ import annotations

from engine.codec import encode
from engine.gather import subject_of
from engine.ledger import NewRecord
from engine.outcome import Decision, Outcome
from engine.record import DecisionRecord
from graph.model import ApplicationProjected


def new_record(record: DecisionRecord, fingerprint: bytes, answer: bytes) -> NewRecord:
    """The row: ids, tokens and outcomes stand plainly; record and answer get sealed."""
    admission, decision = record.admission, record.decision
    application = admission.application
    parent, until_us = _shares(record)
    return NewRecord(
        caller=admission.caller,
        request_id=admission.request_id,
        fingerprint=fingerprint,
        decision_id=admission.decision_id,
        subject=subject_of(admission),
        kind="decision",
        at_us=admission.as_of_us,
        product=application.product,
        channel=application.channel,
        customer_segment=application.customer_segment,
        branch=application.branch,
        staff_member=application.staff_member,
        partner=application.partner,
        outcome=decision.outcome.value,
        line_minor=_approved_line_minor(decision),
        root="" if admission.follows is None else admission.follows.root,
        supplements="" if admission.follows is None else admission.follows.decision_id,
        parent=parent,
        until_us=until_us,
        body=encode(record),
        answer=answer,
        graph_events=(
            ApplicationProjected(
                applicant=admission.applicant_key,
                at_us=admission.applied_at_us,
                status=decision.outcome.value,
                links=application.links,
            ),
        ),
    )


def _approved_line_minor(decision: Decision) -> int:
    """The line that was granted; what a referred application could carry is not granted."""
    if decision.line is None or decision.outcome is not Outcome.APPROVE:
        return 0
    return decision.line.line_minor


def _shares(record: DecisionRecord) -> tuple[str, int]:
    """The parent's first decision and the end of a raise; "" and 0 for a line of its own.

    Where no line came of it there is none to share: one that a reviewer grants on it all the same
    counts in full, for nobody knows until when.
    """
    history, line = record.gathered.history, record.decision.line
    if history is None or history.parent is None or line is None or line.shares is None:
        return "", 0
    return history.parent.root, line.shares.until_us or 0
