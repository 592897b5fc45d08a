import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from google.type import money_pb2 as _money_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class IdDocumentKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ID_DOCUMENT_KIND_UNSPECIFIED: _ClassVar[IdDocumentKind]
    ID_DOCUMENT_KIND_CN_RESIDENT_ID: _ClassVar[IdDocumentKind]
    ID_DOCUMENT_KIND_PASSPORT: _ClassVar[IdDocumentKind]
    ID_DOCUMENT_KIND_TRAVEL_PERMIT: _ClassVar[IdDocumentKind]
    ID_DOCUMENT_KIND_OTHER: _ClassVar[IdDocumentKind]

class AddressKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ADDRESS_KIND_UNSPECIFIED: _ClassVar[AddressKind]
    ADDRESS_KIND_HOME: _ClassVar[AddressKind]
    ADDRESS_KIND_WORK: _ClassVar[AddressKind]
    ADDRESS_KIND_DELIVERY: _ClassVar[AddressKind]

class RepaymentStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPAYMENT_STATUS_UNSPECIFIED: _ClassVar[RepaymentStatus]
    REPAYMENT_STATUS_NO_USE: _ClassVar[RepaymentStatus]
    REPAYMENT_STATUS_PAID_IN_FULL: _ClassVar[RepaymentStatus]
    REPAYMENT_STATUS_REVOLVING: _ClassVar[RepaymentStatus]
    REPAYMENT_STATUS_PAST_DUE: _ClassVar[RepaymentStatus]

class LineKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LINE_KIND_UNSPECIFIED: _ClassVar[LineKind]
    LINE_KIND_PRIMARY: _ClassVar[LineKind]
    LINE_KIND_SUPPLEMENTARY: _ClassVar[LineKind]
    LINE_KIND_TEMPORARY: _ClassVar[LineKind]

class LineHolder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LINE_HOLDER_UNSPECIFIED: _ClassVar[LineHolder]
    LINE_HOLDER_OWN: _ClassVar[LineHolder]
    LINE_HOLDER_ELSEWHERE: _ClassVar[LineHolder]

class EvidenceKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVIDENCE_KIND_UNSPECIFIED: _ClassVar[EvidenceKind]
    EVIDENCE_KIND_PAYROLL_FLOW: _ClassVar[EvidenceKind]
    EVIDENCE_KIND_TAX: _ClassVar[EvidenceKind]
    EVIDENCE_KIND_HOUSING_FUND: _ClassVar[EvidenceKind]
    EVIDENCE_KIND_SOCIAL_SECURITY: _ClassVar[EvidenceKind]
    EVIDENCE_KIND_PROPERTY: _ClassVar[EvidenceKind]
    EVIDENCE_KIND_VEHICLE: _ClassVar[EvidenceKind]
    EVIDENCE_KIND_DEPOSITS: _ClassVar[EvidenceKind]

class VerificationStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERIFICATION_STATUS_UNSPECIFIED: _ClassVar[VerificationStatus]
    VERIFICATION_STATUS_UNVERIFIED: _ClassVar[VerificationStatus]
    VERIFICATION_STATUS_VERIFIED: _ClassVar[VerificationStatus]
    VERIFICATION_STATUS_REJECTED: _ClassVar[VerificationStatus]

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_APPROVE: _ClassVar[Outcome]
    OUTCOME_REFER: _ClassVar[Outcome]
    OUTCOME_DECLINE: _ClassVar[Outcome]

class LimitStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIMIT_STATUS_UNSPECIFIED: _ClassVar[LimitStatus]
    LIMIT_STATUS_NOT_ASKED: _ClassVar[LimitStatus]
    LIMIT_STATUS_MET: _ClassVar[LimitStatus]
    LIMIT_STATUS_NEEDS_EVIDENCE: _ClassVar[LimitStatus]
    LIMIT_STATUS_PARTIAL: _ClassVar[LimitStatus]
    LIMIT_STATUS_UNREACHABLE: _ClassVar[LimitStatus]
    LIMIT_STATUS_DECLINED: _ClassVar[LimitStatus]
    LIMIT_STATUS_UNDETERMINED: _ClassVar[LimitStatus]

