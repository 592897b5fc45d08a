"""The evidence plan: the cheapest proofs that bring the line to what was asked. Pure and exact.

Every admissible set of proofs is looked at in the order of (cost, number, days, names), at most
one of the alternative income proofs in a set, so the first that reaches the target is the best.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from math import ceil

from engine.lines.caps import room_by_strength
from engine.lines.evidence import counted, strength_of
from engine.lines.inputs import LineInputs
from engine.lines.product import Combine, EvidenceRule, Product
from engine.lines.sharing import line_range
from engine.model import EvidenceKind
from engine.outcome import PlanItem

_PARTS = 1 << 10
"""How finely the common share of several proofs is sought; each is then lowered on its grid."""


def evidence_plan(product: Product, inputs: LineInputs, target_minor: int) -> tuple[PlanItem, ...]:
    """The cheapest proofs with which the line reaches ``target_minor``, by kind.

    If no proofs reach it: the cheapest that give the highest line there is. Empty if there is
    nothing to gain. Each item names the least amount, on the grid of its kind, that is enough
    beside the others: lowering any of them by a step misses the target.
    """
    search = _Search(product, inputs)
    target = min(target_minor, search.most(search.open))
    if target <= search.line({}):
        return ()
    chosen = next(kinds for kinds in search.sets() if search.most(kinds) >= target)
    amounts = search.least_amounts(chosen, target)
    return tuple(
        PlanItem(
            proof=kind.value,
            least_amount_minor=amounts[kind],
            cost=product.evidence[kind].cost,
            days=product.evidence[kind].days,
        )
        for kind in chosen
    )


class _Search:
    """The line as a function of further proofs: amounts by kind, minor units."""

    def __init__(self, product: Product, inputs: LineInputs) -> None:
        self._product = product
        self._minimum, _ = line_range(product, inputs)
        self._room = room_by_strength(product, inputs)
        self._held = counted(product, inputs.evidence)
        #: Kinds of which a further proof could count for more than there is.
        self.open = tuple(
            kind
            for kind, rule in product.evidence.items()
            if rule.haircut > 0 and self._held[kind] < rule.cap_minor
        )

    def sets(self) -> Iterator[tuple[EvidenceKind, ...]]:
        """Every admissible set, the best first."""
        kinds = self.open
        admissible = (
            chosen
            for size in range(1, len(kinds) + 1)
            for chosen in combinations(kinds, size)
            if sum(self._rule(kind).combine is Combine.ALTERNATIVE for kind in chosen) <= 1
        )
        yield from sorted(admissible, key=self._rank)

    def _rank(self, kinds: Sequence[EvidenceKind]) -> tuple[int, int, int, list[str]]:
        """Proofs are gathered side by side, so a set takes as long as the slowest."""
        rules = [self._rule(kind) for kind in kinds]
        cost, days = sum(rule.cost for rule in rules), max(rule.days for rule in rules)
        return cost, len(kinds), days, sorted(kind.value for kind in kinds)

    def _rule(self, kind: EvidenceKind) -> EvidenceRule:
        return self._product.evidence[kind]

    def full(self, kinds: Sequence[EvidenceKind]) -> dict[EvidenceKind, int]:
        """For each kind the least amount that counts for all that the kind can count for."""
        return {kind: _full(self._rule(kind)) for kind in kinds}

    def most(self, kinds: Sequence[EvidenceKind]) -> int:
        """The line with all that these kinds can count for."""
        caps = {kind: self._rule(kind).cap_minor for kind in kinds}
        return self._line(self._held | caps)

    def line(self, amounts: Mapping[EvidenceKind, int]) -> int:
        """The line with these proofs beside those there are."""
        held = dict(self._held)
        for kind, amount in amounts.items():
            rule = self._rule(kind)
            worth = rule.haircut.numerator * amount // rule.haircut.denominator
            alternative = rule.combine is Combine.ALTERNATIVE
            both = max(held[kind], worth) if alternative else held[kind] + worth
            held[kind] = min(both, rule.cap_minor)
        return self._line(held)

    def _line(self, held: Mapping[EvidenceKind, int]) -> int:
        room = self._room(*strength_of(self._product, held))
        if room < self._minimum:
            return 0
        return room // self._product.step_minor * self._product.step_minor

    def least_amounts(self, kinds: Sequence[EvidenceKind], target: int) -> dict[EvidenceKind, int]:
        """The same share of each kind's most, as small as it gets; then each alone, in order."""
        most = self.full(kinds)

        def shares(part: int) -> dict[EvidenceKind, int]:
            return {kind: _on_grid(self._rule(kind), most[kind] * part // _PARTS) for kind in kinds}

        amounts = shares(_least(_PARTS, lambda part: self.line(shares(part)) >= target))
        for kind in kinds:
            grid = self._rule(kind).grid_minor

            def alone(steps: int, kind: EvidenceKind = kind, grid: int = grid) -> bool:
                return self.line(amounts | {kind: steps * grid}) >= target

            amounts[kind] = _least(amounts[kind] // grid, alone) * grid
        return amounts


def _full(rule: EvidenceRule) -> int:
    return _on_grid(rule, ceil(rule.cap_minor / rule.haircut))


def _on_grid(rule: EvidenceRule, amount: int) -> int:
    """Up to the grid, one step at least."""
    return max(-(-amount // rule.grid_minor), 1) * rule.grid_minor


def _least(most: int, enough: Callable[[int], bool]) -> int:
    """The least number from 1 to ``most`` that is enough; ``most`` is."""
    return 1 + bisect_left(range(1, most), True, key=enough)  # noqa: FBT003 - what is sought
