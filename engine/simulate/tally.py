"""What a simulation counts. Tallies of parts add up to the tally of the whole, exactly.

Amounts are approved lines in minor units; expected losses are rounded to the minor unit for each
decision, so that sums do not depend on their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.lines import Product
from engine.outcome import Decision, Outcome, RuleResult

#: Decisions named in each list of a report.
MAX_NAMED = 50
#: Why an application was not compared.
KINDS = ("erased", "cannot_tell", "refused", "failed")
DIMENSIONS = ("product", "channel", "customer_segment")
#: Bounds of the histogram of line changes, in major units: below, from, ...
LINE_STEPS = (-50_000, -20_000, -10_000, -5_000, 0, 0.01, 5_000, 10_000, 20_000, 50_000)
#: Bounds of the histograms of the PD.
PD_STEPS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7)


@dataclass(slots=True)
class Side:
    """One of the two policies over the decisions compared."""

    approved: int = 0
    line_minor: int = 0
    loss_minor: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    pd: Counter[int] = field(default_factory=Counter)

    def add(self, decision: Decision, product: Product | None) -> None:
        """Count one decision; ``pd``: of the approved, by ``PD_STEPS``. ``None``: no loss."""
        self.reasons.update({reason.code for reason in decision.reasons})
        self.rules.update(
            rule.rule_id
            for stage in decision.stages
            for rule in stage.rules
            if rule.result is RuleResult.HIT
        )
        if decision.outcome is Outcome.APPROVE:
            self.approved += 1
            self.line_minor += approved_line(decision)
            if product is not None:
                self.loss_minor += expected_loss(decision, product)
            if decision.score is not None:
                self.pd[_bucket(decision.score.pd, PD_STEPS)] += 1

    def merge(self, other: Side) -> None:
        """Add another part's."""
        self.approved += other.approved
        self.line_minor += other.line_minor
        self.loss_minor += other.loss_minor
        self.reasons.update(other.reasons)
        self.rules.update(other.rules)
        self.pd.update(other.pd)


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """A decision that came out differently. Sorted: the greatest change of the line first."""

    rank: int
    decision_id: str
    current: str
    candidate: str
    current_line_minor: int
    candidate_line_minor: int
    reasons: tuple[str, ...]


Cell = tuple[str, str]
"""Outcomes under the current policy and under the candidate."""


@dataclass(slots=True)
class Tally:
    """All that a report needs.

    ``cannot_tell``: in need of a source that was not asked; ``refused``: not for this policy, such
    as a product that it does not have; ``failed``: neither. ``named``: some ids of each kind, with
    why. ``loss_unknown``: decisions whose loss is counted on neither side, since the policy that
    made them is not at hand. ``segments``: by dimension and value.
    """

    compared: int = 0
    erased: int = 0
    cannot_tell: int = 0
    refused: int = 0
    failed: int = 0
    loss_unknown: int = 0
    named: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    cells: Counter[Cell] = field(default_factory=Counter)
    current: Side = field(default_factory=Side)
    candidate: Side = field(default_factory=Side)
    lines: Counter[int] = field(default_factory=Counter)
    line_up: int = 0
    line_down: int = 0
    segments: dict[Cell, Counter[Cell]] = field(default_factory=dict)
    swap_pd: dict[str, Counter[int]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def add(
        self,
        current: Decision,
        candidate: Decision,
        products: tuple[Product | None, Product],
        segments: Iterable[str],
        unit: int,
    ) -> None:
        """Count one decision. ``segments``: its values in the order of ``DIMENSIONS``.

        ``products``: as each policy has it, ``None`` if that is not known. ``unit``: minor units in
        a major one.
        """
        self.compared += 1
        cell = (current.outcome.value, candidate.outcome.value)
        self.cells[cell] += 1
        self.loss_unknown += products[0] is None
        self.current.add(current, products[0])
        self.candidate.add(candidate, None if products[0] is None else products[1])
        for name, value in zip(DIMENSIONS, segments, strict=True):
            self.segments.setdefault((name, value), Counter())[cell] += 1
        lines = approved_line(current), approved_line(candidate)
        delta = lines[1] - lines[0]
        if current.outcome is candidate.outcome is Outcome.APPROVE:
            self.lines[_bucket(delta / unit, LINE_STEPS)] += 1
            self.line_up += delta > 0
            self.line_down += delta < 0
        self._swap(current, candidate)
        if delta or cell[0] != cell[1]:
            reasons = tuple(reason.code for reason in candidate.reasons)
            self.changes.append(Change(-abs(delta), current.decision_id, *cell, *lines, reasons))
            if len(self.changes) > 4 * MAX_NAMED:
                self._cut()

    def _swap(self, current: Decision, candidate: Decision) -> None:
        before, after = (d.outcome is Outcome.APPROVE for d in (current, candidate))
        score = candidate.score or current.score
        if before is not after and score is not None:
            kind = "in" if after else "out"
            self.swap_pd.setdefault(kind, Counter())[_bucket(score.pd, PD_STEPS)] += 1

    def leave(self, kind: str, decision_id: str, why: str) -> None:
        """Count a decision that could not be compared."""
        setattr(self, kind, getattr(self, kind) + 1)
        named = self.named.setdefault(kind, [])
        if len(named) < MAX_NAMED:
            named.append((decision_id, why))

    def merge(self, other: Tally) -> None:
        """Add another part's; in the order of the parts, so that lists are the same each time."""
        for name in ("compared", "loss_unknown", *KINDS):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, named in other.named.items():
            self.named[kind] = (self.named.get(kind, []) + named)[:MAX_NAMED]
        self.cells.update(other.cells)
        self.current.merge(other.current)
        self.candidate.merge(other.candidate)
        self.lines.update(other.lines)
        self.line_up += other.line_up
        self.line_down += other.line_down
        for key, counts in other.segments.items():
            self.segments.setdefault(key, Counter()).update(counts)
        for kind, pds in other.swap_pd.items():
            self.swap_pd.setdefault(kind, Counter()).update(pds)
        self.changes += other.changes
        self._cut()

    def _cut(self) -> None:
        self.changes = sorted(self.changes)[:MAX_NAMED]


def approved_line(decision: Decision) -> int:
    """The line that was granted, minor units."""
    granted = decision.outcome is Outcome.APPROVE and decision.line is not None
    return decision.line.line_minor if granted and decision.line is not None else 0


def expected_loss(decision: Decision, product: Product) -> int:
    """PD x loss given default x expected use x line, minor units, as the loss budget has it."""
    if decision.score is None:
        return 0
    band = product.band(decision.score.pd)
    rate = float(product.loss_given_default * band.expected_use) * decision.score.pd
    return round(rate * approved_line(decision))


def _bucket(value: float, steps: Iterable[float]) -> int:
    return sum(value >= step for step in steps)
