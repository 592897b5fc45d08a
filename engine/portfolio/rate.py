"""The new rating of accounts: PD in millionths, points, and why points were lost.

The card over statements is the one that decides applications, through the same feature code; it is
asked for many rows at once. A PD is rounded up to a millionth, so that all that follows is exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.portfolio.accounts import Accounts
from engine.portfolio.columns import MONTHS, Column, Kind
from engine.portfolio.exact import Bools, Ints
from engine.portfolio.policy import Rating, ReviewPolicy
from engine.portfolio.verdicts import Values
from engine.scoring import Scorecard
from engine.scoring.card import ADDITIVITY, MOST, Card
from engine.scoring.columns import Row
from engine.scoring.families import lost_points
from engine.scoring.features import Unavailability
from engine.scoring.points import probability
from engine.scoring.shares import Shares
from engine.scoring.statements import Statements, vectors
from engine.training.card import TableCard
from engine.training.encode import encoded, prepare
from engine.training.spec import Kind as SpecKind
from engine.training.table import Table

PPM = 1_000_000
#: Statuses of a month that are no delay and no balance carried.
NOT_USED, PAID_IN_FULL = -2, -1
_ROWS_AT_ONCE = 4_096

Families = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """PD in millionths, rounded up, and points, of each account; ``known``: where there is a PD.

    ``unrated``: why the others have none, counted. ``families`` gives the families that lost points
    of some rows, worst first.
    """

    pd_ppm: Ints
    points: Values
    known: Bools
    unrated: Counter[str]
    families: Callable[[Ints], list[Families]]


class Rater(Protocol):
    """Rates accounts."""

    @property
    def digests(self) -> tuple[str, ...]:
        """Of the models that it asks."""
        ...

    @property
    def columns(self) -> tuple[Column, ...]:
        """What it reads beside the columns of the policy."""
        ...

    def rate(self, accounts: Accounts) -> Rated:
        """The new rating of each."""
        ...


def rater_of(policy: ReviewPolicy, scorecards: Path) -> Rater:
    """The rater that a policy names; ``PolicyError`` if its card cannot be used."""
    match policy.rating:
        case Rating.STATEMENTS:
            return StatementRater(Scorecard.load(scorecards / policy.rated_by))
        case Rating.TABLE:
            taken = {column.name: column.kind for column in policy.columns}
            return TableRater(TableCard.load(scorecards / policy.rated_by), taken)
        case Rating.PD_COLUMN:
            return GivenPd(policy.rated_by)


class GivenPd:
    """The PD stands in a column. No families: nothing is known of its causes."""

    digests: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()

    def __init__(self, column: str) -> None:
        self._column = column

    def rate(self, accounts: Accounts) -> Rated:
        """As it stands there."""
        given = accounts.columns[self._column]
        missing = Counter({"not_given": int((~given.known).sum())}) + Counter()
        none = np.zeros(accounts.rows, dtype=np.bool_)
        return Rated(
            _ppm(given.data, given.known),
            Values(np.zeros(accounts.rows, dtype=np.int64), none),
            given.known,
            missing,
            lambda rows: [() for _ in rows],
        )


class StatementRater:
    """The scorecard over monthly statements: of applications, and of accounts."""

    columns: tuple[Column, ...] = ()

    def __init__(self, card: Scorecard) -> None:
        self._card = card
        self._shares = Shares(card.booster)
        self.digests = (card.digest,)

    def rate(self, accounts: Accounts) -> Rated:
        """Each account by its six statements."""
        months = {
            name: [accounts.columns[name.format(month)] for month in range(1, MONTHS + 1)]
            for name in ("status_{}", "balance_{}_minor", "limit_{}_minor", "payment_{}_minor")
        }
        there = np.logical_and.reduce([v.known for values in months.values() for v in values])
        status, balances, limits, payments = (
            np.stack([v.data for v in values]) for values in months.values()
        )
        no_limit = there & (limits == 0).any(axis=0)
        scored = there & ~no_limit
        why = Counter(
            {
                Unavailability.THIN_FILE.value: int((~there).sum()),
                Unavailability.LIMIT_UNKNOWN.value: int(no_limit.sum()),
            }
        )
        rows = vectors(
            Statements(
                delays=np.maximum(status[:, scored], 0),
                paid_in_full=status[:, scored] == PAID_IN_FULL,
                not_used=status[:, scored] == NOT_USED,
                balances=balances[:, scored],
                limits=limits[:, scored],
                payments=payments[:, scored],
            )
        )
        # Without the reasons that nobody has.
        return _rated(
            self._card, self._shares, np.ascontiguousarray(rows, dtype=np.float32), scored, +why
        )


class TableRater:
    """A card over columns of the file, trained by ``touchstone score train``."""

    def __init__(self, card: TableCard, taken: dict[str, Kind]) -> None:
        self._card = card
        self._shares = Shares(card.booster)
        self.digests = (card.digest,)
        kinds = {SpecKind.NUMBER: Kind.DOUBLE, SpecKind.CATEGORY: Kind.STRING}
        self.columns = tuple(
            Column(name, kinds[kind], f"read by the card {card.name}", low=-(10**15), high=10**15)
            for name, kind in card.reads.items()
            if name not in taken
        )

    def rate(self, accounts: Accounts) -> Rated:
        """Each account by its columns; the gate is that of the card."""
        columns = {name: self._column(accounts, name) for name in self._card.reads}
        prepared = prepare(self._card.features, Table("the accounts", "", columns, accounts.rows))
        scored = np.ones(accounts.rows, dtype=np.bool_)
        why: Counter[str] = Counter()
        for fault in prepared.faults:
            why[f"{fault.feature} {fault.why}"] += int((fault.mask & scored).sum())
            scored &= ~fault.mask
        rows = encoded(prepared, self._card.levels or {})
        return _rated(self._card, self._shares, np.ascontiguousarray(rows[scored]), scored, why)

    def _column(
        self, accounts: Accounts, name: str
    ) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        values = accounts.columns[name]
        if self._card.reads[name] is SpecKind.CATEGORY:
            texts = values.data.astype(object)
            texts[~values.known] = None
            return texts
        return np.where(values.known, values.data.astype(np.float64), np.nan)


def _rated(card: Card, shares: Shares, rows: Row, scored: Bools, why: Counter[str]) -> Rated:
    margins = card.booster.inplace_predict(rows, predict_type="margin") if len(rows) else []
    log_odds = card.calibrator.slope * np.asarray(margins, dtype=np.float64)
    log_odds += card.calibrator.intercept
    pd = np.zeros(len(scored))
    # Not numpy's ``exp``: on some processors its last digit is another than that of a decision.
    pd[scored] = [probability(value) for value in log_odds.tolist()]
    points = np.zeros(len(scored), dtype=np.int64)
    points[scored] = np.rint(card.scale.offset - card.scale.factor * log_odds).astype(np.int64)
    place = np.cumsum(scored) - 1

    def families(wanted: Ints) -> list[Families]:
        inside = place[wanted]
        there = scored[wanted]
        found = iter(lost_families(card, shares, rows[inside[there]]))
        return [next(found) if known else () for known in there]

    return Rated(_ppm(pd, scored), Values(points, scored), scored, why, families)


def _ppm(pd: np.ndarray[tuple[int], np.dtype[np.float64]], known: Bools) -> Ints:
    """Rounded up: whoever is rounded is not the better for it."""
    return np.where(known, np.ceil(np.where(known, pd, 0.0) * PPM), 0).astype(np.int64)


def unrated_ppm(policy: ReviewPolicy) -> int:
    """The PD that stands in the budgets for an account without one."""
    return ceil(policy.unrated_pd * PPM)


def lost_families(card: Card, shares: Shares, rows: Row) -> list[Families]:
    """The families of each row that lost points and hold when they are tried out, worst first.

    The same as ``Card.result`` names, for many rows at once.
    """
    found: list[Families] = []
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        found.extend(_lost(card, shares, rows[start : start + _ROWS_AT_ONCE]))
    return found


def _lost(card: Card, shares: Shares, rows: Row) -> list[Families]:
    margins = card.booster.inplace_predict(rows, predict_type="margin")
    found = shares.of(rows)
    if np.abs(found.astype(np.float64).sum(axis=1) - margins).max(initial=0) >= ADDITIVITY:
        raise ArithmeticError("the contributions do not add to the margin")
    per_margin = -card.scale.factor * card.calibrator.slope
    reference = np.array(card.reference)
    losses = per_margin * (reference - found[:, :-1].astype(np.float64))
    named = [
        [family for family, _ in _named(card, values, lost)]
        for values, lost in zip(rows.tolist(), losses.tolist(), strict=True)
    ]
    return _tried(card, rows, margins.tolist(), named)


def _named(
    card: Card, values: Sequence[float], losses: Sequence[float]
) -> Sequence[tuple[str, int]]:
    if isinstance(card, TableCard):
        return card.lost(values, losses)
    return lost_points(values, losses)


def _tried(
    card: Card, rows: Row, margins: Sequence[float], named: Sequence[Sequence[str]]
) -> list[Families]:
    """Each family is replaced by the reference applicant's values; it must make a difference."""
    if card.typical is None:
        return [tuple(map(str, families[:MOST])) for families in named]
    owners = [row for row, families in enumerate(named) for _ in families]
    if not owners:
        return [() for _ in named]
    tried = rows[owners]
    places: dict[tuple[int, ...], list[int]] = {}
    told = [family for families in named for family in families]
    for place, (family, values) in enumerate(zip(told, tried.tolist(), strict=True)):
        places.setdefault(tuple(card.columns_of(family, values)), []).append(place)
    for columns, which in places.items():
        tried[np.ix_(which, columns)] = card.typical[0, list(columns)]
    without = iter(card.booster.inplace_predict(tried, predict_type="margin").tolist())
    return [
        tuple([str(family) for family in families if next(without) < margin][:MOST])
        for families, margin in zip(named, margins, strict=True)
    ]
