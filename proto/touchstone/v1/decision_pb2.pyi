import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.type import date_pb2 as _date_pb2
from google.type import money_pb2 as _money_pb2
from touchstone.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DecideRequest(_message.Message):
    __slots__ = ("request_id", "application", "validate_only")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    application: _types_pb2.Application
    validate_only: bool
    def __init__(self, request_id: _Optional[str] = ..., application: _Optional[_Union[_types_pb2.Application, _Mapping]] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class DecideResponse(_message.Message):
    __slots__ = ("decision",)
    DECISION_FIELD_NUMBER: _ClassVar[int]
    decision: _types_pb2.Decision
    def __init__(self, decision: _Optional[_Union[_types_pb2.Decision, _Mapping]] = ...) -> None: ...

class SupplementEvidenceRequest(_message.Message):
    __slots__ = ("request_id", "decision_id", "evidence")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    decision_id: str
    evidence: _containers.RepeatedCompositeFieldContainer[_types_pb2.Evidence]
    def __init__(self, request_id: _Optional[str] = ..., decision_id: _Optional[str] = ..., evidence: _Optional[_Iterable[_Union[_types_pb2.Evidence, _Mapping]]] = ...) -> None: ...

class SupplementEvidenceResponse(_message.Message):
    __slots__ = ("decision",)
    DECISION_FIELD_NUMBER: _ClassVar[int]
    decision: _types_pb2.Decision
    def __init__(self, decision: _Optional[_Union[_types_pb2.Decision, _Mapping]] = ...) -> None: ...

class BatchDecideRequest(_message.Message):
    __slots__ = ("requests",)
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    requests: _containers.RepeatedCompositeFieldContainer[DecideRequest]
    def __init__(self, requests: _Optional[_Iterable[_Union[DecideRequest, _Mapping]]] = ...) -> None: ...

class BatchDecideResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchDecideResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BatchDecideResult, _Mapping]]] = ...) -> None: ...

class BatchDecideResult(_message.Message):
    __slots__ = ("request_id", "status", "decision")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    status: _status_pb2.Status
    decision: _types_pb2.Decision
    def __init__(self, request_id: _Optional[str] = ..., status: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., decision: _Optional[_Union[_types_pb2.Decision, _Mapping]] = ...) -> None: ...

class EstimateLimitRequest(_message.Message):
    __slots__ = ("application", "facts")
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    application: _types_pb2.Application
    facts: LimitFacts
    def __init__(self, application: _Optional[_Union[_types_pb2.Application, _Mapping]] = ..., facts: _Optional[_Union[LimitFacts, _Mapping]] = ...) -> None: ...

class LimitFacts(_message.Message):
    __slots__ = ("product", "channel", "customer_segment", "branch", "staff_member", "partner", "expected_limit", "birth_date", "age", "is_student", "declared_monthly_income", "bureau", "monthly_obligations", "own_lines", "elsewhere_lines", "evidence")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_SEGMENT_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    STAFF_MEMBER_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_LIMIT_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    AGE_FIELD_NUMBER: _ClassVar[int]
    IS_STUDENT_FIELD_NUMBER: _ClassVar[int]
    DECLARED_MONTHLY_INCOME_FIELD_NUMBER: _ClassVar[int]
    BUREAU_FIELD_NUMBER: _ClassVar[int]
    MONTHLY_OBLIGATIONS_FIELD_NUMBER: _ClassVar[int]
    OWN_LINES_FIELD_NUMBER: _ClassVar[int]
    ELSEWHERE_LINES_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    product: str
    channel: str
    customer_segment: str
    branch: str
    staff_member: str
    partner: str
    expected_limit: _money_pb2.Money
    birth_date: _date_pb2.Date
    age: int
    is_student: bool
    declared_monthly_income: _money_pb2.Money
    bureau: _types_pb2.BureauSummary
    monthly_obligations: _money_pb2.Money
    own_lines: _money_pb2.Money
    elsewhere_lines: _money_pb2.Money
    evidence: _containers.RepeatedCompositeFieldContainer[_types_pb2.Evidence]
    def __init__(self, product: _Optional[str] = ..., channel: _Optional[str] = ..., customer_segment: _Optional[str] = ..., branch: _Optional[str] = ..., staff_member: _Optional[str] = ..., partner: _Optional[str] = ..., expected_limit: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., birth_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., age: _Optional[int] = ..., is_student: _Optional[bool] = ..., declared_monthly_income: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., bureau: _Optional[_Union[_types_pb2.BureauSummary, _Mapping]] = ..., monthly_obligations: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., own_lines: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., elsewhere_lines: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., evidence: _Optional[_Iterable[_Union[_types_pb2.Evidence, _Mapping]]] = ...) -> None: ...

