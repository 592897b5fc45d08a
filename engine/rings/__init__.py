"""The search for rings over what is recorded, and what becomes of its results. docs/rings.md."""

from engine.rings.alerts import list_alerts
from engine.rings.model import Alert, Found, Report, RingHead, RunRecord
from engine.rings.recording import NobodyDecides, last_run, record, ring_of, would_record
from engine.rings.search import search

__all__ = [
    "Alert",
    "Found",
    "NobodyDecides",
    "Report",
    "RingHead",
    "RunRecord",
    "last_run",
    "list_alerts",
    "record",
    "ring_of",
    "search",
    "would_record",
]
