"""The pure function of a decision.

``evaluate(policy, admission, gathered)`` returns a ``Decision``, or the sources that its next
stage needs. It has no clock, no I/O and no randomness, so a replay, a what-if and a simulation
are the same function called again. Stages run in the order of the strategy; a decline ends the
road before dearer stages are paid for, and the trace says what was skipped and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from google.protobuf.message import Message

from engine.facts import (
    add_circle,
    add_fraud_score,
    add_graph,
    add_history,
    add_score,
    base_facts,
    day_of,
)
from engine.lines import (
    LineInputs,
    Product,
    compute_line,
    expected_limit,
    highest_line,
    verified_strength,
)
from engine.model import Admission, LineKind, SourceStatus
from engine.outcome import (
    Decision,
    Degradation,
    Gathered,
    LineResult,
    Need,
    Outcome,
    Reason,
    ScoreResult,
    ShadowScore,
    Shares,
    StageTrace,
)
from engine.policy import Policy
from engine.reasons import cap_reason, expand, ranked, reason_from, source_reason
from engine.rules import (
    Contributions,
    OnFailure,
    Signals,
    Stage,
    StageKind,
    StageResult,
    Standing,
    stand,
)
from engine.score_parts import adjusted, parts_needed, supposed_score, with_parts
from engine.scoring import Assessed, ScoreUnavailable
from engine.sharing import (
    add_parent,
    add_told_parent,
    hindrance,
    kind_of,
    raised_until_us,
    sharing_of,
)
from engine.suppose import NOTHING, Suppose, SuppositionRefused, apply, suppose_lists
from engine.wording import Voice, worded
from graph.features import findings

_MINUTE_US = 60_000_000
_DAY_US = 1_440 * _MINUTE_US
_NOT_IN_ESTIMATE = "links and history are not looked at in a trial calculation"


def evaluate(
    policy: Policy,
    admission: Admission,
    gathered: Gathered,
    suppose: Suppose = NOTHING,
    *,
    explained: bool = False,
) -> Decision | Need:
    """Decide, or say which sources the next stage needs.

    The same arguments give the same value, whatever the process, the time or the load.
    ``suppose``: what-if; see ``engine.suppose``. ``explained``: tell the parts of the scores also
    where the decision does not need them; nothing else depends on it.
    """
    road = _Road(policy, admission, gathered, suppose, explained=explained)
    for stage in policy.bundle.strategy.stages:
        missing = road.missing(stage)
        if missing:
            return Need(sources=missing)
        road.run(stage)
    return road.decision()


def estimate(policy: Policy, admission: Admission) -> Decision:
    """A trial calculation: the stages that look at links and history are skipped."""
    road = _Road(policy, admission, Gathered(), NOTHING, looks_at_links=False)
    for stage in policy.bundle.strategy.stages:
        if stage.sources:
            road.skip(stage, _NOT_IN_ESTIMATE)
        else:
            road.run(stage)
    return road.decision()


class _Road:
    """The state of one evaluation. Lives only inside ``evaluate``."""

    def __init__(
        self,
        policy: Policy,
        admission: Admission,
        gathered: Gathered,
        suppose: Suppose,
        *,
        looks_at_links: bool = True,
        explained: bool = False,
    ) -> None:
        self._looks_at_links = looks_at_links
        self._explained = explained
        self._policy = policy
        self._admission = admission
        self._gathered = gathered
        self._suppose = suppose
        self._product = _product(policy, admission, suppose)
        self._day: date = day_of(admission.as_of_us, policy.bundle.strategy.utc_offset_minutes)
        income, assets = verified_strength(self._product, admission.application.evidence)
        self._facts = base_facts(admission.application, self._day, income, assets)
        if not looks_at_links:
            add_told_parent(self._facts, admission.application)
        apply(self._facts, suppose)
        self._kind = kind_of(self._facts, admission.application)
        self._standing = self._stand()
        self._signals = Signals()
        self._outcome = Outcome.APPROVE
        self._reasons: list[Reason] = []
        self._documents: dict[str, None] = {}
        self._stages: list[StageTrace] = []
        self._degradations: dict[str, Degradation] = {}
        self._cap_line_minor: int | None = None
        self._adjust_points = 0
        self._points_to_double = 0.0
        self._score: ScoreResult | None = None
        self._fraud_score: ScoreResult | None = None
        self._assessed: Assessed | None = None
        self._fraud_assessed: Assessed | None = None
        self._challengers: tuple[ShadowScore, ...] = ()
        self._line: LineResult | None = None
        self._added: set[str] = set()
        self._ended_by = ""

    def _stand(self) -> Standing:
        bundle, links = self._policy.bundle, self._admission.application.links
        standing = stand(bundle.lists, bundle.snoozes, links, self._facts)
        return suppose_lists(standing, self._suppose) if self._suppose else standing

    def missing(self, stage: Stage) -> tuple[str, ...]:
        """Sources that the stage needs and that have not been asked."""
        if self._ended_by:
            return ()
        return tuple(s for s in stage.sources if self._gathered.status(s) is None)

    def skip(self, stage: Stage, why: str) -> None:
        self._stages.append(
            StageTrace(stage=stage.name, skipped_because=why, outcome=None, rules=())
        )

    def run(self, stage: Stage) -> None:
        if self._ended_by:
            self.skip(stage, f"declined in {self._ended_by}")
            return
        outcome = self._use_sources(stage)
        trace = StageTrace(stage=stage.name, skipped_because="", outcome=outcome, rules=())
        if stage.kind is StageKind.RULES:
            trace = self._run_rules(stage, outcome)
        elif stage.kind is StageKind.SCORE:
            self._run_score(stage)
        elif stage.kind is StageKind.FRAUD_SCORE:
            self._run_fraud_score(stage)
        else:
            trace = replace(trace, outcome=_graver(outcome, self._run_line()))
        self._stages.append(trace)
        if trace.outcome is not None and trace.outcome.severity > self._outcome.severity:
            self._outcome = trace.outcome
        if self._outcome is Outcome.DECLINE:
            self._end(stage)

    def _end(self, stage: Stage) -> None:
        """A decline ends the road, but never without a reason: then a person must look."""
        self._explain_score()
        self._reasons = list(expand(self._policy.bundle.reasons, self._reasons, self._score))
        if any(reason.outcome is Outcome.DECLINE for reason in self._reasons):
            self._ended_by = stage.name
            return
        self._outcome = Outcome.REFER
        self._add_reason("RULE_ERROR", f"stage:{stage.name}", Outcome.REFER)

    def _add_reason(self, code: str, source: str, outcome: Outcome) -> None:
        self._reasons.append(
            reason_from(self._policy.bundle.reasons, code, source=source, outcome=outcome)
        )

    def _use_sources(self, stage: Stage) -> Outcome | None:
        """Add what the sources answered; apply the declared fallback of those that did not."""
        gravest: Outcome | None = None
        for source in stage.sources:
            status = self._gathered.status(source)
            if status is None:
                continue
            if status is SourceStatus.OK:
                self._add_source(source)
                continue
            fallback = self._policy.bundle.strategy.sources[source].on_failure
            self._degradations[source] = Degradation(
                source=source, status=status, fallback=fallback.value
            )
            if fallback is not OnFailure.CONTINUE:
                outcome = Outcome(fallback.value)
                self._reasons.append(
                    source_reason(self._policy.bundle.reasons, source, status, outcome)
                )
                gravest = _graver(gravest, outcome)
        return gravest

    def _add_source(self, source: str) -> None:
        """Once, however many stages need it."""
        if source in self._added:
            return
        self._added.add(source)
        if source == "graph":
            add_graph(self._facts, self._gathered.graph, self._admission.application)
        elif source == "history" and self._gathered.history is not None:
            add_history(self._facts, self._gathered.history, self._admission.as_of_us)
            if self._gathered.history.parent is not None:
                parent = self._gathered.history.parent
                add_parent(self._facts, parent, self._admission.application)
        self._add_circle()
        apply(self._facts, self._suppose)

    def _add_circle(self) -> None:
        """Known once both sources have answered, whichever stage asked them."""
        graph, history = self._gathered.graph, self._gathered.history
        if graph is not None and history is not None:
            add_circle(self._facts, history, graph, self._admission.application)

    def _run_rules(self, stage: Stage, outcome: Outcome | None) -> StageTrace:
        result: StageResult = self._policy.rules.evaluate(
            stage.name, self._facts, self._signals, self._standing
        )
        self._signals = result.signals
        self._reasons.extend(result.reasons)
        self._documents.update(dict.fromkeys(result.required_documents))
        self._adjust(result.adjust_points)
        if result.cap_line_minor is not None:
            caps = (self._cap_line_minor, result.cap_line_minor)
            self._cap_line_minor = min(c for c in caps if c is not None)
        return StageTrace(
            stage=stage.name,
            skipped_because="",
            outcome=_graver(outcome, result.outcome),
            rules=result.rules,
        )

    def _adjust(self, points: int) -> None:
        """Points that rules add: kept for the score, or added to it if it is there already."""
        self._adjust_points += points
        if self._score is not None and points:
            self._set_score(adjusted(self._score, points, self._points_to_double))

    def _set_score(self, score: ScoreResult) -> None:
        self._score = score
        add_score(self._facts, score.points, score.pd)
        if self._supposes(StageKind.SCORE):
            apply(self._facts, self._suppose)
            self._score = supposed_score(score, self._facts.score)

    def _supposes(self, root: str) -> bool:
        return f"{root}.pd" in self._suppose or f"{root}.points" in self._suppose

    def _explain_score(self) -> None:
        """Add its parts, once."""
        self._score = with_parts(
            self._score, self._assessed, supposed=self._supposes(StageKind.SCORE)
        )

    def _explain_fraud_score(self) -> None:
        self._fraud_score = with_parts(
            self._fraud_score,
            self._fraud_assessed,
            supposed=self._supposes(StageKind.FRAUD_SCORE),
        )

    def _run_score(self, stage: Stage) -> None:
        """No score leaves ``score.*`` unknown; the rules that need it then refer."""
        bureau = self._admission.application.bureau
        if bureau is None:
            return
        scorecard = self._policy.scorecards[self._card_of(stage)]
        self._points_to_double = scorecard.scale.pdo
        assessed = scorecard.assess_bureau(bureau)
        if isinstance(assessed, ScoreUnavailable):
            return
        self._assessed = assessed
        self._set_score(adjusted(assessed.score, self._adjust_points, self._points_to_double))
        if stage.contributions is Contributions.ALWAYS:
            self._explain_score()
        self._challengers = self._in_shadow(stage, assessed.values)

    def _card_of(self, stage: Stage) -> str:
        """That of the first segment whose signal is set; an unknown signal chooses nobody."""
        chosen = (s.scorecard for s in stage.segments if self._signals.value(s.signal))
        return next(chosen, stage.scorecard or "")

    def _in_shadow(self, stage: Stage, values: Sequence[float]) -> tuple[ShadowScore, ...]:
        """The challengers on the same row. Points that rules add are the champion's alone."""
        return tuple(self._policy.challengers[n].shadow(values) for n in stage.challengers)

    def _run_fraud_score(self, stage: Stage) -> None:
        """Without the graph ``fraud_score.*`` stays unknown, as for the score."""
        card = self._policy.fraud_cards[stage.scorecard or ""]
        assessed = self._fraud_assessed = card.assess_facts(self._facts)
        result = self._fraud_score = None if assessed is None else assessed.score
        if result is not None:
            add_fraud_score(self._facts, result.points, result.pd)
        if self._supposes(StageKind.FRAUD_SCORE):
            apply(self._facts, self._suppose)
            supposed = None if result is None else supposed_score(result, self._facts.fraud_score)
            self._fraud_score = supposed
        if stage.contributions is Contributions.ALWAYS:
            self._explain_fraud_score()

    def _run_line(self) -> Outcome | None:
        hindered = hindrance(self._product, self._kind, self._facts)
        if hindered is not None:
            self._add_reason(hindered.code, hindered.source, hindered.outcome)
            return hindered.outcome
        inputs = self._line_inputs()
        if inputs is None:
            self._add_reason("INFORMATION_MISSING", "line:inputs", Outcome.REFER)
            return Outcome.REFER
        proven = self._facts.evidence
        strength = (proven.verified_income_minor, proven.verified_assets_minor)
        line = compute_line(self._product, inputs, strength)
        line = self._line = replace(line, shares=self._shares())
        return None if line.line_minor > 0 else self._below_minimum(line, inputs)

    def _shares(self) -> Shares | None:
        """Whose line it shares, and until when."""
        if self._kind is LineKind.PRIMARY:
            return None
        history, asked = self._gathered.history, self._admission.application.shares
        parent = None if history is None else history.parent
        named = "" if asked is None else asked.parent
        raised = self._kind is LineKind.TEMPORARY
        offset = self._policy.bundle.strategy.utc_offset_minutes
        return Shares(
            parent=named if parent is None else parent.decision_id,
            parent_line_minor=self._facts.parent.line_minor.value,
            from_us=self._admission.as_of_us if raised else None,
            until_us=(
                raised_until_us(self._product, self._facts, self._day, offset) if raised else None
            ),
        )

    def _line_inputs(self) -> LineInputs | None:
        """``None`` if something that a cap needs is unknown, or no line can be shared."""
        facts = self._facts
        if hindrance(self._product, self._kind, facts) is not None:
            return None
        needed: list[tuple[Message, str]] = [
            (facts.score, "pd"),
            (facts.bureau, "monthly_obligations_minor"),
            (facts.lines, "own_minor"),
            (facts.lines, "elsewhere_minor"),
        ]
        together = self._product.group_exposure_minor
        if together is not None and self._looks_at_links:
            needed.append((facts.history, "circle_line_minor"))
        is_part = self._kind is LineKind.SUPPLEMENTARY
        if not is_part and not all(message.HasField(name) for message, name in needed):
            return None
        raised_minor = facts.parent.held_minor.value if self._kind is LineKind.TEMPORARY else 0
        return LineInputs(
            pd=facts.score.pd.value,
            evidence=self._admission.application.evidence,
            monthly_obligations_minor=facts.bureau.monthly_obligations_minor.value,
            own_lines_minor=max(facts.lines.own_minor.value - raised_minor, 0),
            elsewhere_lines_minor=facts.lines.elsewhere_minor.value,
            is_student=facts.applicant.is_student,
            age=facts.applicant.age,
            customer_segment=facts.application.customer_segment,
            policy_cap_minor=self._cap_line_minor,
            group_room_minor=(
                None
                if together is None
                else max(together - facts.history.circle_line_minor.value, 0)
            ),
            sharing=sharing_of(self._kind, facts),
        )

    def _below_minimum(self, line: LineResult, inputs: LineInputs) -> Outcome:
        """Room below the product's minimum: refer if proofs could open it, else decline."""
        reachable = highest_line(self._product, inputs).line_minor > 0
        outcome = Outcome.REFER if reachable else Outcome.DECLINE
        raised = self._kind is LineKind.TEMPORARY
        code = "LINE_NOT_RAISED" if raised else "LINE_BELOW_MINIMUM"
        self._add_reason(code, "line:minimum", outcome)
        self._reasons.append(cap_reason(self._policy.bundle.reasons, line.binding_cap, outcome))
        return outcome

    def decision(self) -> Decision:
        catalogue = self._policy.bundle.reasons
        admission, asked = self._admission, self._facts.application.expected_limit_minor
        declined = self._outcome is Outcome.DECLINE
        inputs = None if declined else self._line_inputs()
        answer = expected_limit(
            self._product,
            line=None if declined else self._line,
            asked_minor=(
                asked.value if self._facts.application.HasField("expected_limit_minor") else None
            ),
            declined=declined,
            inputs=inputs,
        )
        if self._explained or parts_needed(self._outcome, answer, self._reasons, self._score):
            self._explain_score()
            self._explain_fraud_score()
        reasons = list(expand(catalogue, self._reasons, self._score))
        if self._line is not None and answer.binding_cap is not None:
            reasons.append(cap_reason(catalogue, answer.binding_cap, self._outcome))
        if answer.plan:
            answer = replace(
                answer,
                plan_expires_at_us=self._plan_expires_at_us(),
                plan_policy_digest=self._policy.digest,
            )
        neighbourhood = self._gathered.graph
        decision = Decision(
            decision_id=admission.decision_id,
            as_of_us=admission.as_of_us,
            product=self._product.name,
            currency=admission.application.currency,
            outcome=self._outcome,
            line=None if declined else self._line,
            expected_limit=answer,
            score=self._score,
            reasons=ranked(reasons, self._outcome),
            required_documents=tuple(self._documents),
            findings=() if neighbourhood is None else findings(neighbourhood, self._facts.graph),
            stages=tuple(self._stages),
            degradations=tuple(self._degradations.values()),
            policy_digest=self._policy.digest,
            model_digests=tuple(
                score.model_digest for score in (self._fraud_score, self._score) if score
            ),
            list_hits=self._standing.hits,
            fraud_score=self._fraud_score,
            challengers=self._challengers,
            supplements="" if admission.follows is None else admission.follows.decision_id,
            kind=self._kind,
        )
        voice = Voice.DECISION if self._looks_at_links else Voice.ESTIMATE
        return worded(self._policy.bundle, self._product, decision, voice)

    def _plan_expires_at_us(self) -> int | None:
        """The end of a calendar day, so that a customer can be told the day.

        Further proofs do not prolong a plan; a trial calculation keeps no plan open.
        """
        admission, days = self._admission, self._product.plan_days
        if admission.follows is not None:
            return admission.follows.open_until_us
        if days is None or not admission.decision_id:
            return None
        offset_us = self._policy.bundle.strategy.utc_offset_minutes * _MINUTE_US
        today = (admission.as_of_us + offset_us) // _DAY_US
        return (today + days + 1) * _DAY_US - offset_us


def _product(policy: Policy, admission: Admission, suppose: Suppose) -> Product:
    name = suppose.get("application.product", admission.application.product)
    if name not in policy.products:
        raise SuppositionRefused("application.product", f"there is no product `{name}`")
    return policy.products[str(name)]


def _graver(first: Outcome | None, second: Outcome | None) -> Outcome | None:
    present = [o for o in (first, second) if o is not None]
    return max(present, key=lambda outcome: outcome.severity, default=None)
