"""Records for the ledger's tests."""

from __future__ import annotations

from engine.ledger import NewRecord
from graph.model import ApplicationProjected


def record(number: int, *, caller: str = "mobile", subject: str = "", **other: object) -> NewRecord:
    """A decision record told apart by ``number``; ten people share them."""
    values: dict[str, object] = {
        "caller": caller,
        "request_id": f"request-{number}",
        "fingerprint": bytes([number % 256]) * 32,
        "decision_id": f"dec_{caller}_{number}",
        "subject": subject or f"id_number:{number % 10}",
        "kind": "decision",
        "at_us": 1_000_000 + number,
        "body": f"body {number}".encode() * 50,
        "answer": f"answer {number}".encode() * 20,
        "graph_events": (
            ApplicationProjected(
                applicant=f"dec_{caller}_{number}",
                at_us=1_000_000 + number,
                status="approve",
                links=(),
            ),
        ),
        "product": ("classic", "gold")[number % 2],
        "channel": "mobile",
        "outcome": ("approve", "refer", "decline")[number % 3],
        "line_minor": number * 100,
    } | other
    return NewRecord(**values)  # type: ignore[arg-type]
