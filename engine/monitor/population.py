"""Everything that is counted of a window. Populations of days add up to that of their window.

All are sums of whole numbers, so that the order of records, days and parts does not matter, and an
application can be taken back when a later decision takes the place of its earlier one. Bounded:
beyond the bounds below, what is new counts as ``OTHER``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.monitor.calibration import pd_band
from engine.monitor.cells import BILLION, Cell
from engine.monitor.histogram import bucket
from engine.monitor.observation import Observation, Scored, Segment
from engine.outcome import Outcome
from engine.reported import Performance

OTHER = "(other)"
#: Distinct combinations of the dimensions in one population.
MOST_SEGMENTS = 20_000
#: Distinct codes of one kind, such as reasons.
MOST_CODES = 2_000
MOST_CARDS = 32
_LEAST_POINTS, _MOST_POINTS = -200, 1_500


@dataclass(slots=True)
class CardCounts:
    """What one card said. ``features``: counts by feature and bin. ``good``, ``bad``: by points."""

    n: int = 0
    points: Counter[int] = field(default_factory=Counter)
    features: list[Counter[int]] = field(default_factory=list)
    placed: int = 0
    good: Counter[int] = field(default_factory=Counter)
    bad: Counter[int] = field(default_factory=Counter)

    def add(self, scored: Scored, performance: Performance | None, weight: int) -> None:
        """Count one score, and how it turned out if that is known."""
        points = min(max(scored.points, _LEAST_POINTS), _MOST_POINTS)
        self.n += weight
        self.points[points] += weight
        if scored.places:
            self.placed += weight
            while len(self.features) < len(scored.places):
                self.features.append(Counter())
            for counts, place in zip(self.features, scored.places, strict=True):
                counts[place] += weight
        if performance is Performance.GOOD:
            self.good[points] += weight
        elif performance is Performance.BAD:
            self.bad[points] += weight

    def merge(self, other: CardCounts) -> None:
        """Add another's."""
        self.n += other.n
        self.placed += other.placed
        for mine, theirs in (
            (self.points, other.points),
            (self.good, other.good),
            (self.bad, other.bad),
        ):
            mine.update(theirs)
        while len(self.features) < len(other.features):
            self.features.append(Counter())
        for counts, more in zip(self.features, other.features, strict=False):
            counts.update(more)


@dataclass(slots=True)
class Duel:
    """A challenger beside the champion on the same applications; points of each as differences."""

    n: int = 0
    difference: int = 0
    difference_square: int = 0
    pd_difference: int = 0
    champion: CardCounts = field(default_factory=CardCounts)
    challenger: CardCounts = field(default_factory=CardCounts)

    def add(
        self, champion: Scored, challenger: Scored, performance: Performance | None, weight: int
    ) -> None:
        """Count one application that both have scored."""
        apart = challenger.points - champion.points
        self.n += weight
        self.difference += weight * apart
        self.difference_square += weight * apart * apart
        self.pd_difference += weight * round((challenger.pd - champion.pd) * BILLION)
        for counts, scored in ((self.champion, champion), (self.challenger, challenger)):
            plain = Scored(scored.card, scored.digest, scored.points, scored.pd)
            counts.add(plain, performance, weight)

    def merge(self, other: Duel) -> None:
        """Add another's."""
        self.n += other.n
        self.difference += other.difference
        self.difference_square += other.difference_square
        self.pd_difference += other.pd_difference
        self.champion.merge(other.champion)
        self.challenger.merge(other.challenger)


