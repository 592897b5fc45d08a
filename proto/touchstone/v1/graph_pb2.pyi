import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MarkFraudRequest(_message.Message):
    __slots__ = ("request_id", "decision_id", "fraud_type", "source")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    FRAUD_TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    decision_id: str
    fraud_type: str
    source: str
    def __init__(self, request_id: _Optional[str] = ..., decision_id: _Optional[str] = ..., fraud_type: _Optional[str] = ..., source: _Optional[str] = ...) -> None: ...

class MarkFraudResponse(_message.Message):
    __slots__ = ("decision_id", "known_at")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    known_at: _timestamp_pb2.Timestamp
    def __init__(self, decision_id: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class UnmarkFraudRequest(_message.Message):
    __slots__ = ("request_id", "decision_id", "source")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    decision_id: str
    source: str
    def __init__(self, request_id: _Optional[str] = ..., decision_id: _Optional[str] = ..., source: _Optional[str] = ...) -> None: ...

class UnmarkFraudResponse(_message.Message):
    __slots__ = ("decision_id", "known_at")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    KNOWN_AT_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    known_at: _timestamp_pb2.Timestamp
    def __init__(self, decision_id: _Optional[str] = ..., known_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
