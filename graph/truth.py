"""What the graph should hold, computed from all events alone, in a scratch file on disk.

Nothing of it goes through the code that projects: links are kept with their first and last times,
and everything else is counted from them. Memory does not grow with the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import apsw

from engine.model import IdentifierKind, Role
from graph.apply import ApplicantState, IdentifierState, LinkKey
from graph.history import LONGEST, NOT_FRAUD, place_text
from graph.model import ApplicationProjected, FraudMarked, GraphEvent, RingsFound, SharingDeclared
from graph.settings import GraphSettings

_ROLES = list(Role)
_USES = _ROLES.index(Role.USES)
_CACHE_KIB = 128 * 1024
_TABLES = """
CREATE TABLE applicants (
  key TEXT PRIMARY KEY, at INTEGER, last_at INTEGER, status TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE identifiers (
  key TEXT PRIMARY KEY, kind TEXT NOT NULL, masked TEXT NOT NULL, first_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE links (
  applicant TEXT NOT NULL, role INTEGER NOT NULL, identifier TEXT NOT NULL,
  at INTEGER NOT NULL, last_at INTEGER NOT NULL,
  PRIMARY KEY (applicant, role, identifier)
) STRICT, WITHOUT ROWID;
CREATE TABLE marks (
  applicant TEXT NOT NULL, at INTEGER NOT NULL, value INTEGER NOT NULL, type TEXT NOT NULL,
  PRIMARY KEY (applicant, at, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE places (
  applicant TEXT NOT NULL, at INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (applicant, at, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE declarations (
  identifier TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (identifier, at, reason)
) STRICT, WITHOUT ROWID;
"""
_APPLICANT = """
INSERT INTO applicants VALUES (?1, ?2, ?2, ?3) ON CONFLICT DO UPDATE SET
  status = CASE WHEN last_at IS NULL OR excluded.last_at >= last_at
    THEN excluded.status ELSE status END,
  at = min(ifnull(at, excluded.at), excluded.at),
  last_at = max(ifnull(last_at, excluded.last_at), excluded.last_at)
"""
_IDENTIFIER = """
INSERT INTO identifiers VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET
  masked = CASE WHEN excluded.first_at IS NULL THEN masked ELSE excluded.masked END,
  first_at = min(ifnull(first_at, excluded.first_at), ifnull(excluded.first_at, first_at))
"""
_LINK = """
INSERT INTO links VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT DO UPDATE SET
  at = min(at, excluded.at), last_at = max(last_at, excluded.last_at)
"""
_KNOWN = "INSERT OR IGNORE INTO applicants VALUES (?, NULL, NULL, '')"
_MARK = "INSERT INTO marks VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET type = excluded.type"


@dataclass(frozen=True, slots=True)
class LinkTimes:
    """When a link was first and last seen; the kind is that of its identifier."""

    kind: IdentifierKind
    at_us: int
    last_at_us: int


@dataclass(frozen=True, slots=True)
class TrueApplicant:
    """An applicant with all its links."""

    state: ApplicantState
    links: dict[LinkKey, LinkTimes]


@dataclass(frozen=True, slots=True)
class TrueIdentifier:
    """An identifier as it should be, and all its links: how many, and when last seen."""

    state: IdentifierState
    own: int
    named: int
    last_at_us: int


class Truth:
    """One scratch file. Use as a context; the file goes with it."""

    def __init__(self, path: Path, settings: GraphSettings) -> None:
        self._path = path
        self._settings = settings
        self._connection = apsw.Connection(str(path))
        for name, value in (("journal_mode", "off"), ("synchronous", "off")):
            self._connection.pragma(name, value)
        self._connection.pragma("cache_size", -_CACHE_KIB)
        self._connection.execute(_TABLES)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Delete the file."""
        self._connection.close()
        self._path.unlink(missing_ok=True)

    def add(self, events: Iterable[GraphEvent]) -> None:
        """Events in the order in which they were recorded."""
        rows: dict[str, list[tuple[Any, ...]]] = {}
        for event in events:
            for statement, row in _rows(event):
                rows.setdefault(statement, []).append(row)
        with self._connection:
            for statement, given in rows.items():
                self._connection.executemany(statement, given)

    def finish(self) -> None:
        """After the last event: make it fast to ask by identifier."""
        self._connection.execute("CREATE INDEX links_of ON links (identifier, role, at)")

    def applicant_keys(self, after: str, most: int) -> list[str]:
        """A page of keys in their order."""
        return self._keys("applicants", after, most)

    def identifier_keys(self, after: str, most: int) -> list[str]:
        """A page of keys in their order."""
        return self._keys("identifiers", after, most)

    def _keys(self, table: str, after: str, most: int) -> list[str]:
        query = f"SELECT key FROM {table} WHERE key > ? ORDER BY key LIMIT ?"  # noqa: S608 - own names
        return [row[0] for row in self._ask(query, after, most)]

    def applicant(self, key: str) -> TrueApplicant:
        """One that is there."""
        at_us, last_at_us, status = next(
            self._ask("SELECT at, last_at, status FROM applicants WHERE key = ?", key)
        )
        marks = self._ask(
            "SELECT at, value, type FROM marks WHERE applicant = ? ORDER BY at DESC, value DESC"
            " LIMIT ?",
            key,
            LONGEST,
        )
        places = self._ask(
            "SELECT at, value FROM places WHERE applicant = ? ORDER BY at DESC, value DESC LIMIT ?",
            key,
            LONGEST,
        )
        state = ApplicantState(
            at_us,
            last_at_us,
            status,
            {(at, value): kind for at, value, kind in [*marks][::-1]},
            tuple([*places][::-1]),
        )
        links = self._ask(
            "SELECT role, identifier, kind, at, last_at FROM links"
            " JOIN identifiers ON identifiers.key = identifier WHERE applicant = ?",
            key,
        )
        return TrueApplicant(
            state,
            {
                (key, _ROLES[role], identifier): LinkTimes(IdentifierKind(kind), at, last)
                for role, identifier, kind, at, last in links
            },
        )

    def identifier(self, key: str, since_us: int | None = None) -> TrueIdentifier:
        """One that is there; with ``since_us`` as if nothing had been before that."""
        since = -1 if since_us is None else since_us
        kind, masked, first_at_us = next(
            self._ask("SELECT kind, masked, first_at FROM identifiers WHERE key = ?", key)
        )
        cap = self._settings.caps[IdentifierKind(kind)]
        own = "identifier = ? AND at >= ? AND role = ?"
        named = "identifier = ? AND at >= ? AND role <> ?"
        declared = self._ask(
            "SELECT at, reason FROM declarations WHERE identifier = ? ORDER BY at DESC, reason DESC"
            " LIMIT ?",
            key,
            LONGEST,
        )
        state = IdentifierState(
            IdentifierKind(kind),
            masked,
            first_at_us if since_us is None else since_us,
            self._times(own, key, since, cap + 1),
            self._times(named, key, since, self._settings.named_cap + 1),
            tuple([*declared][::-1]),
        )
        last = next(
            self._ask("SELECT ifnull(max(last_at), 0) FROM links WHERE identifier = ?", key)
        )
        return TrueIdentifier(
            state, self._count(own, key, since), self._count(named, key, since), last[0]
        )

    def last_before(self, key: str, at_us: int) -> int:
        """When links of the identifier that began before were last seen; 0 if there are none."""
        query = "SELECT ifnull(max(last_at), 0) FROM links WHERE identifier = ? AND at < ?"
        return int(next(self._ask(query, key, at_us))[0])

    def _times(self, which: str, key: str, since_us: int, most: int) -> list[int]:
        query = f"SELECT at FROM links WHERE {which} ORDER BY at LIMIT ?"  # noqa: S608 - own terms
        return [row[0] for row in self._ask(query, key, since_us, _USES, most)]

    def _count(self, which: str, key: str, since_us: int) -> int:
        query = f"SELECT count(*) FROM links WHERE {which}"  # noqa: S608 - own terms
        return int(next(self._ask(query, key, since_us, _USES))[0])

    def _ask(self, query: str, *values: str | int) -> Iterator[tuple[Any, ...]]:
        return iter(self._connection.execute(query, values))


def _rows(event: GraphEvent) -> Iterator[tuple[str, tuple[Any, ...]]]:
    match event:
        case ApplicationProjected():
            yield _APPLICANT, (event.applicant, event.at_us, event.status)
            for link in event.links:
                found = link.identifier
                yield _IDENTIFIER, (found.key, found.kind.value, found.masked, event.at_us)
                role = _ROLES.index(link.role)
                yield _LINK, (event.applicant, role, found.key, event.at_us)
        case FraudMarked():
            value = NOT_FRAUD if event.fraud_at_us is None else event.fraud_at_us
            yield _KNOWN, (event.applicant,)
            yield _MARK, (event.applicant, event.at_us, value, event.fraud_type)
        case SharingDeclared():
            yield _IDENTIFIER, (event.identifier, event.kind.value, "", None)
            yield (
                "INSERT OR IGNORE INTO declarations VALUES (?, ?, ?)",
                (event.identifier, event.at_us, event.reason),
            )
        case RingsFound():
            for place in event.places:
                row = (place.applicant, event.at_us, place_text(place))
                yield _KNOWN, (place.applicant,)
                yield "INSERT OR IGNORE INTO places VALUES (?, ?, ?)", row