class RuleResult(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RULE_RESULT_UNSPECIFIED: _ClassVar[RuleResult]
    RULE_RESULT_HIT: _ClassVar[RuleResult]
    RULE_RESULT_UNKNOWN: _ClassVar[RuleResult]
    RULE_RESULT_ERROR: _ClassVar[RuleResult]
    RULE_RESULT_SNOOZED: _ClassVar[RuleResult]
ID_DOCUMENT_KIND_UNSPECIFIED: IdDocumentKind
ID_DOCUMENT_KIND_CN_RESIDENT_ID: IdDocumentKind
ID_DOCUMENT_KIND_PASSPORT: IdDocumentKind
ID_DOCUMENT_KIND_TRAVEL_PERMIT: IdDocumentKind
ID_DOCUMENT_KIND_OTHER: IdDocumentKind
ADDRESS_KIND_UNSPECIFIED: AddressKind
ADDRESS_KIND_HOME: AddressKind
ADDRESS_KIND_WORK: AddressKind
ADDRESS_KIND_DELIVERY: AddressKind
REPAYMENT_STATUS_UNSPECIFIED: RepaymentStatus
REPAYMENT_STATUS_NO_USE: RepaymentStatus
REPAYMENT_STATUS_PAID_IN_FULL: RepaymentStatus
REPAYMENT_STATUS_REVOLVING: RepaymentStatus
REPAYMENT_STATUS_PAST_DUE: RepaymentStatus
LINE_KIND_UNSPECIFIED: LineKind
LINE_KIND_PRIMARY: LineKind
LINE_KIND_SUPPLEMENTARY: LineKind
LINE_KIND_TEMPORARY: LineKind
LINE_HOLDER_UNSPECIFIED: LineHolder
LINE_HOLDER_OWN: LineHolder
LINE_HOLDER_ELSEWHERE: LineHolder
EVIDENCE_KIND_UNSPECIFIED: EvidenceKind
EVIDENCE_KIND_PAYROLL_FLOW: EvidenceKind
EVIDENCE_KIND_TAX: EvidenceKind
EVIDENCE_KIND_HOUSING_FUND: EvidenceKind
EVIDENCE_KIND_SOCIAL_SECURITY: EvidenceKind
EVIDENCE_KIND_PROPERTY: EvidenceKind
EVIDENCE_KIND_VEHICLE: EvidenceKind
EVIDENCE_KIND_DEPOSITS: EvidenceKind
VERIFICATION_STATUS_UNSPECIFIED: VerificationStatus
VERIFICATION_STATUS_UNVERIFIED: VerificationStatus
VERIFICATION_STATUS_VERIFIED: VerificationStatus
VERIFICATION_STATUS_REJECTED: VerificationStatus
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_APPROVE: Outcome
OUTCOME_REFER: Outcome
OUTCOME_DECLINE: Outcome
LIMIT_STATUS_UNSPECIFIED: LimitStatus
LIMIT_STATUS_NOT_ASKED: LimitStatus
LIMIT_STATUS_MET: LimitStatus
LIMIT_STATUS_NEEDS_EVIDENCE: LimitStatus
LIMIT_STATUS_PARTIAL: LimitStatus
LIMIT_STATUS_UNREACHABLE: LimitStatus
LIMIT_STATUS_DECLINED: LimitStatus
LIMIT_STATUS_UNDETERMINED: LimitStatus
RULE_RESULT_UNSPECIFIED: RuleResult
RULE_RESULT_HIT: RuleResult
RULE_RESULT_UNKNOWN: RuleResult
RULE_RESULT_ERROR: RuleResult
RULE_RESULT_SNOOZED: RuleResult

class Application(_message.Message):
    __slots__ = ("product", "channel", "customer_segment", "branch", "staff_member", "partner", "expected_limit", "applicant", "session", "relations", "bureau", "held_lines", "evidence", "temporary")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_SEGMENT_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    STAFF_MEMBER_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_LIMIT_FIELD_NUMBER: _ClassVar[int]
    APPLICANT_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    RELATIONS_FIELD_NUMBER: _ClassVar[int]
    BUREAU_FIELD_NUMBER: _ClassVar[int]
    HELD_LINES_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    TEMPORARY_FIELD_NUMBER: _ClassVar[int]
    product: str
    channel: str
    customer_segment: str
    branch: str
    staff_member: str
    partner: str
    expected_limit: _money_pb2.Money
    applicant: Applicant
    session: DeviceSession
    relations: Relations
    bureau: BureauSummary
    held_lines: HeldLines
    evidence: _containers.RepeatedCompositeFieldContainer[Evidence]
    temporary: TemporaryLine
    def __init__(self, product: _Optional[str] = ..., channel: _Optional[str] = ..., customer_segment: _Optional[str] = ..., branch: _Optional[str] = ..., staff_member: _Optional[str] = ..., partner: _Optional[str] = ..., expected_limit: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., applicant: _Optional[_Union[Applicant, _Mapping]] = ..., session: _Optional[_Union[DeviceSession, _Mapping]] = ..., relations: _Optional[_Union[Relations, _Mapping]] = ..., bureau: _Optional[_Union[BureauSummary, _Mapping]] = ..., held_lines: _Optional[_Union[HeldLines, _Mapping]] = ..., evidence: _Optional[_Iterable[_Union[Evidence, _Mapping]]] = ..., temporary: _Optional[_Union[TemporaryLine, _Mapping]] = ...) -> None: ...

class TemporaryLine(_message.Message):
    __slots__ = ("parent", "until")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    parent: str
    until: _date_pb2.Date
    def __init__(self, parent: _Optional[str] = ..., until: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class Applicant(_message.Message):
    __slots__ = ("full_name", "other_names", "id_document", "birth_date", "nationality", "phones", "emails", "addresses", "employer", "occupation", "declared_monthly_income", "is_student", "bank_accounts")
    FULL_NAME_FIELD_NUMBER: _ClassVar[int]
    OTHER_NAMES_FIELD_NUMBER: _ClassVar[int]
    ID_DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    NATIONALITY_FIELD_NUMBER: _ClassVar[int]
    PHONES_FIELD_NUMBER: _ClassVar[int]
    EMAILS_FIELD_NUMBER: _ClassVar[int]
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    EMPLOYER_FIELD_NUMBER: _ClassVar[int]
    OCCUPATION_FIELD_NUMBER: _ClassVar[int]
    DECLARED_MONTHLY_INCOME_FIELD_NUMBER: _ClassVar[int]
    IS_STUDENT_FIELD_NUMBER: _ClassVar[int]
    BANK_ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    full_name: str
    other_names: _containers.RepeatedScalarFieldContainer[str]
    id_document: IdDocument
    birth_date: _date_pb2.Date
    nationality: str
    phones: _containers.RepeatedScalarFieldContainer[str]
    emails: _containers.RepeatedScalarFieldContainer[str]
    addresses: _containers.RepeatedCompositeFieldContainer[Address]
    employer: Employer
    occupation: str
    declared_monthly_income: _money_pb2.Money
    is_student: bool
    bank_accounts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, full_name: _Optional[str] = ..., other_names: _Optional[_Iterable[str]] = ..., id_document: _Optional[_Union[IdDocument, _Mapping]] = ..., birth_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., nationality: _Optional[str] = ..., phones: _Optional[_Iterable[str]] = ..., emails: _Optional[_Iterable[str]] = ..., addresses: _Optional[_Iterable[_Union[Address, _Mapping]]] = ..., employer: _Optional[_Union[Employer, _Mapping]] = ..., occupation: _Optional[str] = ..., declared_monthly_income: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., is_student: _Optional[bool] = ..., bank_accounts: _Optional[_Iterable[str]] = ...) -> None: ...

class IdDocument(_message.Message):
    __slots__ = ("kind", "number", "expires_on")
    KIND_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_ON_FIELD_NUMBER: _ClassVar[int]
    kind: IdDocumentKind
    number: str
    expires_on: _date_pb2.Date
    def __init__(self, kind: _Optional[_Union[IdDocumentKind, str]] = ..., number: _Optional[str] = ..., expires_on: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class Address(_message.Message):
    __slots__ = ("kind", "text")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    kind: AddressKind
    text: str
    def __init__(self, kind: _Optional[_Union[AddressKind, str]] = ..., text: _Optional[str] = ...) -> None: ...

class Employer(_message.Message):
    __slots__ = ("name", "unified_social_credit_code")
    NAME_FIELD_NUMBER: _ClassVar[int]
    UNIFIED_SOCIAL_CREDIT_CODE_FIELD_NUMBER: _ClassVar[int]
    name: str
    unified_social_credit_code: str
    def __init__(self, name: _Optional[str] = ..., unified_social_credit_code: _Optional[str] = ...) -> None: ...

class DeviceSession(_message.Message):
    __slots__ = ("device_fingerprint", "ip", "session_id", "emulator", "rooted", "country", "city")
    DEVICE_FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    IP_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    EMULATOR_FIELD_NUMBER: _ClassVar[int]
    ROOTED_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CITY_FIELD_NUMBER: _ClassVar[int]
    device_fingerprint: str
    ip: str
    session_id: str
    emulator: bool
    rooted: bool
    country: str
    city: str
    def __init__(self, device_fingerprint: _Optional[str] = ..., ip: _Optional[str] = ..., session_id: _Optional[str] = ..., emulator: _Optional[bool] = ..., rooted: _Optional[bool] = ..., country: _Optional[str] = ..., city: _Optional[str] = ...) -> None: ...

class Relations(_message.Message):
    __slots__ = ("guarantor", "referrer", "emergency_contacts", "primary_card")
    GUARANTOR_FIELD_NUMBER: _ClassVar[int]
    REFERRER_FIELD_NUMBER: _ClassVar[int]
    EMERGENCY_CONTACTS_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_CARD_FIELD_NUMBER: _ClassVar[int]
    guarantor: Person
    referrer: Person
    emergency_contacts: _containers.RepeatedCompositeFieldContainer[Person]
    primary_card: str
    def __init__(self, guarantor: _Optional[_Union[Person, _Mapping]] = ..., referrer: _Optional[_Union[Person, _Mapping]] = ..., emergency_contacts: _Optional[_Iterable[_Union[Person, _Mapping]]] = ..., primary_card: _Optional[str] = ...) -> None: ...

class Person(_message.Message):
    __slots__ = ("phone", "id_document")
    PHONE_FIELD_NUMBER: _ClassVar[int]
    ID_DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    phone: str
    id_document: IdDocument
    def __init__(self, phone: _Optional[str] = ..., id_document: _Optional[_Union[IdDocument, _Mapping]] = ...) -> None: ...

class BureauSummary(_message.Message):
    __slots__ = ("score", "months_on_file", "reported_on", "months", "inquiries_1m", "inquiries_3m", "inquiries_6m", "card_count", "loan_balance", "monthly_obligations")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    MONTHS_ON_FILE_FIELD_NUMBER: _ClassVar[int]
    REPORTED_ON_FIELD_NUMBER: _ClassVar[int]
    MONTHS_FIELD_NUMBER: _ClassVar[int]
    INQUIRIES_1M_FIELD_NUMBER: _ClassVar[int]
    INQUIRIES_3M_FIELD_NUMBER: _ClassVar[int]
    INQUIRIES_6M_FIELD_NUMBER: _ClassVar[int]
    CARD_COUNT_FIELD_NUMBER: _ClassVar[int]
    LOAN_BALANCE_FIELD_NUMBER: _ClassVar[int]
    MONTHLY_OBLIGATIONS_FIELD_NUMBER: _ClassVar[int]
    score: int
    months_on_file: int
    reported_on: _date_pb2.Date
    months: _containers.RepeatedCompositeFieldContainer[BureauMonth]
    inquiries_1m: int
    inquiries_3m: int
    inquiries_6m: int
    card_count: int
    loan_balance: _money_pb2.Money
    monthly_obligations: _money_pb2.Money
    def __init__(self, score: _Optional[int] = ..., months_on_file: _Optional[int] = ..., reported_on: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., months: _Optional[_Iterable[_Union[BureauMonth, _Mapping]]] = ..., inquiries_1m: _Optional[int] = ..., inquiries_3m: _Optional[int] = ..., inquiries_6m: _Optional[int] = ..., card_count: _Optional[int] = ..., loan_balance: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., monthly_obligations: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class BureauMonth(_message.Message):
    __slots__ = ("status", "months_past_due", "balance", "limit", "payment")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MONTHS_PAST_DUE_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FIELD_NUMBER: _ClassVar[int]
    status: RepaymentStatus
    months_past_due: int
    balance: _money_pb2.Money
    limit: _money_pb2.Money
    payment: _money_pb2.Money
    def __init__(self, status: _Optional[_Union[RepaymentStatus, str]] = ..., months_past_due: _Optional[int] = ..., balance: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., limit: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., payment: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class HeldLines(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[HeldLine]
    def __init__(self, lines: _Optional[_Iterable[_Union[HeldLine, _Mapping]]] = ...) -> None: ...

class HeldLine(_message.Message):
    __slots__ = ("holder", "amount", "decision_id")
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    holder: LineHolder
    amount: _money_pb2.Money
    decision_id: str
    def __init__(self, holder: _Optional[_Union[LineHolder, str]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., decision_id: _Optional[str] = ...) -> None: ...

class Evidence(_message.Message):
    __slots__ = ("evidence_id", "kind", "amount", "source", "status", "issued_on")
    EVIDENCE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ISSUED_ON_FIELD_NUMBER: _ClassVar[int]
    evidence_id: str
    kind: EvidenceKind
    amount: _money_pb2.Money
    source: str
    status: VerificationStatus
    issued_on: _date_pb2.Date
    def __init__(self, evidence_id: _Optional[str] = ..., kind: _Optional[_Union[EvidenceKind, str]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., source: _Optional[str] = ..., status: _Optional[_Union[VerificationStatus, str]] = ..., issued_on: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class Decision(_message.Message):
    __slots__ = ("decision_id", "request_id", "decided_at", "product", "outcome", "line", "expected_limit", "score", "reasons", "required_documents", "graph_findings", "trace", "degradations", "policy_digest", "model_digests", "fraud_score", "supplements", "line_kind", "text_en", "text_zh", "documents")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_LIMIT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FINDINGS_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    DEGRADATIONS_FIELD_NUMBER: _ClassVar[int]
    POLICY_DIGEST_FIELD_NUMBER: _ClassVar[int]
    MODEL_DIGESTS_FIELD_NUMBER: _ClassVar[int]
    FRAUD_SCORE_FIELD_NUMBER: _ClassVar[int]
    SUPPLEMENTS_FIELD_NUMBER: _ClassVar[int]
    LINE_KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    request_id: str
    decided_at: _timestamp_pb2.Timestamp
    product: str
    outcome: Outcome
    line: CreditLine
    expected_limit: ExpectedLimit
    score: Score
    reasons: _containers.RepeatedCompositeFieldContainer[Reason]
    required_documents: _containers.RepeatedScalarFieldContainer[str]
    graph_findings: _containers.RepeatedCompositeFieldContainer[GraphFinding]
    trace: Trace
    degradations: _containers.RepeatedCompositeFieldContainer[Degradation]
    policy_digest: str
    model_digests: _containers.RepeatedScalarFieldContainer[str]
    fraud_score: Score
    supplements: str
    line_kind: LineKind
    text_en: str
    text_zh: str
    documents: _containers.RepeatedCompositeFieldContainer[RequiredDocument]
    def __init__(self, decision_id: _Optional[str] = ..., request_id: _Optional[str] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., product: _Optional[str] = ..., outcome: _Optional[_Union[Outcome, str]] = ..., line: _Optional[_Union[CreditLine, _Mapping]] = ..., expected_limit: _Optional[_Union[ExpectedLimit, _Mapping]] = ..., score: _Optional[_Union[Score, _Mapping]] = ..., reasons: _Optional[_Iterable[_Union[Reason, _Mapping]]] = ..., required_documents: _Optional[_Iterable[str]] = ..., graph_findings: _Optional[_Iterable[_Union[GraphFinding, _Mapping]]] = ..., trace: _Optional[_Union[Trace, _Mapping]] = ..., degradations: _Optional[_Iterable[_Union[Degradation, _Mapping]]] = ..., policy_digest: _Optional[str] = ..., model_digests: _Optional[_Iterable[str]] = ..., fraud_score: _Optional[_Union[Score, _Mapping]] = ..., supplements: _Optional[str] = ..., line_kind: _Optional[_Union[LineKind, str]] = ..., text_en: _Optional[str] = ..., text_zh: _Optional[str] = ..., documents: _Optional[_Iterable[_Union[RequiredDocument, _Mapping]]] = ...) -> None: ...

class RequiredDocument(_message.Message):
    __slots__ = ("code", "text_en", "text_zh")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    code: str
    text_en: str
    text_zh: str
    def __init__(self, code: _Optional[str] = ..., text_en: _Optional[str] = ..., text_zh: _Optional[str] = ...) -> None: ...

class CreditLine(_message.Message):
    __slots__ = ("amount", "offered_minimum", "offered_maximum", "step", "verified_income", "verified_assets", "risk_band", "caps", "binding_cap", "waterfall", "parent_decision_id", "parent_amount", "valid_from", "valid_until")
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    OFFERED_MINIMUM_FIELD_NUMBER: _ClassVar[int]
    OFFERED_MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_INCOME_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_ASSETS_FIELD_NUMBER: _ClassVar[int]
    RISK_BAND_FIELD_NUMBER: _ClassVar[int]
    CAPS_FIELD_NUMBER: _ClassVar[int]
    BINDING_CAP_FIELD_NUMBER: _ClassVar[int]
    WATERFALL_FIELD_NUMBER: _ClassVar[int]
    PARENT_DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    PARENT_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    amount: _money_pb2.Money
    offered_minimum: _money_pb2.Money
    offered_maximum: _money_pb2.Money
    step: _money_pb2.Money
    verified_income: _money_pb2.Money
    verified_assets: _money_pb2.Money
    risk_band: str
    caps: _containers.RepeatedCompositeFieldContainer[Cap]
    binding_cap: str
    waterfall: _containers.RepeatedCompositeFieldContainer[WaterfallStep]
    parent_decision_id: str
    parent_amount: _money_pb2.Money
    valid_from: _timestamp_pb2.Timestamp
    valid_until: _timestamp_pb2.Timestamp
    def __init__(self, amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., offered_minimum: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., offered_maximum: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., step: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., verified_income: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., verified_assets: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., risk_band: _Optional[str] = ..., caps: _Optional[_Iterable[_Union[Cap, _Mapping]]] = ..., binding_cap: _Optional[str] = ..., waterfall: _Optional[_Iterable[_Union[WaterfallStep, _Mapping]]] = ..., parent_decision_id: _Optional[str] = ..., parent_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., valid_from: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., valid_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Cap(_message.Message):
    __slots__ = ("name", "amount", "detail")
    NAME_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    name: str
    amount: _money_pb2.Money
    detail: str
    def __init__(self, name: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., detail: _Optional[str] = ...) -> None: ...

class WaterfallStep(_message.Message):
    __slots__ = ("name", "amount")
    NAME_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    name: str
    amount: _money_pb2.Money
    def __init__(self, name: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class ExpectedLimit(_message.Message):
    __slots__ = ("status", "asked", "target", "offer", "gap", "binding_cap", "evidence_plan", "evidence_plan_expires_at", "text_en", "text_zh", "highest_reachable", "unreachable", "unreachable_cap", "evidence_plan_policy_digest")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    GAP_FIELD_NUMBER: _ClassVar[int]
    BINDING_CAP_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_PLAN_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_PLAN_EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_REACHABLE_FIELD_NUMBER: _ClassVar[int]
    UNREACHABLE_FIELD_NUMBER: _ClassVar[int]
    UNREACHABLE_CAP_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_PLAN_POLICY_DIGEST_FIELD_NUMBER: _ClassVar[int]
    status: LimitStatus
    asked: _money_pb2.Money
    target: _money_pb2.Money
    offer: _money_pb2.Money
    gap: _money_pb2.Money
    binding_cap: str
    evidence_plan: _containers.RepeatedCompositeFieldContainer[EvidencePlanItem]
    evidence_plan_expires_at: _timestamp_pb2.Timestamp
    text_en: str
    text_zh: str
    highest_reachable: _money_pb2.Money
    unreachable: _money_pb2.Money
    unreachable_cap: str
    evidence_plan_policy_digest: str
    def __init__(self, status: _Optional[_Union[LimitStatus, str]] = ..., asked: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., target: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., offer: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., gap: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., binding_cap: _Optional[str] = ..., evidence_plan: _Optional[_Iterable[_Union[EvidencePlanItem, _Mapping]]] = ..., evidence_plan_expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., text_en: _Optional[str] = ..., text_zh: _Optional[str] = ..., highest_reachable: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., unreachable: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., unreachable_cap: _Optional[str] = ..., evidence_plan_policy_digest: _Optional[str] = ...) -> None: ...

class EvidencePlanItem(_message.Message):
    __slots__ = ("kind", "least_amount", "days", "cost", "text_en", "text_zh")
    KIND_FIELD_NUMBER: _ClassVar[int]
    LEAST_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    kind: EvidenceKind
    least_amount: _money_pb2.Money
    days: int
    cost: int
    text_en: str
    text_zh: str
    def __init__(self, kind: _Optional[_Union[EvidenceKind, str]] = ..., least_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., days: _Optional[int] = ..., cost: _Optional[int] = ..., text_en: _Optional[str] = ..., text_zh: _Optional[str] = ...) -> None: ...

class Score(_message.Message):
    __slots__ = ("scorecard", "points", "probability_of_default", "base_points", "contributions")
    SCORECARD_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_OF_DEFAULT_FIELD_NUMBER: _ClassVar[int]
    BASE_POINTS_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTIONS_FIELD_NUMBER: _ClassVar[int]
    scorecard: str
    points: int
    probability_of_default: float
    base_points: int
    contributions: _containers.RepeatedCompositeFieldContainer[Contribution]
    def __init__(self, scorecard: _Optional[str] = ..., points: _Optional[int] = ..., probability_of_default: _Optional[float] = ..., base_points: _Optional[int] = ..., contributions: _Optional[_Iterable[_Union[Contribution, _Mapping]]] = ...) -> None: ...

class Contribution(_message.Message):
    __slots__ = ("feature", "family", "points")
    FEATURE_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    feature: str
    family: str
    points: int
    def __init__(self, feature: _Optional[str] = ..., family: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("code", "source", "outcome", "text_en", "text_zh", "points_lost")
    CODE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    POINTS_LOST_FIELD_NUMBER: _ClassVar[int]
    code: str
    source: str
    outcome: Outcome
    text_en: str
    text_zh: str
    points_lost: int
    def __init__(self, code: _Optional[str] = ..., source: _Optional[str] = ..., outcome: _Optional[_Union[Outcome, str]] = ..., text_en: _Optional[str] = ..., text_zh: _Optional[str] = ..., points_lost: _Optional[int] = ...) -> None: ...

class GraphFinding(_message.Message):
    __slots__ = ("code", "identifier_kind", "masked", "applicants", "fraud", "since", "applicants_7d")
    CODE_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_KIND_FIELD_NUMBER: _ClassVar[int]
    MASKED_FIELD_NUMBER: _ClassVar[int]
    APPLICANTS_FIELD_NUMBER: _ClassVar[int]
    FRAUD_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    APPLICANTS_7D_FIELD_NUMBER: _ClassVar[int]
    code: str
    identifier_kind: str
    masked: str
    applicants: int
    fraud: int
    since: _timestamp_pb2.Timestamp
    applicants_7d: int
    def __init__(self, code: _Optional[str] = ..., identifier_kind: _Optional[str] = ..., masked: _Optional[str] = ..., applicants: _Optional[int] = ..., fraud: _Optional[int] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., applicants_7d: _Optional[int] = ...) -> None: ...

class Trace(_message.Message):
    __slots__ = ("stages", "timings", "list_hits")
    STAGES_FIELD_NUMBER: _ClassVar[int]
    TIMINGS_FIELD_NUMBER: _ClassVar[int]
    LIST_HITS_FIELD_NUMBER: _ClassVar[int]
    stages: _containers.RepeatedCompositeFieldContainer[StageTrace]
    timings: _containers.RepeatedCompositeFieldContainer[Timing]
    list_hits: _containers.RepeatedCompositeFieldContainer[ListHit]
    def __init__(self, stages: _Optional[_Iterable[_Union[StageTrace, _Mapping]]] = ..., timings: _Optional[_Iterable[_Union[Timing, _Mapping]]] = ..., list_hits: _Optional[_Iterable[_Union[ListHit, _Mapping]]] = ...) -> None: ...

class ListHit(_message.Message):
    __slots__ = ("list", "kind", "reason")
    LIST_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    list: str
    kind: str
    reason: str
    def __init__(self, list: _Optional[str] = ..., kind: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class StageTrace(_message.Message):
    __slots__ = ("stage", "skipped_because", "outcome", "rules")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_BECAUSE_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    stage: str
    skipped_because: str
    outcome: Outcome
    rules: _containers.RepeatedCompositeFieldContainer[RuleTrace]
    def __init__(self, stage: _Optional[str] = ..., skipped_because: _Optional[str] = ..., outcome: _Optional[_Union[Outcome, str]] = ..., rules: _Optional[_Iterable[_Union[RuleTrace, _Mapping]]] = ...) -> None: ...

class RuleTrace(_message.Message):
    __slots__ = ("ruleset", "rule_id", "result", "outcome", "reason", "signal", "unknown_fields")
    RULESET_FIELD_NUMBER: _ClassVar[int]
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_FIELDS_FIELD_NUMBER: _ClassVar[int]
    ruleset: str
    rule_id: str
    result: RuleResult
    outcome: Outcome
    reason: str
    signal: str
    unknown_fields: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, ruleset: _Optional[str] = ..., rule_id: _Optional[str] = ..., result: _Optional[_Union[RuleResult, str]] = ..., outcome: _Optional[_Union[Outcome, str]] = ..., reason: _Optional[str] = ..., signal: _Optional[str] = ..., unknown_fields: _Optional[_Iterable[str]] = ...) -> None: ...

class Timing(_message.Message):
    __slots__ = ("step", "micros")
    STEP_FIELD_NUMBER: _ClassVar[int]
    MICROS_FIELD_NUMBER: _ClassVar[int]
    step: str
    micros: int
    def __init__(self, step: _Optional[str] = ..., micros: _Optional[int] = ...) -> None: ...

class Degradation(_message.Message):
    __slots__ = ("source", "status", "fallback")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_FIELD_NUMBER: _ClassVar[int]
    source: str
    status: str
    fallback: str
    def __init__(self, source: _Optional[str] = ..., status: _Optional[str] = ..., fallback: _Optional[str] = ...) -> None: ...
