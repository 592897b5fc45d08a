"""The stages of a strategy over facts of which some are not known yet. Pure.

Stages that look at links and history are skipped, as in every trial calculation; the signals that
they would set are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from engine.estimate.bounds import Bounds, line_bounds
from engine.estimate.prospect import Prospect, known_facts
from engine.estimate.result import UntoldRule
from engine.facts import add_score
from engine.outcome import Outcome, Reason, RuleTrace, ScoreResult, StageTrace
from engine.policy import Policy
from engine.reasons import cap_reason, expand, reason_from
from engine.rules import SCORE_FAMILIES, Signals, Stage, StageKind, StageResult, Standing, stand
from engine.rules.partial import PartialResult, evaluate_partly
from touchstone.v1 import facts_pb2

SKIPPED = "links and history are not looked at in a trial calculation"
_SCORE = frozenset({"score.pd", "score.points"})
_ANY_PD = (0.0, 1.0)
_WIDER = 1e-9
"""Odds that are moved in two steps differ in the last digits from those moved in one."""

PdRange = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Travelled:
    """What is known at the end of the road.

    ``outcome``: the gravest that is certain; ``may_decline``: whether a decline may follow still.
    ``bounds``: of the line, ``None`` after a certain decline and where there can be no score.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    documents: tuple[str, ...]
    stages: tuple[StageTrace, ...]
    untold: tuple[UntoldRule, ...]
    score: ScoreResult | None
    bounds: Bounds | None
    hidden: frozenset[str]
    may_decline: bool


def travel(policy: Policy, prospect: Prospect, day: date) -> Travelled:
    """All stages, in order; a certain decline ends the road."""
    road = _Road(policy, prospect, day)
    for stage in policy.bundle.strategy.stages:
        road.run(stage)
    return road.end()


