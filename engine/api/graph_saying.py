"""The methods of ``GraphService`` for what investigators say, and for files that they take away."""

from __future__ import annotations

from collections.abc import Callable

from google.protobuf.message import Message

from engine.api import graph_answers as answer
from engine.api.calls import current_call
from engine.api.graph_explaining import group_of
from engine.api.graph_looking import Investigation, question_of
from engine.api.identifiers import Tokens
from engine.api.servicers import content_of
from engine.api.visits import Visit, subject_of, visited
from engine.errors import FieldViolation, InvalidApplication
from engine.investigate import Said
from graph.investigate.export import exported
from touchstone.v1 import graph_pb2 as pb

_DEFAULT_PAGE = 50


class SayingMethods:
    """A part of the servicer. ``parts``: there once the application has started."""

    def __init__(self, parts: Callable[[], Investigation], tokens: Tokens) -> None:
        self._parts, self._tokens = parts, tokens

    async def AddNote(  # noqa: N802
        self, request: pb.AddNoteRequest, _context: object
    ) -> pb.AddNoteResponse:
        """Keep a note."""
        return await visited(self._parts().log, request, self._add_note)

    async def ListNotes(  # noqa: N802
        self, request: pb.ListNotesRequest, _context: object
    ) -> pb.ListNotesResponse:
        """The notes on a subject."""
        return await visited(self._parts().log, request, self._list_notes)

    async def DeclareSharing(  # noqa: N802
        self, request: pb.DeclareSharingRequest, _context: object
    ) -> pb.DeclareSharingResponse:
        """Declare an identifier as legitimately shared."""
        return await visited(self._parts().log, request, self._declare)

    async def WithdrawSharing(  # noqa: N802
        self, request: pb.WithdrawSharingRequest, _context: object
    ) -> pb.WithdrawSharingResponse:
        """Take a declaration back."""
        return await visited(self._parts().log, request, self._withdraw)

    async def ListSharing(  # noqa: N802
        self, request: pb.ListSharingRequest, _context: object
    ) -> pb.ListSharingResponse:
        """Who declared what."""
        return await visited(self._parts().log, request, self._list_sharing)

    async def ListFraudMarks(  # noqa: N802
        self, request: pb.ListFraudMarksRequest, _context: object
    ) -> pb.ListFraudMarksResponse:
        """Who marked what."""
        return await visited(self._parts().log, request, self._list_marks)

    async def ExportGraph(  # noqa: N802
        self, request: pb.ExportGraphRequest, _context: object
    ) -> pb.ExportGraphResponse:
        """A part of the graph as files."""
        return await visited(self._parts().log, request, self._export)

    async def _add_note(self, request: pb.AddNoteRequest, seen: Visit) -> pb.AddNoteResponse:
        subject = subject_of(self._tokens, request.subject, "subject")
        seen.subjects.append(subject.name)
        note = await self._parts().saying.note(
            _said(request), subject, _shown_text("text", request.text)
        )
        return pb.AddNoteResponse(note=answer.note(note))

    async def _list_notes(self, request: pb.ListNotesRequest, seen: Visit) -> pb.ListNotesResponse:
        subject = subject_of(self._tokens, request.subject, "subject")
        seen.subjects.append(subject.name)
        found, more = await self._parts().saying.notes(subject, *self._page(request))
        seen.shown = len(found)
        return pb.ListNotesResponse(
            notes=map(answer.note, found), next_page_token=self._more(request, more)
        )

    async def _declare(
        self, request: pb.DeclareSharingRequest, seen: Visit
    ) -> pb.DeclareSharingResponse:
        key = self._identifier(request, seen)
        note = _shown_text("note", request.note)
        found = await self._parts().saying.declare(_said(request), key, request.reason, note)
        return pb.DeclareSharingResponse(sharing=answer.sharing(found))

    async def _withdraw(
        self, request: pb.WithdrawSharingRequest, seen: Visit
    ) -> pb.WithdrawSharingResponse:
        key = self._identifier(request, seen)
        note = _shown_text("note", request.note)
        found = await self._parts().saying.declare(_said(request), key, "", note)
        return pb.WithdrawSharingResponse(sharing=answer.sharing(found))

    async def _list_sharing(
        self, request: pb.ListSharingRequest, seen: Visit
    ) -> pb.ListSharingResponse:
        found, more = await self._parts().saying.sharing(*self._page(request))
        seen.shown = len(found)
        return pb.ListSharingResponse(
            sharing=map(answer.sharing, found), next_page_token=self._more(request, more)
        )

    async def _list_marks(
        self, request: pb.ListFraudMarksRequest, seen: Visit
    ) -> pb.ListFraudMarksResponse:
        if request.decision_id:
            seen.subjects.append(request.decision_id)
        found, more = await self._parts().saying.marks(request.decision_id, *self._page(request))
        seen.shown = len(found)
        return pb.ListFraudMarksResponse(
            marks=map(answer.mark, found), next_page_token=self._more(request, more)
        )

    async def _export(self, request: pb.ExportGraphRequest, seen: Visit) -> pb.ExportGraphResponse:
        parts = self._parts()
        if request.as_decided and not request.decision_id:
            told = "a ring was not decided; leave it out, or name a decision"
            raise InvalidApplication((FieldViolation("as_decided", told),))
        if request.as_decided:
            seen.subjects.append(request.decision_id)
            decided = await parts.looking.decision_graph(request.decision_id)
            part, complete = decided.part, not (decided.near_cut or decided.far_cut)
        else:
            view = await parts.horizon.view(seen.deadline)
            group = await group_of(parts, request, seen, view)
            part, complete = group.part, group.complete
        seen.shown = len(part.applications) + len(part.identifiers)
        files = exported(part, request.format)
        return pb.ExportGraphResponse(files=answer.files(files), complete=complete)

    def _identifier(
        self, request: pb.DeclareSharingRequest | pb.WithdrawSharingRequest, seen: Visit
    ) -> str:
        subject = subject_of(self._tokens, request.subject, "subject")
        if not subject.key:
            raise InvalidApplication(
                (FieldViolation("subject", "must be an identifier: a token or a value"),)
            )
        seen.subjects.append(subject.key)
        return subject.key

    def _page(
        self, request: pb.ListNotesRequest | pb.ListSharingRequest | pb.ListFraudMarksRequest
    ) -> tuple[int | None, int]:
        """The sequence to go on below, and the size."""
        before = None
        if request.page_token:
            place = self._parts().pages.place(question_of(request), request.page_token)
            before = int(place[0])
        return before, request.page_size or _DEFAULT_PAGE

    def _more(self, request: Message, more: int | None) -> str:
        return "" if more is None else self._parts().pages.token(question_of(request), (more,))


def _said(
    request: pb.AddNoteRequest | pb.DeclareSharingRequest | pb.WithdrawSharingRequest,
) -> Said:
    return Said(
        caller=current_call().caller,
        request_id=request.request_id,
        content=content_of(request.DESCRIPTOR.name, request),
        case_id=request.case_id,
    )


def _shown_text(field: str, text: str) -> str:
    """A text that a terminal may show: lines of what can be seen, no control characters."""
    if not all(line.isprintable() for line in text.split("\n")):
        raise InvalidApplication(
            (FieldViolation(field, "holds control or invisible characters: leave them out"),)
        )
    return text
