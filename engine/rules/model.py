"""The policy of a product as values: strategy, rulesets, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from engine.outcome import Outcome
from engine.rules.condition import Condition
from engine.rules.definitions import Definitions
from engine.rules.diagnostics import Diagnostic
from engine.rules.lists import PolicyList, Snooze
from engine.rules.source import Span
from engine.rules.tables.model import Row, Table
from engine.rules.wording import Wordings
from engine.rules.yaml_source import PlainYaml


class OnFailure(StrEnum):
    """What follows when a source is late, down or stale."""

    REFER = "refer"
    DECLINE = "decline"
    CONTINUE = "continue"


class StageKind(StrEnum):
    """What a stage does."""

    RULES = "rules"
    SCORE = "score"
    FRAUD_SCORE = "fraud_score"
    LINE = "line"


class Fallback(StrEnum):
    """What follows when a rule is unknown or fails."""

    REFER = "refer"
    DECLINE = "decline"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePolicy:
    """How long a source may take, how old its answer may be, and what follows without it."""

    timeout_ms: int
    on_failure: OnFailure
    max_age_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSegment:
    """Applicants with this signal are scored by this card instead of the stage's own."""

    signal: str
    scorecard: str
    span: Span


class Contributions(StrEnum):
    """When a decision tells the parts of a score; see ``engine.score_parts``."""

    NEEDED = "needed"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of the strategy. ``sources`` are gathered before it.

    ``challengers``: scorecards that score the same row in shadow. ``segments``: in order, the first
    whose signal is set chooses the scorecard. ``fail_closed``: nothing in it may take what is
    unknown for a no. ``contributions``: whether approvals as asked have them too.
    """

    name: str
    kind: StageKind
    rulesets: tuple[str, ...]
    scorecard: str | None
    sources: tuple[str, ...]
    span: Span
    fail_closed: bool = False
    challengers: tuple[str, ...] = ()
    segments: tuple[CardSegment, ...] = ()
    contributions: Contributions = Contributions.NEEDED

    @property
    def all_scorecards(self) -> tuple[str, ...]:
        """The scorecards that may decide, the stage's own first."""
        own = () if self.scorecard is None else (self.scorecard,)
        return tuple(dict.fromkeys((*own, *(segment.scorecard for segment in self.segments))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """The road of a product's decisions.

    ``utc_offset_minutes``: where the business's calendar day begins; ages and expiries follow it.
    """

    name: str
    currency: str
    utc_offset_minutes: int
    sources: Mapping[str, SourcePolicy]
    stages: tuple[Stage, ...]

    @property
    def asked_before_line(self) -> frozenset[str]:
        """Sources whose answers are there when the line is computed."""
        asked: set[str] = set()
        for stage in self.stages:
            asked.update(stage.sources)
            if stage.kind is StageKind.LINE:
                break
        return frozenset(asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """What a rule does that is unknown or in error; ``reason`` is empty for ``ignore``."""

    fallback: Fallback
    reason: str

    @property
    def outcome(self) -> Outcome | None:
        """The outcome, ``None`` if ignored."""
        return None if self.fallback is Fallback.IGNORE else Outcome(self.fallback.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What follows from a hit. Empty strings and ``None``: nothing of that kind.

    ``cap_line_minor``: the line may not exceed it, minor units. ``adjust_points``: signed.
    """

    outcome: Outcome | None = None
    reason: str = ""
    signal: str = ""
    require: tuple[str, ...] = ()
    cap_line_minor: int | None = None
    adjust_points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. ``places`` maps a character of the condition to its index in the file.

    ``valid_from``, ``valid_until``: the days on which it is in force, ISO 8601, inclusive, "" where
    open; ``when`` has them as conditions already.
    ``row``: set if the rule is the row of a decision table; then it has no places.
    """

    ruleset: str
    id: str
    description: str
    when: Condition
    then: Effects
    priority: int
    on_unknown: Undecided
    on_error: Undecided
    span: Span
    reason_span: Span
    path: str
    places: tuple[int, ...]
    valid_from: str = ""
    valid_until: str = ""
    row: Row | None = None

    @property
    def is_idle(self) -> bool:
        """``otherwise: {}``, which says that nothing follows: it would stand in every trace."""
        return self.row is not None and self.row.otherwise and self.then == Effects()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    """Rules in the order of declaration. ``table``: they are the rows of a decision table."""

    name: str
    rules: tuple[Rule, ...]
    path: str
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonText:
    """A reason's wording, fit to be shown to a customer."""

    code: str
    text_en: str
    text_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A checked, content-addressed policy.

    ``digest``: SHA-256, hex, over the sorted relative paths and contents of ``files``.
    ``products``: the plain values of products.yaml. ``warnings``: what the author should look at.
    ``definitions``: named expressions and parameters by path. ``snoozes``: by customer.
    ``wording``: what customers are told, by section and name.
    """

    name: str
    digest: str
    root: Path
    strategy: Strategy
    rulesets: Mapping[str, Ruleset]
    reasons: Mapping[str, ReasonText]
    products: Mapping[str, PlainYaml]
    files: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]
    definitions: Definitions = field(default_factory=dict)
    lists: Mapping[str, PolicyList] = field(default_factory=dict)
    snoozes: Mapping[str, tuple[Snooze, ...]] = field(default_factory=dict)
    wording: Wordings = field(default_factory=dict)

    def stage(self, name: str) -> Stage:
        """The stage of that name, or ``KeyError``."""
        for stage in self.strategy.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)

    def rules_of(self, stage: Stage) -> tuple[Rule, ...]:
        """The stage's rules in the order of the agenda: priority, then declaration."""
        declared = [rule for name in stage.rulesets for rule in self.rulesets[name].rules]
        return tuple(sorted(declared, key=lambda rule: rule.priority))

    @property
    def tables(self) -> Mapping[str, Table]:
        """The decision tables among the rulesets, by name."""
        return {
            name: ruleset.table
            for name, ruleset in self.rulesets.items()
            if ruleset.table is not None
        }

    @property
    def signals(self) -> tuple[str, ...]:
        """All signals that rules set, sorted."""
        rules = (rule for ruleset in self.rulesets.values() for rule in ruleset.rules)
        return tuple(sorted({rule.then.signal for rule in rules if rule.then.signal}))
