import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.type import date_pb2 as _date_pb2
from google.type import money_pb2 as _money_pb2
from touchstone.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Performance(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PERFORMANCE_UNSPECIFIED: _ClassVar[Performance]
    PERFORMANCE_GOOD: _ClassVar[Performance]
    PERFORMANCE_BAD: _ClassVar[Performance]
    PERFORMANCE_INDETERMINATE: _ClassVar[Performance]
PERFORMANCE_UNSPECIFIED: Performance
PERFORMANCE_GOOD: Performance
PERFORMANCE_BAD: Performance
PERFORMANCE_INDETERMINATE: Performance

class ReportOutcomeRequest(_message.Message):
    __slots__ = ("request_id", "decision_id", "happened_at", "review", "performance")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    HAPPENED_AT_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    PERFORMANCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    decision_id: str
    happened_at: _timestamp_pb2.Timestamp
    review: Review
    performance: AccountPerformance
    def __init__(self, request_id: _Optional[str] = ..., decision_id: _Optional[str] = ..., happened_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., review: _Optional[_Union[Review, _Mapping]] = ..., performance: _Optional[_Union[AccountPerformance, _Mapping]] = ...) -> None: ...

class Review(_message.Message):
    __slots__ = ("outcome", "line", "reviewer", "reason")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    REVIEWER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    outcome: _types_pb2.Outcome
    line: _money_pb2.Money
    reviewer: str
    reason: str
    def __init__(self, outcome: _Optional[_Union[_types_pb2.Outcome, str]] = ..., line: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., reviewer: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class AccountPerformance(_message.Message):
    __slots__ = ("performance", "observed_on", "months_on_book", "days_past_due", "balance", "loss")
    PERFORMANCE_FIELD_NUMBER: _ClassVar[int]
    OBSERVED_ON_FIELD_NUMBER: _ClassVar[int]
    MONTHS_ON_BOOK_FIELD_NUMBER: _ClassVar[int]
    DAYS_PAST_DUE_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    LOSS_FIELD_NUMBER: _ClassVar[int]
    performance: Performance
    observed_on: _date_pb2.Date
    months_on_book: int
    days_past_due: int
    balance: _money_pb2.Money
    loss: _money_pb2.Money
    def __init__(self, performance: _Optional[_Union[Performance, str]] = ..., observed_on: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., months_on_book: _Optional[int] = ..., days_past_due: _Optional[int] = ..., balance: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., loss: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class ReportOutcomeResponse(_message.Message):
    __slots__ = ("decision_id", "reported_at", "superseded")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    REPORTED_AT_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDED_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    reported_at: _timestamp_pb2.Timestamp
    superseded: bool
    def __init__(self, decision_id: _Optional[str] = ..., reported_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., superseded: _Optional[bool] = ...) -> None: ...

class BatchReportOutcomeRequest(_message.Message):
    __slots__ = ("reports",)
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    reports: _containers.RepeatedCompositeFieldContainer[ReportOutcomeRequest]
    def __init__(self, reports: _Optional[_Iterable[_Union[ReportOutcomeRequest, _Mapping]]] = ...) -> None: ...

class BatchReportOutcomeResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[ReportOutcomeResult]
    def __init__(self, results: _Optional[_Iterable[_Union[ReportOutcomeResult, _Mapping]]] = ...) -> None: ...

class ReportOutcomeResult(_message.Message):
    __slots__ = ("request_id", "status", "reported_at", "superseded")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REPORTED_AT_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    status: _status_pb2.Status
    reported_at: _timestamp_pb2.Timestamp
    superseded: bool
    def __init__(self, request_id: _Optional[str] = ..., status: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., reported_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., superseded: _Optional[bool] = ...) -> None: ...

class ListOutcomesRequest(_message.Message):
    __slots__ = ("decision_id", "page_size", "page_token")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    page_size: int
    page_token: str
    def __init__(self, decision_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListOutcomesResponse(_message.Message):
    __slots__ = ("outcomes", "next_page_token")
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[ReportedOutcome]
    next_page_token: str
    def __init__(self, outcomes: _Optional[_Iterable[_Union[ReportedOutcome, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ReportedOutcome(_message.Message):
    __slots__ = ("decision_id", "caller", "happened_at", "reported_at", "review", "performance", "superseded")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    HAPPENED_AT_FIELD_NUMBER: _ClassVar[int]
    REPORTED_AT_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    PERFORMANCE_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDED_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    caller: str
    happened_at: _timestamp_pb2.Timestamp
    reported_at: _timestamp_pb2.Timestamp
    review: Review
    performance: AccountPerformance
    superseded: bool
    def __init__(self, decision_id: _Optional[str] = ..., caller: _Optional[str] = ..., happened_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reported_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., review: _Optional[_Union[Review, _Mapping]] = ..., performance: _Optional[_Union[AccountPerformance, _Mapping]] = ..., superseded: _Optional[bool] = ...) -> None: ...
