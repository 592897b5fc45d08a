"""The card whose line is to be shared, looked up in the ledger."""

from __future__ import annotations

from engine.codec import decode
from engine.ledger import Ledger
from engine.model import Admission, LineKind, ParentLine, SharedLine
from engine.privacy import Erased
from engine.record import DecisionRecord, MarkRecord

_MOST_MARKS = 100


async def parent_of(ledger: Ledger, admission: Admission, subject: str) -> ParentLine | None:
    """The card as of the admission; ``None``: none is to be shared, or this caller has none such.

    ``subject``: the applicant. A decision of another caller is as unknown here as it is to
    ``GetDecision``: its line is not told.
    """
    shares = admission.application.shares
    if shares is None or not shares.parent:
        return None
    try:
        stored = await ledger.get(shares.parent)
    except Erased:
        return _erased(shares)
    if stored is None or stored.kind != "decision" or stored.caller != admission.caller:
        return None
    named = decode(stored.body, DecisionRecord)
    root = named.admission.applicant_key
    found = await ledger.shared(root, before_us=admission.as_of_us, but=admission.applicant_key)
    return ParentLine(
        decision_id=found.last,
        root=root,
        kind=named.decision.kind,
        same_person=stored.subject == subject,
        product=named.decision.product,
        currency=named.decision.currency,
        outcome=found.outcome,
        line_minor=found.line_minor,
        supplementary_minor=found.supplementary_minor,
        temporary_minor=found.temporary_minor,
        fraud=await _is_marked(ledger, stored.subject, admission.as_of_us),
    )


async def _is_marked(ledger: Ledger, subject: str, before_us: int) -> bool:
    """Whether a mark on any decision of the person stands; the latest on each counts."""
    found = await ledger.newest("fraud_mark", subject=subject, before=None, limit=_MOST_MARKS)
    latest: dict[str, MarkRecord] = {}
    for _, stored in found:
        mark = decode(stored.body, MarkRecord)
        if mark.known_at_us < before_us:
            latest.setdefault(mark.decision_id, mark)
    return any(mark.fraud_type is not None for mark in latest.values())


async def root_of(ledger: Ledger, shares: SharedLine) -> str:
    """The first decision on the card, as far as that can be told."""
    try:
        stored = await ledger.get(shares.parent)
    except Erased:
        return shares.parent
    if stored is None or stored.kind != "decision":
        return shares.parent
    return decode(stored.body, DecisionRecord).admission.applicant_key


def _erased(shares: SharedLine) -> ParentLine:
    return ParentLine(
        decision_id=shares.parent,
        root=shares.parent,
        kind=LineKind.PRIMARY,
        same_person=False,
        product="",
        currency="",
        outcome="",
        line_minor=0,
        supplementary_minor=0,
        temporary_minor=0,
        erased=True,
    )