class _Road:
    """The state of one trial calculation. Lives only inside ``travel``."""

    def __init__(self, policy: Policy, prospect: Prospect, day: date) -> None:
        self._policy, self._prospect = policy, prospect
        self._product = policy.products[prospect.product]
        self._facts, self._hidden = known_facts(prospect, self._product, day)
        self._standing = _standing(policy, self._facts, self._hidden)
        self._signals = Signals(unknown=_set_by_skipped(policy))
        self._caps: tuple[int | None, int | None] = (None, None)
        self._points = (0, 0)
        self._pd: PdRange | None = _ANY_PD
        self._to_double = 0.0
        self._score: ScoreResult | None = None
        self._bounds: Bounds | None = None
        self._outcome = Outcome.APPROVE
        self._reasons: list[Reason] = []
        self._documents: dict[str, None] = {}
        self._stages: list[StageTrace] = []
        self._untold: list[UntoldRule] = []
        self._may_decline = False
        self._ended_by = ""

    def run(self, stage: Stage) -> None:
        """Run or skip one stage."""
        skipped = f"declined in {self._ended_by}" if self._ended_by else ""
        if stage.sources:
            skipped = skipped or SKIPPED
        outcome: Outcome | None = None
        rules: tuple[RuleTrace, ...] = ()
        if skipped:
            pass
        elif stage.kind is StageKind.RULES:
            outcome, rules = self._run_rules(stage)
        elif stage.kind is StageKind.SCORE:
            self._run_score(stage)
        elif stage.kind is StageKind.LINE:
            outcome = self._run_line()
        trace = StageTrace(stage=stage.name, skipped_because=skipped, outcome=outcome, rules=rules)
        self._stages.append(trace)
        if outcome is not None and outcome.severity > self._outcome.severity:
            self._outcome = outcome
        if outcome is Outcome.DECLINE:
            self._ended_by = stage.name

    def end(self) -> Travelled:
        """What was found."""
        declined = self._outcome is Outcome.DECLINE
        reasons = expand(self._policy.bundle.reasons, self._reasons, self._score)
        return Travelled(
            outcome=self._outcome,
            reasons=reasons,
            documents=tuple(self._documents),
            stages=tuple(self._stages),
            untold=tuple(self._untold),
            score=self._score,
            bounds=None if declined else self._bounds,
            hidden=self._hidden,
            may_decline=self._may_decline and not declined,
        )

    def _run_rules(self, stage: Stage) -> tuple[Outcome | None, tuple[RuleTrace, ...]]:
        found = evaluate_partly(
            self._policy.bundle, stage, self._facts, self._hidden, self._signals, self._standing
        )
        self._signals = found.certain.signals
        self._documents.update(dict.fromkeys(found.certain.required_documents))
        self._untell(stage, found)
        least, most = found.caps_minor
        self._caps = _lower(self._caps[0], least), _lower(self._caps[1], most)
        self._adjust(found.points)
        outcome = found.certain.outcome
        if outcome is Outcome.DECLINE and not self._is_explained(found.certain):
            # A decline by a score of which no family lost points goes to a person instead.
            outcome, self._may_decline = Outcome.REFER, True
        self._reasons.extend(found.certain.reasons)
        return outcome, found.certain.rules

    def _untell(self, stage: Stage, found: PartialResult) -> None:
        for one in found.open_rules:
            self._may_decline |= one.gravest is Outcome.DECLINE
            self._untold.append(
                UntoldRule(
                    stage=stage.name,
                    ruleset=one.rule.ruleset,
                    rule_id=one.rule.id,
                    outcome=one.gravest,
                    missing=one.missing,
                )
            )

    def _is_explained(self, certain: StageResult) -> bool:
        declines = [r.code for r in certain.reasons if r.outcome is Outcome.DECLINE]
        families = self._score is not None and self._score.families
        return bool(families) or any(code != SCORE_FAMILIES for code in declines)

    def _adjust(self, points: tuple[int, int]) -> None:
        """Points that rules add: kept for the score, or added to it if it is there already."""
        self._points = self._points[0] + points[0], self._points[1] + points[1]
        if points != (0, 0) and self._to_double:
            self._move(points)

    def _move(self, points: tuple[int, int]) -> None:
        """Points move the PD; if they are not certain, or it is not, it is not known."""
        if self._pd is None:
            return
        low, high = points
        least, most = self._pd
        self._pd = _moved(least, high, self._to_double), _moved(most, low, self._to_double)
        if low != high:
            self._pd = self._pd[0] * (1 - _WIDER), min(self._pd[1] * (1 + _WIDER), 1.0)
        self._tell_score()

    def _tell_score(self) -> None:
        """The score becomes a fact once it is certain."""
        certain = self._pd is not None and self._pd[0] == self._pd[1]
        if certain and self._score is not None and self._pd is not None:
            points = self._score.points + self._points[0]
            self._hidden -= _SCORE
            add_score(self._facts, points, self._pd[0])
        else:
            self._hidden |= _SCORE

    def _run_score(self, stage: Stage) -> None:
        """The PD of every card that may be the one; without a bureau it may be any."""
        bureau = self._prospect.bureau
        if bureau is None:
            return
        cards = [self._policy.scorecards[name] for name in self._cards(stage)]
        results = [card.score(bureau) for card in cards]
        scores = [result for result in results if isinstance(result, ScoreResult)]
        if not scores:
            self._pd = None
            self._hidden -= _SCORE
            return
        pds = [score.pd for score in scores]
        self._score = scores[0] if len(cards) == 1 else None
        self._pd = min(pds), max(pds)
        self._to_double = float(cards[0].scale.pdo)
        self._move(self._points)

    def _cards(self, stage: Stage) -> tuple[str, ...]:
        """That of the first segment whose signal is set; all that may be, if that is not known."""
        names: dict[str, None] = {}
        for segment in stage.segments:
            value = self._signals.value(segment.signal)
            if value is not False:
                names[segment.scorecard] = None
            if value:
                return tuple(names)
        return (*names, stage.scorecard or "")

    def _run_line(self) -> Outcome | None:
        catalogue = self._policy.bundle.reasons
        unknown = not self._facts.bureau.HasField("monthly_obligations_minor")
        if self._pd is None or (unknown and self._prospect.bureau is not None):
            self._reasons.append(
                reason_from(
                    catalogue, "INFORMATION_MISSING", source="line:inputs", outcome=Outcome.REFER
                )
            )
            return Outcome.REFER
        self._bounds = bounds = line_bounds(
            self._product, self._prospect, self._facts, self._hidden, self._pd, self._caps
        )
        least, most = bounds.reachable_minor
        self._may_decline |= bounds.lowest_minor == 0 and least == 0 < most
        if bounds.highest_minor:
            return None
        # A report with too few months gives no score, and so no line: that goes to a person.
        certain = self._prospect.bureau is not None and not most
        self._may_decline |= not certain and not most
        outcome = Outcome.DECLINE if certain else Outcome.REFER
        below = reason_from(catalogue, "LINE_BELOW_MINIMUM", source="line:minimum", outcome=outcome)
        self._reasons.append(below)
        self._reasons.append(cap_reason(catalogue, bounds.binding_cap, outcome))
        return outcome


def _standing(policy: Policy, facts: facts_pb2.Facts, hidden: frozenset[str]) -> Standing:
    """Nobody knows who it is: lists of people are unknown, and every snooze may apply."""
    bundle = policy.bundle
    known = stand(bundle.lists, {}, (), facts)
    unknown = {
        name
        for name, held in bundle.lists.items()
        if held.identifier is not None or held.matches in hidden
    }
    told = known.lists
    lists = Signals(told.true - unknown, told.unknown | unknown)
    asleep = {snooze.rule for snoozes in bundle.snoozes.values() for snooze in snoozes}
    return replace(known, lists=lists, snoozed=frozenset(asleep))


def _set_by_skipped(policy: Policy) -> frozenset[str]:
    bundle = policy.bundle
    skipped = [stage for stage in bundle.strategy.stages if stage.sources]
    rules = (rule for stage in skipped for rule in bundle.rules_of(stage))
    return frozenset(rule.then.signal for rule in rules if rule.then.signal)


def _lower(one: int | None, other: int | None) -> int | None:
    return min((cap for cap in (one, other) if cap is not None), default=None)


def _moved(pd: float, points: int, to_double: float) -> float:
    """As ``engine.evaluate`` moves the odds of a score."""
    if points == 0 or pd in (0.0, 1.0):
        return pd
    odds: float = (1.0 - pd) / pd * 2.0 ** (points / to_double)
    return 1.0 / (1.0 + odds)
