"""The whole road of a decision as formulas: stages in order, fallbacks, the line, the outcome."""

from __future__ import annotations

from collections.abc import Iterator

import z3

from engine.lines import Product
from engine.outcome import Outcome
from engine.proof.line import Line, PolicyCap
from engine.proof.logic import Term
from engine.proof.sharing import Sharing
from engine.proof.stages import Stages
from engine.proof.world import CIRCLE_LINE
from engine.rules import Rule, StageKind
from engine.rules.tables.model import Aggregate

_NEEDED = (
    "score.pd",
    "bureau.monthly_obligations_minor",
    "lines.own_minor",
    "lines.elsewhere_minor",
)


class Road:
    """One application on its way under one product. ``severity``: 0 approve, 1 refer, 2 decline.

    ``line_minor``: that of the decision; 0 where there is none.
    """

    def __init__(self, stages: Stages, product: Product) -> None:
        self._stages, self._product = stages, product
        self._logic, self._world = stages.logic, stages.world
        self._definition: list[Term] = []
        self._ended: Term = False
        self._referred: Term = False
        self._caps: list[PolicyCap] = []
        #: Whether each rule before the scorecard that moves the score did.
        self.moved: list[Term] = []
        self._points: list[Term] = []
        self._is_sum = True
        self._moved_late: list[Term] = []
        line: Term = 0
        for number, stage in enumerate(stages.stages):
            if stage.kind is StageKind.RULES:
                self._rules(number)
            else:
                self._fallbacks(number)
            if stage.kind is StageKind.LINE:
                line = self._line()
        self.declined = self._ended
        self.referred = self._logic.all((self._logic.no(self._ended), self._referred))
        self.approved = self._logic.no(self._logic.any((self._ended, self._referred)))
        self.line_minor = self._logic.choose(
            self._logic.formula(self._ended), z3.IntVal(0, self._logic.context), line
        )

    def definition(self) -> Iterator[Term]:
        """What makes the variables a road."""
        yield from self._definition
        product = self._world.term("application.product")
        yield product == self._world.texts.code(self._product.name)

    def outcome(self, outcome: Outcome) -> Term:
        """Whether the decision is this."""
        return {
            Outcome.APPROVE: self.approved,
            Outcome.REFER: self.referred,
            Outcome.DECLINE: self.declined,
        }[outcome]

    @property
    def severity(self) -> Term:
        """The gravity of the outcome."""
        context = self._logic.context
        zero, one, two = (z3.IntVal(n, context) for n in range(3))
        formula = self._logic.formula
        return z3.If(formula(self.declined), two, z3.If(formula(self.referred), one, zero))

    def _rules(self, number: int) -> None:
        active = self._logic.no(self._ended)
        self._fallbacks(number)
        hits = [
            (truth.rule, self._logic.all((active, truth.hit)))
            for truth in self._stages.rules(number)
        ]
        self._caps += self._policy_caps(hits)
        moving = [(rule, hit) for rule, hit in hits if rule.then.adjust_points]
        if number > self._stages.scored:
            self._moved_late += [hit for _, hit in moving]
            return
        self.moved += [hit for _, hit in moving]
        tables = self._stages.bundle.tables
        for rule, hit in moving:
            table = tables.get(rule.ruleset)
            if table is not None and table.aggregates.adjust_points is not Aggregate.SUM:
                self._is_sum = False
            points = z3.IntVal(rule.then.adjust_points, self._logic.context)
            zero = z3.IntVal(0, self._logic.context)
            self._points.append(z3.If(self._logic.formula(hit), points, zero))

    @property
    def points(self) -> Term | None:
        """What rules before the scorecard add to the score; ``None``: no plain sum."""
        return z3.Sum(self._points) if self._points and self._is_sum else None

    def _fallbacks(self, number: int) -> None:
        """What the stage's sources and rules say of the outcome, if the road comes so far."""
        logic, active = self._logic, self._logic.no(self._ended)
        declines, refers = [], []
        for effect in self._stages.effects(number):
            if effect.outcome is Outcome.DECLINE:
                declines.append(self._stages.ends(effect))
                # A decline that can name no reason is looked at by a person.
                refers.append(logic.all((effect.when, logic.no(effect.told))))
            elif effect.outcome is Outcome.REFER:
                refers.append(effect.when)
        self._referred = logic.any((self._referred, logic.all((active, logic.any(refers)))))
        self._ended = logic.any((self._ended, logic.all((active, logic.any(declines)))))

    def _policy_caps(self, hits: list[tuple[Rule, Term]]) -> Iterator[PolicyCap]:
        """Of plain rules each counts; of a table what it aggregates."""
        tables = self._stages.bundle.tables
        grouped: dict[str, list[tuple[int, Term]]] = {}
        for rule, hit in hits:
            cap = rule.then.cap_line_minor
            if cap is None:
                continue
            table = tables.get(rule.ruleset)
            if table is None or table.aggregates.cap_line_minor is Aggregate.MIN:
                yield PolicyCap(hit, cap)
            else:
                grouped.setdefault(rule.ruleset, []).append((cap, hit))
        for name, caps in grouped.items():
            applies = self._logic.any(hit for _, hit in caps)
            yield PolicyCap(applies, self._together(tables[name].aggregates.cap_line_minor, caps))

    def _together(self, how: Aggregate, caps: list[tuple[int, Term]]) -> Term:
        total = z3.IntVal(0, self._logic.context)
        for cap, hit in sorted(caps, key=lambda item: item[0]):
            added = total + cap if how is Aggregate.SUM else z3.IntVal(cap, self._logic.context)
            total = z3.If(self._logic.formula(hit), added, total)
        return total

    def _line(self) -> Term:
        """The line stage: refer if something is unknown, decline if no proof opens a line.

        A line that shares another's may be hindered by what that one is (``engine.sharing``).
        """
        logic, world = self._logic, self._world
        active = logic.no(self._ended)
        sharing = Sharing(world, self._product)
        has_group = self._product.group_exposure_minor is not None
        needed = (*_NEEDED, CIRCLE_LINE) if has_group else _NEEDED
        all_known = logic.all(world.known(path) for path in needed)
        known = logic.all((sharing.free, logic.any((sharing.is_part, all_known))))
        line = Line(world, self._product, self._caps, self._pd(), sharing)
        self._definition += (*sharing.definition(), *line.definition())
        nothing = line.steps <= 0
        doubt = logic.all((logic.no(known), logic.no(sharing.declined)))
        refers = logic.any((doubt, logic.all((known, nothing, line.reachable))))
        shut = logic.all((known, nothing, logic.no(line.reachable)))
        declines = logic.any((sharing.declined, shut))
        self._referred = logic.any((self._referred, logic.all((active, refers))))
        self._ended = logic.any((self._ended, logic.all((active, declines))))
        zero = z3.IntVal(0, logic.context)
        return logic.choose(logic.formula(known), line.amount, zero)

    def _pd(self) -> Term:
        """Rules behind the score that add points move it once more: how far is left open."""
        pd = self._world.term("score.pd")
        if not self._moved_late:
            return pd
        late = self._logic.real(f"pd at the line {self._product.name}{self._world.name}")
        moved = self._logic.any(self._moved_late)
        self._definition += [
            late >= 0,
            late <= 1,
            self._logic.implies(self._logic.no(moved), late == pd),
        ]
        return late
