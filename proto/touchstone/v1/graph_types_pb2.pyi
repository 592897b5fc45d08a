import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from touchstone.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RawIdentifier(_message.Message):
    __slots__ = ("kind", "value", "document")
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    kind: str
    value: str
    document: _types_pb2.IdDocumentKind
    def __init__(self, kind: _Optional[str] = ..., value: _Optional[str] = ..., document: _Optional[_Union[_types_pb2.IdDocumentKind, str]] = ...) -> None: ...

class GraphSubject(_message.Message):
    __slots__ = ("decision_id", "key", "identifier", "ring_id")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    RING_ID_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    key: str
    identifier: RawIdentifier
    ring_id: str
    def __init__(self, decision_id: _Optional[str] = ..., key: _Optional[str] = ..., identifier: _Optional[_Union[RawIdentifier, _Mapping]] = ..., ring_id: _Optional[str] = ...) -> None: ...

class GraphApplication(_message.Message):
    __slots__ = ("decision_id", "applied_at", "outcome", "fraud_since", "fraud_type")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    APPLIED_AT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    FRAUD_SINCE_FIELD_NUMBER: _ClassVar[int]
    FRAUD_TYPE_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    applied_at: _timestamp_pb2.Timestamp
    outcome: str
    fraud_since: _timestamp_pb2.Timestamp
    fraud_type: str
    def __init__(self, decision_id: _Optional[str] = ..., applied_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., outcome: _Optional[str] = ..., fraud_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., fraud_type: _Optional[str] = ...) -> None: ...

class GraphIdentifier(_message.Message):
    __slots__ = ("key", "kind", "masked", "first_seen", "applications", "hub", "hub_reason", "named_hub")
    KEY_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MASKED_FIELD_NUMBER: _ClassVar[int]
    FIRST_SEEN_FIELD_NUMBER: _ClassVar[int]
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    HUB_FIELD_NUMBER: _ClassVar[int]
    HUB_REASON_FIELD_NUMBER: _ClassVar[int]
    NAMED_HUB_FIELD_NUMBER: _ClassVar[int]
    key: str
    kind: str
    masked: str
    first_seen: _timestamp_pb2.Timestamp
    applications: int
    hub: bool
    hub_reason: str
    named_hub: bool
    def __init__(self, key: _Optional[str] = ..., kind: _Optional[str] = ..., masked: _Optional[str] = ..., first_seen: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., applications: _Optional[int] = ..., hub: _Optional[bool] = ..., hub_reason: _Optional[str] = ..., named_hub: _Optional[bool] = ...) -> None: ...

