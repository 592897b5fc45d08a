"""Frozen domain types: what was decided, and why.

A ``Decision`` is a pure function of the policy bundle and of what was gathered; it holds no
clock reading and no timing, so that a replay reproduces it to the byte. Amounts are minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.model import History, LineKind, SourceStatus
from graph.model import Neighbourhood


class Outcome(StrEnum):
    """The answer. Severity: decline > refer > approve."""

    APPROVE = "approve"
    REFER = "refer"
    DECLINE = "decline"

    @property
    def severity(self) -> int:
        """0 approve, 1 refer, 2 decline: the graver outcome wins."""
        return {"approve": 0, "refer": 1, "decline": 2}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A ranked reason. ``source``: ``rule:RULE_ID``, ``score:FAMILY``, ``line:CAP`` or
    ``source:NAME``; ``points_lost`` only for score reasons.
    """

    code: str
    source: str
    outcome: Outcome
    text_en: str
    text_zh: str
    points_lost: int | None = None


class RuleResult(StrEnum):
    """A rule's result. No-hits are not listed in a trace."""

    HIT = "hit"
    UNKNOWN = "unknown"
    ERROR = "error"
    SNOOZED = "snoozed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrace:
    """One rule that hit, or that could not be told, in the order of the agenda.

    ``unknown_fields``: the vocabulary paths that nobody supplied.
    """

    ruleset: str
    rule_id: str
    result: RuleResult
    outcome: Outcome | None
    reason: str
    signal: str
    unknown_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTrace:
    """One stage of the strategy: run, or skipped and why (``skipped_because`` is empty if run)."""

    stage: str
    skipped_because: str
    outcome: Outcome | None
    rules: tuple[RuleTrace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Degradation:
    """A source that did not answer in time, and the fallback that the strategy declares."""

    source: str
    status: SourceStatus
    fallback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """Points that one feature gave (signed). Displayed parts and base add to the score."""

    feature: str
    family: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonFamily:
    """A family of features that lost points against the reference population."""

    family: str
    points_lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreResult:
    """A score. ``pd``: calibrated, 0..1.

    Where the parts are told, ``points`` = ``base_points`` + sum of contributions, and ``families``
    are those that lost points, worst first, at most four. ``base_points`` ``None``: the parts were
    not needed (see ``engine.evaluate``) or cannot be told; nothing follows from their absence.
    """

    scorecard: str
    model_digest: str
    points: int
    pd: float
    base_points: int | None
    contributions: tuple[Contribution, ...]
    families: tuple[ReasonFamily, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowScore:
    """What a challenger says of the same row: recorded, never acted on, never told a channel."""

    scorecard: str
    model_digest: str
    points: int
    pd: float


class CapName(StrEnum):
    """The caps on a line, in the fixed order in which a tie is resolved.

    ``PARENT`` is listed only of lines that share another's.
    """

    INCOME = "income"
    DEBT_SERVICE = "debt_service"
    EXPECTED_LOSS = "expected_loss"
    TOTAL_EXPOSURE = "total_exposure"
    SEGMENT = "segment"
    PRODUCT = "product"
    GROUP = "group"
    POLICY = "policy"
    PARENT = "parent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """One cap. ``amount_minor`` None: does not apply; ``detail`` says from what it comes."""

    name: CapName
    amount_minor: int | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallStep:
    """A step of the explanation. The steps' amounts add exactly to the approved line."""

    name: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Whose line it shares, and of a raise from when until when: microseconds, the end exclusive.

    ``parent``: the last decision on the parent; ``parent_line_minor``: its line without any raise.
    """

    parent: str
    parent_line_minor: int
    from_us: int | None
    until_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResult:
    """The approved line. 0 when the room is below the product's minimum.

    ``minimum_minor``, ``maximum_minor``, ``step_minor``: the offered range {m, m+u, ..., line};
    ``minimum_minor`` is 0 when nothing is offered. ``shares``: of a line that shares another's; of
    a raise for a time the line is the total with the parent's.
    """

    line_minor: int
    room_minor: int
    minimum_minor: int
    maximum_minor: int
    step_minor: int
    verified_income_minor: int
    verified_assets_minor: int
    risk_band: str
    caps: tuple[Cap, ...]
    binding_cap: CapName
    waterfall: tuple[WaterfallStep, ...]
    shares: Shares | None = None


class LimitStatus(StrEnum):
    """The answer to the limit that the applicant hoped for."""

    NOT_ASKED = "not_asked"
    MET = "met"
    NEEDS_EVIDENCE = "needs_evidence"
    PARTIAL = "partial"
    UNREACHABLE = "unreachable"
    DECLINED = "declined"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """One proof of an evidence plan: "shows at least ``least_amount_minor``"."""

    proof: str
    least_amount_minor: int
    cost: int
    days: int
    text_en: str = ""
    text_zh: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedLimit:
    """``target_minor``: the asked limit, clipped to the product and rounded down to its step.

    ``offer_minor``: min(line, target). ``gap_minor``: what is missing to the target.
    ``plan``: the cheapest proofs that bring the line to the target, or, if none do, to the highest
    line there is; empty if there is nothing to gain. ``plan_expires_at_us``: until then the proofs
    can be added to the decision, under the policy that made it; ``None`` if not at all.
    ``plan_policy_digest``: of the policy that the plan rests on; "" without a plan.
    ``highest_minor``: A_max, ``None`` if it cannot be told. ``unreachable_minor``: U, what of the
    target no proof reaches, because of ``unreachable_cap``.
    """

    status: LimitStatus
    asked_minor: int | None
    target_minor: int | None
    offer_minor: int
    gap_minor: int
    binding_cap: CapName | None
    plan: tuple[PlanItem, ...] = ()
    plan_expires_at_us: int | None = None
    plan_policy_digest: str = ""
    highest_minor: int | None = None
    unreachable_minor: int = 0
    unreachable_cap: CapName | None = None
    text_en: str = ""
    text_zh: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFinding:
    """A link that mattered, with its evidence: kind of identifier, counts, since when.

    ``applicants_7d``: of the applicants, those linked within seven days.
    """

    code: str
    kind: str
    masked: str
    applicants: int
    fraud: int
    since_us: int | None
    applicants_7d: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHit:
    """A list of the policy that the applicant is on. ``reason``: what its entry says."""

    list: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredDocument:
    """A document that rules require, as a customer is told it; without a text, by its code."""

    code: str
    text_en: str
    text_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The whole answer, as pure values.

    ``supplements``: the decision that this one takes the place of, or "". ``documents``: the
    required ones with their texts.
    """

    decision_id: str
    as_of_us: int
    product: str
    currency: str
    outcome: Outcome
    line: LineResult | None
    expected_limit: ExpectedLimit
    score: ScoreResult | None
    reasons: tuple[Reason, ...]
    required_documents: tuple[str, ...]
    findings: tuple[GraphFinding, ...]
    stages: tuple[StageTrace, ...]
    degradations: tuple[Degradation, ...]
    policy_digest: str
    model_digests: tuple[str, ...]
    list_hits: tuple[ListHit, ...] = ()
    fraud_score: ScoreResult | None = None
    challengers: tuple[ShadowScore, ...] = ()
    supplements: str = ""
    text_en: str = ""
    text_zh: str = ""
    kind: LineKind = LineKind.PRIMARY
    documents: tuple[RequiredDocument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What the sources answered. A source absent from ``statuses`` was not asked yet."""

    statuses: tuple[tuple[str, SourceStatus], ...] = ()
    graph: Neighbourhood | None = None
    history: History | None = None

    def status(self, source: str) -> SourceStatus | None:
        """The status of one source, ``None`` while it has not been asked."""
        return dict(self.statuses).get(source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """The sources that the next stage needs, to be gathered side by side."""

    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Wall time of one step in microseconds. Kept apart from ``Decision``: no replay repeats it."""

    step: str
    micros: int
