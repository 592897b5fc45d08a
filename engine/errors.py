"""The exception tree. Each has a stable reason, one gRPC code, and whether a retry can help.

TouchstoneError
├── InvalidApplication        INVALID_ARGUMENT     the request names a bad field
├── NotFound                  NOT_FOUND
├── PreconditionFailed        FAILED_PRECONDITION
│   └── RequestIdReused
├── Unauthenticated           UNAUTHENTICATED
├── PermissionDenied          PERMISSION_DENIED
├── Overloaded                RESOURCE_EXHAUSTED   retryable, says when
├── Unavailable               UNAVAILABLE          retryable
│   └── LedgerUnavailable
├── DeadlineExceeded          DEADLINE_EXCEEDED    retryable
└── PolicyError               (never reaches a caller: a bundle was refused)

Texts reach callers: they name fields and what to do, never a raw identifier or a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One bad field: its path in the request, and what is wrong with it."""

    field: str
    description: str


class TouchstoneError(Exception):
    """Base of all. ``reason`` is stable and documented; ``code`` names a gRPC status."""

    reason: ClassVar[str] = "INTERNAL"
    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False
    most_text: ClassVar[int] = 300
    """Characters of the text that reach a caller."""


class InvalidApplication(TouchstoneError):
    """The request is malformed; ``violations`` names every bad field, up to 20.

    ``more``: how many there are beyond these.
    """

    reason = "INVALID_APPLICATION"
    code = "INVALID_ARGUMENT"

    def __init__(self, violations: tuple[FieldViolation, ...]) -> None:
        self.violations = violations[:20]
        self.more = len(violations) - len(self.violations)
        told = [f"{v.field}: {v.description}" for v in self.violations]
        super().__init__("; ".join((*told, f"and {self.more} more") if self.more else told))


class NotFound(TouchstoneError):
    """Nothing with that name, or nothing that this caller may see."""

    reason = "NOT_FOUND"
    code = "NOT_FOUND"


class PreconditionFailed(TouchstoneError):
    """The request is well formed but the state forbids it."""

    reason = "FAILED_PRECONDITION"
    code = "FAILED_PRECONDITION"


class RequestIdReused(PreconditionFailed):
    """Same caller and request_id, other content."""

    reason = "REQUEST_ID_REUSED"


class Unauthenticated(TouchstoneError):
    """The caller is not known."""

    reason = "UNAUTHENTICATED"
    code = "UNAUTHENTICATED"


class PermissionDenied(TouchstoneError):
    """The caller's roles do not allow the method."""

    reason = "PERMISSION_DENIED"
    code = "PERMISSION_DENIED"


class Overloaded(TouchstoneError):
    """A bound was reached; try again after ``retry_after_s`` seconds."""

    reason = "OVERLOADED"
    code = "RESOURCE_EXHAUSTED"
    retryable = True

    def __init__(self, message: str, retry_after_s: float) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class Unavailable(TouchstoneError):
    """Draining, or not ready."""

    reason = "UNAVAILABLE"
    code = "UNAVAILABLE"
    retryable = True


class LedgerUnavailable(Unavailable):
    """The ledger cannot make a record durable, so nothing may be answered."""

    reason = "LEDGER_UNAVAILABLE"


class DeadlineExceeded(TouchstoneError):
    """The caller's deadline passed before the decision was durable."""

    reason = "DEADLINE_EXCEEDED"
    code = "DEADLINE_EXCEEDED"
    retryable = True


class PolicyError(TouchstoneError):
    """A bundle was refused; the text is the rendered diagnostics.

    ``diagnostics``: the findings as values (``engine.rules.Diagnostic``), in the order shown.
    """

    reason = "POLICY_REFUSED"

    def __init__(self, message: str, diagnostics: tuple[object, ...] = ()) -> None:
        self.diagnostics = diagnostics
        super().__init__(message)
