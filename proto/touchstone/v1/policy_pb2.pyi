import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from touchstone.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PolicyJobState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POLICY_JOB_STATE_UNSPECIFIED: _ClassVar[PolicyJobState]
    POLICY_JOB_STATE_RUNNING: _ClassVar[PolicyJobState]
    POLICY_JOB_STATE_PASSED: _ClassVar[PolicyJobState]
    POLICY_JOB_STATE_FAILED: _ClassVar[PolicyJobState]
    POLICY_JOB_STATE_BROKEN: _ClassVar[PolicyJobState]
POLICY_JOB_STATE_UNSPECIFIED: PolicyJobState
POLICY_JOB_STATE_RUNNING: PolicyJobState
POLICY_JOB_STATE_PASSED: PolicyJobState
POLICY_JOB_STATE_FAILED: PolicyJobState
POLICY_JOB_STATE_BROKEN: PolicyJobState

class UploadPolicyPartRequest(_message.Message):
    __slots__ = ("upload_id", "path", "offset", "content")
    UPLOAD_ID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    upload_id: str
    path: str
    offset: int
    content: bytes
    def __init__(self, upload_id: _Optional[str] = ..., path: _Optional[str] = ..., offset: _Optional[int] = ..., content: _Optional[bytes] = ...) -> None: ...

class UploadPolicyPartResponse(_message.Message):
    __slots__ = ("received_bytes",)
    RECEIVED_BYTES_FIELD_NUMBER: _ClassVar[int]
    received_bytes: int
    def __init__(self, received_bytes: _Optional[int] = ...) -> None: ...

class FinishPolicyUploadRequest(_message.Message):
    __slots__ = ("upload_id",)
    UPLOAD_ID_FIELD_NUMBER: _ClassVar[int]
    upload_id: str
    def __init__(self, upload_id: _Optional[str] = ...) -> None: ...

class FinishPolicyUploadResponse(_message.Message):
    __slots__ = ("digest", "files", "bytes")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    digest: str
    files: int
    bytes: int
    def __init__(self, digest: _Optional[str] = ..., files: _Optional[int] = ..., bytes: _Optional[int] = ...) -> None: ...

class PolicyDiagnostic(_message.Message):
    __slots__ = ("code", "severity", "message", "path", "line", "column", "length", "label", "hint")
    CODE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    code: str
    severity: str
    message: str
    path: str
    line: int
    column: int
    length: int
    label: str
    hint: str
    def __init__(self, code: _Optional[str] = ..., severity: _Optional[str] = ..., message: _Optional[str] = ..., path: _Optional[str] = ..., line: _Optional[int] = ..., column: _Optional[int] = ..., length: _Optional[int] = ..., label: _Optional[str] = ..., hint: _Optional[str] = ...) -> None: ...

class CheckPolicyRequest(_message.Message):
    __slots__ = ("digest",)
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    digest: str
    def __init__(self, digest: _Optional[str] = ...) -> None: ...

class CheckPolicyResponse(_message.Message):
    __slots__ = ("usable", "diagnostics", "rendered")
    USABLE_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    RENDERED_FIELD_NUMBER: _ClassVar[int]
    usable: bool
    diagnostics: _containers.RepeatedCompositeFieldContainer[PolicyDiagnostic]
    rendered: str
    def __init__(self, usable: _Optional[bool] = ..., diagnostics: _Optional[_Iterable[_Union[PolicyDiagnostic, _Mapping]]] = ..., rendered: _Optional[str] = ...) -> None: ...

class ExplainPolicyRequest(_message.Message):
    __slots__ = ("digest", "rule_id", "language")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    digest: str
    rule_id: str
    language: str
    def __init__(self, digest: _Optional[str] = ..., rule_id: _Optional[str] = ..., language: _Optional[str] = ...) -> None: ...

class ExplainPolicyResponse(_message.Message):
    __slots__ = ("text",)
    TEXT_FIELD_NUMBER: _ClassVar[int]
    text: str
    def __init__(self, text: _Optional[str] = ...) -> None: ...

class DrawPolicyRequest(_message.Message):
    __slots__ = ("digest", "format")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    digest: str
    format: str
    def __init__(self, digest: _Optional[str] = ..., format: _Optional[str] = ...) -> None: ...

class DrawPolicyResponse(_message.Message):
    __slots__ = ("drawing",)
    DRAWING_FIELD_NUMBER: _ClassVar[int]
    drawing: str
    def __init__(self, drawing: _Optional[str] = ...) -> None: ...

class StartPolicyJobRequest(_message.Message):
    __slots__ = ("digest", "test", "prove", "simulate")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    TEST_FIELD_NUMBER: _ClassVar[int]
    PROVE_FIELD_NUMBER: _ClassVar[int]
    SIMULATE_FIELD_NUMBER: _ClassVar[int]
    digest: str
    test: TestTask
    prove: ProveTask
    simulate: SimulateTask
    def __init__(self, digest: _Optional[str] = ..., test: _Optional[_Union[TestTask, _Mapping]] = ..., prove: _Optional[_Union[ProveTask, _Mapping]] = ..., simulate: _Optional[_Union[SimulateTask, _Mapping]] = ...) -> None: ...

