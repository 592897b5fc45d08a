"""A ledger read from outside, also while a server has it: without its lock, and without writing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import apsw

from engine.codec import decode
from engine.errors import LedgerUnavailable
from engine.ledger.chain import GENESIS
from engine.ledger.model import VerifyReport
from engine.ledger.reader import read_after, verify
from engine.ledger.schema import VERSION, open_reader
from engine.ledger.sqlite import FILE_NAME
from engine.privacy import Keyring, KeyringError, Sealer
from engine.record import DecisionRecord
from graph.model import GraphEvent

_Row = tuple[int, str, str, bytes, int, bytes]


@dataclass(frozen=True, slots=True)
class SampledDecision:
    """``until``: the last outbox position before history was next loaded from files."""

    record: DecisionRecord
    until: int | None


def verify_file(data_dir: Path, contains: str = "") -> VerifyReport:
    """Walk the chain as of now, without lock or keys; a server may write meanwhile.

    ``contains``: a head in hex; ``contains_at`` of the report says after which record the chain had
    it. Raises ``LedgerUnavailable`` if there is no ledger, or one of another schema.
    """
    path = data_dir / FILE_NAME
    if not path.exists():
        raise LedgerUnavailable(f"{data_dir} holds no ledger")
    try:
        connection = open_reader(path)
        try:
            return _verified(connection, path, contains)
        finally:
            connection.close()
    except apsw.Error as error:
        raise LedgerUnavailable(f"{path} cannot be read: {error}") from None


def _verified(connection: apsw.Connection, path: Path, contains: str) -> VerifyReport:
    found = connection.pragma("user_version")
    if found == 0:  # a file whose first tables are still in a write-ahead log that is not there
        return VerifyReport(records=0, head=GENESIS.hex(), problem="")
    if found != VERSION:
        raise LedgerUnavailable(
            f"{path} has schema {found}, this version knows {VERSION}; a start of the server that"
            " is to use it brings an older one up"
        )
    return verify(connection, contains)


class LedgerOutside:
    """Raises ``LedgerUnavailable`` if there is none, ``KeyringError`` for keys of another one."""

    def __init__(self, data_dir: Path, keyring: Keyring) -> None:
        path = data_dir / FILE_NAME
        if not path.exists():
            raise LedgerUnavailable(f"{data_dir} holds no ledger")
        self._sealer = Sealer(keyring.master_key)
        self._connection = open_reader(path)
        _require_keys(self._connection, keyring)

    async def read_after(self, position: int, limit: int) -> Sequence[tuple[int, GraphEvent]]:
        """The outbox after ``position``, in commit order."""
        return read_after(self._connection, position, limit)

    @property
    def last_position(self) -> int:
        """The last position of the outbox; 0 if it is empty."""
        return self._number("SELECT max(position) FROM outbox")

    def sample(self, most: int) -> list[SampledDecision]:
        """Decisions evenly over the whole ledger; those of erased people are left out."""
        last = self._number("SELECT max(sequence) FROM records")
        loads = self._loads()
        found: dict[int, SampledDecision] = {}
        for place in range(min(most, last)):
            row = self._decision_from(1 + place * last // min(most, last))
            if row is not None and row[0] not in found:
                until = next((first - 1 for load, first in loads if load > row[0]), None)
                found[row[0]] = SampledDecision(self._opened(row), until)
        return list(found.values())

    def erased(self, decision_ids: Collection[str]) -> set[str]:
        """Those of them whose people were erased."""
        found = self._connection.executemany(
            "SELECT decision_id FROM records JOIN subject_keys USING (key_id)"
            " WHERE decision_id = ? AND wrapped IS NULL",
            [(decision_id,) for decision_id in decision_ids],
        )
        return {str(row[0]) for row in found}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _loads(self) -> list[tuple[int, int]]:
        """Sequence and first position of each record that holds loaded history."""
        rows = self._connection.execute(
            "SELECT r.sequence, min(position) FROM outbox JOIN records r USING (sequence)"
            " WHERE r.kind = 'graph_load' GROUP BY r.sequence ORDER BY r.sequence"
        )
        return [(int(str(row[0])), int(str(row[1]))) for row in rows]

    def _decision_from(self, sequence: int) -> _Row | None:
        row = self._connection.execute(
            "SELECT sequence, decision_id, r.subject, body, r.key_id, wrapped FROM records r"
            " JOIN subject_keys USING (key_id) WHERE sequence >= ? AND kind = 'decision'"
            " AND wrapped IS NOT NULL ORDER BY sequence LIMIT 1",
            (sequence,),
        ).fetchone()
        return cast("_Row | None", row)

    def _opened(self, row: _Row) -> DecisionRecord:
        _, decision_id, subject, body, key_id, wrapped = row
        key = self._sealer.key(key_id, subject, wrapped)
        return decode(self._sealer.open(key, f"body:{decision_id}", body), DecisionRecord)

    def _number(self, query: str) -> int:
        row = self._connection.execute(query).fetchone()
        return int(str(row[0])) if row and row[0] is not None else 0


def _require_keys(connection: apsw.Connection, keyring: Keyring) -> None:
    rows = connection.execute("SELECT purpose, key_id FROM keys_in_use").fetchall()
    used = {str(row[0]): str(row[1]) for row in rows}
    for purpose, key_id in keyring.key_ids.items():
        if used.get(purpose, key_id) != key_id:
            raise KeyringError(f"the {purpose} key is not the one this ledger was written with")
