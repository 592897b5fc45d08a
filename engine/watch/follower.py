"""Follows a ledger that another process writes: every new record once, in order, from a start
that is within the window and within a bound.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from engine.codec import decode
from engine.ledger.schema import open_reader
from engine.ledger.sqlite import FILE_NAME
from engine.monitor.observation import observe
from engine.monitor.population import Population
from engine.monitor.rolling import HOUR_US, Rolling
from engine.outcome import Outcome
from engine.privacy import Keyring, Sealer
from engine.record import DecisionRecord
from engine.reported import KIND, OutcomeReport, Performance
from engine.watch.shelf import Shelf

_BATCH = 500
#: Reports of one person that are looked at, the latest first.
_MOST_REPORTS = 100
_Row = tuple[int, str, str, str, bytes, int, bytes]
_COLUMNS = "sequence, kind, decision_id, r.subject, body, r.key_id, wrapped"


class Follower:
    """``now_us``: the time. ``most``: records read at the start at most, the latest.

    Records of erased people, and altered ones, are passed over.
    """

    def __init__(
        self,
        data_dir: Path,
        keys: Path,
        *,
        hours: int,
        most: int,
        now_us: Callable[[], int],
    ) -> None:
        self.shelf = Shelf(data_dir / "policies")
        self._rolling = Rolling(hours)
        self._now_us = now_us
        self._sealer = Sealer(Keyring.open(keys, ledger_exists=True).master_key)
        self._connection = open_reader(data_dir / FILE_NAME)
        self.start = self._first(now_us() - hours * HOUR_US, most)
        self.position = self.start - 1

    def _first(self, since_us: int, most: int) -> int:
        """The sequence to start with."""
        last = self._number("SELECT max(sequence) FROM records")
        first = self._number(
            "SELECT sequence FROM records WHERE at_us >= ? ORDER BY at_us LIMIT 1", since_us
        )
        return max(first or last + 1, last - most + 1)

    def _number(self, query: str, *values: int) -> int:
        row = self._connection.execute(query, values).fetchone()
        return 0 if row is None or row[0] is None else int(str(row[0]))

    def behind(self) -> int:
        """Records not yet read."""
        return self._number("SELECT max(sequence) FROM records") - self.position

    def read(self) -> int:
        """Count the next records; how many there were, 0 at the end."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM records r JOIN subject_keys USING (key_id)"  # noqa: S608
            " WHERE sequence > ? ORDER BY sequence LIMIT ?",
            (self.position, _BATCH),
        ).fetchall()
        for row in rows:
            found = cast("_Row", row)
            if found[1] in {"decision", KIND}:
                self._count(found)
            self.position = found[0]
        return len(rows)

    def window(self, hours: int) -> Population:
        """The population of the last so many hours."""
        return self._rolling.window(hours, self._now_us())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _count(self, row: _Row) -> None:
        if row[1] == KIND:
            report = self._opened(row, OutcomeReport)
            if isinstance(report, OutcomeReport):
                self._told(row, report)
            return
        record = self._opened(row, DecisionRecord)
        if isinstance(record, DecisionRecord):
            self._decided(record, 1)
            follows = record.admission.follows
            earlier = None if follows is None else self._decision(follows.decision_id)
            if earlier is not None and earlier[0] >= self.start:
                self._decided(earlier[1], -1)

    def _decided(self, record: DecisionRecord, weight: int) -> None:
        self._rolling.add(observe(record, self.shelf), self._now_us(), weight)

    def _told(self, row: _Row, report: OutcomeReport) -> None:
        """Count it; and take back what the same kind of report said before of that decision."""
        found = self._decision(report.decision_id)
        if found is None:
            return
        earlier = [
            (sequence, told)
            for sequence, told in self._reports(row[3], before=row[0])
            if told.decision_id == report.decision_id
        ]
        self._weigh(found[1], report, earlier, 1)
        same = [
            (place, (sequence, told))
            for place, (sequence, told) in enumerate(earlier)
            if (told.review is None) == (report.review is None)
        ]
        if same and same[0][1][0] >= self.start:
            place, (_, told) = same[0]
            self._weigh(found[1], told, earlier[place + 1 :], -1)

    def _weigh(
        self,
        record: DecisionRecord,
        report: OutcomeReport,
        earlier: list[tuple[int, OutcomeReport]],
        weight: int,
    ) -> None:
        decision, now_us, at_us = record.decision, self._now_us(), report.reported_at_us
        if report.review is not None:
            outcome = report.review.outcome
            self._rolling.review(decision.outcome, outcome, at_us, now_us, weight)
        if report.performance is None or decision.score is None:
            return
        reviews = (told.review.outcome for _, told in earlier if told.review is not None)
        booked = next(reviews, decision.outcome) is Outcome.APPROVE
        performance = report.performance.performance
        if booked and performance is not Performance.INDETERMINATE:
            bad = performance is Performance.BAD
            self._rolling.mature(decision.score.pd, at_us, now_us, weight, bad=bad)

    def _reports(self, subject: str, *, before: int) -> list[tuple[int, OutcomeReport]]:
        """What was reported of a person earlier, the latest first."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM records r JOIN subject_keys USING (key_id)"  # noqa: S608
            " WHERE kind = ? AND kind <> 'decision' AND r.subject = ? AND sequence < ?"
            " AND wrapped IS NOT NULL ORDER BY sequence DESC LIMIT ?",
            (KIND, subject, before, _MOST_REPORTS),
        ).fetchall()
        found = []
        for row in rows:
            report = self._opened(cast("_Row", row), OutcomeReport)
            if isinstance(report, OutcomeReport):
                found.append((int(str(row[0])), report))
        return found

    def _decision(self, decision_id: str) -> tuple[int, DecisionRecord] | None:
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM records r JOIN subject_keys USING (key_id)"  # noqa: S608
            " WHERE decision_id = ? AND kind = 'decision'",
            (decision_id,),
        ).fetchone()
        if row is None:
            return None
        record = self._opened(cast("_Row", row), DecisionRecord)
        return (int(str(row[0])), record) if isinstance(record, DecisionRecord) else None

    def _opened(
        self, row: _Row, kind: type[DecisionRecord | OutcomeReport]
    ) -> DecisionRecord | OutcomeReport | None:
        _, _, name, subject, body, key_id, wrapped = row
        if wrapped is None:
            return None
        try:
            key = self._sealer.key(key_id, subject, wrapped)
            return decode(self._sealer.open(key, f"body:{name}", body), kind)
        except ValueError:
            return None
