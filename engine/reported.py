"""What became of a decision, told later: a reviewer's answer, and how the account performed.

Frozen domain types, kept in the ledger beside the decision and erased with its person. Amounts are
minor units of the decision's currency, times microseconds since the epoch, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.outcome import Outcome

#: The kind of record in the ledger.
KIND = "reported_outcome"


class Performance(StrEnum):
    """How an account turned out. ``INDETERMINATE``: neither, left out of calibration."""

    GOOD = "good"
    BAD = "bad"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReport:
    """What a person decided in the place of the engine, or after its referral.

    An override where it differs from an approval or a decline of the engine; of a referral it is
    the answer. ``reviewer``: an opaque id, never a name. ``line_minor``: the line granted, 0 unless
    approved. ``reason``: a code of the bank's own, "" if none was given.
    """

    outcome: Outcome
    line_minor: int
    reviewer: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceReport:
    """How the account performed by ``observed_on``; the balance then, and what was lost."""

    performance: Performance
    observed_on: date
    months_on_book: int
    days_past_due: int
    balance_minor: int | None = None
    loss_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeReport:
    """One report about one decision; exactly one of ``review`` and ``performance`` is set.

    A later report of the same kind takes the place of an earlier one. ``happened_at_us``: when it
    happened, as the caller says; ``reported_at_us``: when the engine was told. ``application``: the
    first decision of the chain; ``superseded``: a review that happened before a later decision of
    the chain, which counts in its place.
    """

    decision_id: str
    happened_at_us: int
    reported_at_us: int
    review: ReviewReport | None = None
    performance: PerformanceReport | None = None
    application: str = ""
    superseded: bool = False