class EstimateLimitResponse(_message.Message):
    __slots__ = ("outcome", "line", "expected_limit", "score", "reasons", "required_documents", "trace", "policy_digest", "range", "range_if_proved", "missing_facts", "untold_rules", "text_en", "text_zh", "documents")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_LIMIT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    POLICY_DIGEST_FIELD_NUMBER: _ClassVar[int]
    RANGE_FIELD_NUMBER: _ClassVar[int]
    RANGE_IF_PROVED_FIELD_NUMBER: _ClassVar[int]
    MISSING_FACTS_FIELD_NUMBER: _ClassVar[int]
    UNTOLD_RULES_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    outcome: _types_pb2.Outcome
    line: _types_pb2.CreditLine
    expected_limit: _types_pb2.ExpectedLimit
    score: _types_pb2.Score
    reasons: _containers.RepeatedCompositeFieldContainer[_types_pb2.Reason]
    required_documents: _containers.RepeatedScalarFieldContainer[str]
    trace: _types_pb2.Trace
    policy_digest: str
    range: LineRange
    range_if_proved: LineRange
    missing_facts: _containers.RepeatedCompositeFieldContainer[MissingFact]
    untold_rules: _containers.RepeatedCompositeFieldContainer[UntoldRule]
    text_en: str
    text_zh: str
    documents: _containers.RepeatedCompositeFieldContainer[_types_pb2.RequiredDocument]
    def __init__(self, outcome: _Optional[_Union[_types_pb2.Outcome, str]] = ..., line: _Optional[_Union[_types_pb2.CreditLine, _Mapping]] = ..., expected_limit: _Optional[_Union[_types_pb2.ExpectedLimit, _Mapping]] = ..., score: _Optional[_Union[_types_pb2.Score, _Mapping]] = ..., reasons: _Optional[_Iterable[_Union[_types_pb2.Reason, _Mapping]]] = ..., required_documents: _Optional[_Iterable[str]] = ..., trace: _Optional[_Union[_types_pb2.Trace, _Mapping]] = ..., policy_digest: _Optional[str] = ..., range: _Optional[_Union[LineRange, _Mapping]] = ..., range_if_proved: _Optional[_Union[LineRange, _Mapping]] = ..., missing_facts: _Optional[_Iterable[_Union[MissingFact, _Mapping]]] = ..., untold_rules: _Optional[_Iterable[_Union[UntoldRule, _Mapping]]] = ..., text_en: _Optional[str] = ..., text_zh: _Optional[str] = ..., documents: _Optional[_Iterable[_Union[_types_pb2.RequiredDocument, _Mapping]]] = ...) -> None: ...

class LineRange(_message.Message):
    __slots__ = ("lowest", "highest", "text_en", "text_zh")
    LOWEST_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    lowest: _money_pb2.Money
    highest: _money_pb2.Money
    text_en: str
    text_zh: str
    def __init__(self, lowest: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., highest: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., text_en: _Optional[str] = ..., text_zh: _Optional[str] = ...) -> None: ...

