"""Keeping what became of decisions: one durable record for each report, sealed with its person.

A decision is never changed by it. A review that counts has its outcome and line in plain columns,
where the next admission's history and granted lines find them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from engine.codec import decode
from engine.errors import FieldViolation, InvalidApplication, NotFound
from engine.investigate.recorder import Columns, Recorder, Said
from engine.ledger import Ledger, StoredRecord
from engine.record import DecisionRecord
from engine.reported import KIND, OutcomeReport, PerformanceReport, ReviewReport

CLOCKS_APART_US = 5_000_000
"""By so much a caller's clock may be before or behind ours."""

_DAY = timedelta(days=1)
_SCANNED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A report as it came; exactly one of ``review`` and ``performance`` is set.

    ``currency``: what its amounts are in, "" if it has none.
    """

    decision_id: str
    happened_at_us: int
    currency: str
    review: ReviewReport | None = None
    performance: PerformanceReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A report and who sent it."""

    caller: str
    report: OutcomeReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPage:
    """Reports of one application, newest first, in its currency.

    ``more``: the sequence to go on below; ``None``: the end.
    """

    currency: str
    entries: tuple[Recorded, ...]
    more: int | None


class Reporting:
    """Records and lists."""

    def __init__(self, ledger: Ledger, recorder: Recorder) -> None:
        self._ledger, self._recorder = ledger, recorder

    async def report(self, said: Said, told: Told) -> OutcomeReport:
        """Keep it; durable when this returns. A repeated request gets what the first one got.

        Raises ``NotFound``, ``Erased``, ``InvalidApplication`` and ``RequestIdReused``.
        """
        stored, decided = await self._decision(told.decision_id)
        _check(told, decided)
        application = decided.admission.applicant_key
        superseded = await self._superseded(told, decided)

        def make(_: str, at_us: int) -> tuple[OutcomeReport, tuple[()]]:
            report = OutcomeReport(
                decision_id=told.decision_id,
                happened_at_us=told.happened_at_us,
                reported_at_us=at_us,
                review=told.review,
                performance=told.performance,
                application=application,
                superseded=superseded,
            )
            return report, ()

        columns = Columns() if superseded else _columns(told.review, application)
        return await self._recorder.record(said, KIND, stored.subject, OutcomeReport, make, columns)

    async def page(self, decision_id: str, before: int | None, size: int) -> RecordedPage:
        """What was reported of the application of a decision, below a sequence.

        A bounded number of records is looked at, so a page may be short. Raises ``NotFound`` and
        ``Erased``.
        """
        stored, decided = await self._decision(decision_id)
        rows = await self._ledger.newest(
            KIND, subject=stored.subject, before=before, limit=_SCANNED
        )
        found = [
            (place, Recorded(caller=row.caller, report=report))
            for place, row, report in ((p, r, decode(r.body, OutcomeReport)) for p, r in rows)
            if report.application == decided.admission.applicant_key
        ]
        more = rows[-1][0] if len(rows) == _SCANNED else None
        if len(found) > size:
            more = found[size - 1][0]
        return RecordedPage(
            currency=decided.decision.currency,
            entries=tuple(entry for _, entry in found[:size]),
            more=more,
        )

    async def _decision(self, decision_id: str) -> tuple[StoredRecord, DecisionRecord]:
        stored = await self._ledger.get(decision_id)
        if stored is None or stored.kind != "decision":
            raise NotFound("no decision with that id")
        return stored, decode(stored.body, DecisionRecord)

    async def _superseded(self, told: Told, decided: DecisionRecord) -> bool:
        """Whether a later decision of the chain was made after the review happened."""
        if told.review is None:
            return False
        admission = decided.admission
        last_us = await self._ledger.decided_at_us(admission.applicant_key)
        return admission.as_of_us < last_us and told.happened_at_us < last_us


def _columns(review: ReviewReport | None, application: str) -> Columns:
    if review is None:
        return Columns()
    return Columns(outcome=review.outcome.value, line_minor=review.line_minor, root=application)


def _check(told: Told, decided: DecisionRecord) -> None:
    """What only the decision can tell. Raises ``InvalidApplication`` with every bad field."""
    wrong = []
    admission, currency = decided.admission, decided.decision.currency
    is_review = told.review is not None
    since_us = admission.as_of_us if is_review else admission.applied_at_us
    if told.happened_at_us < since_us - CLOCKS_APART_US:
        named = "decision" if is_review else "application"
        wrong.append(FieldViolation("happened_at", f"must not be before the {named}"))
    if told.currency not in {"", currency}:
        field = "review.line" if is_review else "performance"
        wrong.append(FieldViolation(field, f"amounts must be in {currency}, as the decision's are"))
    # A day of grace, as the caller's day may have ended later than ours.
    if told.performance is not None and told.performance.observed_on < _day(since_us) - _DAY:
        wrong.append(
            FieldViolation("performance.observed_on", "must not be before the application")
        )
    if wrong:
        raise InvalidApplication(tuple(wrong))


def _day(at_us: int) -> date:
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).date()
