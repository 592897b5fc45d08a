"""The search for rings over what is recorded, and what becomes of its results. docs/rings.md."""

from engine.rings.alerts import list_alerts
from engine.rings.desk import RingDesk
from engine.rings.model import Alert, Found, Report, RingHead, RunRecord
from engine.rings.recording import NobodyDecides, last_run, record, ring_of, would_record
from engine.rings.search import search
from engine.rings.told import as_json

__all__ = [
    "Alert",
    "Found",
    "NobodyDecides",
    "Report",
    "RingDesk",
    "RingHead",
    "RunRecord",
    "as_json",
    "last_run",
    "list_alerts",
    "record",
    "ring_of",
    "search",
    "would_record",
]
