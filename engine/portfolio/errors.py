"""Why a review is refused."""

from __future__ import annotations

from engine.errors import TouchstoneError


class ReviewRefused(TouchstoneError):
    """Accounts, policy and budgets do not go together; the text names the place and what to do."""

    reason = "REVIEW_REFUSED"
    code = "INVALID_ARGUMENT"
    most_text = 8_000
