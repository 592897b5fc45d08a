from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf import wrappers_pb2 as _wrappers_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Unit(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNIT_UNSPECIFIED: _ClassVar[Unit]
    UNIT_MONEY: _ClassVar[Unit]
    UNIT_DAYS: _ClassVar[Unit]
    UNIT_MONTHS: _ClassVar[Unit]
    UNIT_YEARS: _ClassVar[Unit]
    UNIT_COUNT: _ClassVar[Unit]
    UNIT_SHARE: _ClassVar[Unit]
    UNIT_POINTS: _ClassVar[Unit]
    UNIT_NUMBER: _ClassVar[Unit]
    UNIT_DATE: _ClassVar[Unit]
UNIT_UNSPECIFIED: Unit
UNIT_MONEY: Unit
UNIT_DAYS: Unit
UNIT_MONTHS: Unit
UNIT_YEARS: Unit
UNIT_COUNT: Unit
UNIT_SHARE: Unit
UNIT_POINTS: Unit
UNIT_NUMBER: Unit
UNIT_DATE: Unit
KNOWN_BY_FIELD_NUMBER: _ClassVar[int]
known_by: _descriptor.FieldDescriptor
LABEL_FIELD_NUMBER: _ClassVar[int]
label: _descriptor.FieldDescriptor
UNIT_FIELD_NUMBER: _ClassVar[int]
unit: _descriptor.FieldDescriptor

class Label(_message.Message):
    __slots__ = ("en", "zh")
    EN_FIELD_NUMBER: _ClassVar[int]
    ZH_FIELD_NUMBER: _ClassVar[int]
    en: str
    zh: str
    def __init__(self, en: _Optional[str] = ..., zh: _Optional[str] = ...) -> None: ...

class Facts(_message.Message):
    __slots__ = ("application", "applicant", "session", "bureau", "lines", "evidence", "history", "graph", "score", "fraud_score", "parent")
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    APPLICANT_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    BUREAU_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    FRAUD_SCORE_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    application: ApplicationFacts
    applicant: ApplicantFacts
    session: SessionFacts
    bureau: BureauFacts
    lines: LinesFacts
    evidence: EvidenceFacts
    history: HistoryFacts
    graph: GraphFacts
    score: ScoreFacts
    fraud_score: FraudScoreFacts
    parent: ParentFacts
    def __init__(self, application: _Optional[_Union[ApplicationFacts, _Mapping]] = ..., applicant: _Optional[_Union[ApplicantFacts, _Mapping]] = ..., session: _Optional[_Union[SessionFacts, _Mapping]] = ..., bureau: _Optional[_Union[BureauFacts, _Mapping]] = ..., lines: _Optional[_Union[LinesFacts, _Mapping]] = ..., evidence: _Optional[_Union[EvidenceFacts, _Mapping]] = ..., history: _Optional[_Union[HistoryFacts, _Mapping]] = ..., graph: _Optional[_Union[GraphFacts, _Mapping]] = ..., score: _Optional[_Union[ScoreFacts, _Mapping]] = ..., fraud_score: _Optional[_Union[FraudScoreFacts, _Mapping]] = ..., parent: _Optional[_Union[ParentFacts, _Mapping]] = ...) -> None: ...

class ApplicationFacts(_message.Message):
    __slots__ = ("product", "channel", "customer_segment", "branch", "staff_member", "partner", "has_expected_limit", "expected_limit_minor", "supplementary", "has_guarantor", "has_referrer", "date", "temporary", "temporary_days")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_SEGMENT_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    STAFF_MEMBER_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    HAS_EXPECTED_LIMIT_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_LIMIT_MINOR_FIELD_NUMBER: _ClassVar[int]
    SUPPLEMENTARY_FIELD_NUMBER: _ClassVar[int]
    HAS_GUARANTOR_FIELD_NUMBER: _ClassVar[int]
    HAS_REFERRER_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    TEMPORARY_FIELD_NUMBER: _ClassVar[int]
    TEMPORARY_DAYS_FIELD_NUMBER: _ClassVar[int]
    product: str
    channel: str
    customer_segment: str
    branch: str
    staff_member: str
    partner: str
    has_expected_limit: bool
    expected_limit_minor: _wrappers_pb2.Int64Value
    supplementary: bool
    has_guarantor: bool
    has_referrer: bool
    date: str
    temporary: bool
    temporary_days: _wrappers_pb2.Int64Value
    def __init__(self, product: _Optional[str] = ..., channel: _Optional[str] = ..., customer_segment: _Optional[str] = ..., branch: _Optional[str] = ..., staff_member: _Optional[str] = ..., partner: _Optional[str] = ..., has_expected_limit: _Optional[bool] = ..., expected_limit_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., supplementary: _Optional[bool] = ..., has_guarantor: _Optional[bool] = ..., has_referrer: _Optional[bool] = ..., date: _Optional[str] = ..., temporary: _Optional[bool] = ..., temporary_days: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ...) -> None: ...

class ApplicantFacts(_message.Message):
    __slots__ = ("age", "is_student", "nationality", "id_document_kind", "id_document_days_left", "occupation", "declared_income_minor")
    AGE_FIELD_NUMBER: _ClassVar[int]
    IS_STUDENT_FIELD_NUMBER: _ClassVar[int]
    NATIONALITY_FIELD_NUMBER: _ClassVar[int]
    ID_DOCUMENT_KIND_FIELD_NUMBER: _ClassVar[int]
    ID_DOCUMENT_DAYS_LEFT_FIELD_NUMBER: _ClassVar[int]
    OCCUPATION_FIELD_NUMBER: _ClassVar[int]
    DECLARED_INCOME_MINOR_FIELD_NUMBER: _ClassVar[int]
    age: int
    is_student: bool
    nationality: str
    id_document_kind: str
    id_document_days_left: _wrappers_pb2.Int64Value
    occupation: _wrappers_pb2.StringValue
    declared_income_minor: _wrappers_pb2.Int64Value
    def __init__(self, age: _Optional[int] = ..., is_student: _Optional[bool] = ..., nationality: _Optional[str] = ..., id_document_kind: _Optional[str] = ..., id_document_days_left: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., occupation: _Optional[_Union[_wrappers_pb2.StringValue, _Mapping]] = ..., declared_income_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ...) -> None: ...

class SessionFacts(_message.Message):
    __slots__ = ("emulator", "rooted", "country")
    EMULATOR_FIELD_NUMBER: _ClassVar[int]
    ROOTED_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    emulator: _wrappers_pb2.BoolValue
    rooted: _wrappers_pb2.BoolValue
    country: _wrappers_pb2.StringValue
    def __init__(self, emulator: _Optional[_Union[_wrappers_pb2.BoolValue, _Mapping]] = ..., rooted: _Optional[_Union[_wrappers_pb2.BoolValue, _Mapping]] = ..., country: _Optional[_Union[_wrappers_pb2.StringValue, _Mapping]] = ...) -> None: ...

class BureauFacts(_message.Message):
    __slots__ = ("present", "score", "months_on_file", "months_reported", "worst_delay_6m", "worst_delay_24m", "months_delayed_6m", "current_delay", "utilisation", "balance_minor", "inquiries_1m", "inquiries_3m", "inquiries_6m", "card_count", "loan_balance_minor", "monthly_obligations_minor")
    PRESENT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    MONTHS_ON_FILE_FIELD_NUMBER: _ClassVar[int]
    MONTHS_REPORTED_FIELD_NUMBER: _ClassVar[int]
    WORST_DELAY_6M_FIELD_NUMBER: _ClassVar[int]
    WORST_DELAY_24M_FIELD_NUMBER: _ClassVar[int]
    MONTHS_DELAYED_6M_FIELD_NUMBER: _ClassVar[int]
    CURRENT_DELAY_FIELD_NUMBER: _ClassVar[int]
    UTILISATION_FIELD_NUMBER: _ClassVar[int]
    BALANCE_MINOR_FIELD_NUMBER: _ClassVar[int]
    INQUIRIES_1M_FIELD_NUMBER: _ClassVar[int]
    INQUIRIES_3M_FIELD_NUMBER: _ClassVar[int]
    INQUIRIES_6M_FIELD_NUMBER: _ClassVar[int]
    CARD_COUNT_FIELD_NUMBER: _ClassVar[int]
    LOAN_BALANCE_MINOR_FIELD_NUMBER: _ClassVar[int]
    MONTHLY_OBLIGATIONS_MINOR_FIELD_NUMBER: _ClassVar[int]
    present: bool
    score: _wrappers_pb2.Int64Value
    months_on_file: _wrappers_pb2.Int64Value
    months_reported: _wrappers_pb2.Int64Value
    worst_delay_6m: _wrappers_pb2.Int64Value
    worst_delay_24m: _wrappers_pb2.Int64Value
    months_delayed_6m: _wrappers_pb2.Int64Value
    current_delay: _wrappers_pb2.Int64Value
    utilisation: _wrappers_pb2.DoubleValue
    balance_minor: _wrappers_pb2.Int64Value
    inquiries_1m: _wrappers_pb2.Int64Value
    inquiries_3m: _wrappers_pb2.Int64Value
    inquiries_6m: _wrappers_pb2.Int64Value
    card_count: _wrappers_pb2.Int64Value
    loan_balance_minor: _wrappers_pb2.Int64Value
    monthly_obligations_minor: _wrappers_pb2.Int64Value
    def __init__(self, present: _Optional[bool] = ..., score: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., months_on_file: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., months_reported: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., worst_delay_6m: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., worst_delay_24m: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., months_delayed_6m: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., current_delay: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., utilisation: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ..., balance_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., inquiries_1m: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., inquiries_3m: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., inquiries_6m: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., card_count: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., loan_balance_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., monthly_obligations_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ...) -> None: ...

class LinesFacts(_message.Message):
    __slots__ = ("own_minor", "elsewhere_minor")
    OWN_MINOR_FIELD_NUMBER: _ClassVar[int]
    ELSEWHERE_MINOR_FIELD_NUMBER: _ClassVar[int]
    own_minor: _wrappers_pb2.Int64Value
    elsewhere_minor: _wrappers_pb2.Int64Value
    def __init__(self, own_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., elsewhere_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ...) -> None: ...

class EvidenceFacts(_message.Message):
    __slots__ = ("verified_income_minor", "verified_assets_minor", "verified_kinds", "debt_to_income")
    VERIFIED_INCOME_MINOR_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_ASSETS_MINOR_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_KINDS_FIELD_NUMBER: _ClassVar[int]
    DEBT_TO_INCOME_FIELD_NUMBER: _ClassVar[int]
    verified_income_minor: int
    verified_assets_minor: int
    verified_kinds: _containers.RepeatedScalarFieldContainer[str]
    debt_to_income: _wrappers_pb2.DoubleValue
    def __init__(self, verified_income_minor: _Optional[int] = ..., verified_assets_minor: _Optional[int] = ..., verified_kinds: _Optional[_Iterable[str]] = ..., debt_to_income: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ...) -> None: ...

class HistoryFacts(_message.Message):
    __slots__ = ("applications_30d", "applications_365d", "declines_90d", "approved_line_30d_minor", "circle_line_minor")
    APPLICATIONS_30D_FIELD_NUMBER: _ClassVar[int]
    APPLICATIONS_365D_FIELD_NUMBER: _ClassVar[int]
    DECLINES_90D_FIELD_NUMBER: _ClassVar[int]
    APPROVED_LINE_30D_MINOR_FIELD_NUMBER: _ClassVar[int]
    CIRCLE_LINE_MINOR_FIELD_NUMBER: _ClassVar[int]
    applications_30d: _wrappers_pb2.Int64Value
    applications_365d: _wrappers_pb2.Int64Value
    declines_90d: _wrappers_pb2.Int64Value
    approved_line_30d_minor: _wrappers_pb2.Int64Value
    circle_line_minor: _wrappers_pb2.Int64Value
    def __init__(self, applications_30d: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., applications_365d: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., declines_90d: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., approved_line_30d_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., circle_line_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ...) -> None: ...

class GraphFacts(_message.Message):
    __slots__ = ("available", "device", "phone", "email", "address", "employer", "id_number", "bank_account", "ip", "neighbours", "neighbour_count", "multi_link_neighbours", "fraud_neighbours", "guilt", "worst_fraud_share", "ring_members", "ring_fraud", "cut", "guarantor_applications", "guarantor_fraud", "referrer_applications", "referrer_fraud", "guarantees_given", "personal", "co_named", "apart", "multi_link", "same_address", "circle", "beyond", "linking_kinds", "most_kinds", "beyond_kinds", "reapplications", "circle_latest_days", "circle_first_days", "offline_ring")
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    EMPLOYER_FIELD_NUMBER: _ClassVar[int]
    ID_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BANK_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    IP_FIELD_NUMBER: _ClassVar[int]
    NEIGHBOURS_FIELD_NUMBER: _ClassVar[int]
    NEIGHBOUR_COUNT_FIELD_NUMBER: _ClassVar[int]
    MULTI_LINK_NEIGHBOURS_FIELD_NUMBER: _ClassVar[int]
    FRAUD_NEIGHBOURS_FIELD_NUMBER: _ClassVar[int]
    GUILT_FIELD_NUMBER: _ClassVar[int]
    WORST_FRAUD_SHARE_FIELD_NUMBER: _ClassVar[int]
    RING_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    RING_FRAUD_FIELD_NUMBER: _ClassVar[int]
    CUT_FIELD_NUMBER: _ClassVar[int]
    GUARANTOR_APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    GUARANTOR_FRAUD_FIELD_NUMBER: _ClassVar[int]
    REFERRER_APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    REFERRER_FRAUD_FIELD_NUMBER: _ClassVar[int]
    GUARANTEES_GIVEN_FIELD_NUMBER: _ClassVar[int]
    PERSONAL_FIELD_NUMBER: _ClassVar[int]
    CO_NAMED_FIELD_NUMBER: _ClassVar[int]
    APART_FIELD_NUMBER: _ClassVar[int]
    MULTI_LINK_FIELD_NUMBER: _ClassVar[int]
    SAME_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    CIRCLE_FIELD_NUMBER: _ClassVar[int]
    BEYOND_FIELD_NUMBER: _ClassVar[int]
    LINKING_KINDS_FIELD_NUMBER: _ClassVar[int]
    MOST_KINDS_FIELD_NUMBER: _ClassVar[int]
    BEYOND_KINDS_FIELD_NUMBER: _ClassVar[int]
    REAPPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    CIRCLE_LATEST_DAYS_FIELD_NUMBER: _ClassVar[int]
    CIRCLE_FIRST_DAYS_FIELD_NUMBER: _ClassVar[int]
    OFFLINE_RING_FIELD_NUMBER: _ClassVar[int]
    available: _wrappers_pb2.BoolValue
    device: SharingFacts
    phone: SharingFacts
    email: SharingFacts
    address: SharingFacts
    employer: SharingFacts
    id_number: SharingFacts
    bank_account: SharingFacts
    ip: SharingFacts
    neighbours: _containers.RepeatedCompositeFieldContainer[NeighbourFacts]
    neighbour_count: _wrappers_pb2.Int64Value
    multi_link_neighbours: _wrappers_pb2.Int64Value
    fraud_neighbours: _wrappers_pb2.Int64Value
    guilt: _wrappers_pb2.DoubleValue
    worst_fraud_share: _wrappers_pb2.DoubleValue
    ring_members: _wrappers_pb2.Int64Value
    ring_fraud: _wrappers_pb2.Int64Value
    cut: _wrappers_pb2.BoolValue
    guarantor_applications: _wrappers_pb2.Int64Value
    guarantor_fraud: _wrappers_pb2.Int64Value
    referrer_applications: _wrappers_pb2.Int64Value
    referrer_fraud: _wrappers_pb2.Int64Value
    guarantees_given: _wrappers_pb2.Int64Value
    personal: CircleFacts
    co_named: CircleFacts
    apart: CircleFacts
    multi_link: CircleFacts
    same_address: CircleFacts
    circle: CircleFacts
    beyond: CircleFacts
    linking_kinds: _wrappers_pb2.Int64Value
    most_kinds: _wrappers_pb2.Int64Value
    beyond_kinds: _wrappers_pb2.Int64Value
    reapplications: _wrappers_pb2.Int64Value
    circle_latest_days: _wrappers_pb2.Int64Value
    circle_first_days: _wrappers_pb2.Int64Value
    offline_ring: OfflineRingFacts
    def __init__(self, available: _Optional[_Union[_wrappers_pb2.BoolValue, _Mapping]] = ..., device: _Optional[_Union[SharingFacts, _Mapping]] = ..., phone: _Optional[_Union[SharingFacts, _Mapping]] = ..., email: _Optional[_Union[SharingFacts, _Mapping]] = ..., address: _Optional[_Union[SharingFacts, _Mapping]] = ..., employer: _Optional[_Union[SharingFacts, _Mapping]] = ..., id_number: _Optional[_Union[SharingFacts, _Mapping]] = ..., bank_account: _Optional[_Union[SharingFacts, _Mapping]] = ..., ip: _Optional[_Union[SharingFacts, _Mapping]] = ..., neighbours: _Optional[_Iterable[_Union[NeighbourFacts, _Mapping]]] = ..., neighbour_count: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., multi_link_neighbours: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., fraud_neighbours: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., guilt: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ..., worst_fraud_share: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ..., ring_members: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., ring_fraud: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., cut: _Optional[_Union[_wrappers_pb2.BoolValue, _Mapping]] = ..., guarantor_applications: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., guarantor_fraud: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., referrer_applications: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., referrer_fraud: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., guarantees_given: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., personal: _Optional[_Union[CircleFacts, _Mapping]] = ..., co_named: _Optional[_Union[CircleFacts, _Mapping]] = ..., apart: _Optional[_Union[CircleFacts, _Mapping]] = ..., multi_link: _Optional[_Union[CircleFacts, _Mapping]] = ..., same_address: _Optional[_Union[CircleFacts, _Mapping]] = ..., circle: _Optional[_Union[CircleFacts, _Mapping]] = ..., beyond: _Optional[_Union[CircleFacts, _Mapping]] = ..., linking_kinds: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., most_kinds: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., beyond_kinds: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., reapplications: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., circle_latest_days: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., circle_first_days: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., offline_ring: _Optional[_Union[OfflineRingFacts, _Mapping]] = ...) -> None: ...

class OfflineRingFacts(_message.Message):
    __slots__ = ("score", "members", "fraud", "fraud_rate", "reach", "days")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    FRAUD_FIELD_NUMBER: _ClassVar[int]
    FRAUD_RATE_FIELD_NUMBER: _ClassVar[int]
    REACH_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    score: _wrappers_pb2.Int64Value
    members: _wrappers_pb2.Int64Value
    fraud: _wrappers_pb2.Int64Value
    fraud_rate: _wrappers_pb2.DoubleValue
    reach: _wrappers_pb2.DoubleValue
    days: _wrappers_pb2.Int64Value
    def __init__(self, score: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., members: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., fraud: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., fraud_rate: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ..., reach: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ..., days: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ...) -> None: ...

class SharingFacts(_message.Message):
    __slots__ = ("applicants", "fraud", "applicants_1d", "applicants_7d", "applicants_30d", "degree", "hub")
    APPLICANTS_FIELD_NUMBER: _ClassVar[int]
    FRAUD_FIELD_NUMBER: _ClassVar[int]
    APPLICANTS_1D_FIELD_NUMBER: _ClassVar[int]
    APPLICANTS_7D_FIELD_NUMBER: _ClassVar[int]
    APPLICANTS_30D_FIELD_NUMBER: _ClassVar[int]
    DEGREE_FIELD_NUMBER: _ClassVar[int]
    HUB_FIELD_NUMBER: _ClassVar[int]
    applicants: _wrappers_pb2.Int64Value
    fraud: _wrappers_pb2.Int64Value
    applicants_1d: _wrappers_pb2.Int64Value
    applicants_7d: _wrappers_pb2.Int64Value
    applicants_30d: _wrappers_pb2.Int64Value
    degree: _wrappers_pb2.Int64Value
    hub: _wrappers_pb2.BoolValue
    def __init__(self, applicants: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., fraud: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., applicants_1d: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., applicants_7d: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., applicants_30d: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., degree: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., hub: _Optional[_Union[_wrappers_pb2.BoolValue, _Mapping]] = ...) -> None: ...

class CircleFacts(_message.Message):
    __slots__ = ("applicants", "fraud", "applicants_7d", "applicants_30d", "applicants_90d")
    APPLICANTS_FIELD_NUMBER: _ClassVar[int]
    FRAUD_FIELD_NUMBER: _ClassVar[int]
    APPLICANTS_7D_FIELD_NUMBER: _ClassVar[int]
    APPLICANTS_30D_FIELD_NUMBER: _ClassVar[int]
    APPLICANTS_90D_FIELD_NUMBER: _ClassVar[int]
    applicants: _wrappers_pb2.Int64Value
    fraud: _wrappers_pb2.Int64Value
    applicants_7d: _wrappers_pb2.Int64Value
    applicants_30d: _wrappers_pb2.Int64Value
    applicants_90d: _wrappers_pb2.Int64Value
    def __init__(self, applicants: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., fraud: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., applicants_7d: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., applicants_30d: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., applicants_90d: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ...) -> None: ...

class NeighbourFacts(_message.Message):
    __slots__ = ("fraud", "kinds", "days", "same_person")
    FRAUD_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    SAME_PERSON_FIELD_NUMBER: _ClassVar[int]
    fraud: bool
    kinds: _containers.RepeatedScalarFieldContainer[str]
    days: int
    same_person: bool
    def __init__(self, fraud: _Optional[bool] = ..., kinds: _Optional[_Iterable[str]] = ..., days: _Optional[int] = ..., same_person: _Optional[bool] = ...) -> None: ...

class ScoreFacts(_message.Message):
    __slots__ = ("points", "pd")
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PD_FIELD_NUMBER: _ClassVar[int]
    points: _wrappers_pb2.Int64Value
    pd: _wrappers_pb2.DoubleValue
    def __init__(self, points: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., pd: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ...) -> None: ...

class FraudScoreFacts(_message.Message):
    __slots__ = ("points", "pd")
    POINTS_FIELD_NUMBER: _ClassVar[int]
    PD_FIELD_NUMBER: _ClassVar[int]
    points: _wrappers_pb2.Int64Value
    pd: _wrappers_pb2.DoubleValue
    def __init__(self, points: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., pd: _Optional[_Union[_wrappers_pb2.DoubleValue, _Mapping]] = ...) -> None: ...

class ParentFacts(_message.Message):
    __slots__ = ("state", "line_minor", "supplementary_minor", "held_minor", "same_person")
    STATE_FIELD_NUMBER: _ClassVar[int]
    LINE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SUPPLEMENTARY_MINOR_FIELD_NUMBER: _ClassVar[int]
    HELD_MINOR_FIELD_NUMBER: _ClassVar[int]
    SAME_PERSON_FIELD_NUMBER: _ClassVar[int]
    state: _wrappers_pb2.StringValue
    line_minor: _wrappers_pb2.Int64Value
    supplementary_minor: _wrappers_pb2.Int64Value
    held_minor: _wrappers_pb2.Int64Value
    same_person: _wrappers_pb2.BoolValue
    def __init__(self, state: _Optional[_Union[_wrappers_pb2.StringValue, _Mapping]] = ..., line_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., supplementary_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., held_minor: _Optional[_Union[_wrappers_pb2.Int64Value, _Mapping]] = ..., same_person: _Optional[_Union[_wrappers_pb2.BoolValue, _Mapping]] = ...) -> None: ...