class GraphLink(_message.Message):
    __slots__ = ("decision_id", "key", "role", "since", "last")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    key: str
    role: str
    since: _timestamp_pb2.Timestamp
    last: _timestamp_pb2.Timestamp
    def __init__(self, decision_id: _Optional[str] = ..., key: _Optional[str] = ..., role: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GraphPart(_message.Message):
    __slots__ = ("applications", "identifiers", "links")
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIERS_FIELD_NUMBER: _ClassVar[int]
    LINKS_FIELD_NUMBER: _ClassVar[int]
    applications: _containers.RepeatedCompositeFieldContainer[GraphApplication]
    identifiers: _containers.RepeatedCompositeFieldContainer[GraphIdentifier]
    links: _containers.RepeatedCompositeFieldContainer[GraphLink]
    def __init__(self, applications: _Optional[_Iterable[_Union[GraphApplication, _Mapping]]] = ..., identifiers: _Optional[_Iterable[_Union[GraphIdentifier, _Mapping]]] = ..., links: _Optional[_Iterable[_Union[GraphLink, _Mapping]]] = ...) -> None: ...

class GraphView(_message.Message):
    __slots__ = ("as_of", "stale")
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    STALE_FIELD_NUMBER: _ClassVar[int]
    as_of: _timestamp_pb2.Timestamp
    stale: bool
    def __init__(self, as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stale: _Optional[bool] = ...) -> None: ...

class GraphMoment(_message.Message):
    __slots__ = ("at", "kind", "decision_id", "key", "role", "detail", "since")
    AT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    at: _timestamp_pb2.Timestamp
    kind: str
    decision_id: str
    key: str
    role: str
    detail: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., kind: _Optional[str] = ..., decision_id: _Optional[str] = ..., key: _Optional[str] = ..., role: _Optional[str] = ..., detail: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SharedIdentifier(_message.Message):
    __slots__ = ("key", "first_role", "first_since", "second_role", "second_since")
    KEY_FIELD_NUMBER: _ClassVar[int]
    FIRST_ROLE_FIELD_NUMBER: _ClassVar[int]
    FIRST_SINCE_FIELD_NUMBER: _ClassVar[int]
    SECOND_ROLE_FIELD_NUMBER: _ClassVar[int]
    SECOND_SINCE_FIELD_NUMBER: _ClassVar[int]
    key: str
    first_role: str
    first_since: _timestamp_pb2.Timestamp
    second_role: str
    second_since: _timestamp_pb2.Timestamp
    def __init__(self, key: _Optional[str] = ..., first_role: _Optional[str] = ..., first_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., second_role: _Optional[str] = ..., second_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PathStep(_message.Message):
    __slots__ = ("first_decision_id", "second_decision_id", "shared")
    FIRST_DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    SECOND_DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    SHARED_FIELD_NUMBER: _ClassVar[int]
    first_decision_id: str
    second_decision_id: str
    shared: _containers.RepeatedCompositeFieldContainer[SharedIdentifier]
    def __init__(self, first_decision_id: _Optional[str] = ..., second_decision_id: _Optional[str] = ..., shared: _Optional[_Iterable[_Union[SharedIdentifier, _Mapping]]] = ...) -> None: ...

class GraphAccess(_message.Message):
    __slots__ = ("access_id", "caller", "at", "method", "subjects", "case_id", "result", "shown", "detail")
    ACCESS_ID_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    SHOWN_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    access_id: str
    caller: str
    at: _timestamp_pb2.Timestamp
    method: str
    subjects: _containers.RepeatedScalarFieldContainer[str]
    case_id: str
    result: str
    shown: int
    detail: str
    def __init__(self, access_id: _Optional[str] = ..., caller: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., method: _Optional[str] = ..., subjects: _Optional[_Iterable[str]] = ..., case_id: _Optional[str] = ..., result: _Optional[str] = ..., shown: _Optional[int] = ..., detail: _Optional[str] = ...) -> None: ...

class RecordedMark(_message.Message):
    __slots__ = ("mark_id", "decision_id", "fraud_type", "source", "caller", "known_at", "known_since", "case_id")
    MARK_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    FRAUD_TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    KNOWN_SINCE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    mark_id: str
    decision_id: str
    fraud_type: str
    source: str
    caller: str
    known_at: _timestamp_pb2.Timestamp
    known_since: _timestamp_pb2.Timestamp
    case_id: str
    def __init__(self, mark_id: _Optional[str] = ..., decision_id: _Optional[str] = ..., fraud_type: _Optional[str] = ..., source: _Optional[str] = ..., caller: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., known_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ...) -> None: ...

class RecordedSharing(_message.Message):
    __slots__ = ("sharing_id", "key", "reason", "note", "caller", "at", "case_id")
    SHARING_ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    sharing_id: str
    key: str
    reason: str
    note: str
    caller: str
    at: _timestamp_pb2.Timestamp
    case_id: str
    def __init__(self, sharing_id: _Optional[str] = ..., key: _Optional[str] = ..., reason: _Optional[str] = ..., note: _Optional[str] = ..., caller: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ...) -> None: ...

class RecordedNote(_message.Message):
    __slots__ = ("note_id", "subject", "text", "caller", "at", "case_id")
    NOTE_ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    note_id: str
    subject: str
    text: str
    caller: str
    at: _timestamp_pb2.Timestamp
    case_id: str
    def __init__(self, note_id: _Optional[str] = ..., subject: _Optional[str] = ..., text: _Optional[str] = ..., caller: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., case_id: _Optional[str] = ...) -> None: ...

class ExportedFile(_message.Message):
    __slots__ = ("name", "content")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    name: str
    content: bytes
    def __init__(self, name: _Optional[str] = ..., content: _Optional[bytes] = ...) -> None: ...

class SharedThing(_message.Message):
    __slots__ = ("key", "users", "namers", "fraud", "first", "shared_since", "last")
    KEY_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    NAMERS_FIELD_NUMBER: _ClassVar[int]
    FRAUD_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    SHARED_SINCE_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    key: str
    users: int
    namers: int
    fraud: int
    first: _timestamp_pb2.Timestamp
    shared_since: _timestamp_pb2.Timestamp
    last: _timestamp_pb2.Timestamp
    def __init__(self, key: _Optional[str] = ..., users: _Optional[int] = ..., namers: _Optional[int] = ..., fraud: _Optional[int] = ..., first: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., shared_since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SharingPair(_message.Message):
    __slots__ = ("first_decision_id", "second_decision_id", "keys", "kinds", "since")
    FIRST_DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    SECOND_DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    first_decision_id: str
    second_decision_id: str
    keys: _containers.RepeatedScalarFieldContainer[str]
    kinds: _containers.RepeatedScalarFieldContainer[str]
    since: _timestamp_pb2.Timestamp
    def __init__(self, first_decision_id: _Optional[str] = ..., second_decision_id: _Optional[str] = ..., keys: _Optional[_Iterable[str]] = ..., kinds: _Optional[_Iterable[str]] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Comparison(_message.Message):
    __slots__ = ("field", "relation", "sentence", "keys")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    RELATION_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    field: str
    relation: str
    sentence: str
    keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, field: _Optional[str] = ..., relation: _Optional[str] = ..., sentence: _Optional[str] = ..., keys: _Optional[_Iterable[str]] = ...) -> None: ...
