"""What investigators say: notes, and declarations that an identifier is legitimately shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.codec import decode
from engine.errors import NotFound
from engine.investigate.looking import Subject
from engine.investigate.recorder import Recorder, Said
from engine.ledger import Ledger, StoredRecord
from engine.model import IdentifierKind
from engine.record import MarkRecord
from graph.model import SharingDeclared

NOTE, SHARING, MARK = "note", "sharing", "fraud_mark"
_SHARING_SUBJECT = "sharing"
_SCANNED = 1_000

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note on a decision or a token. Sealed under the person's key, where it is about one."""

    note_id: str
    subject: str
    text: str
    caller: str
    at_us: int
    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """A declaration (``reason``) or its withdrawal (``""``)."""

    sharing_id: str
    key: str
    reason: str
    note: str
    caller: str
    at_us: int
    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A fraud mark and who recorded it."""

    caller: str
    mark: MarkRecord


Page = tuple[tuple[_T, ...], int | None]
"""Entries, newest first, and the sequence to go on below; ``None``: the end."""


class Saying:
    """Records and lists."""

    def __init__(self, ledger: Ledger, recorder: Recorder) -> None:
        self._ledger, self._recorder = ledger, recorder

    async def note(self, said: Said, subject: Subject, text: str) -> Note:
        """Keep a note. Raises ``NotFound`` for a decision that there is not."""

        def make(note_id: str, at_us: int) -> tuple[Note, tuple[()]]:
            note = Note(
                note_id=note_id,
                subject=subject.name,
                text=text,
                caller=said.caller,
                at_us=at_us,
                case_id=said.case_id,
            )
            return note, ()

        return await self._recorder.record(said, NOTE, await self._person(subject), Note, make)

    async def notes(self, subject: Subject, before: int | None, size: int) -> Page[Note]:
        """The notes on a subject; those on other applications of the person are left out."""
        rows = await self._ledger.newest(
            NOTE, subject=await self._person(subject), before=before, limit=_SCANNED
        )
        wanted = [
            (place, note)
            for place, note in ((place, decode(row.body, Note)) for place, row in rows)
            if note.subject == subject.name
        ]
        return _page(rows, wanted, size)

    async def declare(self, said: Said, key: str, reason: str, note: str) -> Sharing:
        """Declare as shared, or withdraw with ``reason`` ``""``. Decisions from now on see it."""

        def make(sharing_id: str, at_us: int) -> tuple[Sharing, tuple[SharingDeclared, ...]]:
            sharing = Sharing(
                sharing_id=sharing_id,
                key=key,
                reason=reason,
                note=note,
                caller=said.caller,
                at_us=at_us,
                case_id=said.case_id,
            )
            kind = IdentifierKind(key.partition(":")[0])
            event = SharingDeclared(identifier=key, kind=kind, at_us=at_us, reason=reason)
            return sharing, (event,)

        return await self._recorder.record(said, SHARING, _SHARING_SUBJECT, Sharing, make)

    async def sharing(self, before: int | None, size: int) -> Page[Sharing]:
        """All declarations and withdrawals."""
        rows = await self._ledger.newest(
            SHARING, subject=_SHARING_SUBJECT, before=before, limit=size + 1
        )
        return _page(rows, [(place, decode(row.body, Sharing)) for place, row in rows], size)

    async def marks(self, decision_id: str, before: int | None, size: int) -> Page[Mark]:
        """All marks, or those of one decision. Raises ``NotFound``."""
        subject = await self._person(Subject(decision_id=decision_id)) if decision_id else None
        limit = _SCANNED if decision_id else size + 1
        rows = await self._ledger.newest(MARK, subject=subject, before=before, limit=limit)
        found = [
            (place, Mark(caller=x.caller, mark=decode(x.body, MarkRecord))) for place, x in rows
        ]
        wanted = [x for x in found if decision_id in {"", x[1].mark.decision_id}]
        return _page(rows, wanted, size)

    async def _person(self, subject: Subject) -> str:
        """Under whose key it is sealed: erasing the person erases what was said of them."""
        if not subject.decision_id:
            return subject.name
        stored = await self._ledger.get(subject.decision_id)
        if stored is None or stored.kind != "decision":
            raise NotFound("no decision with that id")
        return stored.subject


def _mark(row: StoredRecord) -> Mark:
    return Mark(caller=row.caller, mark=decode(row.body, MarkRecord))


def _page(
    rows: Sequence[tuple[int, StoredRecord]], wanted: Sequence[tuple[int, _T]], size: int
) -> Page[_T]:
    """Of the rows read, those wanted, up to the size; and where to go on."""
    shown = wanted[:size]
    if len(wanted) > size:
        return tuple(x for _, x in shown), shown[-1][0]
    more = rows[-1][0] if len(rows) == _SCANNED else None
    return tuple(x for _, x in shown), more
