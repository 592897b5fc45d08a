"""What the ledger stores and answers, and the interface of every implementation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.errors import PreconditionFailed, TouchstoneError
from engine.ledger.sharing import SharedLines
from engine.model import GrantedLine, History
from graph.model import GraphEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A record to append. ``body`` and ``answer`` are sealed; everything else is stored plainly,
    so it holds ids and tokens only. ``at_us``: microseconds since the epoch, UTC.
    ``supplements``: the decision that this one takes the place of, and ``root``, the first of
    that chain; both empty for an application of its own. A review (``engine.reported``) has its
    application as ``root``, and outcome and line beside it, if it counts; else none of them.

    ``loaded``: of events loaded in bulk, in their order, digests of what each is about and of its
    content. Such events are stored packed, and none about the same a second time.

    ``parent``: the first decision on the card whose line this one shares, and ``until_us`` when a
    raise for a time ends; "" and 0 for a line of its own, 0 for a supplementary card's part.
    """

    caller: str
    request_id: str
    fingerprint: bytes
    decision_id: str
    subject: str
    kind: str
    at_us: int
    body: bytes
    answer: bytes
    graph_events: tuple[GraphEvent, ...] = ()
    loaded: tuple[tuple[bytes, bytes], ...] = ()
    product: str = ""
    channel: str = ""
    customer_segment: str = ""
    branch: str = ""
    staff_member: str = ""
    partner: str = ""
    outcome: str = ""
    line_minor: int = 0
    root: str = ""
    supplements: str = ""
    parent: str = ""
    until_us: int = 0


@dataclass(frozen=True, slots=True)
class RecordRef:
    """Where a durable record stands: its place in the chain."""

    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """What a repeated request needs."""

    decision_id: str
    fingerprint: bytes
    answer: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A whole record, opened."""

    decision_id: str
    caller: str
    request_id: str
    subject: str
    kind: str
    at_us: int
    body: bytes
    answer: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSummary:
    """A row of a list; minor units, microseconds."""

    decision_id: str
    caller: str
    request_id: str
    at_us: int
    product: str
    channel: str
    outcome: str
    line_minor: int
    supplements: str
    parent: str = ""
    until_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """A page, newest first; an empty token on the last one."""

    records: tuple[RecordSummary, ...]
    next_page_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """Empty strings and ``None``: no condition. ``since_us`` inclusive, ``until_us`` exclusive."""

    product: str = ""
    channel: str = ""
    outcome: str = ""
    since_us: int | None = None
    until_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """The chain's state; ``problem`` is empty if it holds. ``head``: the last hash, hex.

    ``contains_at``: after how many records the chain had the head that was asked for; 0 if never.
    """

    records: int
    head: str
    problem: str
    contains_at: int = 0


class DuplicateRecord(TouchstoneError):
    """(caller, request_id) or the decision id is there already; ``stored`` is what was given."""

    reason = "DUPLICATE_RECORD"

    def __init__(self, stored: StoredAnswer) -> None:
        self.stored = stored
        super().__init__("a record of that request exists")


class AlreadySupplemented(PreconditionFailed):
    """A decision is followed by one at most; ``follower`` is that one."""

    reason = "ALREADY_SUPPLEMENTED"

    def __init__(self, follower: str) -> None:
        self.follower = follower
        super().__init__(f"the decision was supplemented already; supplement {follower}")


class RecordRefused(TouchstoneError):
    """This record cannot be stored as it is; the ledger and the other records are unharmed.

    A defect of ours, or a stored row that was altered. ``cause`` names the kind of error only.
    """

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(f"the record cannot be stored: {cause}")


class Ledger(Protocol):
    """The record of decisions. Every method is bounded in time and size.

    All raise ``LedgerUnavailable`` once a write has failed: after a failed sync nobody knows what
    the disk holds, so nothing more is answered until a restart has looked.
    """

    @property
    def healthy(self) -> bool:
        """False after a failed write."""
        ...

    async def append(self, record: NewRecord) -> RecordRef:
        """Return once it is durable.

        Raises ``DuplicateRecord``, ``Erased`` (a duplicate of an erased one), ``RecordRefused``,
        ``AlreadySupplemented`` and ``Overloaded``.
        """
        ...

    async def find(self, caller: str, request_id: str) -> StoredAnswer | None:
        """The answer to an earlier request. Raises ``Erased``."""
        ...

    async def get(self, decision_id: str) -> StoredRecord | None:
        """The record. Raises ``Erased``."""
        ...

    async def list(
        self, listing: ListFilter, *, caller: str | None, page_size: int, page_token: str
    ) -> RecordPage:
        """Decisions, newest first, at most 1,000 a page. ``caller`` ``None``: of all callers.

        Raises ``InvalidApplication`` for a token that is not of this list.
        """
        ...

    async def history(self, subject: str, *, before_us: int, limit: int, but: str = "") -> History:
        """The person's applications before that time, each with its last decision, newest first.

        What a reviewer answered after that decision, and before that time, is in its place. Of
        lines that share another's only what they add then counts (``engine.ledger.sharing``).
        ``but``: the first decision of an application that is left out.
        """
        ...

    async def granted(
        self, decision_ids: Sequence[str], *, before_us: int
    ) -> tuple[GrantedLine, ...]:
        """Lines of applications, each named by its first decision; 0 is left out.

        By the last decision or review before that time. Lines that share another's as in
        ``history``.
        """
        ...

    async def shared(self, application: str, *, before_us: int, but: str) -> SharedLines:
        """What became of an application by that time, and what shares its line.

        Named by its first decision. ``but``: the first decision of a sharer that is left out.
        """
        ...

    async def decided_at_us(self, application: str) -> int:
        """When the last decision on it was made; it is named by its first. 0: there is none."""
        ...

    async def read_after(self, position: int, limit: int) -> Sequence[tuple[int, GraphEvent]]:
        """The outbox after ``position``, in commit order; of erased people without their links."""
        ...

    async def loaded(self, about: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Of these digests of what an event is about, those loaded, with the content's."""
        ...

    async def wait_for_more(self, position: int, timeout: float) -> None:  # noqa: ASYNC109
        """Return once the outbox reaches beyond ``position``, or after ``timeout`` seconds."""
        ...

    async def bodies(
        self, kind: str, *, after: int | None, limit: int
    ) -> Sequence[tuple[int, bytes]]:
        """Sequence and body of records of one kind, in order; those of erased people are left out.

        ``after`` a sequence: the first ``limit`` behind it; ``None``: the latest ``limit``.
        """
        ...

    async def newest(
        self, kind: str, *, subject: str | None, before: int | None, limit: int
    ) -> Sequence[tuple[int, StoredRecord]]:
        """Sequence and record, newest first, of one kind other than ``"decision"``.

        ``subject`` ``None``: of all; ``before`` a sequence: those below it. Records of erased
        people are left out.
        """
        ...

    async def last_at_us(self) -> int:
        """The latest time of any record; 0 if there is none."""
        ...

    async def erase(self, subject: str) -> int:
        """Delete the person's keys; the number of keys deleted. Raises ``LedgerUnavailable``."""
        ...

    async def verify(self) -> VerifyReport:
        """Walk the whole chain."""
        ...

    async def close(self) -> None:
        """Write what waits, then release everything."""
        ...
