"""The SQLite file: its tables, its version, and how connections to it are opened."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import apsw

from engine.errors import LedgerUnavailable
from engine.privacy import Keyring, KeyringError

VERSION = 3
_BUSY_MS = 2000
_SCRUB_BUSY_MS = 50

_TABLES = """
CREATE TABLE subject_keys (
  key_id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  wrapped BLOB
) STRICT;
CREATE UNIQUE INDEX subject_key_in_use ON subject_keys (subject) WHERE wrapped IS NOT NULL;

CREATE TABLE records (
  sequence INTEGER PRIMARY KEY,
  caller TEXT NOT NULL,
  request_id TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  decision_id TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  key_id INTEGER NOT NULL REFERENCES subject_keys (key_id),
  kind TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  product TEXT NOT NULL,
  channel TEXT NOT NULL,
  customer_segment TEXT NOT NULL,
  branch TEXT NOT NULL,
  staff_member TEXT NOT NULL,
  partner TEXT NOT NULL,
  outcome TEXT NOT NULL,
  line_minor INTEGER NOT NULL,
  body BLOB NOT NULL,
  answer BLOB NOT NULL,
  chain BLOB NOT NULL,
  UNIQUE (caller, request_id)
) STRICT;
CREATE INDEX records_of_subject ON records (subject, at_us);
CREATE INDEX records_at ON records (at_us);

CREATE TABLE outbox (
  position INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL REFERENCES records (sequence),
  kind TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
"""

_CHAINS = """
ALTER TABLE records ADD COLUMN root TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN supplements TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX record_supplemented ON records (supplements) WHERE supplements <> '';
CREATE INDEX records_of_root ON records (root) WHERE root <> '';
"""

_SHARED_LINES = """
ALTER TABLE records ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN until_us INTEGER NOT NULL DEFAULT 0;
CREATE INDEX records_of_parent ON records (parent) WHERE parent <> '';
"""
_STEPS = (_TABLES, _CHAINS, _SHARED_LINES)
"""From each version to the next."""

# Not part of the version: a version that does not know the table loses nothing by it.
_KEYS = """
CREATE TABLE IF NOT EXISTS keys_in_use (purpose TEXT PRIMARY KEY, key_id TEXT NOT NULL) STRICT
"""

_LOADED = """
CREATE TABLE IF NOT EXISTS loaded_events (about BLOB PRIMARY KEY, content BLOB NOT NULL)
STRICT, WITHOUT ROWID
"""

# As well: an index changes no row. Decisions are not in it, so they do not pay for it.
_BESIDE = """
CREATE INDEX IF NOT EXISTS records_beside ON records (kind, sequence) WHERE kind <> 'decision';
CREATE INDEX IF NOT EXISTS records_beside_of_subject ON records (kind, subject, sequence)
  WHERE kind <> 'decision';
CREATE INDEX IF NOT EXISTS reviews_of_subject ON records (subject, root, at_us)
  WHERE kind = 'reported_outcome' AND root <> '';
"""


class DataDirectoryInUse(LedgerUnavailable):
    """Another process has the ledger open."""

    reason = "DATA_DIRECTORY_IN_USE"


def lock(directory: Path) -> int:
    """Take the directory for this process; the lock goes with it, also on kill -9."""
    descriptor = os.open(directory / "ledger.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise DataDirectoryInUse(
            f"another process uses {directory}; stop it or choose another --data-dir"
        ) from None
    return descriptor


def open_writer(path: Path) -> apsw.Connection:
    """The one connection that writes and checkpoints."""
    # SQLite makes its files readable by everybody; what stands beside this one gets its mode.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(_BUSY_MS)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    connection.pragma("foreign_keys", 1)
    # A deleted key must not live on in the free space of a page.
    connection.pragma("secure_delete", 1)
    found = connection.pragma("user_version")
    if found > VERSION:
        connection.close()
        raise LedgerUnavailable(
            f"{path} was written by a newer version (schema {found}, this one knows {VERSION}); "
            "start that version"
        )
    for step in _STEPS[found:]:
        with connection:
            connection.execute(step)
            found += 1
            connection.pragma("user_version", found)
    connection.execute(_LOADED)
    connection.execute(_BESIDE)
    return connection


def require_keys(connection: apsw.Connection, keyring: Keyring) -> None:
    """Raise ``KeyringError`` if the ledger was written with other keys; note the first ones.

    With another token key every known person would be a stranger, with another master key
    nothing could be read: both would go on for long before anybody saw it.
    """
    connection.execute(_KEYS)
    for purpose, key_id in keyring.key_ids.items():
        connection.execute("INSERT OR IGNORE INTO keys_in_use VALUES (?, ?)", (purpose, key_id))
        row = connection.execute(
            "SELECT key_id FROM keys_in_use WHERE purpose = ?", (purpose,)
        ).fetchone()
        if row is None or row[0] != key_id:
            raise KeyringError(
                f"the {purpose} key {key_id} is not the one this ledger was written with"
                f" ({row[0] if row else 'none'}); restore the keys that belong to it"
            )


def scrub(connection: apsw.Connection) -> bool:
    """Write the log back and empty it, so that no earlier version of a page is left in it.

    False if a reader was in the way for 50 ms: try again after the next commit.
    """
    connection.set_busy_timeout(_SCRUB_BUSY_MS)
    try:
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except apsw.BusyError:
        return False
    finally:
        connection.set_busy_timeout(_BUSY_MS)
    return True


def open_reader(path: Path) -> apsw.Connection:
    """A connection that can only read."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(_BUSY_MS)
    connection.pragma("query_only", 1)
    return connection
