import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from touchstone.v1 import graph_types_pb2 as _graph_types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MarkFraudRequest(_message.Message):
    __slots__ = ("request_id", "decision_id", "fraud_type", "source", "known_since", "case_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    FRAUD_TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    KNOWN_SINCE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    decision_id: str
    fraud_type: str
    source: str
    known_since: _timestamp_pb2.Timestamp
    case_id: str
    def __init__(self, request_id: _Optional[str] = ..., decision_id: _Optional[str] = ..., fraud_type: _Optional[str] = ..., source: _Optional[str] = ..., known_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ...) -> None: ...

class MarkFraudResponse(_message.Message):
    __slots__ = ("decision_id", "known_at")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    known_at: _timestamp_pb2.Timestamp
    def __init__(self, decision_id: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class UnmarkFraudRequest(_message.Message):
    __slots__ = ("request_id", "decision_id", "source", "case_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    decision_id: str
    source: str
    case_id: str
    def __init__(self, request_id: _Optional[str] = ..., decision_id: _Optional[str] = ..., source: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class UnmarkFraudResponse(_message.Message):
    __slots__ = ("decision_id", "known_at")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    known_at: _timestamp_pb2.Timestamp
    def __init__(self, decision_id: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SearchGraphRequest(_message.Message):
    __slots__ = ("subject", "case_id")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    subject: _graph_types_pb2.GraphSubject
    case_id: str
    def __init__(self, subject: _Optional[_Union[_graph_types_pb2.GraphSubject, _Mapping]] = ..., case_id: _Optional[str] = ...) -> None: ...

class SearchGraphResponse(_message.Message):
    __slots__ = ("view", "part", "uses", "named")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    USES_FIELD_NUMBER: _ClassVar[int]
    NAMED_FIELD_NUMBER: _ClassVar[int]
    view: _graph_types_pb2.GraphView
    part: _graph_types_pb2.GraphPart
    uses: int
    named: int
    def __init__(self, view: _Optional[_Union[_graph_types_pb2.GraphView, _Mapping]] = ..., part: _Optional[_Union[_graph_types_pb2.GraphPart, _Mapping]] = ..., uses: _Optional[int] = ..., named: _Optional[int] = ...) -> None: ...

class ExpandNodeRequest(_message.Message):
    __slots__ = ("subject", "even_hub", "page_size", "page_token", "case_id")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    EVEN_HUB_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    subject: _graph_types_pb2.GraphSubject
    even_hub: bool
    page_size: int
    page_token: str
    case_id: str
    def __init__(self, subject: _Optional[_Union[_graph_types_pb2.GraphSubject, _Mapping]] = ..., even_hub: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class ExpandNodeResponse(_message.Message):
    __slots__ = ("view", "part", "hubs", "next_page_token")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    HUBS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    view: _graph_types_pb2.GraphView
    part: _graph_types_pb2.GraphPart
    hubs: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.GraphIdentifier]
    next_page_token: str
    def __init__(self, view: _Optional[_Union[_graph_types_pb2.GraphView, _Mapping]] = ..., part: _Optional[_Union[_graph_types_pb2.GraphPart, _Mapping]] = ..., hubs: _Optional[_Iterable[_Union[_graph_types_pb2.GraphIdentifier, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class FindPathRequest(_message.Message):
    __slots__ = ("from_decision_id", "to_decision_id", "max_steps", "through_hubs", "case_id")
    FROM_DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    TO_DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_STEPS_FIELD_NUMBER: _ClassVar[int]
    THROUGH_HUBS_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    from_decision_id: str
    to_decision_id: str
    max_steps: int
    through_hubs: bool
    case_id: str
    def __init__(self, from_decision_id: _Optional[str] = ..., to_decision_id: _Optional[str] = ..., max_steps: _Optional[int] = ..., through_hubs: _Optional[bool] = ..., case_id: _Optional[str] = ...) -> None: ...

class FindPathResponse(_message.Message):
    __slots__ = ("view", "steps", "part", "complete")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    view: _graph_types_pb2.GraphView
    steps: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.PathStep]
    part: _graph_types_pb2.GraphPart
    complete: bool
    def __init__(self, view: _Optional[_Union[_graph_types_pb2.GraphView, _Mapping]] = ..., steps: _Optional[_Iterable[_Union[_graph_types_pb2.PathStep, _Mapping]]] = ..., part: _Optional[_Union[_graph_types_pb2.GraphPart, _Mapping]] = ..., complete: _Optional[bool] = ...) -> None: ...

class GetTimelineRequest(_message.Message):
    __slots__ = ("subject", "page_size", "page_token", "case_id")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    subject: _graph_types_pb2.GraphSubject
    page_size: int
    page_token: str
    case_id: str
    def __init__(self, subject: _Optional[_Union[_graph_types_pb2.GraphSubject, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class GetTimelineResponse(_message.Message):
    __slots__ = ("view", "moments", "part", "cut", "next_page_token")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    MOMENTS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    CUT_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    view: _graph_types_pb2.GraphView
    moments: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.GraphMoment]
    part: _graph_types_pb2.GraphPart
    cut: bool
    next_page_token: str
    def __init__(self, view: _Optional[_Union[_graph_types_pb2.GraphView, _Mapping]] = ..., moments: _Optional[_Iterable[_Union[_graph_types_pb2.GraphMoment, _Mapping]]] = ..., part: _Optional[_Union[_graph_types_pb2.GraphPart, _Mapping]] = ..., cut: _Optional[bool] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetDecisionGraphRequest(_message.Message):
    __slots__ = ("decision_id", "case_id")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    case_id: str
    def __init__(self, decision_id: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class GetDecisionGraphResponse(_message.Message):
    __slots__ = ("as_of", "status", "part", "near_cut", "far_cut", "pending", "same_person", "position")
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    NEAR_CUT_FIELD_NUMBER: _ClassVar[int]
    FAR_CUT_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    SAME_PERSON_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    as_of: _timestamp_pb2.Timestamp
    status: str
    part: _graph_types_pb2.GraphPart
    near_cut: bool
    far_cut: bool
    pending: int
    same_person: _containers.RepeatedScalarFieldContainer[str]
    position: int
    def __init__(self, as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status: _Optional[str] = ..., part: _Optional[_Union[_graph_types_pb2.GraphPart, _Mapping]] = ..., near_cut: _Optional[bool] = ..., far_cut: _Optional[bool] = ..., pending: _Optional[int] = ..., same_person: _Optional[_Iterable[str]] = ..., position: _Optional[int] = ...) -> None: ...

class ListAccessRequest(_message.Message):
    __slots__ = ("caller", "subject", "since", "until", "page_size", "page_token")
    CALLER_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    caller: str
    subject: str
    since: _timestamp_pb2.Timestamp
    until: _timestamp_pb2.Timestamp
    page_size: int
    page_token: str
    def __init__(self, caller: _Optional[str] = ..., subject: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListAccessResponse(_message.Message):
    __slots__ = ("accesses", "next_page_token")
    ACCESSES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    accesses: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.GraphAccess]
    next_page_token: str
    def __init__(self, accesses: _Optional[_Iterable[_Union[_graph_types_pb2.GraphAccess, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CypherParameter(_message.Message):
    __slots__ = ("name", "text", "number", "identifier")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    name: str
    text: str
    number: int
    identifier: _graph_types_pb2.RawIdentifier
    def __init__(self, name: _Optional[str] = ..., text: _Optional[str] = ..., number: _Optional[int] = ..., identifier: _Optional[_Union[_graph_types_pb2.RawIdentifier, _Mapping]] = ...) -> None: ...

class RunCypherRequest(_message.Message):
    __slots__ = ("statement", "parameters", "timeout_ms", "case_id")
    STATEMENT_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    statement: str
    parameters: _containers.RepeatedCompositeFieldContainer[CypherParameter]
    timeout_ms: int
    case_id: str
    def __init__(self, statement: _Optional[str] = ..., parameters: _Optional[_Iterable[_Union[CypherParameter, _Mapping]]] = ..., timeout_ms: _Optional[int] = ..., case_id: _Optional[str] = ...) -> None: ...

class CypherRow(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, values: _Optional[_Iterable[str]] = ...) -> None: ...

class RunCypherResponse(_message.Message):
    __slots__ = ("view", "columns", "rows", "cut")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    CUT_FIELD_NUMBER: _ClassVar[int]
    view: _graph_types_pb2.GraphView
    columns: _containers.RepeatedScalarFieldContainer[str]
    rows: _containers.RepeatedCompositeFieldContainer[CypherRow]
    cut: bool
    def __init__(self, view: _Optional[_Union[_graph_types_pb2.GraphView, _Mapping]] = ..., columns: _Optional[_Iterable[str]] = ..., rows: _Optional[_Iterable[_Union[CypherRow, _Mapping]]] = ..., cut: _Optional[bool] = ...) -> None: ...

class FraudMark(_message.Message):
    __slots__ = ("request_id", "decision_id", "fraud_type", "source", "known_since")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    FRAUD_TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    KNOWN_SINCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    decision_id: str
    fraud_type: str
    source: str
    known_since: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., decision_id: _Optional[str] = ..., fraud_type: _Optional[str] = ..., source: _Optional[str] = ..., known_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class BatchMarkFraudRequest(_message.Message):
    __slots__ = ("marks", "case_id")
    MARKS_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    marks: _containers.RepeatedCompositeFieldContainer[FraudMark]
    case_id: str
    def __init__(self, marks: _Optional[_Iterable[_Union[FraudMark, _Mapping]]] = ..., case_id: _Optional[str] = ...) -> None: ...

class FraudMarkResult(_message.Message):
    __slots__ = ("request_id", "known_at", "status")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    known_at: _timestamp_pb2.Timestamp
    status: _status_pb2.Status
    def __init__(self, request_id: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class BatchMarkFraudResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[FraudMarkResult]
    def __init__(self, results: _Optional[_Iterable[_Union[FraudMarkResult, _Mapping]]] = ...) -> None: ...

class ListFraudMarksRequest(_message.Message):
    __slots__ = ("decision_id", "page_size", "page_token", "case_id")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    page_size: int
    page_token: str
    case_id: str
    def __init__(self, decision_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class ListFraudMarksResponse(_message.Message):
    __slots__ = ("marks", "next_page_token")
    MARKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    marks: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.RecordedMark]
    next_page_token: str
    def __init__(self, marks: _Optional[_Iterable[_Union[_graph_types_pb2.RecordedMark, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeclareSharingRequest(_message.Message):
    __slots__ = ("request_id", "subject", "reason", "note", "case_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    subject: _graph_types_pb2.GraphSubject
    reason: str
    note: str
    case_id: str
    def __init__(self, request_id: _Optional[str] = ..., subject: _Optional[_Union[_graph_types_pb2.GraphSubject, _Mapping]] = ..., reason: _Optional[str] = ..., note: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class DeclareSharingResponse(_message.Message):
    __slots__ = ("sharing",)
    SHARING_FIELD_NUMBER: _ClassVar[int]
    sharing: _graph_types_pb2.RecordedSharing
    def __init__(self, sharing: _Optional[_Union[_graph_types_pb2.RecordedSharing, _Mapping]] = ...) -> None: ...

class WithdrawSharingRequest(_message.Message):
    __slots__ = ("request_id", "subject", "note", "case_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    subject: _graph_types_pb2.GraphSubject
    note: str
    case_id: str
    def __init__(self, request_id: _Optional[str] = ..., subject: _Optional[_Union[_graph_types_pb2.GraphSubject, _Mapping]] = ..., note: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class WithdrawSharingResponse(_message.Message):
    __slots__ = ("sharing",)
    SHARING_FIELD_NUMBER: _ClassVar[int]
    sharing: _graph_types_pb2.RecordedSharing
    def __init__(self, sharing: _Optional[_Union[_graph_types_pb2.RecordedSharing, _Mapping]] = ...) -> None: ...

class ListSharingRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "case_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    case_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class ListSharingResponse(_message.Message):
    __slots__ = ("sharing", "next_page_token")
    SHARING_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    sharing: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.RecordedSharing]
    next_page_token: str
    def __init__(self, sharing: _Optional[_Iterable[_Union[_graph_types_pb2.RecordedSharing, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class AddNoteRequest(_message.Message):
    __slots__ = ("request_id", "subject", "text", "case_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    subject: _graph_types_pb2.GraphSubject
    text: str
    case_id: str
    def __init__(self, request_id: _Optional[str] = ..., subject: _Optional[_Union[_graph_types_pb2.GraphSubject, _Mapping]] = ..., text: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class AddNoteResponse(_message.Message):
    __slots__ = ("note",)
    NOTE_FIELD_NUMBER: _ClassVar[int]
    note: _graph_types_pb2.RecordedNote
    def __init__(self, note: _Optional[_Union[_graph_types_pb2.RecordedNote, _Mapping]] = ...) -> None: ...

class ListNotesRequest(_message.Message):
    __slots__ = ("subject", "page_size", "page_token", "case_id")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    subject: _graph_types_pb2.GraphSubject
    page_size: int
    page_token: str
    case_id: str
    def __init__(self, subject: _Optional[_Union[_graph_types_pb2.GraphSubject, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class ListNotesResponse(_message.Message):
    __slots__ = ("notes", "next_page_token")
    NOTES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    notes: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.RecordedNote]
    next_page_token: str
    def __init__(self, notes: _Optional[_Iterable[_Union[_graph_types_pb2.RecordedNote, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ExportGraphRequest(_message.Message):
    __slots__ = ("decision_id", "ring_id", "as_decided", "format", "max_members", "case_id")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    RING_ID_FIELD_NUMBER: _ClassVar[int]
    AS_DECIDED_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    MAX_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    ring_id: str
    as_decided: bool
    format: str
    max_members: int
    case_id: str
    def __init__(self, decision_id: _Optional[str] = ..., ring_id: _Optional[str] = ..., as_decided: _Optional[bool] = ..., format: _Optional[str] = ..., max_members: _Optional[int] = ..., case_id: _Optional[str] = ...) -> None: ...

class ExportGraphResponse(_message.Message):
    __slots__ = ("files", "complete")
    FILES_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    files: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.ExportedFile]
    complete: bool
    def __init__(self, files: _Optional[_Iterable[_Union[_graph_types_pb2.ExportedFile, _Mapping]]] = ..., complete: _Optional[bool] = ...) -> None: ...

class GetEvidenceRequest(_message.Message):
    __slots__ = ("decision_id", "ring_id", "max_members", "language", "case_id")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    RING_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    ring_id: str
    max_members: int
    language: str
    case_id: str
    def __init__(self, decision_id: _Optional[str] = ..., ring_id: _Optional[str] = ..., max_members: _Optional[int] = ..., language: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class GetEvidenceResponse(_message.Message):
    __slots__ = ("view", "sentences", "members", "fraud", "shared", "pairs", "part", "complete")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    SENTENCES_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    FRAUD_FIELD_NUMBER: _ClassVar[int]
    SHARED_FIELD_NUMBER: _ClassVar[int]
    PAIRS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    view: _graph_types_pb2.GraphView
    sentences: _containers.RepeatedScalarFieldContainer[str]
    members: int
    fraud: int
    shared: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.SharedThing]
    pairs: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.SharingPair]
    part: _graph_types_pb2.GraphPart
    complete: bool
    def __init__(self, view: _Optional[_Union[_graph_types_pb2.GraphView, _Mapping]] = ..., sentences: _Optional[_Iterable[str]] = ..., members: _Optional[int] = ..., fraud: _Optional[int] = ..., shared: _Optional[_Iterable[_Union[_graph_types_pb2.SharedThing, _Mapping]]] = ..., pairs: _Optional[_Iterable[_Union[_graph_types_pb2.SharingPair, _Mapping]]] = ..., part: _Optional[_Union[_graph_types_pb2.GraphPart, _Mapping]] = ..., complete: _Optional[bool] = ...) -> None: ...

class CompareApplicationsRequest(_message.Message):
    __slots__ = ("first_decision_id", "second_decision_id", "language", "case_id")
    FIRST_DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    SECOND_DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    first_decision_id: str
    second_decision_id: str
    language: str
    case_id: str
    def __init__(self, first_decision_id: _Optional[str] = ..., second_decision_id: _Optional[str] = ..., language: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class CompareApplicationsResponse(_message.Message):
    __slots__ = ("comparisons",)
    COMPARISONS_FIELD_NUMBER: _ClassVar[int]
    comparisons: _containers.RepeatedCompositeFieldContainer[_graph_types_pb2.Comparison]
    def __init__(self, comparisons: _Optional[_Iterable[_Union[_graph_types_pb2.Comparison, _Mapping]]] = ...) -> None: ...

class StartRingSearchRequest(_message.Message):
    __slots__ = ("dry_run", "alarm_score", "case_id")
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    ALARM_SCORE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    dry_run: bool
    alarm_score: int
    case_id: str
    def __init__(self, dry_run: _Optional[bool] = ..., alarm_score: _Optional[int] = ..., case_id: _Optional[str] = ...) -> None: ...

class StartRingSearchResponse(_message.Message):
    __slots__ = ("search_id",)
    SEARCH_ID_FIELD_NUMBER: _ClassVar[int]
    search_id: str
    def __init__(self, search_id: _Optional[str] = ...) -> None: ...

class GetRingSearchRequest(_message.Message):
    __slots__ = ("search_id", "case_id")
    SEARCH_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    search_id: str
    case_id: str
    def __init__(self, search_id: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class GetRingSearchResponse(_message.Message):
    __slots__ = ("state", "problem", "report_json")
    STATE_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    REPORT_JSON_FIELD_NUMBER: _ClassVar[int]
    state: str
    problem: str
    report_json: str
    def __init__(self, state: _Optional[str] = ..., problem: _Optional[str] = ..., report_json: _Optional[str] = ...) -> None: ...

class ListRingsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "case_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    case_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class ListRingsResponse(_message.Message):
    __slots__ = ("run", "as_of", "alarm_score", "rings", "next_page_token")
    RUN_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    ALARM_SCORE_FIELD_NUMBER: _ClassVar[int]
    RINGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    run: str
    as_of: _timestamp_pb2.Timestamp
    alarm_score: int
    rings: _containers.RepeatedCompositeFieldContainer[RingSummary]
    next_page_token: str
    def __init__(self, run: _Optional[str] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., alarm_score: _Optional[int] = ..., rings: _Optional[_Iterable[_Union[RingSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RingSummary(_message.Message):
    __slots__ = ("ring_id", "score", "members", "fraud", "per_week", "came_from")
    RING_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    FRAUD_FIELD_NUMBER: _ClassVar[int]
    PER_WEEK_FIELD_NUMBER: _ClassVar[int]
    CAME_FROM_FIELD_NUMBER: _ClassVar[int]
    ring_id: str
    score: int
    members: int
    fraud: int
    per_week: float
    came_from: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, ring_id: _Optional[str] = ..., score: _Optional[int] = ..., members: _Optional[int] = ..., fraud: _Optional[int] = ..., per_week: _Optional[float] = ..., came_from: _Optional[_Iterable[str]] = ...) -> None: ...

class ExplainRingRequest(_message.Message):
    __slots__ = ("ring_id", "case_id")
    RING_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    ring_id: str
    case_id: str
    def __init__(self, ring_id: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class ExplainRingResponse(_message.Message):
    __slots__ = ("summary", "signs", "members", "shared")
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    SIGNS_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    SHARED_FIELD_NUMBER: _ClassVar[int]
    summary: RingSummary
    signs: _containers.RepeatedCompositeFieldContainer[RingSign]
    members: _containers.RepeatedCompositeFieldContainer[RingMember]
    shared: _containers.RepeatedCompositeFieldContainer[RingSharing]
    def __init__(self, summary: _Optional[_Union[RingSummary, _Mapping]] = ..., signs: _Optional[_Iterable[_Union[RingSign, _Mapping]]] = ..., members: _Optional[_Iterable[_Union[RingMember, _Mapping]]] = ..., shared: _Optional[_Iterable[_Union[RingSharing, _Mapping]]] = ...) -> None: ...

class RingSign(_message.Message):
    __slots__ = ("code", "points", "en", "zh")
    CODE_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    EN_FIELD_NUMBER: _ClassVar[int]
    ZH_FIELD_NUMBER: _ClassVar[int]
    code: str
    points: int
    en: str
    zh: str
    def __init__(self, code: _Optional[str] = ..., points: _Optional[int] = ..., en: _Optional[str] = ..., zh: _Optional[str] = ...) -> None: ...

class RingMember(_message.Message):
    __slots__ = ("decision_id", "joined_at", "outcome", "fraud_since", "reach")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    JOINED_AT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    FRAUD_SINCE_FIELD_NUMBER: _ClassVar[int]
    REACH_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    joined_at: _timestamp_pb2.Timestamp
    outcome: str
    fraud_since: _timestamp_pb2.Timestamp
    reach: float
    def __init__(self, decision_id: _Optional[str] = ..., joined_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., outcome: _Optional[str] = ..., fraud_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reach: _Optional[float] = ...) -> None: ...

class RingSharing(_message.Message):
    __slots__ = ("key", "kind", "masked", "users", "named", "first", "last")
    KEY_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MASKED_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    NAMED_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    key: str
    kind: str
    masked: str
    users: int
    named: int
    first: _timestamp_pb2.Timestamp
    last: _timestamp_pb2.Timestamp
    def __init__(self, key: _Optional[str] = ..., kind: _Optional[str] = ..., masked: _Optional[str] = ..., users: _Optional[int] = ..., named: _Optional[int] = ..., first: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListRingAlertsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "case_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    case_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., case_id: _Optional[str] = ...) -> None: ...

class ListRingAlertsResponse(_message.Message):
    __slots__ = ("alerts", "next_page_token")
    ALERTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    alerts: _containers.RepeatedCompositeFieldContainer[RingAlert]
    next_page_token: str
    def __init__(self, alerts: _Optional[_Iterable[_Union[RingAlert, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RingAlert(_message.Message):
    __slots__ = ("alert_id", "decision_id", "outcome", "decided_at", "ring_id", "score", "members", "fraud", "raised_at")
    ALERT_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    RING_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    FRAUD_FIELD_NUMBER: _ClassVar[int]
    RAISED_AT_FIELD_NUMBER: _ClassVar[int]
    alert_id: str
    decision_id: str
    outcome: str
    decided_at: _timestamp_pb2.Timestamp
    ring_id: str
    score: int
    members: int
    fraud: int
    raised_at: _timestamp_pb2.Timestamp
    def __init__(self, alert_id: _Optional[str] = ..., decision_id: _Optional[str] = ..., outcome: _Optional[str] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ring_id: _Optional[str] = ..., score: _Optional[int] = ..., members: _Optional[int] = ..., fraud: _Optional[int] = ..., raised_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