class MissingFact(_message.Message):
    __slots__ = ("topic", "paths", "text_en", "text_zh", "when_applying")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    PATHS_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    WHEN_APPLYING_FIELD_NUMBER: _ClassVar[int]
    topic: str
    paths: _containers.RepeatedScalarFieldContainer[str]
    text_en: str
    text_zh: str
    when_applying: bool
    def __init__(self, topic: _Optional[str] = ..., paths: _Optional[_Iterable[str]] = ..., text_en: _Optional[str] = ..., text_zh: _Optional[str] = ..., when_applying: _Optional[bool] = ...) -> None: ...

class UntoldRule(_message.Message):
    __slots__ = ("stage", "ruleset", "rule_id", "outcome", "missing")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    RULESET_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    stage: str
    ruleset: str
    rule_id: str
    outcome: _types_pb2.Outcome
    missing: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, stage: _Optional[str] = ..., ruleset: _Optional[str] = ..., rule_id: _Optional[str] = ..., outcome: _Optional[_Union[_types_pb2.Outcome, str]] = ..., missing: _Optional[_Iterable[str]] = ...) -> None: ...

class GetDecisionRequest(_message.Message):
    __slots__ = ("decision_id",)
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    def __init__(self, decision_id: _Optional[str] = ...) -> None: ...

class GetDecisionResponse(_message.Message):
    __slots__ = ("decision",)
    DECISION_FIELD_NUMBER: _ClassVar[int]
    decision: _types_pb2.Decision
    def __init__(self, decision: _Optional[_Union[_types_pb2.Decision, _Mapping]] = ...) -> None: ...

class ListDecisionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "product", "channel", "outcome", "since", "until")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    product: str
    channel: str
    outcome: _types_pb2.Outcome
    since: _timestamp_pb2.Timestamp
    until: _timestamp_pb2.Timestamp
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., product: _Optional[str] = ..., channel: _Optional[str] = ..., outcome: _Optional[_Union[_types_pb2.Outcome, str]] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListDecisionsResponse(_message.Message):
    __slots__ = ("decisions", "next_page_token")
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    decisions: _containers.RepeatedCompositeFieldContainer[DecisionSummary]
    next_page_token: str
    def __init__(self, decisions: _Optional[_Iterable[_Union[DecisionSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DecisionSummary(_message.Message):
    __slots__ = ("decision_id", "request_id", "decided_at", "product", "channel", "outcome", "line_minor", "supplements", "shares_line_of", "valid_until")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    LINE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SUPPLEMENTS_FIELD_NUMBER: _ClassVar[int]
    SHARES_LINE_OF_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    request_id: str
    decided_at: _timestamp_pb2.Timestamp
    product: str
    channel: str
    outcome: _types_pb2.Outcome
    line_minor: int
    supplements: str
    shares_line_of: str
    valid_until: _timestamp_pb2.Timestamp
    def __init__(self, decision_id: _Optional[str] = ..., request_id: _Optional[str] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., product: _Optional[str] = ..., channel: _Optional[str] = ..., outcome: _Optional[_Union[_types_pb2.Outcome, str]] = ..., line_minor: _Optional[int] = ..., supplements: _Optional[str] = ..., shares_line_of: _Optional[str] = ..., valid_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExplainDecisionRequest(_message.Message):
    __slots__ = ("decision_id", "language")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    language: str
    def __init__(self, decision_id: _Optional[str] = ..., language: _Optional[str] = ...) -> None: ...

class ExplainDecisionResponse(_message.Message):
    __slots__ = ("decision_id", "sentences", "score", "fraud_score")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    SENTENCES_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    FRAUD_SCORE_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    sentences: _containers.RepeatedScalarFieldContainer[str]
    score: _types_pb2.Score
    fraud_score: _types_pb2.Score
    def __init__(self, decision_id: _Optional[str] = ..., sentences: _Optional[_Iterable[str]] = ..., score: _Optional[_Union[_types_pb2.Score, _Mapping]] = ..., fraud_score: _Optional[_Union[_types_pb2.Score, _Mapping]] = ...) -> None: ...