class TestTask(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ProveTask(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SimulateTask(_message.Message):
    __slots__ = ("since", "until", "limit")
    SINCE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    since: _timestamp_pb2.Timestamp
    until: _timestamp_pb2.Timestamp
    limit: int
    def __init__(self, since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., limit: _Optional[int] = ...) -> None: ...

class StartPolicyJobResponse(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class GetPolicyJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class GetPolicyJobResponse(_message.Message):
    __slots__ = ("state", "report", "report_json", "report_html")
    STATE_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    REPORT_JSON_FIELD_NUMBER: _ClassVar[int]
    REPORT_HTML_FIELD_NUMBER: _ClassVar[int]
    state: PolicyJobState
    report: str
    report_json: str
    report_html: str
    def __init__(self, state: _Optional[_Union[PolicyJobState, str]] = ..., report: _Optional[str] = ..., report_json: _Optional[str] = ..., report_html: _Optional[str] = ...) -> None: ...

class ProposePolicyRequest(_message.Message):
    __slots__ = ("request_id", "digest", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    digest: str
    note: str
    def __init__(self, request_id: _Optional[str] = ..., digest: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class ProposePolicyResponse(_message.Message):
    __slots__ = ("event", "warnings")
    EVENT_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    event: PolicyEvent
    warnings: str
    def __init__(self, event: _Optional[_Union[PolicyEvent, _Mapping]] = ..., warnings: _Optional[str] = ...) -> None: ...

class ReviewPolicyRequest(_message.Message):
    __slots__ = ("request_id", "digest", "approver", "signature", "approve", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    APPROVER_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    APPROVE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    digest: str
    approver: str
    signature: bytes
    approve: bool
    note: str
    def __init__(self, request_id: _Optional[str] = ..., digest: _Optional[str] = ..., approver: _Optional[str] = ..., signature: _Optional[bytes] = ..., approve: _Optional[bool] = ..., note: _Optional[str] = ...) -> None: ...

class ReviewPolicyResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: PolicyEvent
    def __init__(self, event: _Optional[_Union[PolicyEvent, _Mapping]] = ...) -> None: ...

class ActivatePolicyRequest(_message.Message):
    __slots__ = ("request_id", "digest", "canary_percent")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    CANARY_PERCENT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    digest: str
    canary_percent: int
    def __init__(self, request_id: _Optional[str] = ..., digest: _Optional[str] = ..., canary_percent: _Optional[int] = ...) -> None: ...

class ActivatePolicyResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: PolicyEvent
    def __init__(self, event: _Optional[_Union[PolicyEvent, _Mapping]] = ...) -> None: ...

class EndCanaryRequest(_message.Message):
    __slots__ = ("request_id", "promote")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PROMOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    promote: bool
    def __init__(self, request_id: _Optional[str] = ..., promote: _Optional[bool] = ...) -> None: ...

class EndCanaryResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: PolicyEvent
    def __init__(self, event: _Optional[_Union[PolicyEvent, _Mapping]] = ...) -> None: ...

class ShadowPolicyRequest(_message.Message):
    __slots__ = ("request_id", "digest")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    digest: str
    def __init__(self, request_id: _Optional[str] = ..., digest: _Optional[str] = ...) -> None: ...

class ShadowPolicyResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: PolicyEvent
    def __init__(self, event: _Optional[_Union[PolicyEvent, _Mapping]] = ...) -> None: ...

class RollBackPolicyRequest(_message.Message):
    __slots__ = ("request_id", "digest", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    digest: str
    note: str
    def __init__(self, request_id: _Optional[str] = ..., digest: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class RollBackPolicyResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: PolicyEvent
    def __init__(self, event: _Optional[_Union[PolicyEvent, _Mapping]] = ...) -> None: ...

class FreezePolicyRequest(_message.Message):
    __slots__ = ("request_id", "frozen", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    frozen: bool
    note: str
    def __init__(self, request_id: _Optional[str] = ..., frozen: _Optional[bool] = ..., note: _Optional[str] = ...) -> None: ...

class FreezePolicyResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: PolicyEvent
    def __init__(self, event: _Optional[_Union[PolicyEvent, _Mapping]] = ...) -> None: ...

class GetPolicyStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetPolicyStatusResponse(_message.Message):
    __slots__ = ("live_digest", "canary_digest", "canary_percent", "shadow_digest", "frozen", "mode", "shadow_comparison", "guard_rails", "proposals", "currency_code")
    LIVE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    CANARY_DIGEST_FIELD_NUMBER: _ClassVar[int]
    CANARY_PERCENT_FIELD_NUMBER: _ClassVar[int]
    SHADOW_DIGEST_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    SHADOW_COMPARISON_FIELD_NUMBER: _ClassVar[int]
    GUARD_RAILS_FIELD_NUMBER: _ClassVar[int]
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    live_digest: str
    canary_digest: str
    canary_percent: int
    shadow_digest: str
    frozen: bool
    mode: str
    shadow_comparison: PolicyComparison
    guard_rails: _containers.RepeatedCompositeFieldContainer[GuardRail]
    proposals: _containers.RepeatedCompositeFieldContainer[PolicyProposal]
    currency_code: str
    def __init__(self, live_digest: _Optional[str] = ..., canary_digest: _Optional[str] = ..., canary_percent: _Optional[int] = ..., shadow_digest: _Optional[str] = ..., frozen: _Optional[bool] = ..., mode: _Optional[str] = ..., shadow_comparison: _Optional[_Union[PolicyComparison, _Mapping]] = ..., guard_rails: _Optional[_Iterable[_Union[GuardRail, _Mapping]]] = ..., proposals: _Optional[_Iterable[_Union[PolicyProposal, _Mapping]]] = ..., currency_code: _Optional[str] = ...) -> None: ...

class PolicyComparison(_message.Message):
    __slots__ = ("compared", "not_compared", "outcomes", "live_line_minor", "other_line_minor", "different_decision_ids")
    COMPARED_FIELD_NUMBER: _ClassVar[int]
    NOT_COMPARED_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    LIVE_LINE_MINOR_FIELD_NUMBER: _ClassVar[int]
    OTHER_LINE_MINOR_FIELD_NUMBER: _ClassVar[int]
    DIFFERENT_DECISION_IDS_FIELD_NUMBER: _ClassVar[int]
    compared: int
    not_compared: int
    outcomes: _containers.RepeatedCompositeFieldContainer[OutcomePair]
    live_line_minor: int
    other_line_minor: int
    different_decision_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, compared: _Optional[int] = ..., not_compared: _Optional[int] = ..., outcomes: _Optional[_Iterable[_Union[OutcomePair, _Mapping]]] = ..., live_line_minor: _Optional[int] = ..., other_line_minor: _Optional[int] = ..., different_decision_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class OutcomePair(_message.Message):
    __slots__ = ("live", "other", "count")
    LIVE_FIELD_NUMBER: _ClassVar[int]
    OTHER_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    live: _types_pb2.Outcome
    other: _types_pb2.Outcome
    count: int
    def __init__(self, live: _Optional[_Union[_types_pb2.Outcome, str]] = ..., other: _Optional[_Union[_types_pb2.Outcome, str]] = ..., count: _Optional[int] = ...) -> None: ...

class GuardRail(_message.Message):
    __slots__ = ("name", "digest", "baseline", "value", "decisions", "tripped")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    BASELINE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    TRIPPED_FIELD_NUMBER: _ClassVar[int]
    name: str
    digest: str
    baseline: float
    value: float
    decisions: int
    tripped: bool
    def __init__(self, name: _Optional[str] = ..., digest: _Optional[str] = ..., baseline: _Optional[float] = ..., value: _Optional[float] = ..., decisions: _Optional[int] = ..., tripped: _Optional[bool] = ...) -> None: ...

class PolicyProposal(_message.Message):
    __slots__ = ("digest", "author", "proposed_at", "note", "approvers", "approved", "rejected")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    PROPOSED_AT_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    APPROVERS_FIELD_NUMBER: _ClassVar[int]
    APPROVED_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    digest: str
    author: str
    proposed_at: _timestamp_pb2.Timestamp
    note: str
    approvers: _containers.RepeatedScalarFieldContainer[str]
    approved: bool
    rejected: bool
    def __init__(self, digest: _Optional[str] = ..., author: _Optional[str] = ..., proposed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., note: _Optional[str] = ..., approvers: _Optional[_Iterable[str]] = ..., approved: _Optional[bool] = ..., rejected: _Optional[bool] = ...) -> None: ...

class PolicyEvent(_message.Message):
    __slots__ = ("event_id", "kind", "digest", "actor", "at", "note", "canary_percent")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    CANARY_PERCENT_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    kind: str
    digest: str
    actor: str
    at: _timestamp_pb2.Timestamp
    note: str
    canary_percent: int
    def __init__(self, event_id: _Optional[str] = ..., kind: _Optional[str] = ..., digest: _Optional[str] = ..., actor: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., note: _Optional[str] = ..., canary_percent: _Optional[int] = ...) -> None: ...

class ListPolicyEventsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPolicyEventsResponse(_message.Message):
    __slots__ = ("events", "next_page_token")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[PolicyEvent]
    next_page_token: str
    def __init__(self, events: _Optional[_Iterable[_Union[PolicyEvent, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
