"""A visit of an investigator: checked before it begins, recorded before anything is shown."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from google.protobuf.message import Message
from stdnum.cn import uscc

from engine.api.calls import current_call
from engine.api.converters import check
from engine.api.identifiers import Tokens, document_kind
from engine.deadline import Deadline
from engine.errors import FieldViolation, InvalidApplication, Overloaded, TouchstoneError
from engine.investigate.access_log import AccessLog
from engine.investigate.looking import Subject
from engine.model import Identifier, IdentifierKind
from touchstone.v1 import graph_types_pb2, types_pb2

_Request = TypeVar("_Request", bound=Message)
_Answer = TypeVar("_Answer", bound=Message)


@dataclass(slots=True)
class Visit:
    """What is to be recorded; the method fills it in."""

    deadline: Deadline
    subjects: list[str] = field(default_factory=list)
    shown: int = 0
    detail: str = ""
    even_if_refused: bool = False
    """Whether a request that is refused for what it says is recorded as well."""


async def visited(
    log: AccessLog, request: _Request, work: Callable[[_Request, Visit], Awaitable[_Answer]]
) -> _Answer:
    """The answer of ``work``, recorded. What was refused for its form has looked at nothing."""
    check(request)
    seen = Visit(current_call().deadline)
    try:
        answer = await work(request, seen)
    except TouchstoneError as error:
        if seen.even_if_refused or not isinstance(error, InvalidApplication | Overloaded):
            # The error is what the caller must hear of, whatever becomes of the record.
            with contextlib.suppress(TouchstoneError):
                await _record(log, request, seen, error.reason)
        raise
    await _record(log, request, seen, "OK")
    return answer


async def _record(log: AccessLog, request: Message, found: Visit, result: str) -> None:
    call = current_call()
    await log.record(
        call.caller,
        call.method.rpartition("/")[2],
        subjects=tuple(found.subjects),
        case_id=getattr(request, "case_id", ""),
        result=result,
        shown=found.shown,
        detail=found.detail,
    )


def subject_of(tokens: Tokens, message: graph_types_pb2.GraphSubject, path: str) -> Subject:
    """What is asked about; a raw identifier becomes its token here. ``InvalidApplication``."""
    match message.WhichOneof("subject"):
        case "decision_id":
            return Subject(decision_id=message.decision_id)
        case "key":
            return Subject(key=message.key)
        case "ring_id":
            return Subject(ring=message.ring_id)
        case _:
            return Subject(key=identifier_of(tokens, message.identifier, f"{path}.identifier").key)


def identifier_of(tokens: Tokens, message: graph_types_pb2.RawIdentifier, path: str) -> Identifier:
    """The token of a raw identifier. ``InvalidApplication`` names the field, not the value."""
    kind = IdentifierKind(message.kind)
    try:
        match kind:
            case IdentifierKind.PHONE:
                return tokens.phone(message.value)
            case IdentifierKind.ID_NUMBER:
                return tokens.id_number(message.value, _document(message))
            case IdentifierKind.EMPLOYER:
                code = message.value if uscc.is_valid(message.value) else ""
                return tokens.employer(message.value, code)
            case _:
                return tokens.identifier(kind, message.value)
    except ValueError as error:
        raise InvalidApplication((FieldViolation(f"{path}.value", str(error)),)) from None


def _document(message: graph_types_pb2.RawIdentifier) -> str:
    kind = message.document or types_pb2.ID_DOCUMENT_KIND_CN_RESIDENT_ID
    return document_kind(types_pb2.IdDocument(kind=kind)) or ""
