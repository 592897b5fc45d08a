"""The ledger: every decision, durable before it is answered, chained, sealed and replayable."""

from engine.ledger.memory import MemoryLedger
from engine.ledger.model import (
    AlreadySupplemented,
    DuplicateRecord,
    Ledger,
    ListFilter,
    NewRecord,
    RecordPage,
    RecordRef,
    RecordRefused,
    RecordSummary,
    StoredAnswer,
    StoredRecord,
    VerifyReport,
)
from engine.ledger.sharing import SharedLines
from engine.ledger.sqlite import SqliteLedger

__all__ = [
    "AlreadySupplemented",
    "DuplicateRecord",
    "Ledger",
    "ListFilter",
    "MemoryLedger",
    "NewRecord",
    "RecordPage",
    "RecordRef",
    "RecordRefused",
    "RecordSummary",
    "SharedLines",
    "SqliteLedger",
    "StoredAnswer",
    "StoredRecord",
    "VerifyReport",
]