@dataclass(slots=True)
class Population:
    """``bands``: by band of PD, accounts with an outcome. ``reviews``: by both outcomes."""

    cells: dict[Segment, Cell] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    leading: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    caps: Counter[str] = field(default_factory=Counter)
    limit_statuses: Counter[str] = field(default_factory=Counter)
    degradations: Counter[str] = field(default_factory=Counter)
    policies: Counter[str] = field(default_factory=Counter)
    currencies: Counter[str] = field(default_factory=Counter)
    reviews: Counter[tuple[str, str]] = field(default_factory=Counter)
    lines: Counter[int] = field(default_factory=Counter)
    offers: Counter[int] = field(default_factory=Counter)
    pds: Counter[int] = field(default_factory=Counter)
    bands: dict[int, Cell] = field(default_factory=dict)
    cards: dict[tuple[str, str], CardCounts] = field(default_factory=dict)
    fraud_cards: dict[tuple[str, str], CardCounts] = field(default_factory=dict)
    duels: dict[tuple[str, str], Duel] = field(default_factory=dict)
    indeterminate: int = 0
    unbooked: int = 0

    @property
    def n(self) -> int:
        """Applications."""
        return sum(self.outcomes.values())

    def add(self, seen: Observation, weight: int = 1) -> None:
        """Count an application; ``weight`` -1 takes back what was counted with 1."""
        self.outcomes[seen.outcome.value] += weight
        _count(self.policies, (seen.policy,), weight)
        _count(self.currencies, (seen.currency,), weight)
        _count(self.reasons, seen.reasons, weight)
        _count(self.rules, seen.rules, weight)
        if seen.outcome is not Outcome.APPROVE:
            _count(self.leading, seen.reasons[:1], weight)
        if seen.limit_status:
            self.limit_statuses[seen.limit_status] += weight
        if seen.segment.degradation:
            _count(self.degradations, seen.segment.degradation.split("+"), weight)
        if seen.review is not None:
            self.reviews[seen.outcome.value, seen.review.value] += weight
        self._amounts(seen, weight)
        self._scores(seen, weight)
        cell = self._cell(seen.segment)
        cell.add(seen, weight)
        self._outcome(seen, cell, weight)

    def _amounts(self, seen: Observation, weight: int) -> None:
        if seen.outcome is not Outcome.APPROVE:
            return
        self.lines[bucket(seen.line_minor)] += weight
        self.offers[bucket(seen.offer_minor)] += weight
        if seen.cap:
            self.caps[seen.cap] += weight

    def _scores(self, seen: Observation, weight: int) -> None:
        if seen.fraud_score is not None:
            _card(self.fraud_cards, seen.fraud_score).add(seen.fraud_score, None, weight)
        if seen.score is None:
            return
        booked = seen.performance if _booked(seen) else None
        _card(self.cards, seen.score).add(seen.score, booked, weight)
        self.pds[pd_band(seen.score.pd)] += weight
        for shadow in seen.challengers:
            key = shadow.card, shadow.digest
            if key in self.duels or len(self.duels) < MOST_CARDS:
                self.duels.setdefault(key, Duel()).add(seen.score, shadow, booked, weight)

    def _outcome(self, seen: Observation, cell: Cell, weight: int) -> None:
        if seen.performance is None:
            return
        if not _booked(seen):
            self.unbooked += weight
        elif seen.performance is Performance.INDETERMINATE:
            self.indeterminate += weight
        elif seen.score is not None:
            bad = seen.performance is Performance.BAD
            band = self.bands.setdefault(pd_band(seen.score.pd), Cell())
            for where in (band, cell):
                where.mature(seen.score.pd, weight, bad=bad)

    def _cell(self, segment: Segment) -> Cell:
        return self.cells.setdefault(_room(segment, self.cells), Cell())

    def merge(self, other: Population) -> None:
        """Add another's."""
        for name in _CODES:
            _merge(getattr(self, name), getattr(other, name))
        for name in ("outcomes", "limit_statuses", "caps", "reviews", "lines", "offers", "pds"):
            getattr(self, name).update(getattr(other, name))
        for segment, cell in other.cells.items():
            self._cell(segment).merge(cell)
        for band, cell in other.bands.items():
            self.bands.setdefault(band, Cell()).merge(cell)
        for mine, theirs in ((self.cards, other.cards), (self.fraud_cards, other.fraud_cards)):
            for card, counts in theirs.items():
                mine.setdefault(_known(card, mine), CardCounts()).merge(counts)
        for card, duel in other.duels.items():
            if card in self.duels or len(self.duels) < MOST_CARDS:
                self.duels.setdefault(card, Duel()).merge(duel)
        self.indeterminate += other.indeterminate
        self.unbooked += other.unbooked

    def by(self, dimension: str) -> dict[str, Cell]:
        """The cells of one dimension, such as ``channel``."""
        place = Segment._fields.index(dimension)
        found: dict[str, Cell] = {}
        for segment, cell in self.cells.items():
            found.setdefault(segment[place], Cell()).merge(cell)
        return found

    def by_pair(self, one: str, two: str) -> dict[tuple[str, str], Cell]:
        """The cells of two dimensions crossed."""
        first, second = Segment._fields.index(one), Segment._fields.index(two)
        found: dict[tuple[str, str], Cell] = {}
        for segment, cell in self.cells.items():
            found.setdefault((segment[first], segment[second]), Cell()).merge(cell)
        return found

    def whole(self) -> Cell:
        """All cells in one."""
        total = Cell()
        for cell in self.cells.values():
            total.merge(cell)
        return total


_CODES = ("reasons", "leading", "rules", "degradations", "policies", "currencies")


def merged(parts: Iterable[Population]) -> Population:
    """The sum of all."""
    total = Population()
    for part in parts:
        total.merge(part)
    return total


def _booked(seen: Observation) -> bool:
    """Only who got a card has an outcome: approved here, or by a person after a referral."""
    return (seen.review or seen.outcome) is Outcome.APPROVE


def _count(counts: Counter[str], codes: Iterable[str], weight: int) -> None:
    for code in codes:
        known = code in counts or len(counts) < MOST_CODES
        counts[code if known else OTHER] += weight


def _merge(counts: Counter[str], other: Counter[str]) -> None:
    for code, count in other.items():
        _count(counts, (code,), count)


def _card(cards: dict[tuple[str, str], CardCounts], scored: Scored) -> CardCounts:
    return cards.setdefault(_known((scored.card, scored.digest), cards), CardCounts())


def _known(card: tuple[str, str], cards: dict[tuple[str, str], CardCounts]) -> tuple[str, str]:
    return card if card in cards or len(cards) < MOST_CARDS else (OTHER, "")


def _room(segment: Segment, cells: dict[Segment, Cell]) -> Segment:
    """The segment itself while there is room, then without the finest dimensions."""
    if segment in cells or len(cells) < MOST_SEGMENTS:
        return segment
    coarse = segment._replace(branch=OTHER, staff_member=OTHER, partner=OTHER)
    if coarse in cells or len(cells) < 2 * MOST_SEGMENTS:
        return coarse
    return Segment(*(OTHER for _ in Segment._fields))


def nonzero(counts: Counter[str]) -> Iterator[tuple[str, int]]:
    """Codes with a count, the most frequent first, then by name."""
    return iter(sorted(((c, n) for c, n in counts.items() if n), key=lambda kv: (-kv[1], kv[0])))
