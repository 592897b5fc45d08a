"""Windows of a ledger counted: whole, cut by dimensions, day by day; in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from engine.monitor.cells import Cell
from engine.monitor.observation import DIMENSIONS, Observation, observe
from engine.monitor.population import OTHER, Population
from engine.privacy import Keyring, Sealer
from engine.record import DecisionRecord
from engine.reported import KIND
from engine.simulate.parallel import in_parts
from engine.simulate.sources import Filters, Gone, Part, StoredDecisions, ledger_connection
from engine.watch.outcomes import NOTHING, Known, reported
from engine.watch.shelf import Shelf

Progress = Callable[[int, int], None]
#: Values of a dimension that get a report of their own; all others together get one.
MOST_VALUES = 20
_MICROS = 1_000_000


@dataclass(slots=True)
class Counts:
    """``by``: a population for each value of the dimensions asked for. ``days``: by day, UTC."""

    whole: Population = field(default_factory=Population)
    by: dict[tuple[str, str], Population] = field(default_factory=dict)
    days: dict[date, Cell] = field(default_factory=dict)
    gone: Counter[str] = field(default_factory=Counter)

    def add(self, seen: Observation, values: Sequence[tuple[str, str]]) -> None:
        """Count one application; ``values``: in which cuts."""
        self.whole.add(seen)
        for value in values:
            self.by.setdefault(value, Population()).add(seen)
        day = datetime.fromtimestamp(seen.at_us // _MICROS, UTC).date()
        self.days.setdefault(day, Cell()).add(seen)

    def merge(self, other: Counts) -> None:
        """Add another part's."""
        self.whole.merge(other.whole)
        for value, population in other.by.items():
            self.by.setdefault(value, Population()).merge(population)
        for day, cell in other.days.items():
            self.days.setdefault(day, Cell()).merge(cell)
        self.gone.update(other.gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``kept``: of each dimension to cut by, the values that get counts of their own."""

    source: StoredDecisions
    kept: Mapping[str, frozenset[str]]
    outcomes: bool


def count_window(
    source: StoredDecisions,
    by: Sequence[str] = (),
    *,
    processes: int = 1,
    progress: Progress = lambda _done, _parts: None,
) -> Counts:
    """Everything of one window; an application counts once, by its last decision in it.

    Raises ``PolicyError`` without a ledger, ``KeyringError`` for the keys of another one.
    """
    source = replace(source, filters=replace(source.filters, last=True))
    parts = source.parts()
    plan = Plan(
        source=source,
        kept={name: _frequent(source, name) for name in by},
        outcomes=_any_outcome(source.data_dir),
    )
    total = Counts()
    for done, counts in enumerate(in_parts(_Counting, plan, parts, processes), start=1):
        total.merge(counts)
        progress(done, len(parts))
    return total


def _frequent(source: StoredDecisions, name: str) -> frozenset[str]:
    """The most frequent values of a dimension in the window."""
    if name not in DIMENSIONS:
        raise ValueError(f"there is no dimension {name}")
    where, values = source.filters.terms()
    with closing(ledger_connection(source.data_dir)) as connection:
        rows = connection.execute(
            f"SELECT {name} FROM records WHERE {where} GROUP BY {name}"  # noqa: S608 - a column
            " ORDER BY count(*) DESC, 1 LIMIT ?",
            (*values, MOST_VALUES),
        ).fetchall()
    return frozenset(str(row[0]) for row in rows)


def _any_outcome(data_dir: Path) -> bool:
    with closing(ledger_connection(data_dir)) as connection:
        rows = connection.execute(
            "SELECT 1 FROM records WHERE kind = ? AND kind <> 'decision' LIMIT 1", (KIND,)
        ).fetchall()
    return bool(rows)


class _Counting:
    """One process's part of the work."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._shelf = Shelf(plan.source.policies)
        self._sealer = Sealer(Keyring.open(plan.source.keys, ledger_exists=True).master_key)

    def run(self, part: Part) -> Counts:
        """The counts of one part."""
        counts = Counts()
        known = self._known(part)
        for item in self._plan.source.read(part):
            if isinstance(item, Gone):
                counts.gone[item.kind] += 1
            elif item.decided is not None:
                record = DecisionRecord(
                    admission=item.admission, gathered=item.gathered, decision=item.decided
                )
                seen = observe(
                    record,
                    self._shelf,
                    known.reviews.get(item.admission.decision_id),
                    known.performances.get(item.admission.applicant_key),
                )
                counts.add(seen, self._values(seen))
        return counts

    def close(self) -> None:
        """Nothing is held."""

    def _known(self, part: Part) -> Known:
        if not self._plan.outcomes:
            return NOTHING
        with closing(ledger_connection(self._plan.source.data_dir)) as connection:
            return reported(connection, self._sealer, *part)

    def _values(self, seen: Observation) -> list[tuple[str, str]]:
        found = []
        for name, kept in self._plan.kept.items():
            value = str(getattr(seen.segment, name))
            found.append((name, value if value in kept else OTHER))
        return found


def window(
    data_dir: Path,
    keys: Path,
    since: date | None,
    until: date | None,
    only: Sequence[tuple[str, str]] = (),
) -> StoredDecisions:
    """The decisions of a window: days of UTC, the first inclusive, the last exclusive."""
    filters = Filters(since=since, until=until, only=tuple(only), last=True)
    return StoredDecisions(data_dir=data_dir, keys=keys, filters=filters)
