"""Reported outcomes: protobuf to what the engine keeps, and back."""

from __future__ import annotations

from datetime import date

from google.type import date_pb2

from engine.api.dates import past_date, to_micros, to_timestamp
from engine.api.money import Purse, Sign, to_money
from engine.api.problems import Problems
from engine.outcome import Outcome
from engine.reported import Performance, PerformanceReport, ReviewReport
from engine.reporting import CLOCKS_APART_US, Recorded, Told
from touchstone.v1 import outcome_pb2 as pb
from touchstone.v1 import types_pb2

_ANSWERS = {
    types_pb2.OUTCOME_APPROVE: Outcome.APPROVE,
    types_pb2.OUTCOME_DECLINE: Outcome.DECLINE,
}
_ANSWER_NUMBERS = {outcome: number for number, outcome in _ANSWERS.items()}
_PERFORMANCES = {pb.Performance.Value(f"PERFORMANCE_{one.name}"): one for one in Performance}


def told_of(request: pb.ReportOutcomeRequest, now_us: int, today: date) -> Told:
    """What ``request`` reports. Raises ``InvalidApplication`` naming every bad field.

    ``now_us`` and ``today``, UTC: nothing has happened later.
    """
    problems = Problems()
    problems.add_constraints(request)
    happened_us = None
    if request.HasField("happened_at"):
        happened_us = problems.attempt("happened_at", lambda: to_micros(request.happened_at))
    if happened_us is not None and happened_us > now_us + CLOCKS_APART_US:
        problems.add("happened_at", "must not be in the future")
    purse = Purse(problems)
    review, performance = None, None
    if request.HasField("review"):
        review = _review(request.review, purse)
    elif request.HasField("performance"):
        performance = _performance(request.performance, purse, problems, today)
    currency = purse.settle()
    problems.raise_if_any()
    return Told(
        decision_id=request.decision_id,
        happened_at_us=happened_us or 0,
        currency=currency,
        review=review,
        performance=performance,
    )


def recorded_message(entry: Recorded, currency: str) -> pb.ReportedOutcome:
    """One report on the wire; its amounts are in ``currency``."""
    report = entry.report
    return pb.ReportedOutcome(
        decision_id=report.decision_id,
        caller=entry.caller,
        happened_at=to_timestamp(report.happened_at_us),
        reported_at=to_timestamp(report.reported_at_us),
        review=None if report.review is None else _review_message(report.review, currency),
        performance=(
            None
            if report.performance is None
            else _performance_message(report.performance, currency)
        ),
        superseded=report.superseded,
    )


def _review(message: pb.Review, purse: Purse) -> ReviewReport | None:
    """``None`` where the outcome is none of a reviewer's: the proto's constraints name it."""
    line_minor = 0
    if message.HasField("line"):
        line_minor = purse.read("review.line", message.line, Sign.POSITIVE)
    outcome = _ANSWERS.get(message.outcome)
    if outcome is None:
        return None
    return ReviewReport(
        outcome=outcome,
        line_minor=line_minor,
        reviewer=message.reviewer,
        reason=message.reason,
    )


def _performance(
    message: pb.AccountPerformance, purse: Purse, problems: Problems, today: date
) -> PerformanceReport | None:
    """``None`` where something is missing: the proto's constraints name it."""
    observed_on = None
    if message.HasField("observed_on"):
        observed_on = problems.attempt(
            "performance.observed_on", lambda: past_date(message.observed_on, today)
        )
    balance_minor, loss_minor = None, None
    if message.HasField("balance"):
        balance_minor = purse.read("performance.balance", message.balance, Sign.ANY)
    if message.HasField("loss"):
        loss_minor = purse.read("performance.loss", message.loss)
    performance = _PERFORMANCES.get(message.performance)
    if performance is None or observed_on is None:
        return None
    return PerformanceReport(
        performance=performance,
        observed_on=observed_on,
        months_on_book=message.months_on_book,
        days_past_due=message.days_past_due,
        balance_minor=balance_minor,
        loss_minor=loss_minor,
    )


def _review_message(review: ReviewReport, currency: str) -> pb.Review:
    is_approved = review.outcome is Outcome.APPROVE
    return pb.Review(
        outcome=_ANSWER_NUMBERS[review.outcome],
        line=to_money(review.line_minor, currency) if is_approved else None,
        reviewer=review.reviewer,
        reason=review.reason,
    )


def _performance_message(found: PerformanceReport, currency: str) -> pb.AccountPerformance:
    day = found.observed_on
    balance, loss = found.balance_minor, found.loss_minor
    return pb.AccountPerformance(
        performance=f"PERFORMANCE_{found.performance.name}",
        observed_on=date_pb2.Date(year=day.year, month=day.month, day=day.day),
        months_on_book=found.months_on_book,
        days_past_due=found.days_past_due,
        balance=None if balance is None else to_money(balance, currency),
        loss=None if loss is None else to_money(loss, currency),
    )
