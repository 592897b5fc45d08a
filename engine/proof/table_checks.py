"""What is wrong with decision tables: rows never reached, rows that overlap, gaps."""

from __future__ import annotations

from collections.abc import Iterator

import z3

from engine.proof.findings import listed, name_of, unproved, warning
from engine.proof.logic import Term
from engine.proof.model import PolicyModel
from engine.proof.search import Found, GaveUp, Proved
from engine.proof.stages import RuleTruth
from engine.proof.tables import is_otherwise, settles
from engine.proof.witness import Witness
from engine.rules import Code, Diagnostic, Rule, Ruleset, Severity
from engine.rules.tables.model import HitPolicy

#: Pairs of rows reported for one table; mending those shows what is left.
_MOST_PAIRS = 20


class TableChecks:
    """Checks the tables of a policy."""

    def __init__(self, model: PolicyModel) -> None:
        self._model = model
        self._stages, self._logic = model.stages, model.logic

    def run(self, stage: int, reached: Term) -> Iterator[Diagnostic]:
        """Overlaps and gaps of the stage's tables. ``reached``: that the road comes so far."""
        for name in self._stages.stages[stage].rulesets:
            ruleset = self._model.bundle.rulesets[name]
            rows = [row for row in ruleset.rules if not is_otherwise(row)]
            if ruleset.table is None or not rows:
                continue
            if ruleset.table.hit is HitPolicy.UNIQUE:
                yield from self._overlaps(stage, rows, reached)
            if ruleset.table.hit is not HitPolicy.COLLECT and len(rows) == len(ruleset.rules):
                yield from self._gap(stage, ruleset, reached)

    def always_overlaps(self, row: RuleTruth) -> bool:
        """Whether a row of a ``unique`` table fits something, but always together with others."""
        table = self._model.bundle.rulesets[row.rule.ruleset].table
        if table is None or table.hit is not HitPolicy.UNIQUE:
            return False
        fits = self._stages.raw(row.stage, row.rule).true
        return not isinstance(self._model.search.find(fits, lambda _: False), Proved)

    def taken(self, row: RuleTruth) -> Diagnostic | None:
        """Why a row of a table that has its turn for nobody is passed over by others."""
        ruleset = self._model.bundle.rulesets[row.rule.ruleset]
        place = next(n for n, rule in enumerate(ruleset.rules) if rule is row.rule)
        if ruleset.table is None or ruleset.table.hit is not HitPolicy.FIRST:
            return None
        raws = [self._stages.raw(row.stage, rule) for rule in ruleset.rules]
        earlier = ruleset.rules[:place]
        free = [
            self._logic.no(settles(self._logic, rule, raw))
            for rule, raw in zip(earlier, raws[:place], strict=True)
        ]
        answer = self._model.search.find(raws[place].true, lambda _: False, free)
        if not isinstance(answer, Proved) or not answer.needed:
            return None
        takers = listed(f"row {number + 1}" for number in answer.needed)
        return warning(
            Code.ROW_TAKEN,
            row.rule,
            f"{name_of(row.rule)} is never reached: {takers} before it "
            f"{'takes' if len(answer.needed) == 1 else 'take'} every application that it fits",
            "move the row up, narrow the rows before it, or remove it",
        )

    def _overlaps(self, stage: int, rows: list[Rule], reached: Term) -> Iterator[Diagnostic]:
        """Pairs of rows that both fit, each with an application."""
        if len(rows) == 1:
            return
        fits = [self._stages.raw(stage, row).true for row in rows]
        any_two = z3.AtLeast(*(self._logic.formula(term) for term in fits), 2)
        goal = self._logic.all((reached, any_two))
        answer = self._model.search.find(goal, lambda found: len(self._fitting(rows, found)) > 1)
        if isinstance(answer, GaveUp):
            yield unproved(rows[0], "whether rows of the table overlap", answer.why)
        if not isinstance(answer, Found):
            return
        left = _MOST_PAIRS
        for later in range(1, len(rows)):
            for item in self._with_earlier(rows, fits, later, reached):
                yield item
                left -= 1
                if not left:
                    return

    def _with_earlier(
        self, rows: list[Rule], fits: list[Term], later: int, reached: Term
    ) -> Iterator[Diagnostic]:
        """The rows before one that fit together with it."""
        known: set[int] = set()

        def fresh(witness: Witness) -> set[int]:
            together = set(self._fitting(rows[: later + 1], witness))
            return together - known - {later} if later in together else set()

        here = self._logic.all((reached, fits[later]))
        while True:
            others = [n for n in range(later) if n not in known]
            goal = self._logic.all((here, self._logic.any(fits[n] for n in others)))
            answer = self._model.search.find(goal, lambda found: bool(fresh(found)))
            if isinstance(answer, GaveUp):
                yield unproved(rows[later], "whether it overlaps with rows before it", answer.why)
            if not isinstance(answer, Found):
                return
            for earlier in sorted(fresh(answer.witness)):
                known.add(earlier)
                both = self._logic.all((here, fits[earlier]))
                yield self._overlap(rows[earlier], rows[later], both, answer)

    def _fitting(self, rows: list[Rule], witness: Witness) -> list[int]:
        fits = self._model.trials.run(witness).fits
        return [n for n, row in enumerate(rows) if row.id in fits]

    def _overlap(self, first: Rule, second: Rule, goal: Term, answer: Found[Witness]) -> Diagnostic:
        def accept(witness: Witness) -> bool:
            return {first.id, second.id} <= self._model.trials.run(witness).fits

        witness = self._model.search.nearest(goal, accept, answer.witness)
        shown = self._model.shown(witness, (first, second))
        numbers = [rule.row.number for rule in (first, second) if rule.row is not None]
        return Diagnostic(
            Code.ROWS_OVERLAP,
            Severity.ERROR,
            f"rows {numbers[0]} and {numbers[1]} of table `{first.ruleset}` both fit, "
            "and `hit: unique` allows one",
            second.span,
            hint=f"for example: {shown}",
        )

    def _gap(self, stage: int, ruleset: Ruleset, reached: Term) -> Iterator[Diagnostic]:
        """An application that no row covers."""
        misses = (self._stages.raw(stage, row).false for row in ruleset.rules)
        goal = self._logic.all((reached, *misses))
        ids = {row.id for row in ruleset.rules}
        name = self._stages.stages[stage].name

        def accept(witness: Witness) -> bool:
            trial = self._model.trials.run(witness)
            return name in trial.ran and not ids & set(trial.results)

        answer = self._model.search.find(goal, accept)
        if isinstance(answer, GaveUp):
            yield unproved(ruleset.rules[0], "whether the table has gaps", answer.why)
        if not isinstance(answer, Found) or ruleset.table is None:
            return
        witness = self._model.search.nearest(goal, accept, answer.witness)
        yield Diagnostic(
            Code.TABLE_GAP,
            Severity.WARNING,
            f"table `{ruleset.name}` has a gap: there are applications that no row fits",
            ruleset.table.span,
            hint=f"for example: {self._model.shown(witness, ruleset.rules)}; "
            "add the rows that are missing, or `otherwise`",
        )
