"""What is wrong with rules as they stand together: dead, always true, shadowed, contradictory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from engine.outcome import Outcome
from engine.proof.findings import listed, name_of, unproved, warning
from engine.proof.logic import Term
from engine.proof.model import PolicyModel
from engine.proof.search import Found, GaveUp, Proved
from engine.proof.stages import Effect, RuleTruth
from engine.proof.table_checks import TableChecks
from engine.proof.tables import is_otherwise
from engine.proof.trial import Trial
from engine.proof.witness import Witness
from engine.rules import Code, Diagnostic
from engine.rules.ast import Literal


class RuleChecks:
    """Checks every rule of a policy. ``trials``: what was run so far; one run clears many rules."""

    def __init__(self, model: PolicyModel) -> None:
        self._model, self._tables = model, TableChecks(model)
        self._stages, self._logic = model.stages, model.logic
        self._alive: set[str] = set()
        self._quiet: set[str] = set()
        self._dead: set[str] = set()
        self._useless: set[str] = set()
        self._sparing: dict[str, Term] = {}
        self._hits_of: dict[str, tuple[Effect, ...]] = {}
        self._declines = {
            truth.rule.id
            for number in range(len(self._stages.stages))
            for truth in self._stages.rules(number)
            if truth.rule.then.outcome is Outcome.DECLINE
        }
        for witness in model.ordinary():
            self._note(model.trials.run(witness))
            everywhere = model.trials.run(witness, to_the_end=True)
            self._quiet |= {rule_id for rule_id in self._ids() if not everywhere.hits(rule_id)}

    def _ids(self) -> Iterator[str]:
        for number in range(len(self._stages.stages)):
            yield from (truth.rule.id for truth in self._stages.rules(number))

    def run(self) -> Iterator[Diagnostic]:
        """All findings, stage by stage."""
        earlier: list[Effect] = []
        for number in range(len(self._stages.stages)):
            rules = self._stages.rules(number)
            # Backwards: of two rules that say the same, the later one is the one too many.
            for rule in reversed(rules):
                yield from self._alive_or_why(rule, rules, earlier)
            for rule in rules:
                yield from self._always(rule)
            reached = self._logic.no(self._logic.any(self._stages.ends(s) for s in earlier))
            yield from self._contradictions(rules, reached)
            yield from self._tables.run(number, reached)
            earlier += self._stages.stops(number)

    def _note(self, trial: Trial) -> None:
        """Learn from a run: who hits and is stopped by nobody, and who does not hit."""
        hits = {rule_id for rule_id in trial.results if trial.hits(rule_id)}
        declining = hits & self._declines
        for number, stage in enumerate(self._stages.stages):
            if stage.name not in trial.ran:
                continue
            for truth in self._stages.rules(number):
                rule_id = truth.rule.id
                if rule_id not in trial.results:
                    self._quiet.add(rule_id)
                elif rule_id in hits and not declining - {rule_id}:
                    self._alive.add(rule_id)

    def _hits(self, rule: RuleTruth, witness: Witness) -> bool:
        trial = self._model.trials.run(witness)
        self._note(trial)
        return trial.hits(rule.rule.id)

    def _alive_or_why(
        self, rule: RuleTruth, peers: Sequence[RuleTruth], earlier: Sequence[Effect]
    ) -> Iterator[Diagnostic]:
        """Whether an application exists that the rule hits and nobody else stops."""
        if rule.rule.id in self._alive or rule.rule.is_idle:
            return
        stops = [*earlier, *self._rivals(rule, peers)]
        free = [self._spared(stop) for stop in stops]
        answer = self._free(rule, stops, free)
        if isinstance(answer, GaveUp):
            yield unproved(rule.rule, "whether it can ever fire", answer.why)
        elif isinstance(answer, Proved):
            if not answer.needed:
                self._dead.add(rule.rule.id)
                yield from self._dead_because(rule)
            else:
                self._useless.add(rule.rule.id)
                yield self._shadowed(rule, [stops[place] for place in answer.needed])

    def _spared(self, stop: Effect) -> Term:
        """That the stop does not end the road; made once, for it is asked of every rule."""
        if stop.cause not in self._sparing:
            self._sparing[stop.cause] = self._logic.no(self._stages.ends(stop))
        return self._sparing[stop.cause]

    def _declining(self, peer: RuleTruth) -> tuple[Effect, ...]:
        """The declines of a hit of the rule, made once too."""
        if peer.rule.id not in self._hits_of:
            effects = self._stages.effects_of(peer)
            self._hits_of[peer.rule.id] = tuple(e for e in effects if e.rule is peer.rule)
        return self._hits_of[peer.rule.id]

    def _free(
        self, rule: RuleTruth, stops: Sequence[Effect], free: Sequence[Term]
    ) -> Proved | Found[Witness] | GaveUp | None:
        search = self._model.search
        if self._stages.is_exact(rule.rule) and all(stop.exact for stop in stops):
            return search.ask(rule.hit, free)
        return search.find(rule.hit, partial(self._free_hit, rule, stops), free)

    def _dead_because(self, rule: RuleTruth) -> Iterator[Diagnostic]:
        """``otherwise`` may be there for what nobody thought of."""
        if is_otherwise(rule.rule):
            return
        if self._tables.always_overlaps(rule):
            return
        taken = None if rule.rule.row is None else self._tables.taken(rule)
        yield taken or warning(
            Code.NEVER_FIRES,
            rule.rule,
            f"{name_of(rule.rule)} can never fire: no application meets its condition",
            "mend the condition, or remove it",
        )

    def _free_hit(self, rule: RuleTruth, stops: Sequence[Effect], witness: Witness) -> bool:
        """Run: the rule hits, and none of the stops does."""
        trial = self._model.trials.run(witness)
        self._note(trial)
        rivals = {stop.rule.id for stop in stops if stop.rule is not None}
        return trial.hits(rule.rule.id) and not any(trial.hits(rival) for rival in rivals)

    def _rivals(self, rule: RuleTruth, peers: Sequence[RuleTruth]) -> Iterator[Effect]:
        """Declines of the same stage that leave the rule without any effect of its own."""
        then = rule.rule.then
        if then.signal or then.require:
            return
        for peer in peers:
            other = peer.rule
            if peer is rule or other.id in self._dead | self._useless:
                continue
            if other.then.outcome is not Outcome.DECLINE:
                continue
            if then.outcome is Outcome.DECLINE and then.reason != other.then.reason:
                continue
            yield from self._declining(peer)

    def _shadowed(self, rule: RuleTruth, stops: Sequence[Effect]) -> Diagnostic:
        causes = listed(stop.cause for stop in stops)
        verb = "declines" if len({stop.cause for stop in stops}) == 1 else "decline"
        return warning(
            Code.SHADOWED,
            rule.rule,
            f"{name_of(rule.rule)} has no effect: {causes} {verb} every application that it hits",
            "remove it, or narrow what stands before it",
        )

    def _always(self, rule: RuleTruth) -> Iterator[Diagnostic]:
        """A rule for everybody, unless it is written as one."""
        rule_id = rule.rule.id
        if rule_id in self._quiet | self._dead or isinstance(rule.rule.when.tree, Literal):
            return
        misses = self._logic.no(rule.hit)

        def accept(witness: Witness) -> bool:
            return not self._model.trials.run(witness, to_the_end=True).hits(rule_id)

        search = self._model.search
        exact = self._stages.is_exact(rule.rule)
        answer = search.ask(misses) if exact else search.find(misses, accept)
        if isinstance(answer, GaveUp):
            yield unproved(rule.rule, "whether it always fires", answer.why)
        elif isinstance(answer, Proved):
            yield warning(
                Code.ALWAYS_FIRES,
                rule.rule,
                f"{name_of(rule.rule)} fires for every application: its condition is always true",
                "write `when: 'true'` if that is meant",
            )

    def _contradictions(self, rules: Sequence[RuleTruth], reached: Term) -> Iterator[Diagnostic]:
        """An approval and a refusal to approve, side by side, for the same application."""
        approving = [r for r in rules if r.rule.then.outcome is Outcome.APPROVE]
        against = [r for r in rules if r.rule.then.outcome in {Outcome.REFER, Outcome.DECLINE}]
        for first in approving:
            for second in against:
                if first.rule.priority == second.rule.priority:
                    yield from self._contradiction(first, second, reached)

    def _contradiction(
        self, first: RuleTruth, second: RuleTruth, reached: Term
    ) -> Iterator[Diagnostic]:
        if {first.rule.id, second.rule.id} & (self._dead | self._useless):
            return
        goal = self._logic.all((first.hit, second.hit, reached))

        def accept(witness: Witness) -> bool:
            return self._hits(first, witness) and self._hits(second, witness)

        answer = self._model.search.find(goal, accept)
        if isinstance(answer, Found):
            witness = self._model.search.nearest(goal, accept, answer.witness)
            yield warning(
                Code.CONTRADICTION,
                first.rule,
                f"{name_of(first.rule)} approves what {name_of(second.rule)} of the same "
                f"priority {second.rule.then.outcome}s",
                f"for example: {self._model.shown(witness, (first.rule, second.rule))}; "
                "the graver outcome wins: give the rules different priorities to say so",
            )
        elif isinstance(answer, GaveUp):
            what = f"whether it contradicts {name_of(second.rule)}"
            yield unproved(first.rule, what, answer.why)


def all_findings(model: PolicyModel) -> tuple[Diagnostic, ...]:
    """Every finding over the rules and tables of a policy, by place."""
    found = RuleChecks(model).run()
    return tuple(
        sorted(
            found, key=lambda item: (item.span.path, item.span.line, item.span.column, item.code)
        )
    )
