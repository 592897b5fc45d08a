"""Who looked at what: each access is a record of the ledger, durable before it is answered."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from engine.clock import AdmissionClock
from engine.codec import decode, encode
from engine.ledger import Ledger, NewRecord

KIND = "access"
_SUBJECT = "access"
"""One key for all: erasing a person must not erase who looked at that person."""

MOST_SUBJECTS = 1_000
_SCANNED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One access. ``subjects``: decision ids and tokens, at most ``MOST_SUBJECTS``.

    ``result``: "OK", or the reason of the error. ``shown``: nodes, rows or entries.
    ``detail``: more of what was asked, without personal data.
    """

    access_id: str
    caller: str
    at_us: int
    method: str
    subjects: tuple[str, ...]
    case_id: str
    result: str
    shown: int
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFilter:
    """Empty strings and ``None``: no condition. ``since_us`` inclusive, ``until_us`` exclusive."""

    caller: str = ""
    subject: str = ""
    since_us: int | None = None
    until_us: int | None = None

    def holds(self, access: Access) -> bool:
        """Whether the access is one of those asked for."""
        return (
            self.caller in {"", access.caller}
            and (not self.subject or self.subject in access.subjects)
            and (self.since_us is None or access.at_us >= self.since_us)
            and (self.until_us is None or access.at_us < self.until_us)
        )


class AccessLog:
    """Writes and lists accesses."""

    def __init__(self, ledger: Ledger, clock: AdmissionClock) -> None:
        self._ledger, self._clock = ledger, clock

    async def record(
        self,
        caller: str,
        method: str,
        *,
        subjects: tuple[str, ...],
        case_id: str,
        result: str,
        shown: int,
        detail: str = "",
    ) -> None:
        """Return once it is durable. Raises ``LedgerUnavailable`` and ``Overloaded``."""
        access = Access(
            access_id="acc_" + secrets.token_hex(16),
            caller=caller,
            at_us=self._clock.next_us(),
            method=method,
            subjects=tuple(dict.fromkeys(subjects))[:MOST_SUBJECTS],
            case_id=case_id,
            result=result,
            shown=shown,
            detail=detail,
        )
        await self._ledger.append(
            NewRecord(
                caller=caller,
                request_id=access.access_id,
                fingerprint=b"",
                decision_id=access.access_id,
                subject=_SUBJECT,
                kind=KIND,
                at_us=access.at_us,
                body=encode(access),
                answer=b"",
            )
        )

    async def page(
        self, wanted: AccessFilter, before: int | None, size: int
    ) -> tuple[tuple[Access, ...], int | None]:
        """Newest first, below a sequence, and the sequence to go on below; ``None``: the end.

        A bounded number of records is looked at, so a page may be short.
        """
        rows = await self._ledger.newest(KIND, subject=_SUBJECT, before=before, limit=_SCANNED)
        found: list[Access] = []
        for sequence, row in rows:
            access = decode(row.body, Access)
            if wanted.holds(access):
                found.append(access)
            if len(found) == size:
                return tuple(found), sequence
        is_over = len(rows) < _SCANNED or rows[-1][1].at_us < (wanted.since_us or 0)
        return tuple(found), None if is_over else rows[-1][0]
